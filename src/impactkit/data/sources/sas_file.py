"""SAS files: .sas7bdat and transport files (.xpt)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data.damaged import no_sheets, told_if_damaged
from impactkit.data.labelled import labelled_table
from impactkit.data.limits import check_shape, check_size
from impactkit.data.source import Header
from impactkit.data.table import Table

if TYPE_CHECKING:
    import pandas as pd

_MAGIC = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
_TRANSPORT = b"HEADER RECORD*******LIBRARY HEADER RECORD"


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file begins as those of SAS do, or is called so.

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
    return head_bytes.startswith((_MAGIC, _TRANSPORT)) or path.suffix.lower() in {".sas7bdat", ".xpt"}


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read a SAS file. Its labels of codes lie in a catalogue of their own and do not come along.

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
        Text as UTF-8 or Windows-1252, whichever the file tells.

    Raises
    ------
    DataError
        If the file is damaged or larger than is read.
    """
    no_sheets(path, sheet)
    check_size(path)
    with told_if_damaged(path, "SAS"):
        import pandas as pd

        kind = "xport" if _is_transport(path) else "sas7bdat"
        encoding = "infer" if kind == "sas7bdat" else None
        with pd.read_sas(path, format=kind, encoding=encoding, iterator=True) as file:  # type: ignore[call-overload]
            rows = int(getattr(file, "row_count", 0) or getattr(file, "nobs", 0))
            check_shape(path.name, rows, 1)
            frame = file.read()
        check_shape(path.name, *frame.shape)
        if encoding is None:
            frame = frame.apply(_decoded)
    return labelled_table(frame, file=path.name, titles={}, labels={})


def _is_transport(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_TRANSPORT)) == _TRANSPORT


def _decoded(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column with its bytes as text: a transport file does not tell in which encoding."""
    if column.dtype != object:
        return column
    given = [value for value in column if isinstance(value, bytes)]
    try:
        b"\n".join(given).decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "cp1252"
    return column.map(lambda value: value.decode(encoding) if isinstance(value, bytes) else value)
