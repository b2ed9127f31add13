"""Parquet files, as data platforms write them."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.damaged import need, no_sheets, told_if_damaged
from impactkit.data.frame_table import table_of_frame
from impactkit.data.limits import MOST_UNPACKED, check_shape, check_size, too_much
from impactkit.data.source import Header
from impactkit.data.table import Table

_MAGIC = b"PAR1"


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file begins as Parquet does, or is called so.

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
    return head_bytes.startswith(_MAGIC) or path.suffix.lower() in {".parquet", ".pq"}


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read a Parquet file: names, types and missing values as they are, decimals exactly.

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
        Columns of bytes or lists are left out and named.

    Raises
    ------
    DataError
        If pyarrow is not installed, or the file is damaged or larger than is read.
    """
    no_sheets(path, sheet)
    need("pyarrow", path, extra="arrow", kind="Parquet")
    check_size(path)
    with told_if_damaged(path, "Parquet"):
        from pyarrow import parquet

        with parquet.ParquetFile(path) as file:
            told = file.metadata
            check_shape(path.name, told.num_rows, told.num_columns)
            size = sum(told.row_group(group).total_byte_size for group in range(told.num_row_groups))
            if size > MOST_UNPACKED:
                what = "The file would unpack to {found} bytes; at most {most} are read."
                raise too_much(what, path.name, found=size, most=MOST_UNPACKED)
            return table_of_frame(file.read(), file=path.name)
