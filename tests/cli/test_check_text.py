"""A written report held against its bundle from the command line."""

import io
import json
import zipfile

SWEDISH = "Nöjda med utemiljön (C1) steg med 6,1 procentenheter (−8,0 till 20,3). C1 kan inte avgöras.\n"


def document(text):
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        body = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{name}">{body}</w:document>')
        archive.writestr("word/media/image1.png", b"x")
    return stream.getvalue()


def test_a_report_is_checked_in_markdown_and_word(run, project, tmp_path):
    file = project()
    run("seal", file)
    bundle = file.parent / "bundle.zip"
    (tmp_path / "r.md").write_text(SWEDISH, "utf-8")
    told = run("check-text", "r.md", "--bundle", bundle)
    assert (told.code, "följer av paketet" in told.out) == (0, True)
    (tmp_path / "r.docx").write_bytes(document(SWEDISH.replace("6,1 ", "7,4 ")))
    told = run("check-text", "r.docx", "--bundle", bundle)
    assert (told.code, "Stycke 1: 7,4 följer inte av paketet" in told.out) == (1, True)
    assert "1 bild eller diagram" in told.out
    assert json.loads(run("check-text", "r.docx", "--bundle", bundle, "--json").out)["exit_code"] == 1
    assert run("check-text", "nowhere.md", "--bundle", bundle).code == 2
