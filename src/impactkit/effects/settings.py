"""Settings that show themselves: those that were chosen in one line, and all of them on a card."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from impactkit.schema import chosen
from impactkit.wording import Facts, Message, Shown


class Settings(Shown, BaseModel):
    """Frozen settings of an estimator; unknown ones are refused.

    Examples
    --------
    >>> class Ladder(Settings):
    ...     method: str = "ladder"
    ...     rungs: int = 5
    >>> Ladder(), Ladder(rungs=7)
    (Ladder(), Ladder(rungs=7))
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterator[tuple[str, object]]:
        return chosen(self)

    def _facts(self) -> Facts:
        shown = {name: getattr(self, name) for name in type(self).model_fields if name != "method"}
        return Facts(
            title=Message(f"report.method.{getattr(self, 'method', '')}.name"),
            rows=[
                (Message("shown.settings.class"), type(self).__name__),
                *((name, value if isinstance(value, str) else repr(value)) for name, value in shown.items()),
            ],
        )
