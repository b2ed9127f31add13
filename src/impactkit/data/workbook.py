"""One sheet of a workbook as rows of text."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from impactkit.data.cleaning import clean, cleaned
from impactkit.data.damaged import told_if_damaged
from impactkit.data.headings import Span
from impactkit.data.limits import check_archive, check_shape, check_size
from impactkit.data.sheet_xml import error_cells, sheet_shape, sheet_xml
from impactkit.errors import DataError

# Whole numbers up to here are exact in a cell, which holds a double.
_EXACT = 2**53

Cell = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet.

    Parameters
    ----------
    name : str
        Its name.
    rows : list of list of str
        The cells' texts, row by row from the first.
    spans : list of Span
        Merged cells.
    """

    name: str
    rows: list[list[str]]
    spans: list[Span]


def read_sheet(path: Path, sheet: str | None) -> Sheet:
    """Return one sheet: the named one, or the only visible one that holds anything.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        The sheet's name.

    Returns
    -------
    Sheet
        Numbers without a needless ``.0``, dates in ISO form; a text such as 0114 as it is.

    Raises
    ------
    DataError
        If the workbook cannot be opened or is larger than is read, or its sheet must be named.
    """
    check_size(path)
    if zipfile.is_zipfile(path):
        check_archive(path)
    with _opened(path) as workbook:
        name = _chosen(workbook, sheet, path)
        xml = _checked(path, name)
        page = workbook.get_sheet_by_name(name)
        check_shape(path.name, page.total_height, page.total_width)
        rows = page.to_python(skip_empty_area=False)
        spans = [Span(*first, *last) for first, last in page.merged_cell_ranges or []]
    columns = [_texts(column) for column in zip(*rows, strict=True)]
    texts = list(map(list, zip(*columns, strict=True)))
    for (row, column), shown in error_cells(xml).items():
        if row < len(texts) and column < len(texts[row]):
            texts[row][column] = shown
    return Sheet(name=clean(name), rows=texts, spans=spans)


def _checked(path: Path, sheet: str) -> bytes:
    """Return a sheet's XML, after refusing one that reaches further than is read."""
    xml = sheet_xml(path, sheet)
    if xml:
        check_shape(path.name, *sheet_shape(xml))
    return xml


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    with told_if_damaged(path, "Excel"):
        try:
            with CalamineWorkbook.from_path(path) as workbook:
                yield workbook
        except PasswordError as error:
            raise DataError(
                "The workbook is protected by a password.",
                where="{file}",
                mend="Save a copy without a password, or as CSV UTF-8.",
                values={"file": path.name},
            ) from error


def _chosen(workbook: CalamineWorkbook, sheet: str | None, path: Path) -> str:
    file = path.name
    if sheet is not None:
        if sheet in workbook.sheet_names:
            return sheet
        raise DataError(
            "There is no sheet {sheet}; the sheets are {sheets}.",
            where="{file}",
            mend="Name one of the sheets that are there.",
            values={"file": file, "sheet": sheet, "sheets": ", ".join(workbook.sheet_names)},
        )
    visible = [
        page.name
        for page in workbook.sheets_metadata
        if page.visible == SheetVisibleEnum.Visible and page.typ == SheetTypeEnum.WorkSheet
    ]
    if len(visible) == 1:
        return str(visible[0])
    for name in visible:
        _checked(path, name)
    filled = [name for name in visible if workbook.get_sheet_by_name(name).total_height]
    if len(filled) > 1:
        raise DataError(
            "Several sheets hold data: {sheets}.",
            where="{file}",
            mend="Say which to read, for example sheet = {first!r}.",
            values={"file": file, "sheets": ", ".join(filled), "first": filled[0]},
        )
    return (filled or visible or workbook.sheet_names)[0]


def _texts(column: tuple[Cell, ...]) -> list[str]:
    """Return the texts of a column, one way for all where all are of a kind."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return cleaned(column)  # type: ignore[arg-type]
    if not kinds <= {str, float}:
        return cleaned([cell if isinstance(cell, str) else _text(cell) for cell in column])
    numbers = [cell if isinstance(cell, float) else 0.0 for cell in column]
    texts = list(map(repr, numbers))
    values = np.array(numbers)
    whole = np.flatnonzero((values == np.floor(values)) & (np.abs(values) < _EXACT))
    for place, number in zip(whole.tolist(), values[whole].astype(np.int64).tolist(), strict=True):
        texts[place] = str(number)
    if str in kinds:
        texts = [cell if isinstance(cell, str) else text for cell, text in zip(column, texts, strict=True)]
    return cleaned(texts)


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime.datetime):
        whole_day = cell.time() == datetime.time()
        return cell.date().isoformat() if whole_day else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
