"""What a funnel shows: effects against their standard errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import t_quantile
from impactkit.errors import UsageError
from impactkit.reporting.effect_rows import CarriedOut, EffectRow, caution_of, groups_of, rows_of
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, say

FEW = 10
WIDTH = t_quantile(0.975, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPicture:
    """Several effects in one unit against their standard errors.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    unit : str
        What the effects are counted in.
    rows : tuple of EffectRow
        Those with a standard error.
    not_shown : int
        Those without.
    caution : str
        What must be known first: that nothing was judged, for an exploratory run; empty else.

    References
    ----------
    .. [1] Sterne, J. A. C., et al. (2011). Recommendations for examining and interpreting funnel plot
       asymmetry in meta-analyses of randomised controlled trials. *BMJ*, 343, d4002, for at least 10.
    """

    heading: str
    measure: Measure
    unit: str
    rows: tuple[EffectRow, ...]
    not_shown: int
    caution: str = ""

    @classmethod
    def of(
        cls, effects: CarriedOut | Mapping[str, Estimate] | Sequence[Estimate], measure: Measure
    ) -> FunnelPicture:
        """Return the picture of several effects in one unit; refused where the units differ."""
        rows = rows_of(effects, measure)
        groups = groups_of(rows)
        if len(groups) > 1:
            raise UsageError(
                "A funnel needs effects in one unit; these are in {units}.",
                where="view",
                mend="Give those of one unit, or draw the forest.",
                values={"units": "; ".join(group[0].kind for group in groups)},
            )
        known = tuple(row for row in rows if math.isfinite(row.point) and row.std_error > 0)
        if not known:
            raise UsageError(
                "None of these effects has a standard error.",
                where="view",
                mend="Draw the forest: it shows effects without one.",
            )
        return cls(
            heading=say("figure.funnel.title", measure.language),
            measure=known[0].measure,
            unit=known[0].kind,
            rows=known,
            not_shown=len(rows) - len(known),
            caution=caution_of(effects, measure.language),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def none(self) -> float:
        """The effect of no effect."""
        return self.rows[0].none

    def outside(self, row: EffectRow) -> bool:
        """Return whether an effect lies further from none than chance alone gives in one of 20."""
        return abs(row.point - self.none) > WIDTH * row.std_error

    @property
    def note(self) -> str:
        """What a reader must know: that few say little, and how many are not drawn."""
        told = [self.caution] if self.caution else []
        if len(self.rows) < FEW:
            told.append(say("figure.funnel.few", self.language, n=len(self.rows)))
        if self.not_shown:
            told.append(say("figure.funnel.without", self.language, n=self.not_shown))
        return " ".join(told)

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        rows = [f"{name}: {effect} ({error})." for name, effect, error, _ in self._cells()]
        return " ".join([say("figure.funnel.alt", self.language, unit=self.unit), *rows, self.note]).strip()

    def table(self) -> Table:
        """Return the effects with their standard errors as a table, one row each."""
        columns = ("effect_of", "effect", "std_error", "funnel")
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", self.language) for name in columns),
            rows=self._cells(),
            notes=(self.note,) if self.note else (),
        )

    def _cells(self) -> tuple[tuple[str, str, str, str], ...]:
        m = self.measure
        return tuple(
            (
                row.label,
                m.number(row.point, signed=True),
                m.number(row.std_error),
                say(f"figure.funnel.{'outside' if self.outside(row) else 'inside'}", self.language),
            )
            for row in self.rows
        )
