"""Feather files (Arrow IPC), as R and Python hand tables to each other."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.damaged import need, no_sheets, told_if_damaged
from impactkit.data.frame_table import table_of_frame
from impactkit.data.limits import check_shape, check_size
from impactkit.data.source import Header
from impactkit.data.table import Table

_MAGIC = b"ARROW1"


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file begins as Arrow's own format does, or is called so.

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
    return head_bytes.startswith(_MAGIC) or path.suffix.lower() in {".feather", ".arrow"}


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read a Feather file: names, types and missing values as they are.

    Parameters
    ----------
    path : Path
        The file, version 2.
    sheet : str, optional
        Refused: there are no sheets.
    header : int or (int, int), optional
        Has no meaning: the columns have names.

    Returns
    -------
    Table
        Columns of bytes or lists are left out and named.

    Raises
    ------
    DataError
        If pyarrow is not installed, or the file is damaged or larger than is read.
    """
    no_sheets(path, sheet)
    need("pyarrow", path, extra="arrow", kind="Feather")
    check_size(path)
    with told_if_damaged(path, "Feather"):
        import pyarrow as pa

        with pa.OSFile(str(path), "rb") as stream:
            file = pa.ipc.open_file(stream)
            rows = sum(file.get_batch(batch).num_rows for batch in range(file.num_record_batches))
            check_shape(path.name, rows, len(file.schema))
            return table_of_frame(file.read_all(), file=path.name)
