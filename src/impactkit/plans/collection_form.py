"""The Excel form that values are collected in: codes as text, allowed values, a sheet that explains it."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.data.collection import SHEET, ColumnRole
from impactkit.indicators import Catalogue, Indicator, Regions
from impactkit.indicators.shown import described
from impactkit.wording import Language, say
from impactkit.wording.cells import write_cell

if TYPE_CHECKING:
    import xlsxwriter

    from impactkit.plans.plan import Plan

_ROWS = 2000
_AS_TEXT = 49  # the number of Excel's own text format
_MOST = 1e15
_WIDE, _LINE_HEIGHT = 95, 15  # characters, points
_A4 = 9
_LONGEST_MESSAGE = 255
Value = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the form.

    Parameters
    ----------
    name : str
        Its heading.
    role : {"unit", "period", "treated", "outcome", "other"}
        What it holds.
    indicator : Indicator, optional
        What an outcome measures.
    """

    name: str
    role: ColumnRole
    indicator: Indicator | None = None

    def meaning(self, language: Language) -> str:
        """Return what the column is to hold.

        Parameters
        ----------
        language : {"sv", "en"}
            The language.

        Returns
        -------
        str
            One or two sentences.
        """
        if self.indicator is None:
            return say(f"form.meaning.{self.role}", language)
        unit = say("form.in_unit", language, unit=self.indicator.unit.text(language))
        return f"{self.indicator.definition.text(language)} {unit}"


def collection_form(
    columns: Sequence[Column], *, language: Language, rows: Sequence[Sequence[Value]] = ()
) -> bytes:
    """Return the form as a workbook.

    Parameters
    ----------
    columns : sequence of Column
        Its columns, in order.
    language : {"sv", "en"}
        The language of headings, messages and explanations.
    rows : sequence of sequence of str, int, float or None
        Values to fill it with, one for each column; an empty form when left out.

    Returns
    -------
    bytes
        An .xlsx file. Texts are written as texts, so nothing in it is a formula.
    """
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        _data_sheet(book, columns, language, rows)
        _read_me(book, columns, language)
        _code_list(book, language)
        _machine_sheet(book, columns, language)
    return stream.getvalue()


def columns_of(
    indicators: Sequence[tuple[str, str]], *, language: Language, catalogue: Catalogue
) -> list[Column]:
    """Return the columns of a form: unit, period, treated, then one for each indicator.

    Parameters
    ----------
    indicators : sequence of (str, str)
        Heading and id of each.
    language : {"sv", "en"}
        The language of the first three headings.
    catalogue : Catalogue
        Where the indicators are described.

    Returns
    -------
    list of Column
        In the order of the sheet.
    """
    roles: tuple[ColumnRole, ...] = ("unit", "period", "treated")
    first = [Column(name=say(f"form.column.{role}", language), role=role) for role in roles]
    measured = [Column(name=name, role="outcome", indicator=catalogue[item]) for name, item in indicators]
    return [*first, *measured]


def columns_for(plan: Plan) -> list[Column]:
    """Return the columns that a plan's data have: those of its roles, then one for each claim.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of Column
        In the order of the sheet.
    """
    data, catalogue = plan.data, plan.catalogue
    roles: list[tuple[ColumnRole, str | None]] = [
        ("unit", data.unit),
        ("period", data.time),
        ("treated", data.treated),
    ]
    named = dict.fromkeys(name for _, name in roles if name)
    others = dict.fromkeys(name for name in data.grouped if name not in named)
    first = [Column(name=name, role=role) for role, name in roles if name]
    beside = [Column(name=name, role="other") for name in others]
    outcomes = {claim.outcome or data.outcome: catalogue[claim.indicator] for claim in plan.claims}
    measured = [Column(name=name, role="outcome", indicator=item) for name, item in outcomes.items()]
    return [*first, *beside, *measured]


def _data_sheet(
    book: xlsxwriter.Workbook, columns: Sequence[Column], language: Language, rows: Sequence[Sequence[Value]]
) -> None:
    sheet = book.add_worksheet(say("form.sheet.data", language))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    as_text = book.add_format({"num_format": _AS_TEXT})
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    _to_print(sheet)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 18, as_text if column.role in ("unit", "other") else None)
        write_cell(sheet, (0, place), value=column.name, form=bold)
        sheet.data_validation(1, place, _ROWS, place, _allowed(column, language))
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            write_cell(sheet, (number, place), value=value, form=as_text if isinstance(value, str) else None)


def _allowed(column: Column, language: Language) -> dict[str, Any]:
    told = {
        "input_title": column.name[:32],
        "input_message": column.meaning(language)[:_LONGEST_MESSAGE],
        "error_title": say("form.error.title", language),
    }
    if column.role == "period":
        rule = {"validate": "integer", "criteria": "between", "minimum": 1900, "maximum": 2200}
    elif column.role == "treated":
        rule = {"validate": "list", "source": ["0", "1"]}
    elif column.indicator is not None:
        rule = _within(column.indicator)
    else:
        rule = {"validate": "length", "criteria": "between", "minimum": 1, "maximum": 200}
    return {**told, **rule, "error_message": say(f"form.error.{column.role}", language)}


def _within(indicator: Indicator) -> dict[str, Any]:
    bounds = indicator.bounds
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": -_MOST if bounds.minimum is None else float(bounds.minimum),
        "maximum": _MOST if bounds.maximum is None else float(bounds.maximum),
    }


def _read_me(book: xlsxwriter.Workbook, columns: Sequence[Column], language: Language) -> None:
    sheet = book.add_worksheet(say("form.sheet.read_me", language))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 1, _WIDE, wrapped)
    _to_print(sheet)
    write_cell(
        sheet,
        (0, 0),
        value=say("form.title", language),
        form=book.add_format({"bold": True, "font_size": 14}),
    )
    lines: list[tuple[str, str, bool]] = [
        ("", say(f"form.advice.{name}", language), False) for name in ("rows", "all", "names", "persons")
    ]
    for column in columns:
        lines.append((column.name, column.meaning(language), True))
        if column.indicator is not None:
            lines += [(f"  {label}", text, False) for label, text in _about(column.indicator, language)]
    for number, (label, text, is_heading) in enumerate(lines, start=2):
        # Not every program fits a row to wrapped text when it opens the file.
        sheet.set_row(number, _LINE_HEIGHT * math.ceil(len(text) / _WIDE))
        write_cell(sheet, (number, 0), value=label, form=bold if is_heading else wrapped)
        write_cell(sheet, (number, 1), value=text, form=wrapped)


_TOLD = ("id", "numerator", "denominator", "range", "window", "source", "question", "traps")


def _about(indicator: Indicator, language: Language) -> list[tuple[str, str]]:
    wanted = {say(f"indicator.label.{key}", language) for key in _TOLD}
    return [(str(label), str(text)) for label, text in described(indicator, language) if label in wanted]


def _code_list(book: xlsxwriter.Workbook, language: Language) -> None:
    sheet = book.add_worksheet(say("form.sheet.codes", language))
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, _WIDE)
    _to_print(sheet)
    write_cell(sheet, (0, 0), value=say("form.codes.what", language), form=bold)
    write_cell(sheet, (0, 1), value=say("form.codes.meaning", language), form=bold)
    codes = [
        (say(f"form.codes.{name}", language), say(f"form.codes.{name}_meaning", language))
        for name in ("zero", "one", "empty", "zeros")
    ]
    codes += [(r.code, r.name) for r in Regions.default().filter(kind="municipality") if r.valid_to is None]
    as_text = book.add_format({"num_format": _AS_TEXT})
    for number, (code, meaning) in enumerate(codes, start=1):
        write_cell(sheet, (number, 0), value=code, form=as_text)
        write_cell(sheet, (number, 1), value=meaning)


def _to_print(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)


def _machine_sheet(book: xlsxwriter.Workbook, columns: Sequence[Column], language: Language) -> None:
    sheet = book.add_worksheet(SHEET)
    sheet.set_column(0, 3, 28)
    _to_print(sheet)
    for place, name in enumerate(("sheet", "column", "role", "indicator")):
        write_cell(sheet, (0, place), value=name)
    for number, column in enumerate(columns, start=1):
        item = column.indicator.id if column.indicator else ""
        told = (say("form.sheet.data", language), column.name, column.role, item)
        for place, text in enumerate(told):
            write_cell(sheet, (number, place), value=text)
