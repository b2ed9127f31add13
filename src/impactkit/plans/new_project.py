"""A folder to start from: an annotated plan and an empty workbook for its data."""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Literal

from impactkit.errors import UsageError
from impactkit.indicators import CATEGORIES, Catalogue, Category
from impactkit.plans.plan import Plan
from impactkit.provenance import write_whole
from impactkit.schema import no_such_choice
from impactkit.wording import Language

_TEMPLATES = files("impactkit.plans") / "templates"
_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the data template.

    Parameters
    ----------
    name : str
        Its heading.
    meaning : str
        What it holds.
    kind : {"code", "year", "flag", "share", "number"}
        What its cells may hold.
    """

    name: str
    meaning: str
    kind: Literal["code", "year", "flag", "share", "number"]


def new_project(folder: str | Path, *, category: Category, language: Language = "sv") -> Plan:
    """Write an annotated plan.toml and an empty data.xlsx for a loan category.

    Parameters
    ----------
    folder : str or Path
        Where to write; made when it is not there.
    category : {"housing", "safety", "health_education"}
        The loan category.
    language : {"sv", "en"}
        The language of the comments, the columns and the report.

    Returns
    -------
    Plan
        The plan as written, with invented example values to be replaced.

    Raises
    ------
    UsageError
        If the category or language is another, or one of the files is already there; nothing is written then.
    """
    place = Path(folder)
    plan_text = template(category, language)
    _refuse_to_overwrite(place, ("plan.toml", "data.xlsx"))
    place.mkdir(parents=True, exist_ok=True)
    write_whole(place / "data.xlsx", _workbook(category, language))
    write_whole(place / "plan.toml", plan_text.encode("utf-8"))
    return Plan.read(place)


def template(category: Category, language: Language) -> str:
    """Return the annotated plan of a category, filled with invented example values.

    Parameters
    ----------
    category : {"housing", "safety", "health_education"}
        The loan category.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        TOML.

    Raises
    ------
    UsageError
        If the category or language is another.
    """
    if category not in CATEGORIES:
        raise no_such_choice(UsageError, "category", given=category, choices=CATEGORIES)
    if language not in ("sv", "en"):
        raise no_such_choice(UsageError, "language", given=language, choices=("sv", "en"))
    page = (_TEMPLATES / f"plan_{language}.toml").read_text("utf-8")
    return Template(page).substitute(_values(category, language))


def _values(category: Category, language: Language) -> dict[str, str]:
    shared = _filling()[category]
    catalogue = Catalogue.default()
    return {
        **{key: value for key, value in shared.items() if isinstance(value, str)},
        **shared[language],
        "category": category,
        "unit": catalogue[shared["indicator"]].unit_of_change(language),
        "guard_unit": catalogue[shared["guard_indicator"]].unit_of_change(language),
    }


def _filling() -> dict[str, Any]:
    return tomllib.loads((_TEMPLATES / "categories.toml").read_text("utf-8"))


def _columns(category: Category, language: Language) -> list[Column]:
    words = _filling()["sheet"][language]
    values = _values(category, language)
    columns = [
        Column(name=words["unit"], meaning=words["unit_meaning"], kind="code"),
        Column(name=words["time"], meaning=words["time_meaning"], kind="year"),
        Column(name=words["treated"], meaning=words["treated_meaning"], kind="flag"),
    ]
    for indicator, name in (("indicator", "outcome"), ("guard_indicator", "guard_outcome")):
        found = Catalogue.default()[values[indicator]]
        meaning = f"{found.definition.text(language)} {words['in_unit']} {found.unit.text(language)}."
        kind: Literal["share", "number"] = "share" if found.measure == "share" else "number"
        columns.append(Column(name=values[name], meaning=meaning, kind=kind))
    return columns


def _workbook(category: Category, language: Language) -> bytes:
    import xlsxwriter

    words = _filling()["sheet"][language]
    columns = _columns(category, language)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        as_text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(words["data"])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, 16, as_text if column.kind == "code" else None)
            sheet.write_string(0, place, column.name, bold)
            if column.kind in _VALID:
                sheet.data_validation(1, place, _ROWS, place, _VALID[column.kind])
        told = book.add_worksheet(words["read_me"])
        told.set_column(0, 0, 18)
        told.set_column(1, 1, 90, wrapped)
        told.write_string(0, 0, words["title"], book.add_format({"bold": True, "font_size": 14}))
        for row, text in enumerate(words["advice"], start=2):
            told.write_string(row, 1, text, wrapped)
        top = 3 + len(words["advice"])
        told.write_row(top, 0, [words["heading_column"], words["heading_meaning"]], bold)
        for row, column in enumerate(columns, start=top + 1):
            told.write_string(row, 0, column.name)
            told.write_string(row, 1, column.meaning, wrapped)
    return stream.getvalue()


_VALID: dict[str, dict[str, Any]] = {
    "year": {"validate": "integer", "criteria": "between", "minimum": 1900, "maximum": 2200},
    "flag": {"validate": "list", "source": ["0", "1"]},
    "share": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
    "number": {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
}


def _refuse_to_overwrite(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (folder / name).exists():
            raise UsageError(
                "There is already a {name}; nothing was written.",
                where="{folder}",
                mend="Choose an empty folder, or move the file away.",
                values={"name": name, "folder": str(folder)},
            )
