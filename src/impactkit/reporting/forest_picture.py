"""What a forest of effects shows: each by itself, never put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from impactkit.effects.estimate import Estimate
from impactkit.errors import UsageError
from impactkit.reporting.effect_rows import CarriedOut, EffectRow, caution_of, groups_of, rows_of
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPicture:
    """Several effects under each other, one group for each unit.

    Parameters
    ----------
    heading : str
        What it is about.
    language : {"sv", "en"}
        The language of its words.
    groups : tuple of tuple of EffectRow
        Effects in one unit stand together.
    caution : str
        What must be known first: that nothing was judged, for an exploratory run; empty else.

    Notes
    -----
    No effect of all is worked out: the effects may be of different things, on the same people.
    """

    heading: str
    language: Language
    groups: tuple[tuple[EffectRow, ...], ...]
    caution: str = ""

    @classmethod
    def of(
        cls, effects: CarriedOut | Mapping[str, Estimate] | Sequence[Estimate], measure: Measure
    ) -> ForestPicture:
        """Return the picture of the claims of an evaluation, or of several estimates."""
        rows = rows_of(effects, measure)
        if not rows:
            raise UsageError(
                "There are no effects to draw.", where="plot", mend="Give at least one estimate or claim."
            )
        return cls(
            heading=say("figure.forest.title", measure.language),
            language=measure.language,
            groups=groups_of(rows),
            caution=caution_of(effects, measure.language),
        )

    @property
    def rows(self) -> tuple[EffectRow, ...]:
        """All effects in the order they are drawn."""
        return tuple(row for group in self.groups for row in group)

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = [self.caution, say("figure.forest.alt", self.language)]
        for group in self.groups:
            told.append(f"{group[0].kind}:")
            told += [f"{row.label}: {row.told}.{self._status(row)}" for row in group]
        return " ".join(told).strip()

    def _status(self, row: EffectRow) -> str:
        return "" if row.status is None else f" {row.status.text(self.language)}."

    def table(self) -> Table:
        """Return the effects as a table, one row each."""
        columns = ("effect_of", "unit", "effect", "interval", "level", "verdict")
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", self.language) for name in columns),
            rows=tuple(
                (
                    row.label,
                    row.kind,
                    row.measure.number(row.point, signed=not row.none),
                    row.measure.span(row.low, row.high),
                    row.measure.percent(row.level),
                    "–" if row.status is None else row.status.text(self.language),
                )
                for row in self.rows
            ),
            notes=(self.caution,) if self.caution else (),
        )
