"""A PDF is tagged, in its language, with a title, headings in order, words for figures and header cells."""

import io
import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from impactkit.errors import UsageError
from impactkit.reporting.document import walk
from impactkit.reporting.renderers import pdf
from impactkit.wording import told
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
