"""SPSS files (.sav, .zsav): value labels and variable labels are kept."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.apart import read_spss_apart
from impactkit.data.damaged import need, no_sheets
from impactkit.data.limits import check_size
from impactkit.data.source import Header
from impactkit.data.table import Table

_MAGIC = (b"$FL2", b"$FL3")


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file begins as those of SPSS do, or is called so.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        True also for a damaged file with the name.
    """
    return head_bytes.startswith(_MAGIC) or path.suffix.lower() in {".sav", ".zsav"}


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read an SPSS file: the codes in the cells, what they stand for beside them.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Refused: there are no sheets.
    header : int or (int, int), optional
        Has no meaning: the columns have names.

    Returns
    -------
    Table
        Values that the file itself declares missing are empty cells.

    Raises
    ------
    DataError
        If pyreadstat is not installed, or the file is damaged or larger than is read.
    """
    no_sheets(path, sheet)
    need("pyreadstat", path, extra="stats", kind="SPSS")
    check_size(path)
    # A few spoilt bytes can bring the reader down, and with it the process that it runs in.
    return read_spss_apart(path)
