"""What small multiples show: every unit's own trajectory, one panel each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.errors import UsageError
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, say

MOST = 24
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPath:
    """One unit over time.

    Parameters
    ----------
    name : str
        The unit.
    periods, values : tuple of float
        When it was measured, in order, and its outcome.
    is_treated : bool
        Whether it is ever treated.
    start : float
        Its first treated period; ``inf`` where it is never treated, nan where that is not one period.
    """

    name: str
    periods: tuple[float, ...]
    values: tuple[float, ...]
    is_treated: bool
    start: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPicture:
    """The trajectory of each unit.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    paths : tuple of UnitPath
        All units: treated first, each group in order of name.
    periods : tuple of float
        All periods, in order.
    names : tuple of str
        How they are written.
    """

    heading: str
    measure: Measure
    paths: tuple[UnitPath, ...]
    periods: tuple[float, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, study: Study, measure: Measure) -> UnitsPicture:
        """Return the picture of a panel.

        Parameters
        ----------
        study : Study
            With ``unit`` and ``time``.
        measure : Measure
            How its numbers are written.

        Returns
        -------
        UnitsPicture
            Nothing is hidden: the rows are the researcher's own.

        Raises
        ------
        UsageError
            If the study does not follow units over time.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"area": list("aabb"), "year": [1, 2, 1, 2], "y": [1.0, 3, 1, 1]})
        >>> study = Study(frame.assign(start=[2, 2, 0, 0]), outcome="y", unit="area", time="year",
        ...               first_treated="start")
        >>> UnitsPicture.of(study, Measure(language="en", decimals=0)).table().rows
        (('a', 'treated from 2', '1', '3'), ('b', 'comparison', '1', '1'))
        """
        if study.kind != "panel":
            raise UsageError(
                "This study does not follow units over time.",
                where="plot",
                mend="Give unit= and time=, or draw an estimate.",
            )
        columns = study.columns
        paths = [_path(columns, rows) for rows in _rows_by_unit(columns)]
        paths.sort(key=lambda path: (not path.is_treated, path.name))
        return cls(
            heading=say("figure.units.title", measure.language, name=study.outcome),
            measure=measure,
            paths=tuple(paths),
            periods=tuple(columns.periods.tolist()),
            names=columns.period_names or tuple(f"{period:g}" for period in columns.periods),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    def drawn(self, most: int = MOST) -> tuple[UnitPath, ...]:
        """Return the units that have a panel: half of each group where there is no room for all."""
        treated = [path for path in self.paths if path.is_treated]
        others = [path for path in self.paths if not path.is_treated]
        n_others = min(len(others), max(most // 2, most - len(treated)))
        return (*treated[: most - n_others], *others[:n_others])

    def note(self, most: int = MOST) -> str:
        """Return how many units have no panel; empty when all have."""
        gone = len(self.paths) - len(self.drawn(most))
        return say("figure.units.not_drawn", self.language, n=gone) if gone else ""

    def when(self, path: UnitPath) -> str:
        """Return which group a unit belongs to and, if treated, from when."""
        if not path.is_treated:
            return say("figure.units.comparison", self.language)
        if not math.isfinite(path.start):
            return say("figure.units.treated", self.language)
        name = self.name_of(path.start)
        month = name[:-3] if name.count("-") == 2 and name.endswith("-01") else name
        return say("figure.units.treated_from", self.language, period=month)

    def name_of(self, period: float) -> str:
        """Return how a period is written, also one that nothing was measured in."""
        at = min(int(np.searchsorted(self.periods, period)), len(self.periods) - 1)
        if self.periods[at] == period:
            return self.names[at]
        is_date = self.names[at].count("-") == 2
        return (date(1970, 1, 1) + timedelta(days=period)).isoformat() if is_date else f"{period:g}"

    @property
    def alt_text(self) -> str:
        """The figure in words: each unit's first and last value."""
        told = [say("figure.units.alt", self.language)]
        for path in self.drawn():
            first, last = (self.measure.number(path.values[k]) for k in (0, -1))
            ends = f"{self.name_of(path.periods[0])} {first}, {self.name_of(path.periods[-1])} {last}"
            told.append(f"{path.name} ({self.when(path)}): {ends}.")
        return " ".join([*told, self.note()]).strip()

    def table(self) -> Table:
        """Return every unit's values as a table, one row a unit and one column a period."""
        return Table(
            caption=self.heading,
            header=(
                say("plot.table.unit_name", self.language),
                say("plot.table.group", self.language),
                *self.names,
            ),
            rows=tuple((path.name, self.when(path), *self._cells(path)) for path in self.paths),
        )

    def _cells(self, path: UnitPath) -> list[str]:
        seen = dict(zip(path.periods, path.values, strict=True))
        return [self.measure.number(seen[period]) if period in seen else "–" for period in self.periods]


def _rows_by_unit(columns: Columns) -> list[Rows]:
    """Return the rows of each unit in order of period."""
    assert columns.unit is not None
    order = np.lexsort((columns.time, columns.unit))
    return np.split(order, np.flatnonzero(np.diff(columns.unit[order])) + 1)


def _path(columns: Columns, rows: Rows) -> UnitPath:
    assert columns.unit is not None
    unit = int(columns.unit[rows[0]])
    label = unit if columns.unit_labels is None else columns.unit_labels[unit]
    on = columns.path is not None and bool(columns.path[rows].any())
    start = math.inf if columns.cohort is None else float(columns.cohort[rows[0]])
    ever = columns.treated is not None and bool(columns.treated[rows].any())
    return UnitPath(
        name=str(label),
        periods=tuple(columns.time[rows].tolist()),
        values=tuple(columns.outcome[rows].tolist()),
        is_treated=ever or on,
        start=math.nan if on else start,
    )
