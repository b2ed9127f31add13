"""Documents for tests: one of every kind of part, one in which every text is hostile, and their texts."""

from collections.abc import Iterator

from impactkit.evidence.verdict import Verdict
from impactkit.reporting.blocks import Block, Bullets, Fact, Facts, Figure, Finding, Paragraph, Scale
from impactkit.reporting.disclosure import ShownMean
from impactkit.reporting.document import Document, Section, walk
from impactkit.reporting.numbers import Measure
from impactkit.reporting.pictures import IntervalPicture, TrajectoriesPicture
from impactkit.reporting.table import Cell, Table

HOSTILE = (
    '<script>alert(1)</script> =HYPERLINK("http://x.example","y") `rm` #let x = 1 $x^2$ \\ *bold* | a'
    " \N{RIGHT-TO-LEFT OVERRIDE}fdp.exe\x1b \N{LEFT-TO-RIGHT MARK} {{ 7 * 7 }} &amp; \ud800"
)
LONG = "L" + "o" * 198 + "g"
APART = "A\N{COMBINING RING ABOVE}A\N{COMBINING DIAERESIS}O\N{COMBINING DIAERESIS}"
FORMULAS = ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1")


def interval_picture(language, heading: str = "Interval") -> IntervalPicture:
    verdict = Verdict(
        claim="C1",
        status="inconclusive",
        reasons=(),
        point=1.5,
        low=-0.5,
        high=3.5,
        level=0.95,
        threshold=2.0,
        permutation_p=0.2,
    )
    measure = Measure(language=language, unit="procent", unit_of_change="procentenheter", decimals=1)
    return IntervalPicture(heading=heading, measure=measure, verdict=verdict)


def groups_picture(language, heading: str = "Groups", unit: str = "procent") -> TrajectoriesPicture:
    means = tuple(
        ShownMean(group=group, period=float(year), mean=mean + year - 2020, n=20)
        for group, mean in (("treated", 50.0), ("comparison", 55.0))
        for year in (2020, 2021, 2022)
    )
    measure = Measure(language=language, unit=unit, unit_of_change=unit, decimals=1)
    return TrajectoriesPicture(heading=heading, measure=measure, means=means, start=2022.0)


def numbers_table(caption: str = "Numbers", rows: int = 3) -> Table:
    return Table(
        caption=caption,
        header=("Row", "Value", "Change"),
        rows=tuple(
            (
                f"row {k}",
                Cell(text=f"{k},5", value=k + 0.5, decimals=1),
                Cell(text=f"+{k},25", value=k + 0.25, decimals=2, signed=True, detail="low to high"),
            )
            for k in range(rows)
        ),
        numeric=True,
        notes=("A note on the numbers.",),
    )


def every_part(language, text: str = "", *, watermark: str | None = None) -> Document:
    """A document with every kind of part, each text made of its place and ``text``."""
    n = iter(range(1, 1000))

    def word(name: str) -> str:
        return f"{name} {next(n)} {text}".strip()

    picture = interval_picture(language, word("figure"))
    figure = Figure(picture=picture, notes=(word("note"),), table=numbers_table(word("caption")))
    groups = Figure(
        picture=groups_picture(language, word("figure")), notes=(), table=numbers_table(word("caption"))
    )
    marked = Table(
        caption=word("caption"),
        header=(word("head"), word("head")),
        rows=(
            (
                Cell(text=word("cell"), to="deep", detail=word("detail")),
                Cell(text=word("cell"), mark="failed"),
            ),
            (word("cell"), word("cell")),
        ),
        notes=(word("note"),),
    )
    blocks: tuple[Block, ...] = (
        Paragraph(text=word("body")),
        Paragraph(text=word("promise"), kind="promise"),
        Paragraph(text=word("strong"), kind="strong", label=word("label")),
        Bullets(items=(word("item"), word("item"))),
        Facts(items=(Fact(label=word("label"), text=word("fact")),)),
        Facts(items=(Fact(label=word("label"), text="a" * 64, is_code=True),), is_wide=True),
        Finding(mark="supported", badge=word("badge"), sentences=(word("sentence"), word("sentence"))),
        Finding(mark="contradicted", badge=word("badge"), sentences=(word("sentence"),), label=word("label")),
        Scale(value=3, of=5, text=word("scale")),
        marked,
        figure,
        groups,
    )
    deep = Section(id="deep", heading=word("heading"), parts=(Paragraph(text=word("body")),))
    halves = tuple(
        Section(id=f"half-{k}", heading=word("heading"), parts=(Bullets(items=(word("item"),)),), kind="half")
        for k in (1, 2)
    )
    note = Section(
        id="note", heading=word("heading"), parts=(Paragraph(text=word("body")), deep), kind="note"
    )
    sections = (
        Section(id="changes", heading=word("heading"), parts=(Paragraph(text=word("body")),), kind="changes"),
        Section(id="summary", heading=word("heading"), parts=(marked,), kind="summary"),
        Section(
            id="claim",
            heading=word("heading"),
            eyebrow=word("eyebrow"),
            parts=(*blocks, *halves, note),
            kind="claim",
        ),
    )
    return Document(
        language=language,
        title=word("title"),
        page_title=word("page"),
        eyebrow=word("eyebrow"),
        lead=word("lead"),
        sections=sections,
        watermark=watermark,
        numbers=(numbers_table(word("data")),),
    )


def texts(document: Document) -> Iterator[str]:
    """Yield every text of a document that a reader is to find, whatever it is written as."""
    yield from (document.title, document.lead, document.eyebrow)
    for part in walk(document.sections):
        if isinstance(part, Section):
            yield from (part.heading, part.eyebrow)
        elif isinstance(part, Paragraph):
            yield from (part.label, part.text)
        elif isinstance(part, Bullets):
            yield from part.items
        elif isinstance(part, Facts):
            yield from (text for fact in part.items for text in (fact.label, fact.text))
        elif isinstance(part, Finding):
            yield from (part.label, part.badge, *part.sentences)
        elif isinstance(part, Scale):
            yield part.text
        elif isinstance(part, Figure):
            yield from (part.picture.heading, *part.notes)
            yield from of_table(part.table)
        elif isinstance(part, Table):
            yield from of_table(part)


def of_table(table: Table) -> Iterator[str]:
    yield from (table.caption, *table.header, *table.notes)
    for row in table.rows:
        for cell in row:
            yield from (cell,) if isinstance(cell, str) else (cell.text, cell.detail)


def numbers_told(document: Document) -> Iterator[Cell]:
    """Yield every cell that holds a number."""
    tables = [*document.tables, *(figure.table for figure in document.figures), *document.numbers]
    yield from (
        cell
        for table in tables
        for row in table.rows
        for cell in row
        if isinstance(cell, Cell) and cell.value is not None
    )
