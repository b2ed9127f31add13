"""Stata files (.dta): value labels and variable labels are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from impactkit.data.damaged import no_sheets, told_if_damaged
from impactkit.data.labelled import labelled_table
from impactkit.data.limits import check_shape, check_size
from impactkit.data.source import Header
from impactkit.data.table import Table

_MAGIC = b"<stata_dta>"


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file begins as Stata's do, or is called so.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        Older versions are told by their name.
    """
    return head_bytes.startswith(_MAGIC) or path.suffix.lower() == ".dta"


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read a Stata file: the codes in the cells, what they stand for beside them.

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
        Missing values of every kind (., .a to .z) as empty cells.

    Raises
    ------
    DataError
        If the file is damaged or larger than is read.
    """
    no_sheets(path, sheet)
    check_size(path)
    with told_if_damaged(path, "Stata"):
        import pandas as pd

        # Which labels belong to which column is told by nothing public.
        file: Any
        with pd.read_stata(path, convert_categoricals=False, iterator=True) as file:
            titles = file.variable_labels()
            check_shape(path.name, int(file._nobs), len(titles))
            frame = file.read()
            by_set = file.value_labels()
            sets = dict(zip(titles, file._lbllist, strict=True))
        labels = {column: by_set.get(name, {}) for column, name in sets.items()}
    return labelled_table(frame, file=path.name, titles=titles, labels=labels)
