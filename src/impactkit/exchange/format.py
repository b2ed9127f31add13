"""What a format of exchange can do."""

from __future__ import annotations

from typing import Any, Protocol

from impactkit.indicators import Catalogue
from impactkit.plans import Plan


class Format(Protocol):
    """A format of exchange; each module in ``formats`` is one."""

    def write(self, what: Catalogue | Plan) -> bytes:
        """Return a catalogue or a plan in the format."""

    def read(self, content: bytes) -> Any:
        """Return what the format holds, as far as it maps."""
