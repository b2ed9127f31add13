"""What a source of data can do."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from impactkit.data.table import Table


class Source(Protocol):
    """A kind of file a table can be read from; each module in ``sources`` is one."""

    def matches(self, path: Path, head_bytes: bytes) -> bool:
        """Return whether the file is of this kind, judged by its beginning before its name."""

    def read(self, path: Path, *, sheet: str | None = None) -> Table:
        """Return the table the file holds."""
