"""What was counted over the draws of a cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

_BILLIONTHS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts over draws of one cell; adding two gives those of all their draws, in whatever order.

    Parameters
    ----------
    draws : int
        How many draws.
    verdicts : Counter
        By status: the best verdict of each draw.
    reasons : Counter
        The deciding reason of each draw's verdict, by status and code.
    lowered_by : Counter
        Of draws whose verdict a failed check or a low grade lowered from "supported": the checks that failed.
    lowered : int
        How many such draws.
    unnamed : int
        Draws with "supported" and no failed check beside it.
    rules : Counter
        How often others would have said "supported", by rule.
    asked : int
        Draws in which every check was asked.
    failed : Counter
        Checks that failed in those.
    low_grade : int
        How many of those had a grade below 3.
    billionths : int
        The sum of the estimates, in whole billionths, so that the order of adding does not matter.
    known : int
        Draws with an estimate.
    refused : Counter
        Draws that could not be carried out, by what was said.

    Examples
    --------
    >>> both = Tally(draws=1, verdicts=Counter(supported=1)) + Tally(draws=2)
    >>> both.draws, both.verdicts["supported"]
    (3, 1)
    """

    draws: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    lowered_by: Counter[str] = field(default_factory=Counter)
    lowered: int = 0
    unnamed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    low_grade: int = 0
    billionths: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)})

    @property
    def mean(self) -> float:
        """The mean of the estimates, in the outcome's unit."""
        return self.billionths / _BILLIONTHS / self.known if self.known else float("nan")

    def add_estimate(self, point: float) -> None:
        """Count an estimate.

        Parameters
        ----------
        point : float
            In the outcome's unit; nan is not counted.
        """
        if point == point:
            self.billionths += round(point * _BILLIONTHS)
            self.known += 1

    def to_record(self) -> dict[str, Any]:
        """Return the counts, ready for JSON."""
        record = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            name: dict(sorted(count.items())) if isinstance(count, Counter) else count
            for name, count in record.items()
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Tally:
        """Return the counts that a record holds."""
        held: dict[str, Any] = {
            name: Counter(count) if isinstance(count, dict) else count for name, count in record.items()
        }
        return cls(**held)
