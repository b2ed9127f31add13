"""What became of every row that was read: nothing is dropped silently, and the sum is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from impactkit.wording import Message

Reason = Literal["title", "heading", "blank", "note", "total", "repeated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Rows read, used and set aside.

    Parameters
    ----------
    used : int
        Rows whose values are among the observations.
    set_aside : mapping of str to int
        Rows that are not, by reason: title, heading, blank, note, total or repeated.

    Examples
    --------
    >>> account = Account(used=10, set_aside={"heading": 1, "total": 1})
    >>> account.read, account
    (12, Account(read 12 = used 10 + heading 1 + total 1))
    """

    used: int
    set_aside: Mapping[str, int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Rows of the file, all kinds together."""
        return self.used + sum(self.set_aside.values())

    def __repr__(self) -> str:
        parts = [f"{reason} {n}" for reason, n in self.set_aside.items()]
        return f"Account(read {self.read} = {' + '.join([f'used {self.used}', *parts])})"

    def in_words(self) -> Message:
        """Return the account as a sentence."""
        return Message(
            "observations.account",
            {"read": self.read, "used": self.used, "aside": self.read - self.used},
        )
