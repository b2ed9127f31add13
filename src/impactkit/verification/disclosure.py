"""What must not leave the house in a bundle: personal identity numbers in the plan or the data."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from impactkit.data.personal_numbers import holds_personal_numbers, personal_numbers
from impactkit.errors import DataError, Trouble
from impactkit.verification.safe_zip import check_sizes

if TYPE_CHECKING:
    from impactkit.plans import Plan

_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_TAG = re.compile(r"<[^>]*>")
_MEND = "Replace them by codes that mean nothing outside the project, also in names, notes and hidden sheets."


def disclosures(plan: Plan, text: str) -> list[Trouble]:
    """Return every place where a plan or its public data seem to hold personal identity numbers.

    Parameters
    ----------
    plan : Plan
        The plan, with its data beside it.
    text : str
        The plan's file.

    Returns
    -------
    list of Trouble
        By file and column; the numbers themselves are not repeated.
    """
    found = [_in_text("plan.toml")] if personal_numbers(text) else []
    if not plan.data.public:
        return found
    for name in plan.data.files:
        if personal_numbers(name):
            found.append(_in_text(name))
        found += [
            Trouble(
                "Column {column} seems to hold personal identity numbers.",
                "{file}, column {column}",
                _MEND,
                {"file": name, "column": column},
            )
            for column, cells in _columns(plan.folder / name)
            if holds_personal_numbers(cells) or personal_numbers(column)
        ]
        if any(map(personal_numbers, _beside_the_cells(plan.folder / name))):
            found.append(_in_text(name))
    return found


def check_workbook(content: bytes) -> None:
    """Refuse a workbook that would unpack to too much.

    Parameters
    ----------
    content : bytes
        A data file of any kind.

    Raises
    ------
    UnsafeBundleError
        If it is an archive that holds too much.
    """
    if content.startswith(_ARCHIVES[0]) and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_sizes(archive.infolist())


def _in_text(file: str) -> Trouble:
    return Trouble("{file} seems to hold a personal identity number.", "{file}", _MEND, {"file": file})


def _columns(file: Path) -> Iterator[tuple[str, Sequence[str]]]:
    if file.read_bytes()[:4].startswith(_ARCHIVES):
        yield from _sheet_columns(file)
        return
    from impactkit.data.read_table import read_table

    table = read_table(file)
    for name in table.header:
        yield name, table.cells[name].tolist()


def _sheet_columns(file: Path) -> Iterator[tuple[str, Sequence[str]]]:
    """Return the columns of every sheet, hidden ones as well: the whole file goes into the bundle."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(file) as book:
        for sheet in book.sheet_names:
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            for column in zip(*rows, strict=False):
                cells = [_shown(cell) for cell in column]
                # The heading apart: one text would make a column of numbers a column of text.
                first = next((place for place, cell in enumerate(cells) if cell), 0)
                yield cells[first] if cells else sheet, cells[first + 1 :]


def _shown(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _beside_the_cells(file: Path) -> Iterator[str]:
    """Return what a workbook holds outside its sheets: properties, comments, names, texts no longer shown."""
    content = file.read_bytes()
    check_workbook(content)
    if not content.startswith(_ARCHIVES[0]):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.filename.endswith((".xml", ".vml")) and not _is_sheet(info.filename):
                yield _TAG.sub("\n", archive.read(info).decode("utf-8", errors="replace"))


def _is_sheet(name: str) -> bool:
    # content.xml is an OpenDocument's one sheet file.
    return name.startswith("xl/worksheets/sheet") or name == "content.xml"


def refuse_disclosures(plan: Plan, text: str) -> None:
    """Refuse to pass on a plan or public data that seem to hold personal identity numbers.

    Parameters
    ----------
    plan : Plan
        The plan, with its data beside it.
    text : str
        The plan's file.

    Raises
    ------
    DataError
        With every place.
    """
    found = disclosures(plan, text)
    if found:
        raise DataError.of(found)
