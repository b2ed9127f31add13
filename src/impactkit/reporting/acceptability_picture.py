"""What a figure of a cost set against an effect shows: how probable it is that it was worth it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from impactkit.evidence.value import Value
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_share, say
from impactkit.wording.money import about_kronor

_CURVE, _TOLD = 121, 5
_WIDE = 3.0  # costs per unit, where there is one
_FIRST = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptabilityPicture:
    """How probable it is that an effect is worth its cost, by what a unit of improvement is worth.

    Parameters
    ----------
    heading : str
        What it is about.
    language : {"sv", "en"}
        The language of its words.
    value : Value
        The cost and the effect; with a standard error.
    """

    heading: str
    language: Language
    value: Value

    @classmethod
    def of(cls, value: Value, language: Language, *, claim: str = "") -> AcceptabilityPicture:
        """Return the picture of a value, under its claim's name where it has one."""
        heading = (
            say("money.plot.title", language, claim=claim)
            if claim
            else say("money.plot.title_plain", language)
        )
        return cls(heading=heading, language=language, value=value)

    @property
    def is_known(self) -> bool:
        """Whether there is a curve to draw."""
        return self.value.std_error > 0 and self.value.df > 0

    @property
    def widest(self) -> float:
        """The largest worth shown, a round number: three times the cost per unit, where there is one."""
        value = self.value
        per_unit = value.per_unit
        if not per_unit > 0:
            per_unit = value.cost / max(value.std_error, abs(value.effect), 1e-12)
        wanted = _WIDE * per_unit
        if not (math.isfinite(wanted) and wanted > 0):
            return 1.0
        size = 10.0 ** math.floor(math.log10(wanted))
        return next(step * size for step in _FIRST if step * size >= wanted * (1 - 1e-12))

    def curve(self, *, n: int = _CURVE) -> tuple[tuple[float, float], ...]:
        """Return points of the curve: what a unit is worth, and the probability."""
        found = self.value.acceptability(np.linspace(0.0, self.widest, n).tolist())
        return tuple(zip(found["worth"].tolist(), found["probability"].tolist(), strict=True))

    @property
    def told(self) -> tuple[tuple[float, float], ...]:
        """The points that are written out: few, for large amounts are wide."""
        return self.curve(n=_TOLD)

    @property
    def even(self) -> float:
        """What a unit must be worth for even odds: the cost per unit; nan where it is not in the figure."""
        return self.value.per_unit

    @property
    def half_label(self) -> str:
        """The words at even odds."""
        return say("money.plot.half", self.language, worth=about_kronor(self.even, self.language))

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = [
            say(
                "money.plot.at",
                self.language,
                worth=about_kronor(at, self.language),
                probability=self._share(p),
            )
            for at, p in self.told
        ]
        if self._share(self.most) != self._share(1.0):
            told.append(say("money.plot.never", self.language, most=self._share(self.most)))
        return say("money.plot.alt", self.language, told=" ".join(told))

    @property
    def most(self) -> float:
        """The probability that there was any improvement: no worth, however large, gives more."""
        return float(self.value.acceptability([1e9 * self.widest])["probability"].iloc[0])

    def table(self) -> Table:
        """Return points of the curve as a table."""
        language = self.language
        return Table(
            caption=self.heading,
            header=(say("money.plot.worth", language), say("money.plot.probability", language)),
            rows=tuple((about_kronor(at, language), self._share(p)) for at, p in self.told),
            numeric=True,
        )

    def _share(self, probability: float) -> str:
        if 0.995 <= probability < 1:
            return ">\N{NO-BREAK SPACE}" + format_share(0.99, self.language)
        if 0 < probability < 0.005:
            return "<\N{NO-BREAK SPACE}" + format_share(0.01, self.language)
        return format_share(probability, self.language)
