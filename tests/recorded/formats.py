"""One small table, written in every format that can be read."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import xlsxwriter

from impactkit.data.query import Query

COMMITTED = Path(__file__).parents[1] / "data" / "formats"
HEADINGS = ["indicator", "unit", "period", "gender", "value"]
INDICATOR = "safety/visits-per-day"
UNITS, YEARS, GENDERS = ["0114", "Håbo"], [2023, 2024], ["K", "M"]
VALUES = [120.5, 98.0, 1130.5, 0.0, 3.2, None, 17.9, 18.0]
ROWS = [
    [INDICATOR, unit, year, gender, value]
    for (unit, year, gender), value in zip(
        [(u, y, g) for u in UNITS for y in YEARS for g in GENDERS], VALUES, strict=True
    )
]


def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=HEADINGS)


def _text(separator: str, *, mark: str = ".", encoding: str = "utf-8", end: str = "\n") -> bytes:
    def cell(value: object) -> str:
        return (
            "" if value is None else str(value).replace(".", mark) if isinstance(value, float) else str(value)
        )

    return end.join(separator.join(map(cell, row)) for row in [HEADINGS, *ROWS]).encode(encoding)


def _xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Blad1")
        for number, row in enumerate([HEADINGS, *ROWS]):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, cell)


def _json_stat(path: Path) -> None:
    def dimension(codes: list[str]) -> dict[str, object]:
        return {"label": "d", "category": {"index": {code: n for n, code in enumerate(codes)}}}

    codes = {"indicator": [INDICATOR], "unit": UNITS, "period": [str(y) for y in YEARS], "gender": GENDERS}
    told = {
        "version": "2.0",
        "class": "dataset",
        "id": list(codes),
        "size": [len(each) for each in codes.values()],
        "role": {"metric": ["indicator"], "geo": ["unit"], "time": ["period"]},
        "dimension": {name: dimension(each) for name, each in codes.items()},
        "value": VALUES,
    }
    path.write_text(json.dumps(told), encoding="utf-8")


def _px(path: Path) -> None:
    cells = " ".join('".."' if value is None else str(value) for value in VALUES)
    path.write_text(
        'CHARSET="ANSI";\nMATRIX="x";\nSTUB="indicator","unit";\nHEADING="period","gender";\n'
        f'CONTVARIABLE="indicator";\nVALUES("indicator")="{INDICATOR}";\nVALUES("unit")="0114","Håbo";\n'
        'MAP("unit")="m";\nVALUES("period")="2023","2024";\nTIMEVAL("period")=TLIST(A1),"2023","2024";\n'
        f'VALUES("gender")="K","M";\nDATA={cells};\n',
        encoding="cp1252",
    )


def _kolada(path: Path) -> None:
    grouped: dict[tuple[str, int], list[dict[str, object]]] = {}
    for _, unit, year, gender, value in ROWS:
        told = {
            "gender": gender,
            "value": value,
            "count": 1,
            "status": "" if value is not None else "Missing",
        }
        grouped.setdefault((unit, year), []).append(told)
    rows = [
        {"kpi": INDICATOR, "municipality": unit, "period": year, "values": values}
        for (unit, year), values in grouped.items()
    ]
    path.write_text(json.dumps({"count": len(rows), "values": rows, "next_url": None}), encoding="utf-8")


WRITERS: dict[str, Callable[[Path], object]] = {
    "rows.csv": lambda path: path.write_bytes(_text(";", mark=",", encoding="cp1252", end="\r\n")),
    "utf8.csv": lambda path: path.write_bytes(_text(",")),
    "bom.csv": lambda path: path.write_bytes(_text(";", mark=",", encoding="utf-8-sig")),
    "utf16.txt": lambda path: path.write_bytes(_text("\t", mark=",", encoding="utf-16")),
    "rows.tsv": lambda path: path.write_bytes(_text("\t")),
    "pipe.txt": lambda path: path.write_bytes(_text("|")),
    "rows.xlsx": _xlsx,
    "rows.parquet": lambda path: frame().to_parquet(path),
    "rows.feather": lambda path: frame().to_feather(path),
    "rows.dta": lambda path: frame().to_stata(path, write_index=False, version=118),
    "single.dta": lambda path: (
        frame().astype({"value": "float32"}).to_stata(path, write_index=False, version=118)
    ),
    "stat.json": _json_stat,
    "rows.px": _px,
    "kolada.json": _kolada,
    **{
        f"rows.{kind}": lambda path: shutil.copy(COMMITTED / path.name, path)
        for kind in ("xls", "ods", "sav", "xpt")
    },
}
# What a source calls missing where the others leave the cell empty.
SIGNS = {"kolada.json": {"missing": ["Missing"]}}


def query() -> Query:
    connection = sqlite3.connect(":memory:")
    frame().to_sql("observations", connection, index=False)
    return Query("select * from observations", connection)
