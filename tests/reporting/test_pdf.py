"""A PDF is tagged, in its language, with a title, headings in order, words for figures and header cells."""

import io
import re
from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise

import pikepdf
import pypdfium2
import pytest

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.reporting.blocks import Finding, Paragraph
from impactkit.reporting.document import Document, Section, walk
from impactkit.reporting.renderers import pdf
from impactkit.reporting.table import Cell, Table
from impactkit.wording import told
from plans import trial
from reporting.documents import LONG, every_part

LANGUAGES = ("sv", "en")


def elements(file: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """The structure elements of a PDF in the order they are read."""
    found: list[pikepdf.Dictionary] = []

    def go(node) -> None:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                go(kid)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                go(node.K)

    go(file.Root.StructTreeRoot.K)
    return found


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.fixture
def file(language):
    with pikepdf.open(io.BytesIO(pdf(every_part(language)))) as opened:
        yield opened


def test_it_says_that_it_is_tagged_and_after_which_standard(file, language) -> None:
    assert str(file.Root.Lang) == language
    assert file.Root.MarkInfo.Marked is True
    assert file.Root.ViewerPreferences.DisplayDocTitle is True
    assert str(file.docinfo["/Title"]) == every_part(language).page_title
    with file.open_metadata() as data:
        assert data["pdfuaid:part"] == "1"


def test_headings_begin_at_one_and_skip_no_level(file) -> None:
    levels = [int(str(e.S)[2]) for e in elements(file) if re.fullmatch("/H[1-6]", str(e.S))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(levels) >= 4
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_figure_has_its_words(file, language) -> None:
    told_in_words = [str(e.Alt) for e in elements(file) if str(e.S) == "/Figure"]
    assert told_in_words == [figure.picture.alt_text for figure in every_part(language).figures]


def test_tables_have_header_cells_and_captions(file, language) -> None:
    kinds = Counter(str(e.S) for e in elements(file))
    document = every_part(language)
    tables = [*document.tables, *(figure.table for figure in document.figures)]
    assert kinds["/Table"] == len(tables)
    assert kinds["/TH"] == sum(len(table.header) for table in tables)
    assert kinds["/Caption"] == len(tables) + len(document.figures)


def test_lists_are_lists(file, language) -> None:
    kinds = Counter(str(e.S) for e in elements(file))
    parts = [type(part).__name__ for part in walk(every_part(language).sections)]
    assert kinds["/L"] == parts.count("Bullets") + parts.count("Facts")


@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
def test_the_council_page_is_one_page(evaluate, name, language) -> None:
    content = pdf(evaluate(name).report(language=language, level="council").document())
    with pypdfium2.PdfDocument(content) as pages:
        assert len(pages) == 1


@pytest.fixture
def three(tmp_path):
    """Three claims on an indicator with a long name, and what they say together."""
    claims = [trial.claim(name, column) for name, column in (("C1", "y"), ("C2", "z"), ("C3", "w"))]
    return ik.evaluate(trial.locked_in(tmp_path, trial.content(claims=claims)))


def pages_of(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pages:
        return [page.get_textpage().get_text_range() for page in pages]


def test_the_council_page_of_three_claims_is_one_page(three, language) -> None:
    document = three.report(language=language, level="council").document()
    (page,) = pages_of(pdf(document))
    assert all(f"C{n} " in page for n in (1, 2, 3))


def test_no_word_of_a_table_stands_on_another(language) -> None:
    kronor = "100\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kronor"
    money = Table(
        caption="Money",
        header=("Claim", "Terms", *(f"Under rule {k}" for k in range(5))),
        rows=(("C1 Feels safe outdoors after dark", "10\N{NO-BREAK SPACE}000 kronor " * 4, *[kronor] * 5),),
        numeric=True,
    )
    failed = Cell(text="Underkänd", mark="failed")
    checks = Table(
        caption="Checks",
        header=("Check", "Result", "What it showed"),
        rows=(("Jämförelseenheterna följer enheten med insats före start", failed, "För få. " * 40),),
    )
    parts = (Section(id="a", heading="A", parts=(money, checks)),)
    document = Document(language=language, title="T", page_title="T", eyebrow="", lead="", sections=parts)
    with pypdfium2.PdfDocument(pdf(document)) as file:
        text = file[0].get_textpage()
        boxes = [text.get_rect(k) for k in range(text.count_rects())]
    assert len(boxes) > 20
    for one, other in combinations(boxes, 2):
        across = min(one[2], other[2]) - max(one[0], other[0])
        along = min(one[3], other[3]) - max(one[1], other[1])
        assert across < 0.5 or along < 0.5


def test_a_heading_is_not_hyphenated(norrgarden) -> None:
    (first, *_) = pages_of(pdf(norrgarden.report(language="sv", level="letter").document()))
    assert first.count("Söderängen") == 2  # in the heading, and at the foot


def test_what_a_finding_answers_stands_on_its_page(language) -> None:
    filling, n = "A line that fills the page.\n" * 9, 12
    answers = tuple(
        Section(
            id=f"a{k}",
            heading=f"Heading {k}.",
            parts=(
                Paragraph(text=f"Promise {k}."),
                Finding(mark="supported", badge=f"Badge {k}.", sentences=(filling,)),
            ),
        )
        for k in range(n)
    )
    document = Document(language=language, title="T", page_title="T", eyebrow="", lead="", sections=answers)
    pages = pages_of(pdf(document))
    assert len(pages) > 2
    for k in range(n):
        (whole,) = [page for page in pages if f"Badge {k}." in page]
        assert f"Promise {k}." in whole
        assert f"Heading {k}." in whole


def test_the_foot_of_a_page_is_one_line() -> None:
    document = replace(every_part("en"), page_title="Long title " * 30)
    foot = pages_of(pdf(document))[0].split("\n")[-1]
    assert foot.startswith("Long title Long title")
    assert re.search(r"… ?Page 1 of \d+$", foot)


def test_pages_are_numbered_of_how_many(language) -> None:
    with pypdfium2.PdfDocument(pdf(every_part(language))) as pages:
        feet = [page.get_textpage().get_text_range().split("\n")[-1] for page in pages]
    words = {"sv": "Sida {} av {}", "en": "Page {} of {}"}[language]
    assert len(feet) > 1
    assert [foot.endswith(words.format(k, len(feet))) for k, foot in enumerate(feet, start=1)] == [
        True
    ] * len(feet)


def test_no_word_leaves_the_page(language) -> None:
    with pypdfium2.PdfDocument(pdf(every_part(language, LONG))) as pages:
        for page in pages:
            text, (width, _) = page.get_textpage(), page.get_size()
            for k in range(text.count_rects()):
                left, _, right, _ = text.get_rect(k)
                assert left >= 0
                assert right <= width


def test_letters_that_the_font_lacks_are_shown_as_unknown() -> None:
    with pypdfium2.PdfDocument(pdf(every_part("sv", "漢字 Å"))) as pages:
        words = pages[0].get_textpage().get_text_range()
    assert "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} Å" in words


def test_without_typst_it_says_what_to_install(monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match=r"impactkit\[pdf\]") as raised:
        pdf(every_part("sv"))
    assert "kräver paketet typst" in told(raised.value, "sv")


def test_letters_are_only_as_small_as_one_page_takes(norrgarden) -> None:
    def smallest_letters(n: int) -> float:
        results = (norrgarden.results * 2)[:n]
        claims = tuple(r.claim.model_copy(update={"id": f"C{k}"}) for k, r in enumerate(results, start=1))
        plan = norrgarden.plan.model_copy(update={"claims": claims})
        carried = tuple(replace(r, claim=c) for r, c in zip(results, claims, strict=True))
        told_of = replace(norrgarden, plan=plan, results=carried)
        with pypdfium2.PdfDocument(pdf(told_of.report(language="sv", level="council").document())) as pages:
            assert len(pages) == 1
            text = pages[0].get_textpage()
            boxes = [text.get_rect(k) for k in range(text.count_rects())]
        return min(top - bottom for _, bottom, _, top in boxes)

    assert smallest_letters(3) < smallest_letters(1)
