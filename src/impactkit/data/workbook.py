"""One sheet of a workbook, as its reader gives it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from impactkit.data.cleaning import clean
from impactkit.data.damaged import told_if_damaged
from impactkit.data.headings import Span
from impactkit.data.limits import check_archive, check_shape, check_size
from impactkit.data.raw_cells import Cell
from impactkit.data.sheet_xml import error_cells, sheet_shape, sheet_xml
from impactkit.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet.

    Parameters
    ----------
    name : str
        Its name.
    columns : list of sequences of cells
        From the first row on, as they are stored; text where a formula failed.
    spans : list of Span
        Merged cells.
    """

    name: str
    columns: list[Sequence[Cell]]
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
        Its cells as they are stored.

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
    columns: list[Sequence[Cell]] = list(zip(*rows, strict=True))
    for (row, column), shown in error_cells(xml).items():
        if column < len(columns) and row < len(columns[column]):
            columns[column] = [*columns[column][:row], shown, *columns[column][row + 1 :]]
    return Sheet(name=clean(name), columns=columns, spans=spans)


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
