"""In every form all of a document is there, the same bytes every time, and nothing in it runs."""

import hashlib
import io
import re
import subprocess
import sys
import zipfile

import pytest

from impactkit.reporting.blocks import Paragraph
from impactkit.reporting.document import Document, Section
from impactkit.reporting.renderers import ALL, md
from impactkit.reporting.visible import visible
from reporting.documents import APART, FORMULAS, HOSTILE, LONG, every_part, numbers_told, texts
from reporting.reading import READERS, cells, plain

NAMES = [part.__name__ for part in ALL]
LANGUAGES = ("sv", "en")
WATERMARK = "EXPLORATORY – nothing here is judged"


def rendered(name: str, document) -> bytes:
    return next(part for part in ALL if part.__name__ == name)(document)


def missing(form: str, document) -> list[str]:
    """The texts of a document that an independent reader of the form does not find."""
    content = rendered(form, document)
    # A reader of PDF takes a hyphen at the end of a line for one that only breaks a word.
    hyphen = "-" if form == "pdf" else ""
    found = plain(READERS[form](content)).replace(hyphen, "") if hyphen else plain(READERS[form](content))
    told = {text: plain(visible(text)) for text in texts(document)}
    left = [
        text for text, bare in told.items() if (bare.replace(hyphen, "") if hyphen else bare) not in found
    ]
    if form == "xlsx":  # there a number is a number
        numbers = {cell for cell in cells(content) if isinstance(cell, int | float)}
        as_numbers = {c.text for c in numbers_told(document) if c.value in numbers}
        assert {c.value for c in numbers_told(document) if not c.detail} <= numbers
        left = [text for text in left if text not in as_numbers]
    return left


@pytest.fixture(params=NAMES)
def form(request) -> str:
    return request.param


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


def test_every_form_has_a_reader_of_its_own() -> None:
    assert set(NAMES) == set(READERS)


def test_every_text_of_every_kind_of_part_is_there(form, language) -> None:
    document = every_part(language)
    assert missing(form, document) == []


@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
@pytest.mark.parametrize("level", ["full", "council", "letter"])
def test_every_number_caveat_and_section_of_a_report_is_there(evaluate, form, language, name, level) -> None:
    document = evaluate(name).report(language=language, level=level).document()
    assert missing(form, document) == []


def test_the_watermark_stands_above_every_section(form, language) -> None:
    document = every_part(language, watermark=WATERMARK)
    found = plain(READERS[form](rendered(form, document)))
    least = 1 if form == "json" else 1 + len(document.sections)
    assert found.count(plain(WATERMARK)) >= least


def test_the_same_document_gives_the_same_bytes(form, language) -> None:
    assert rendered(form, every_part(language)) == rendered(form, every_part(language))


def test_another_process_gives_the_same_bytes(form) -> None:
    code = (
        "import sys, hashlib; from reporting.documents import every_part; from impactkit.reporting.renderers "
        "import ALL; part = {p.__name__: p for p in ALL}[sys.argv[1]]; "
        "print(hashlib.sha256(part(every_part('sv'))).hexdigest())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, form],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )
    assert found.stdout.strip() == hashlib.sha256(rendered(form, every_part("sv"))).hexdigest()


@pytest.mark.parametrize("text", [HOSTILE, LONG, APART, *FORMULAS], ids=lambda text: ascii(text)[:12])
def test_hostile_texts_stay_texts(form, text) -> None:
    document = every_part("sv", text)
    assert missing(form, document) == []
    found = READERS[form](rendered(form, document))
    for steering in ("\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LEFT-TO-RIGHT MARK}", "\x1b"):
        assert steering not in found


class TestNothingRuns:
    def test_a_workbook_has_no_formula_no_link_and_no_macro(self) -> None:
        content = rendered("xlsx", every_part("sv", HOSTILE + " ".join(FORMULAS)))
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = file.namelist()
            sheets = [file.read(n).decode() for n in names if n.startswith("xl/worksheets/sheet")]
            links = [file.read(n).decode() for n in names if n.endswith(".rels")]
        assert sheets
        assert not any("<f>" in sheet or "<f " in sheet or "<hyperlink" in sheet for sheet in sheets)
        assert not any("External" in text for text in links)
        assert not any("vba" in name.lower() or "externalLink" in name for name in names)

    def test_a_word_file_has_no_link_and_no_macro(self) -> None:
        content = rendered("docx", every_part("sv", HOSTILE))
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = file.namelist()
            relations = [file.read(n).decode() for n in names if n.endswith(".rels")]
            body = file.read("word/document.xml").decode()
        assert not any('TargetMode="External"' in text for text in relations)
        assert not any("vba" in name.lower() for name in names)
        assert "w:hyperlink" not in body
        assert "<script" not in body
        assert set(re.findall(r"<w:instrText[^>]*>([^<]*)<", body)) <= {"PAGE", "NUMPAGES"}

    def test_a_pdf_has_no_action_but_links_within_itself(self) -> None:
        import pikepdf

        content = rendered("pdf", every_part("sv", HOSTILE))
        with pikepdf.open(io.BytesIO(content)) as file:
            objects = [item for item in file.objects if isinstance(item, pikepdf.Dictionary)]
            kinds = {str(item.S) for item in objects if "/S" in item}
            every = {str(key) for item in objects for key in item.keys()}  # noqa: SIM118
            assert "/OpenAction" not in file.Root
            assert "/AA" not in file.Root
        assert not kinds & {"/JavaScript", "/URI", "/Launch", "/SubmitForm", "/GoToR"}
        assert "/JS" not in every

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("14.4 to 17.4", "14.4 to 17.4"),
            ("398.0", "398.0"),
            ("+9,8", "+9,8"),
            ("1. first", r"1\. first"),
            ("12) twelfth", r"12\) twelfth"),
            ("2.", r"2\."),
            ("- a", r"\- a"),
            ("===", r"\==="),
        ],
    )
    def test_markdown_makes_no_list_of_a_number_and_no_backslash_is_shown(self, text, line) -> None:
        section = Section(id="a", heading="A", parts=(Paragraph(text=text),))
        document = Document(
            language="en", title="T", page_title="T", eyebrow="", lead="", sections=(section,)
        )
        assert md(document).decode().splitlines()[-1] == line

    def test_markdown_holds_no_html_link_or_image(self) -> None:
        lines = rendered("md", every_part("sv", HOSTILE)).decode().split("\n")[1:]
        bare = [re.sub(r"\\.", "", line) for line in lines]
        assert not any(re.search(r"[<\[\]]", line.removeprefix("> ")) for line in bare)
        assert not any("`" in line or "$" in line for line in bare)
