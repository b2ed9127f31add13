"""What a figure of what would have been shows: numbers, labels, and the same in words and as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.effects.counterfactual import Counterfactual, PlaceboGap
from impactkit.effects.estimate import Estimate
from impactkit.errors import UsageError
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, MessageValue, format_number, format_share, say

View = Literal["trend", "gap", "placebos", "weights", "season"]
_LEAST_SHOWN = 0.0005  # 0.1 per cent, rounded
_FAR = 5.0  # placebos that fitted so much worse before the start are not drawn
_MOST_DONORS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterfactualPicture:
    """Observed and expected over time, or one side of it.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    built : Counterfactual
        The numbers.
    view : {"trend", "gap", "placebos", "weights", "season"}
        Which side.
    """

    heading: str
    measure: Measure
    built: Counterfactual
    view: View = "trend"

    @classmethod
    def of(
        cls, estimate: Estimate, measure: Measure, *, view: View = "trend", name: str | None = None
    ) -> CounterfactualPicture:
        """Return the picture of an estimate; refused where it has nothing of the kind."""
        built = estimate.counterfactual
        if built is None or not _has(built, view):
            raise UsageError(
                "This estimate has nothing to show as {view}.",
                where="view",
                mend="Leave view= out, or use a method that has it: donors for placebos and weights, a "
                "season for season.",
                values={"view": view},
            )
        heading = say(f"plot.counterfactual.title.{view}", measure.language, name=name or estimate.outcome)
        return cls(heading=heading, measure=measure, built=built, view=view)

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    def word(self, name: str, **values: MessageValue) -> str:
        """Return one of the figure's words."""
        return say(f"plot.counterfactual.{name}", self.language, **values)

    @property
    def start_label(self) -> str:
        """The words at the start."""
        names = dict(zip(self.built.periods, self.built.period_names, strict=True))
        period = names.get(self.built.start, f"{self.built.start:g}")
        return say("plot.trajectories.start", self.language, period=period)

    @property
    def drawn_placebos(self) -> tuple[PlaceboGap, ...]:
        """Placebos that fitted well enough before the start to be compared by eye."""
        most = _FAR * self.built.pre_rmspe
        fitted = [p for p in self.built.placebos if p.pre_rmspe <= most]
        return tuple(fitted) if fitted else self.built.placebos

    @property
    def drawn_weights(self) -> tuple[tuple[str, float], ...]:
        """The donors that count most, and the sum of the others; none that would be written as nothing."""
        counted = [donor for donor in self.built.weights if abs(donor.weight) >= _LEAST_SHOWN]
        shown = [(donor.unit, donor.weight) for donor in counted[:_MOST_DONORS]]
        rest = counted[_MOST_DONORS:]
        if rest:
            shown.append((self.word("others", n=len(rest)), sum(donor.weight for donor in rest)))
        return tuple(shown)

    def not_drawn_weights(self, drawn: int) -> str:
        """Return how many donors with a weight are not drawn when so many rows are; empty when all are."""
        gone = self.drawn_weights[drawn:]
        return say("plot.answers.not_shown", self.language, n=len(gone)) if gone else ""

    @property
    def note(self) -> str:
        """What is not drawn; empty when everything is."""
        gone = len(self.built.placebos) - len(self.drawn_placebos)
        if self.view != "placebos" or not gone:
            return ""
        return self.word("not_drawn", n=gone, times=format_number(_FAR, self.language, decimals=0))

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = {
            "trend": self._told_by_period,
            "gap": self._told_gaps,
            "placebos": self._told_placebos,
            "weights": self._told_weights,
            "season": self._told_season,
        }[self.view]()
        return " ".join(part for part in (self.word(f"alt.{self.view}"), *told, self.note) if part)

    def table(self) -> Table:
        """Return the numbers as a table, one row a period or a donor."""
        m, language = self.measure, self.language
        if self.view == "weights":
            return Table(
                caption=self.heading,
                header=(self.word("donor"), self.word("weight")),
                rows=tuple((donor.unit, self._share(donor.weight)) for donor in self.built.weights),
                numeric=True,
            )
        header = (
            say("plot.table.period", language),
            *(self.word(w) for w in ("observed", "expected", "gap")),
        )
        rows = zip(
            self.built.period_names, self.built.observed, self.built.expected, self.built.gaps, strict=True
        )
        return Table(
            caption=self.heading,
            header=header,
            rows=tuple((p, m.number(y), m.number(x), m.number(gap, signed=True)) for p, y, x, gap in rows),
            numeric=True,
        )

    def _told_by_period(self) -> list[str]:
        m, rows = (
            self.measure,
            zip(self.built.period_names, self.built.observed, self.built.expected, strict=True),
        )
        told = [self.word("period", period=p, observed=m.number(y), expected=m.number(x)) for p, y, x in rows]
        return [*told, self.start_label + "."]

    def _told_gaps(self) -> list[str]:
        rows = zip(self.built.period_names, self.built.gaps, strict=True)
        told = "; ".join(f"{p}: {self.measure.number(gap, signed=True)}" for p, gap in rows)
        return [f"{told}.", self.start_label + "."]

    def _told_placebos(self) -> list[str]:
        after = [k for k, period in enumerate(self.built.periods) if period >= self.built.start]
        own = sum(self.built.gaps[k] for k in after) / len(after)
        means = sorted(sum(p.gaps[k] for k in after) / len(after) for p in self.drawn_placebos)
        m = self.measure
        return [
            self.word("own_mean", gap=m.number(own, signed=True)),
            self.word("placebo_means", n=len(means), span=m.span(means[0], means[-1])),
        ]

    def _told_weights(self) -> list[str]:
        told = "; ".join(f"{unit}: {self._share(weight)}" for unit, weight in self.drawn_weights)
        return [f"{told}."]

    def _told_season(self) -> list[str]:
        seen = [x for x in self.built.season if math.isfinite(x)]
        m = self.measure
        low, high = m.number(min(seen), signed=True), m.number(max(seen), signed=True)
        return [self.word("season_range", low=low, high=high)]

    def _share(self, weight: float) -> str:
        return format_share(weight, self.language, decimals=1)


def _has(built: Counterfactual, view: View) -> bool:
    return {
        "trend": True,
        "gap": True,
        "placebos": bool(built.placebos),
        "weights": bool(built.weights),
        "season": bool(built.season),
    }[view]
