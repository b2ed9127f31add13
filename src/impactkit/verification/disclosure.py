"""What must not leave the house in a bundle: personal identity numbers, and free text that plays no part."""

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
_WORDS, _TEXTS, _PART = 6, 3, 0.2
"""Free text: so many different cells of so many words, and such a part of those that are filled."""
_MEND = "Replace them by codes that mean nothing outside the project, also in names, notes and hidden sheets."


def disclosures(plan: Plan, text: str) -> list[Trouble]:
    """Return every place where a plan or its public data seem to hold what must not leave the house.

    Parameters
    ----------
    plan : Plan
        The plan, with its data beside it.
    text : str
        The plan's file.

    Returns
    -------
    list of Trouble
        By file and column: personal identity numbers, and columns of free text that play no part. What
        stands there is not repeated.
    """
    found = [_in_text("plan.toml")] if personal_numbers(text) else []
    if not plan.data.public:
        return found
    for name in plan.data.files:
        if personal_numbers(name):
            found.append(_in_text(name))
        columns = list(_columns(plan.folder / name))
        found += [
            Trouble(
                "Column {column} seems to hold personal identity numbers.",
                "{file}, column {column}",
                _MEND,
                {"file": name, "column": column},
            )
            for column, cells in columns
            if holds_personal_numbers(cells) or personal_numbers(column)
        ]
        if name in plan.data.names:
            found += [_free_text(name, column) for column, cells in columns if _is_loose(plan, column, cells)]
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


def _free_text(file: str, column: str) -> Trouble:
    return Trouble(
        "Column {column} is free text without a part in the plan, and would leave the house with the file.",
        "{file}, column {column}",
        "Take the column out of the file that is passed on: text may name people. Columns without a part are "
        "not needed for anything to be computed again.",
        {"file": file, "column": column},
    )


def _is_loose(plan: Plan, column: str, cells: Sequence[str]) -> bool:
    """Return whether a column holds sentences, and nothing in the plan asks for it."""
    return column not in _with_a_part(plan) and is_free_text(cells)


def is_free_text(cells: Sequence[str]) -> bool:
    """Return whether the cells of a column are sentences rather than names or codes.

    Parameters
    ----------
    cells : sequence of str
        The column's texts.

    Returns
    -------
    bool
        At least three different ones of six words or more, and a fifth of those that are filled.

    Examples
    --------
    >>> said = [f"She told us on day {day} that it was better" for day in range(3)]
    >>> is_free_text(said), is_free_text(["Upplands Väsby", "Kil"] * 40), is_free_text([*said, *["x"] * 40])
    (True, False, False)
    """
    filled = [cell for cell in cells if cell.strip()]
    long = [cell for cell in filled if len(cell.split()) >= _WORDS]
    return len(set(long)) >= _TEXTS and len(long) >= _PART * len(filled)


def _with_a_part(plan: Plan) -> set[str]:
    """Return the columns that the plan names."""
    told = [*plan.data.roles().values(), *(claim.outcome for claim in plan.claims)]
    told += [claim.subgroup.column for claim in plan.claims if claim.subgroup]
    return {
        name
        for part in told
        for name in (part if isinstance(part, tuple) else (part,))
        if isinstance(name, str)
    }


def _columns(file: Path) -> Iterator[tuple[str, Sequence[str]]]:
    if file.read_bytes().startswith(_ARCHIVES):
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
                yield cells[first], cells[first + 1 :]


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
    """Refuse to pass on a plan or public data that seem to hold what must not leave the house.

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
