"""What a service answered, saved as evidence: each answer is held against its digest."""

from __future__ import annotations

from pathlib import Path

from impactkit.data.damaged import no_sheets, told_if_damaged
from impactkit.data.evidence import evidence_of
from impactkit.data.json_text import loaded, mentions
from impactkit.data.limits import check_size
from impactkit.data.source import Header
from impactkit.data.table import Table


def matches(path: Path, head_bytes: bytes) -> bool:
    """Return whether the file is evidence.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.

    Returns
    -------
    bool
        Judged by its key.
    """
    return mentions(path, head_bytes, "impactkit_evidence")


def read(path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
    """Read evidence as one table.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        Refused: there are no sheets.
    header : int or (int, int), optional
        Has no meaning: the answers name their columns.

    Returns
    -------
    Table
        As the service's own files are read.

    Raises
    ------
    DataError
        If an answer has been changed, or the file is damaged.
    """
    no_sheets(path, sheet)
    check_size(path)
    with told_if_damaged(path, "JSON"):
        return evidence_of(loaded(path.read_bytes(), path.name), path.name).table(path.name)
