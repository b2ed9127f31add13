"""Files as they arrive: each with what should be said of it, cell by cell. All numbers are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

import impactkit as ik

VISITS, SAFE = "safety/visits-per-day", "safety/feels-safe-after-dark"
ONE = ik.Layout(values={"Besök": VISITS})
SHARE = ik.Layout(values={"Andel": SAFE})


@dataclass(frozen=True, kw_only=True)
class Ugly:
    """A file and what is expected of it.

    ``errors`` and ``warnings`` are (cell, words of the sentence); ``rows`` is how many observations there
    should be when nothing is wrong.
    """

    name: str
    content: bytes | Mapping[str, Sequence[Sequence[object]]]
    layout: ik.Layout | None = None
    errors: Sequence[tuple[str, str]] = ()
    warnings: Sequence[tuple[str, str]] = ()
    rows: int = 0
    values: Sequence[float] = ()
    merged: Sequence[str] = field(default=())
    sheet: str | None = None

    def write(self, folder: Path) -> Path:
        file = folder / self.name
        if isinstance(self.content, bytes):
            file.write_bytes(self.content)
            return file
        with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
            for title, rows in self.content.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if cell is not None:
                            (sheet.write_string if isinstance(cell, str) else sheet.write)(
                                number, column, cell
                            )
                for span in self.merged:
                    first = span.split(":")[0]
                    column, number = ord(first[0]) - 65, int(first[1:]) - 1
                    sheet.merge_range(span, rows[number][column])
        return file


def text(rows: str, *, encoding: str = "utf-8") -> bytes:
    return rows.encode(encoding)


HEAD = "Område;År;Besök\n"
WIDE = ik.Layout(indicator=VISITS)

TEXT_FILES = [
    Ugly(
        name="cp1252.csv",
        content=text(HEAD + "Åre;2024;1,5\n", encoding="cp1252"),
        layout=ONE,
        rows=1,
        values=[1.5],
    ),
    Ugly(name="bom.csv", content=text("\ufeff" + HEAD + "Åre;2024;1,5\n"), layout=ONE, rows=1),
    Ugly(name="utf16.csv", content=text(HEAD + "Åre;2024;1,5\n", encoding="utf-16"), layout=ONE, rows=1),
    Ugly(name="crlf.csv", content=text(HEAD.replace("\n", "\r\n") + "A;2024;2\r\n"), layout=ONE, rows=1),
    Ugly(name="old-mac.csv", content=text((HEAD + "A;2024;2\n").replace("\n", "\r")), layout=ONE, rows=1),
    Ugly(name="title.csv", content=text("Besök i parker\n\n" + HEAD + "A;2024;2\n"), layout=ONE, rows=1),
    Ugly(
        name="title-cells.csv",
        content=text("Besök i parker;;\n;;\n" + HEAD + "A;2024;2\n"),
        layout=ONE,
        rows=1,
    ),
    Ugly(
        name="notes.csv",
        content=text(HEAD + "A;2024;2\nB;2024;3\n;;\nKälla: parkenheten;;\n* preliminär;;\n"),
        layout=ONE,
        rows=2,
    ),
    Ugly(name="note-alone.csv", content=text(HEAD + "A;2024;2\nKälla: parkenheten\n"), layout=ONE, rows=1),
    Ugly(
        name="total.csv",
        content=text(HEAD + "A;2024;2\nB;2024;3\nSumma;2024;5\n"),
        layout=ONE,
        rows=2,
        warnings=[("A4", "a total, Summa")],
    ),
    Ugly(
        name="spaces.csv",
        content=text(HEAD + "A;2024;1 234\nB;2024;12 345,5\n"),
        layout=ONE,
        rows=2,
        values=[1234, 12345.5],
    ),
    Ugly(name="nbsp.csv", content=text(HEAD + "A;2024;1\u00a0234,5\n"), layout=ONE, rows=1, values=[1234.5]),
    Ugly(
        name="thin.csv",
        content=text(HEAD + "A;2024;1\u2009234,5\nB;2024;1\u202f000\n"),
        layout=ONE,
        rows=2,
        values=[1234.5, 1000],
    ),
    Ugly(
        name="minus.csv",
        content=text(HEAD + "A;2024;\u22123\n"),
        layout=ONE,
        errors=[("C2", "is at least 0")],
    ),
    Ugly(
        name="ambiguous.csv",
        content=text(HEAD + "A;2024;1.234\nB;2024;2.345\n"),
        layout=ONE,
        errors=[("C2", "two ways"), ("C3", "two ways")],
    ),
    Ugly(
        name="mixed-marks.csv",
        content=text(HEAD + "A;2024;1,5\nB;2024;2,5\nC;2024;3.5\n"),
        layout=ONE,
        errors=[("C4", "decimal mark")],
    ),
    Ugly(
        name="grouped.csv",
        content=text(HEAD + "A;2024;1.234.567\n"),
        layout=ONE,
        errors=[("C2", "between thousands")],
    ),
    Ugly(
        name="dash.csv",
        content=text(HEAD + "A;2024;-\n"),
        layout=ONE,
        errors=[("C2", "may stand for a missing value")],
    ),
    Ugly(
        name="dash-zero.csv",
        content=text(HEAD + "A;2024;-\nB;2024;..\n"),
        layout=ik.Layout(values={"Besök": VISITS}, marks="scb"),
        rows=2,
        warnings=[("C2", "read as 0"), ("C3", "read as missing")],
    ),
    Ugly(
        name="withheld.csv",
        content=text(HEAD + "A;2024;<5\nB;2024;x\nC;2024;7\n"),
        layout=ik.Layout(values={"Besök": VISITS}, marks={"<5": "withheld", "x": "withheld"}),
        rows=3,
        warnings=[
            ("C2", "<5 in column Besök is read as withheld"),
            ("C3", "x in column Besök is read as withheld"),
        ],
    ),
    Ugly(
        name="words.csv",
        content=text(HEAD + "A;2024;många\nB;2024;ca 5\n"),
        layout=ONE,
        errors=[("C2", "många"), ("C3", "ca 5")],
    ),
    Ugly(
        name="percent.csv",
        content=text("Område;År;Andel\nA;2024;12,5 %\n"),
        layout=SHARE,
        errors=[("C2", "is not a number")],
    ),
    Ugly(
        name="fraction.csv",
        content=text("Område;År;Andel\nA;2024;0,375\nB;2024;0,5\n"),
        layout=SHARE,
        rows=2,
        warnings=[("C2", "more decimals"), ("", "parts of 1")],
    ),
    Ugly(
        name="fraction-said.csv",
        content=text("Område;År;Andel\nA;2024;0,375\nB;2024;0,5\n"),
        layout=ik.Layout(values={"Andel": SAFE}, units={SAFE: "fraction"}),
        rows=2,
        values=[37.5, 50.0],
    ),
    Ugly(
        name="over-100.csv",
        content=text("Område;År;Andel\nA;2024;137\n"),
        layout=SHARE,
        errors=[("C2", "lies between 0 and 100")],
    ),
    Ugly(
        name="huge.csv",
        content=text(HEAD + "A;2024;1e308\nB;2024;1e999\n"),
        layout=ONE,
        errors=[("C3", "is not a number"), ("C2", "larger than any")],
    ),
    Ugly(
        name="infinity.csv",
        content=text(HEAD + "A;2024;inf\nB;2024;-Infinity\n"),
        layout=ONE,
        errors=[("C2", "inf"), ("C3", "-Infinity")],
    ),
    Ugly(
        name="two-values.csv",
        content=text(HEAD + "A;2024;1\nA;2024;2\n"),
        layout=ONE,
        errors=[("C3", "two values")],
    ),
    Ugly(
        name="said-again.csv",
        content=text(HEAD + "A;2024;1\nA;2024;1\n"),
        layout=ONE,
        rows=1,
        warnings=[("C3", "say again")],
    ),
    Ugly(
        name="mixed-periods.csv",
        content=text(HEAD + "A;2024;1\nA;2024M03;2\n"),
        layout=ONE,
        errors=[("C3", "different lengths")],
    ),
    Ugly(
        name="impossible-date.csv",
        content=text(HEAD + "A;2024-02-30;1\n"),
        layout=ONE,
        errors=[("C2", "2024-02-30")],
    ),
    Ugly(
        name="impossible-week.csv",
        content=text(HEAD + "A;2021W53;1\n"),
        layout=ONE,
        errors=[("C2", "2021W53")],
    ),
    Ugly(
        name="short-year.csv",
        content=text(HEAD + "A;24;1\n"),
        layout=ONE,
        errors=[("C2", "24 of this value is not a year")],
    ),
    Ugly(name="school-years.csv", content=text(HEAD + "A;2021/22;1\nA;2022/23;2\n"), layout=ONE, rows=2),
    Ugly(name="quarters.csv", content=text(HEAD + "A;2021K1;1\nA;kv 2 2021;2\n"), layout=ONE, rows=2),
    Ugly(name="months.csv", content=text(HEAD + "A;2021M03;1\nA;april 2021;2\n"), layout=ONE, rows=2),
    Ugly(
        name="no-unit.csv", content=text(HEAD + ";2024;1\nB;2024;2\n"), layout=ONE, errors=[("A2", "No unit")]
    ),
    Ugly(
        name="lost-zero.csv",
        content=text("Kommunkod;År;Besök\n180;2024;1\n1480;2024;2\n"),
        layout=ONE,
        errors=[("C2", "without its first zero")],
    ),
    Ugly(
        name="lost-zero-named.csv",
        content=text("Kommunkod;Kommun;År;Besök\n180;Stockholm;2024;1\n1480;Göteborg;2024;2\n"),
        layout=ONE,
        rows=2,
        warnings=[("A2", "it is read as 0180")],
    ),
    Ugly(
        name="code-and-name.csv",
        content=text("Kommunkod;Kommun;År;Besök\n0180;Göteborg;2024;1\n1480;Göteborg;2024;2\n"),
        layout=ONE,
        errors=[("A2", "0180 is Stockholm")],
    ),
    Ugly(
        name="ragged.csv",
        content=text(HEAD + "A;2024\nB;2024;1;2\n"),
        layout=ONE,
        errors=[("", "Row 2 has 2 cells"), ("", "Row 3 has 4 cells")],
    ),
    Ugly(
        name="quote.csv",
        content=text(HEAD + 'A;2024;"1\nB;2024;2\n'),
        layout=ONE,
        errors=[("", "cannot be taken apart")],
    ),
    Ugly(name="stray-quote.csv", content=text(HEAD + 'A "norr";2024;1\n'), layout=ONE, rows=1),
    Ugly(
        name="quoted.csv",
        content=text('"Område";"År";"Besök"\n"A; norr";"2024";"1,5"\n'),
        layout=ONE,
        rows=1,
        values=[1.5],
    ),
    Ugly(name="line-in-cell.csv", content=text('Område;År;Besök\n"A\nnorr";2024;1\n'), layout=ONE, rows=1),
    Ugly(
        name="twice-headed.csv",
        content=text("Område;År;Besök;Besök\nA;2024;1;2\n"),
        layout=ONE,
        errors=[("D1", "stands more than once")],
    ),
    Ugly(
        name="no-heading.csv",
        content=text("Område;År;\nA;2024;2\n"),
        layout=ONE,
        errors=[("C1", "has no heading")],
    ),
    Ugly(name="empty.csv", content=b"", layout=ONE, errors=[("", "is empty")]),
    Ugly(name="blank.csv", content=text(";;\n;;\n"), layout=ONE, errors=[("", "is empty")]),
    Ugly(name="only-heading.csv", content=text(HEAD), layout=ONE, errors=[("", "no rows of data")]),
    Ugly(
        name="null.csv",
        content=b"Omr\xc3\xa5de;\x00;Bes\xc3\xb6k\nA;2024;1\n",
        layout=ONE,
        errors=[("", "null character")],
    ),
    Ugly(
        name="undefined-byte.csv",
        content=b"Omr\x81de;Ar;Besok\nA;2024;1\n",
        layout=ONE,
        errors=[("", "0x81")],
    ),
    Ugly(
        name="html.csv",
        content=b"<!DOCTYPE html><html><body>Logga in</body></html>",
        layout=ONE,
        errors=[("", "neither separated text")],
    ),
    Ugly(
        name="hidden.csv",
        content=text(HEAD + "Hå\u00adbo\u200b;2024;1\nHa\u030abo;2023;2\n"),
        layout=ONE,
        rows=2,
    ),
    Ugly(
        name="no-value-column.csv",
        content=text("Område;År;Antal\nA;2024;1\n"),
        errors=[("", "hold an indicator's values")],
    ),
    Ugly(
        name="wrong-column.csv",
        content=text(HEAD + "A;2024;1\n"),
        layout=ik.Layout(values={"Besok": VISITS}),
        errors=[("", "no column Besok")],
    ),
    Ugly(
        name="wrong-indicator.csv",
        content=text(HEAD + "A;2024;1\n"),
        layout=ik.Layout(values={"Besök": "safety/visit-per-day"}),
        errors=[("C2", "visit-per-day")],
    ),
    Ugly(
        name="years-wide.csv", content=text("Område;2022;2023;2024\nA;1;2;3\nB;4;;6\n"), layout=WIDE, rows=6
    ),
    Ugly(
        name="years-wide-unsaid.csv",
        content=text("Område;2022;2023\nA;1;2\n"),
        errors=[("", "which indicator they hold")],
    ),
    Ugly(
        name="person.csv",
        content=text("Personnummer;År;Besök\n19121212-1212;2024;1\n"),
        layout=ONE,
        errors=[("", "personal identity numbers, from row 2")],
    ),
    Ugly(
        name="person-spaced.csv",
        content=text("Kommentar;Område;År;Besök\nringde 121212 1212 igen;A;2024;1\n"),
        layout=ONE,
        errors=[("", "personal identity numbers")],
    ),
    Ugly(
        name="person-wide.csv",
        content=text(
            "Område;År;Besök\n\uff11\uff12\uff11\uff12\uff11\uff12\u2013\uff11\uff12\uff11\uff12;2024;1\n"
        ),
        layout=ONE,
        errors=[("", "personal identity numbers")],
    ),
    Ugly(
        name="person-heading.csv",
        content=text("Område;År;Besök;121212-1212\nA;2024;1;x\n"),
        layout=ONE,
        errors=[("", "among the headings")],
    ),
    Ugly(
        name="person-note.csv",
        content=text(HEAD + "A;2024;1\n\nKontakt: 121212-1212\n"),
        layout=ONE,
        errors=[("", "in the title or the notes")],
    ),
    Ugly(name="tab.tsv", content=text("Område\tÅr\tBesök\nA\t2024\t1,5\n"), layout=ONE, rows=1),
    Ugly(name="pipe.txt", content=text("Område|År|Besök\nA|2024|1,5\n"), layout=ONE, rows=1),
    Ugly(
        name="genders.csv",
        content=text("Område;År;Kön;Besök\nA;2024;Kvinnor;1\nA;2024;Män;2\n"),
        layout=ONE,
        rows=2,
    ),
    Ugly(
        name="margins.csv", content=text("Område;År;Andel;Felmarginal\nA;2024;50;4,9\n"), layout=SHARE, rows=1
    ),
    Ugly(
        name="negative-n.csv",
        content=text("Område;År;Andel;Antal svar\nA;2024;50;0\n"),
        layout=SHARE,
        errors=[("D2", "at least 1")],
    ),
]

WORKBOOKS = [
    Ugly(
        name="titles.xlsx",
        content={"Blad1": [["Trygghet i Norrgården"], [], ["Område", "År", "Besök"], ["A", 2024, 5]]},
        layout=ONE,
        rows=1,
    ),
    Ugly(
        name="merged-title.xlsx",
        content={"Blad1": [["Besök", None, None], ["Område", "År", "Besök"], ["A", 2024, 5]]},
        merged=["A1:C1"],
        layout=ONE,
        rows=1,
    ),
    Ugly(
        name="two-levels.xlsx",
        content={
            "Blad1": [
                ["Område", 2023, None, 2024, None],
                [None, "Kvinnor", "Män", "Kvinnor", "Män"],
                ["A", 1, 2, 3, 4],
                ["B", 5, 6, 7, 8],
            ]
        },
        merged=["B1:C1", "D1:E1"],
        layout=WIDE,
        rows=8,
    ),
    Ugly(
        name="merged-units.xlsx",
        content={
            "Blad1": [
                ["Område", "År", "Besök"],
                ["A", 2023, 1],
                [None, 2024, 2],
                ["B", 2023, 3],
                [None, 2024, 4],
            ]
        },
        merged=["A2:A3", "A4:A5"],
        layout=ONE,
        rows=4,
        warnings=[("", "Cells took their text from a merged cell above them (cells: 2)")],
    ),
    Ugly(
        name="text-numbers.xlsx",
        content={"Blad1": [["Område", "År", "Besök"], ["A", "2024", "1 234,5"], ["B", "2024", 7.25]]},
        layout=ONE,
        errors=[("Blad1!C2", "decimal mark")],
    ),
    Ugly(
        name="number-code.xlsx",
        content={"Blad1": [["Kommunkod", "År", "Besök"], [180, 2024, 5]]},
        layout=ONE,
        errors=[("Blad1!C2", "without its first zero")],
    ),
    Ugly(
        name="notes.xlsx",
        content={"Blad1": [["Område", "År", "Besök"], ["A", 2024, 5], [], ["Källa: enkät 2024"]]},
        layout=ONE,
        rows=1,
    ),
    Ugly(
        name="totals.xlsx",
        content={"Blad1": [["Område", "År", "Besök"], ["A", 2024, 5], ["Totalt", 2024, 5]]},
        layout=ONE,
        rows=1,
        warnings=[("Blad1!A3", "a total")],
    ),
    Ugly(
        name="two-sheets.xlsx",
        content={"2023": [["a"], [1]], "2024": [["a"], [2]]},
        layout=ONE,
        errors=[("", "Several sheets hold data")],
    ),
    Ugly(
        name="years-wide.xlsx", content={"Blad1": [["Område", 2023, 2024], ["A", 1, 2]]}, layout=WIDE, rows=2
    ),
    Ugly(
        name="dates.xlsx",
        content={"Blad1": [["Område", "Datum", "Besök"], ["A", "2024-01-31", 1]]},
        layout=ONE,
        rows=1,
    ),
    Ugly(
        name="person-sheet.xlsx",
        content={"121212-1212": [["Område", "År", "Besök"], ["A", 2024, 5]]},
        layout=ONE,
        errors=[("", "the name of the sheet")],
    ),
    Ugly(
        name="formula-error.xlsx",
        content={"Blad1": [["Område", "År", "Besök"], ["A", 2024, "#DIVISION/0!"]]},
        layout=ONE,
        errors=[("Blad1!C2", "is not a number")],
    ),
    Ugly(
        name="truncated.xlsx",
        content=b"PK\x03\x04 half a workbook",
        layout=ONE,
        errors=[("", "cannot be opened")],
    ),
]

OTHERS = [
    Ugly(
        name="cut.json",
        content=b'{"class": "dataset", "id": ["a"], "size": [3], "dimension": '
        b'{"a": {"category": {"index": ["x", "y", "z"]}}}, "value": [1, 2]}',
        errors=[("", "says it holds 3 values, but 2")],
    ),
    Ugly(name="broken.json", content=b'{"values": [', errors=[("", "cannot be opened as Kolada")]),
    Ugly(
        name="more-pages.json",
        content=b'{"count": 0, "values": [], "next_url": "https://api.kolada.se/v3/data?page=2"}',
        errors=[("", "goes on, on a page")],
    ),
    Ugly(name="no-values.json", content=b'{"count": 0, "values": []}', errors=[("", "holds no values")]),
    Ugly(
        name="cut.px",
        content=b'CHARSET="ANSI";\nMATRIX="m";\nSTUB="a";\nVALUES("a")="x","y";\nDATA=1;',
        errors=[("", "says it holds 2 values, but 1")],
    ),
    Ugly(name="broken.px", content=b'CHARSET="ANSI";\nMATRIX="m', errors=[("", "cannot be opened as PX")]),
    Ugly(
        name="broken.parquet", content=b"PAR1 and then nothing", errors=[("", "cannot be opened as Parquet")]
    ),
    Ugly(name="broken.dta", content=b"<stata_dta>", errors=[("", "cannot be opened as Stata")]),
    Ugly(name="broken.sav", content=b"$FL2", errors=[("", "cannot be opened as SPSS")]),
    Ugly(
        name="broken.xpt",
        content=b"HEADER RECORD*******LIBRARY HEADER RECORD",
        errors=[("", "cannot be opened as SAS")],
    ),
    Ugly(name="broken.feather", content=b"ARROW1", errors=[("", "cannot be opened as Feather")]),
]

ALL = [*TEXT_FILES, *WORKBOOKS, *OTHERS]
