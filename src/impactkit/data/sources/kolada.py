"""Answers of Kolada, saved as they came: values, and lists of indicators, municipalities and groups."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.damaged import no_sheets, told_if_damaged
from impactkit.data.json_text import loaded, mentions
from impactkit.data.kolada_rows import kolada_table
from impactkit.data.limits import check_size
from impactkit.data.source import Header
from impactkit.data.table import Table


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file is JSON with values as Kolada answers them.

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
    return mentions(path, head_bytes, "values") and not mentions(path, head_bytes, "dimension")


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read an answer of Kolada, one page or a list of pages.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Refused: there are no sheets.
    header : int or (int, int), optional
        Has no meaning: the fields have names.

    Returns
    -------
    Table
        Of values, a row for each indicator, area, year and gender; of a list, a row for each entry.

    Raises
    ------
    DataError
        If the file is damaged, or pages of the answer are not in it.
    """
    no_sheets(path, sheet)
    check_size(path)
    with told_if_damaged(path, "Kolada"):
        answer = loaded(path.read_bytes(), path.name)
        return kolada_table(answer if isinstance(answer, list) else [answer], path.name)
