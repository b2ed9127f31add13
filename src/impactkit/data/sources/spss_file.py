"""SPSS files (.sav, .zsav): value labels and variable labels are kept."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.damaged import need, no_sheets, told_if_damaged
from impactkit.data.labelled import labelled_table
from impactkit.data.limits import check_shape, check_size
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
    with told_if_damaged(path, "SPSS"):
        import pyreadstat

        _, told = pyreadstat.read_sav(str(path), metadataonly=True)
        check_shape(path.name, told.number_rows or 0, told.number_columns or 0)
        frame, told = pyreadstat.read_sav(str(path), apply_value_formats=False)
        titles = dict(zip(told.column_names, told.column_labels, strict=True))
    return labelled_table(frame, file=path.name, titles=titles, labels=told.variable_value_labels)
