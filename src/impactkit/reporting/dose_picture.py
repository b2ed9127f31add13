"""What a figure of dose and response shows: the fitted line with its limits, and groups of doses."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import cast

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import Interval
from impactkit.errors import UsageError
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_number, say

_GROUP = re.compile(r"dose (?P<low>[-+.\de]+)(?: to (?P<high>[-+.\de]+))?")
_AT_MEAN = re.compile(r"at the mean dose (?P<mean>[-+.\de]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseGroup:
    """The effect of some doses against none.

    Parameters
    ----------
    low, high : float
        The smallest and the largest of them, to three digits.
    interval : Interval
        The effect.
    """

    low: float
    high: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePicture:
    """Effect by dose.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How effects are written.
    dose : str
        What the dose is called.
    largest : float
        The largest dose.
    slope : Interval
        The effect of each unit of dose: the line is this times the dose, and so are its limits.
    groups : tuple of DoseGroup
        Groups of doses against none; all with a dose, at the mean dose, where there are no groups.

    Notes
    -----
    The line assumes more than the groups do: that those with a small dose show what a larger one would have
    done to them, and that the response is a line.
    """

    heading: str
    measure: Measure
    dose: str
    largest: float
    slope: Interval
    groups: tuple[DoseGroup, ...]

    @classmethod
    def of(cls, estimate: Estimate, measure: Measure) -> DosePicture:
        """Return the picture of an estimate by dose; refused for any other."""
        told = estimate.estimand.values
        if estimate.method != "continuous_dose" or "high" not in told:
            raise UsageError(
                "This estimate has no doses to show.",
                where="view",
                mend="Estimate with ContinuousDose, or leave view= out.",
            )
        return cls(
            heading=say("figure.dose.title", measure.language, name=estimate.outcome, dose=told["dose"]),
            measure=measure,
            dose=str(told["dose"]),
            largest=float(cast(float, told["high"])),
            slope=estimate.interval,
            groups=_groups(estimate),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    def line(self, dose: float) -> tuple[float, float, float]:
        """Return the fitted effect at a dose, and its limits."""
        return self.slope.point * dose, self.slope.low * dose, self.slope.high * dose

    @property
    def note(self) -> str:
        """What the line assumes."""
        return say("figure.dose.note", self.language)

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        m = self.measure
        told = [
            say(
                "figure.dose.alt",
                self.language,
                slope=m.number(self.slope.point, signed=True),
                span=m.span(self.slope.low, self.slope.high),
            )
        ]
        told += [f"{dose}: {effect} ({span})." for dose, effect, span in self._cells()[1:]]
        return " ".join([*told, self.note])

    def table(self) -> Table:
        """Return the effects as a table: each unit of dose, then groups of doses."""
        columns = ("dose", "effect", "interval")
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", self.language) for name in columns),
            rows=self._cells(),
            numeric=True,
            notes=(self.note,),
        )

    def _cells(self) -> tuple[tuple[str, str, str], ...]:
        rows = [(say("figure.dose.each", self.language), self.slope)]
        rows += [(self._span(group), group.interval) for group in self.groups]
        m = self.measure
        return tuple((name, m.number(i.point, signed=True), m.span(i.low, i.high)) for name, i in rows)

    def _span(self, group: DoseGroup) -> str:
        ends = dict.fromkeys((group.low, group.high))
        return "–".join(format_number(end, self.language) for end in ends)


def _groups(estimate: Estimate) -> tuple[DoseGroup, ...]:
    found = []
    for term in estimate.terms[1:]:
        match = _GROUP.fullmatch(term.name)
        if match:
            low = float(match["low"])
            found.append(DoseGroup(low=low, high=float(match["high"] or low), interval=term.interval))
    if found:
        return tuple(found)
    named = {term.name: term.interval for term in estimate.terms}
    means = [match for match in map(_AT_MEAN.fullmatch, named) if match]
    if "any dose" not in named or not means:
        return ()
    mean = float(means[0]["mean"])
    alone = DoseGroup(low=mean, high=mean, interval=named["any dose"])
    return (alone,) if math.isfinite(mean) else ()
