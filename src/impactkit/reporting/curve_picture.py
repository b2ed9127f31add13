"""What a specification curve shows: every way of estimating, in order of its answer, over its choices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from impactkit.evidence.robustness.specifications import Specification, Specifications
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, say

_MOST = 60
_BETWEEN_SETTINGS = re.compile(r", (?=[A-Za-z_][\w.]*=)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePicture:
    """Several ways of estimating one effect, and what each of them chose.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    rows : tuple of Specification
        Those with a number, from the lowest to the highest.
    not_shown : int
        Those without a number, or beyond the first 60.
    """

    heading: str
    measure: Measure
    rows: tuple[Specification, ...]
    not_shown: int

    @classmethod
    def of(cls, result: Specifications, measure: Measure) -> CurvePicture:
        """Return the picture of a specification table; the first 60 in the order given are kept."""
        known = [row for row in result.rows if row.answer.is_estimated]
        kept = sorted(known[:_MOST], key=lambda row: row.answer.point)
        return cls(
            heading=say("figure.curve.title", measure.language),
            measure=measure,
            rows=tuple(kept),
            not_shown=len(result.rows) - len(kept),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def choices(self) -> tuple[str, ...]:
        """Every choice that some made, methods first, in the order in which they come up."""
        methods = dict.fromkeys(self.method(row) for row in self.rows)
        settings = dict.fromkeys(each for row in self.rows for each in settings_of(row))
        return (*methods, *sorted(settings, key=_natural))

    def method(self, row: Specification) -> str:
        """Return what a way's method is called."""
        try:
            return say(f"report.method.{row.method}.name", self.language)
        except KeyError:  # an estimator that somebody else wrote
            return row.method

    def made(self, row: Specification) -> tuple[str, ...]:
        """Return the choices that one made."""
        return (self.method(row), *settings_of(row))

    @property
    def note(self) -> str:
        """How many are not drawn; empty when all are."""
        return say("plot.answers.not_shown", self.language, n=self.not_shown) if self.not_shown else ""

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = [say("figure.curve.alt", self.language)]
        for row in self.rows:
            name, effect, interval, _ = self._cells(row)
            told.append(f"{name}: {effect} ({interval}).")
        return " ".join([*told, self.note]).strip()

    def table(self) -> Table:
        """Return the answers as a table, from the lowest to the highest."""
        columns = ("specification", "effect", "interval", "planned")
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", self.language) for name in columns),
            rows=tuple(self._cells(row) for row in self.rows),
            notes=(self.note,) if self.note else (),
        )

    def _cells(self, row: Specification) -> tuple[str, str, str, str]:
        found = row.answer.interval
        assert found is not None
        name = "; ".join(self.made(row))
        planned = say("figure.curve.planned", self.language) if row.is_planned else "–"
        if row.is_planned:
            name = f"{name} ({say('figure.curve.planned', self.language)})"
        m = self.measure
        return name, m.number(found.point, signed=True), m.span(found.low, found.high), planned


def _natural(text: str) -> str:
    """Return what puts 2 before 10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(12), text)


def settings_of(row: Specification) -> tuple[str, ...]:
    """Return the settings that a way of estimating differs in, one text each.

    Parameters
    ----------
    row : Specification
        The way.

    Returns
    -------
    tuple of str
        Such as ``control=not_yet``.
    """
    return tuple(_BETWEEN_SETTINGS.split(row.settings)) if row.settings else ()
