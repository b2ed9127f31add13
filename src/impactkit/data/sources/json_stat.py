"""JSON-stat 1 and 2, the answer of Statistics Sweden, Eurostat and others."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.cube import cube_table
from impactkit.data.damaged import no_sheets, told_if_damaged
from impactkit.data.json_stat_cube import MARKS, json_stat_cube
from impactkit.data.json_text import loaded, mentions
from impactkit.data.limits import check_size
from impactkit.data.source import Header
from impactkit.data.table import Table


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file is JSON with dimensions and values.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        Judged by its keys.
    """
    return mentions(path, head_bytes, "dimension", "size", "value")


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read a JSON-stat answer: codes in the cells, labels and roles beside them, the status of each value.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Refused: there are no sheets.
    header : int or (int, int), optional
        Has no meaning: the dimensions have names.

    Returns
    -------
    Table
        One row a value.

    Raises
    ------
    DataError
        If the file is damaged, holds several data sets, or is larger than is read.
    """
    no_sheets(path, sheet)
    check_size(path)
    with told_if_damaged(path, "JSON-stat"):
        cube = json_stat_cube(loaded(path.read_bytes(), path.name), path.name)
        return cube_table(cube, file=path.name, marks=MARKS)
