"""What a source of data can do."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from impactkit.data.table import Table

Header = int | tuple[int, int] | None
"""The row with a table's headings, or the first and last of several; found when None."""


class Source(Protocol):
    """A kind of file a table can be read from; each module in ``sources`` is one."""

    def matches(self, path: Path, head_bytes: bytes) -> bool:
        """Return whether the file is of this kind, judged by its beginning before its name."""

    def read(self, path: Path, *, sheet: str | None = None, header: Header = None) -> Table:
        """Return the table the file holds."""
