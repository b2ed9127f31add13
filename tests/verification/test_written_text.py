"""Reports are read as text, whatever program wrote them, and nothing in them is run, fetched or unpacked."""

import io
import zipfile

import pytest

from impactkit.errors import UnsafeBundleError, UsageError
from impactkit.verification import written_text as module
from impactkit.verification.written_text import Paragraph, read_written, written_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(*paragraphs, head="", more=(), body=None):
    inside = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{body or inside}</w:body></w:document>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, content in more:
            archive.writestr(name, content)
    return stream.getvalue()


def said(content, name="report.docx"):
    return [paragraph.text for paragraph in written_text(content, name).paragraphs]


def test_plain_text_has_lines():
    text = b"# Rubrik\r\n\r\nEffekten\tvar  6,1.\n"
    found = written_text(text, "r.txt")
    assert (found.where, found.unread) == ("line", ())
    assert found.paragraphs == (
        Paragraph(number=1, text="# Rubrik"),
        Paragraph(number=3, text="Effekten var 6,1."),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_swedish_letters_are_read_in_the_usual_encodings(encoding):
    assert said("Åtgärd: +6,1".encode(encoding), "r.txt") == ["Åtgärd: +6,1"]


def test_space_that_groups_digits_is_kept():
    assert said("1\u00a0234\u202f567".encode(), "r.txt") == ["1\u00a0234\u202f567"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>6<b>,1</b> procent</p><p>7</p>", ["6,1 procent", "7"]),
        ("<html><style>p{margin:9px}</style><script>var a=9</script><p>5&nbsp;%", ["5\u00a0%"]),
        ("<table><tr><td>1</td><td>200</td></tr></table>", ["1", "200"]),
        ("<!DOCTYPE html><title>T 1</title></style><p>2", ["T 1", "2"]),
        ("<p>1<br>2</p>", ["1", "2"]),
        ("<p>&#49;<!-- 7 --></p>", ["1"]),
    ],
)
def test_a_page_has_paragraphs(page, expected):
    assert said(page.encode(), "r.html") == expected
    assert written_text(page.encode(), "r.html").where == "paragraph"


def test_a_page_is_known_by_its_content_and_markdown_by_its_name():
    assert said(b"\xef\xbb\xbf  <html><p>1</p>", "report") == ["1"]
    assert said(b"<p>1</p>", "r.md") == ["<p>1</p>"]
    assert said(b"1 < 2", "r.htm") == ["1 < 2"]


class TestWord:
    def test_runs_of_a_paragraph_are_one_text(self):
        body = (
            "<w:p><w:pPr><w:t>9</w:t></w:pPr><w:r><w:rPr><w:t>9</w:t></w:rPr><w:t>6</w:t></w:r>"
            "<w:hyperlink><w:r><w:t>,1</w:t></w:r></w:hyperlink>"
            "<w:r><w:tab/><w:t/><w:noBreakHyphen/><w:t>2</w:t><w:br/><w:t>3</w:t><w:cr/></w:r>"
            "<w:del><w:r><w:delText>99</w:delText></w:r></w:del>"
            "<w:r><w:instrText>PAGE 9</w:instrText></w:r></w:p>"
        )
        assert said(docx(body=body)) == ["6,1 -2 3"]

    def test_a_text_box_is_read_once(self):
        box = "<w:p><w:r><w:t>box</w:t></w:r></w:p>"
        body = (
            f"<w:p><w:r><w:t>out</w:t><AlternateContent><Choice>{box}</Choice>"
            f"<Fallback><w:t>again</w:t></Fallback></AlternateContent></w:r></w:p>"
        )
        assert said(docx(body=body)) == ["out", "box"]

    def test_places_count_empty_paragraphs(self):
        found = written_text(docx("a", "", "b"), "r.docx")
        assert [(one.number, one.text) for one in found.paragraphs] == [(1, "a"), (3, "b")]

    def test_notes_heads_and_feet_come_after_and_pictures_are_named(self):
        part = f"<w:x {W}><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:x>"
        names = ["word/footnotes.xml", "word/header1.xml", "word/comments.xml", "word/footer2.xml"]
        more = [(name, part % name[5:8]) for name in names]
        more += [("word/media/image1.png", "x"), ("word/charts/chart1.xml", "x")]
        found = written_text(docx("body", more=more), "r.docx")
        assert [one.text for one in found.paragraphs] == ["body", "foo", "hea", "foo"]
        assert found.unread == ("word/charts/chart1.xml", "word/media/image1.png")

    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE x [<!ENTITY a "9999">]>',
            "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>",
            "<!doctype x>",
            "<!-- x --><!DOCTYPE x>",
        ],
    )
    def test_a_document_type_is_refused(self, head):
        with pytest.raises(UnsafeBundleError, match="document type"):
            written_text(docx("a", head=head), "r.docx")

    def test_a_document_type_in_another_encoding_is_refused(self):
        text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><w:x {W}/>'.encode("utf-16")
        with pytest.raises(UnsafeBundleError):
            written_text(docx("a", more=[("word/footnotes.xml", text)]), "r.docx")

    def test_comments_and_literal_text_are_no_document_type(self):
        assert said(docx(body="<!-- x --><w:p><w:r><w:t><![CDATA[5 < 6]]></w:t></w:r></w:p>")) == ["5 < 6"]

    def test_one_that_would_grow_too_much_is_refused(self):
        big = [("word/footnotes.xml", b" " * (3 * 2**20))]
        with pytest.raises(UnsafeBundleError, match="grow more than"):
            written_text(docx("a", more=big), "r.docx")

    @pytest.mark.parametrize(
        "content",
        [
            docx("a")[:200],
            docx(body="<w:p>"),
            b"PK\x03\x04" + b"x" * 100,
        ],
        ids=["cut", "not well-formed", "no archive"],
    )
    def test_a_broken_one_is_told(self, content):
        with pytest.raises(UsageError, match="not read"):
            written_text(content, "r.docx")

    def test_another_archive_is_told(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("xl/workbook.xml", "<x/>")
        with pytest.raises(UsageError, match="not read"):
            written_text(stream.getvalue(), "r.xlsx")


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\xd0\xcf\x11\xe0x", b"{\\rtf1", b"a\0b", b"\x81\0"])
def test_other_kinds_are_told(content):
    with pytest.raises(UsageError, match="not read"):
        written_text(content, "r")


def test_a_file_is_read_from_its_place(tmp_path, monkeypatch):
    (tmp_path / "r.txt").write_text("6,1", encoding="utf-8")
    assert read_written(tmp_path / "r.txt").paragraphs[0].text == "6,1"
    with pytest.raises(UsageError, match="There is no file"):
        read_written(tmp_path / "nowhere.txt")
    monkeypatch.setattr(module, "MOST_BYTES", 2)
    with pytest.raises(UsageError, match="larger than"):
        read_written(tmp_path / "r.txt")
