"""How much is read: beyond this a file is refused before it is taken apart, with the limit it passed."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from impactkit.errors import DataError, Value

MOST_BYTES = 400 * 2**20
MOST_CELLS = 20_000_000
MOST_COLUMNS = 4_096
MOST_TEXT = 2**16
MOST_MEMBERS = 10_000
MOST_UNPACKED = 400 * 2**20
MOST_RATIO = 200
# Below this a high ratio is ordinary: a sheet of zeros.
_RATIO_MATTERS_ABOVE = 8 * 2**20
_SPLIT = "Split it, or keep only the rows and columns that the evaluation needs."


def check_size(path: Path) -> None:
    """Refuse a file that holds more bytes than are read.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    DataError
        Naming the limit.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise too_much(
            "The file holds {found} bytes; at most {most} are read.", path.name, found=size, most=MOST_BYTES
        )


def check_shape(file: str, rows: int, columns: int) -> None:
    """Refuse a table with more cells or columns than are read.

    Parameters
    ----------
    file : str
        Name of the file.
    rows, columns : int
        How many there would be.

    Raises
    ------
    DataError
        Naming the limit.
    """
    if columns > MOST_COLUMNS:
        what = "The table is {found} columns wide; at most {most} are read."
        raise too_much(what, file, found=columns, most=MOST_COLUMNS)
    check_cells(file, rows * columns)


def check_cells(file: str, cells: int) -> None:
    """Refuse a table with more cells than are read.

    Parameters
    ----------
    file : str
        Name of the file.
    cells : int
        How many there would be.

    Raises
    ------
    DataError
        Naming the limit.
    """
    if cells > MOST_CELLS:
        raise too_much(
            "The table has {found} cells; at most {most} are read.", file, found=cells, most=MOST_CELLS
        )


def check_archive(path: Path) -> None:
    """Refuse an archive that would unpack to too much, or whose XML declares a document type.

    Parameters
    ----------
    path : Path
        A workbook that is a zip archive; anything else passes.

    Raises
    ------
    DataError
        Naming the limit, or the member.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check_members(path.name, infos)
            for info in infos:
                if info.filename.endswith((".xml", ".rels", ".vml")):
                    _check_prologue(path.name, info.filename, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError) as error:
        raise DataError(
            "The file cannot be opened as {kind}: it is damaged, or something else.",
            where="{file}",
            mend="Save it again in the program it came from, or as CSV UTF-8.",
            values={"file": path.name, "kind": "Excel"},
        ) from error


def too_much(what: str, file: str, *, found: int, most: int) -> DataError:
    """Return the refusal of something that is larger than is read.

    Parameters
    ----------
    what : str
        A template with {found} and {most}.
    file : str
        Name of the file.
    found, most : int
        How much there is, and how much is read.

    Returns
    -------
    DataError
        To be raised.
    """
    values: dict[str, Value] = {"file": file, "found": found, "most": most}
    return DataError(what, where="{file}", mend=_SPLIT, values=values)


def _check_members(file: str, infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_MEMBERS:
        what = "The workbook holds {found} parts; at most {most} are read."
        raise too_much(what, file, found=len(infos), most=MOST_MEMBERS)
    total = sum(info.file_size for info in infos)
    if total > MOST_UNPACKED:
        what = "The workbook would unpack to {found} bytes; at most {most} are read."
        raise too_much(what, file, found=total, most=MOST_UNPACKED)
    for info in infos:
        ratio = info.file_size // max(info.compress_size, 1)
        if info.file_size > _RATIO_MATTERS_ABOVE and ratio > MOST_RATIO:
            what = "A part of the workbook would grow {found} times when unpacked; at most {most} is read."
            raise too_much(what, file, found=ratio, most=MOST_RATIO)


def _check_prologue(file: str, name: str, archive: zipfile.ZipFile) -> None:
    with archive.open(name) as member:
        # A document type stands before the first element, so the beginning tells.
        head = member.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
        raise DataError(
            "The workbook holds a document type declaration, which no workbook needs: it may be an attack.",
            where="{file}, {member}",
            mend="Do not open the file; ask for it again from the one who made it.",
            values={"file": file, "member": name},
        )
