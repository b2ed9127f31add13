"""Predictors of the units of a panel, by period: read once, averaged for any start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from impactkit.data.further_columns import further_columns
from impactkit.data.period_value import period_value
from impactkit.data.study import Study
from impactkit.effects.donor_panel import DonorPanel, listed
from impactkit.effects.predictor import Predictor
from impactkit.errors import EstimationError, StudyError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class PredictorTable:
    """Predictors by unit and period.

    Parameters
    ----------
    values : ndarray, shape (k, N, T)
        In their own units, in the order of the panel's units; nan outside a predictor's periods and where
        there is no value.
    names : tuple of str, length k
        What they are called.
    """

    values: Floats
    names: tuple[str, ...]

    def means(self, first: int, last: int) -> Floats:
        """Return means over the periods from ``first`` to before ``last``, shape (N, k).

        Parameters
        ----------
        first, last : int
            Codes of periods.

        Returns
        -------
        ndarray
            In their own units; nan where a unit has no value.
        """
        part = self.values[:, :, first:last]
        seen = ~np.isnan(part)
        n = seen.sum(axis=2)
        sums = np.where(seen, part, 0.0).sum(axis=2)
        means: Floats = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
        return means.T


def predictor_table(
    study: Study, panel: DonorPanel, predictors: Sequence[Predictor]
) -> tuple[DonorPanel, PredictorTable]:
    """Return the predictors of a panel's units, and the panel without donors that lack one entirely.

    Parameters
    ----------
    study : Study
        The study whose table holds the columns.
    panel : DonorPanel
        Its treated units and donors.
    predictors : sequence of Predictor
        What is read.

    Returns
    -------
    panel : DonorPanel
        With notes of what is missing.
    table : PredictorTable
        Of its units.

    Raises
    ------
    EstimationError
        If a predictor has no period before the start, a treated unit has no value of one, or fewer than two
        donors are left.
    """
    values = _values(study, panel, predictors)
    names = tuple(predictor.name for predictor in predictors)
    first = int(panel.starts.min())
    _refuse_late(values, names, first)
    table = PredictorTable(values=values, names=names)
    lacking = np.asarray(np.isnan(table.means(0, first)).any(axis=1), dtype=np.bool_)
    _refuse_lacking(panel, table, lacking, first)
    notes = (*panel.notes, *_notes(panel, table, lacking), *_late(panel, values, predictors))
    panel = replace(_kept(panel, ~lacking), notes=notes)
    return panel, replace(table, values=values[:, ~lacking])


def _values(study: Study, panel: DonorPanel, predictors: Sequence[Predictor]) -> Floats:
    columns = panel.columns
    assert columns.unit is not None
    read = further_columns(study, [predictor.column for predictor in predictors])
    units = columns.unit[:: len(columns.periods)][panel.order]
    at = np.searchsorted(study.columns.periods, columns.periods)
    found = read[:, units][:, :, at]
    for k, predictor in enumerate(predictors):
        found[k, :, ~_within(columns.periods, columns.period_names, predictor)] = np.nan
    return found


def _within(periods: Floats, names: tuple[str, ...], predictor: Predictor) -> Flags:
    """Return which periods a predictor is averaged over."""
    if predictor.periods:
        found = np.zeros(len(periods), dtype=np.bool_)
        for period in predictor.periods:
            value = _value(period, periods, names, predictor)
            found |= periods == value
        return found
    low = -np.inf if predictor.first is None else _value(predictor.first, periods, names, predictor)
    high = np.inf if predictor.last is None else _value(predictor.last, periods, names, predictor)
    return np.asarray((periods >= low) & (periods <= high))


def _value(period: float | str, periods: Floats, names: tuple[str, ...], predictor: Predictor) -> float:
    """Return a period's value, as a number or as it is written."""
    if not isinstance(period, str):
        return float(period)
    if period in names:
        return float(periods[names.index(period)])
    try:
        return period_value(period)
    except StudyError:
        raise EstimationError(
            "Predictor {name!r}: {period!r} is no period of the study.",
            where="predictors",
            mend="Write periods as the study does, such as {example}.",
            values={"name": predictor.name, "period": period, "example": names[0]},
        ) from None


def _refuse_late(values: Floats, names: tuple[str, ...], start: int) -> None:
    empty = [name for name, rows in zip(names, values, strict=True) if bool(np.isnan(rows[:, :start]).all())]
    if empty:
        raise EstimationError(
            "Predictors without any value before the start: {names}.",
            where="predictors",
            mend="Choose periods before the start; what comes later may be an effect.",
            values={"names": listed(empty)},
        )


def _refuse_lacking(panel: DonorPanel, table: PredictorTable, lacking: Flags, start: int) -> None:
    n = panel.n_treated
    if lacking[:n].any():
        means = table.means(0, start)[:n]
        said = [
            f"{panel.names[i]} ({listed([table.names[k] for k in np.flatnonzero(np.isnan(means[i]))])})"
            for i in np.flatnonzero(lacking[:n])
        ]
        raise EstimationError(
            "Treated units without any value of a predictor before the start: {units}.",
            where="predictors",
            mend="Add the values, or leave the predictor out.",
            values={"units": listed(said)},
        )
    left = int((~lacking[n:]).sum())
    if left < 2:
        raise EstimationError(
            "Only {n} donors have every predictor; at least 2 are needed.",
            where="predictors",
            mend="Add the values, or leave out the predictors that most donors lack.",
            values={"n": left},
        )


def _notes(panel: DonorPanel, table: PredictorTable, lacking: Flags) -> list[Message]:
    """Say which donors go, and how many values the means are without."""
    found = []
    if lacking.any():
        gone = [panel.names[i] for i in np.flatnonzero(lacking)]
        found.append(Message("donors.no_predictor", {"n": len(gone), "units": listed(gone)}))
    part = table.values[:, ~lacking, : int(panel.starts.min())]
    # A period in which nobody has a value is none that the predictor is measured in.
    measured = (~np.isnan(part)).any(axis=1, keepdims=True)
    missing = (np.isnan(part) & measured).sum(axis=(1, 2))
    for name, n in zip(table.names, missing.tolist(), strict=True):
        if n:
            found.append(Message("donors.predictor_gaps", {"n": n, "name": name}))
    return found


def _late(panel: DonorPanel, values: Floats, predictors: Sequence[Predictor]) -> list[Message]:
    """Say which predictors were asked for in periods from the start on."""
    later = np.asarray((~np.isnan(values[:, :, int(panel.starts.min()) :])).any(axis=(1, 2)))
    late = [
        predictor.name
        for predictor, reaches in zip(predictors, later.tolist(), strict=True)
        if reaches and (predictor.periods or predictor.last is not None)
    ]
    return [Message("donors.predictor_late", {"names": listed(late)})] if late else []


def _kept(panel: DonorPanel, kept: Flags) -> DonorPanel:
    """Return the panel with some of its donors."""
    if kept.all():
        return panel
    columns: Any = panel.columns
    units = columns.unit[:: len(columns.periods)][panel.order][kept]
    return replace(
        panel,
        columns=columns.take(np.isin(columns.unit, units)),
        outcomes=panel.outcomes[kept],
        names=tuple(name for name, stays in zip(panel.names, kept, strict=True) if stays),
        order=np.argsort(np.argsort(panel.order[kept])),
    )
