"""One thing that differs between two bundles, told in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from impactkit.wording import Language, Message, current_language, format_number, say

Kind = Literal["plan", "data", "result", "custody"]
Value = str | int | float | bool | None
_MOST_DECIMALS = 12
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs between an older and a newer bundle.

    Parameters
    ----------
    kind : {"plan", "data", "result", "custody"}
        What it is about.
    code : str
        Its sentence, ``changes.<code>``.
    values : mapping
        What the sentence names; ``old`` and ``new`` where there are two values.

    Examples
    --------
    >>> Change(kind="data", code="rows", values={"old": 49, "new": 48}).text("en")
    'The data have 48 rows; they had 49.'
    """

    kind: Kind
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language | None = None) -> str:
        """Return the sentence in the language, the chosen one when left out."""
        language = language or current_language()
        decimals = _decimals(self.values.get("old"), self.values.get("new"))
        said = {name: _said(value, language, decimals) for name, value in self.values.items()}
        return say(f"changes.{self.code}", language, **said)

    def to_record(self) -> dict[str, Any]:
        """Return it ready for JSON, with its sentence in the chosen language."""
        values = {
            name: value.text() if isinstance(value, Message) else value for name, value in self.values.items()
        }
        return {"kind": self.kind, "change": self.code, "values": values, "sentence": self.text()}


def _decimals(old: Any, new: Any) -> int:
    """Return as many decimals as two numbers need not to look the same, at least two where they have them."""
    numbers = [value for value in (old, new) if isinstance(value, float)]
    least = 0 if all(number.is_integer() for number in numbers) else 2
    if len(numbers) < 2:
        return least
    apart = (n for n in range(least, _MOST_DECIMALS) if f"{numbers[0]:.{n}f}" != f"{numbers[1]:.{n}f}")
    return next(apart, _MOST_DECIMALS)


def _said(value: Any, language: Language, decimals: int) -> str | int | Message:
    if value is None:
        return say("changes.nothing", language)
    if isinstance(value, bool):
        return say(f"changes.{'yes' if value else 'no'}", language)
    if isinstance(value, float):
        return format_number(value, language, decimals=decimals)
    if isinstance(value, str | int | Message):
        return value if not isinstance(value, str) else value[:_LONGEST]
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]
