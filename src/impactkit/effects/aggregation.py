"""Averages of group-time effects: all, by time since the start, by cohort, by period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.cell_effects import CellEffects, Effects
from impactkit.effects.estimate import Aggregation
from impactkit.effects.regression import Label
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_OVERALL = Label(name="att")


@dataclass(frozen=True, kw_only=True, eq=False)
class Averages:
    """Named averages of group-time effects.

    Parameters
    ----------
    labels : callable
        Returns the names, a `Label` each; the overall average's first.
    weights : ndarray, shape (K,)
        What each cell weighs in the first.
    effects : InfluencedEffects or RegressedEffects
        In the same order.
    """

    labels: Callable[[], tuple[Label, ...]]
    weights: Floats
    effects: Effects


@dataclass(frozen=True, kw_only=True, eq=False)
class _Weighing:
    """Weights of cells and slopes of cohort shares, column by column."""

    found: CellEffects
    weights: list[Floats]
    slopes: list[Floats]

    def add_shares(self, cells: Codes) -> None:
        """Add the average of cells weighted by the shares of their cohorts."""
        arms, points = self.found.cells.arm[cells], self.found.effects.points
        own = self.found.weights[cells]
        weight, slope = np.zeros(len(points)), np.zeros(len(self.found.effects.masses))
        weight[cells] = own / own.sum()
        if not self.found.are_shares_known:
            gaps = points[cells] - weight[cells] @ points[cells]
            np.add.at(slope, arms, gaps / own.sum())
        self.weights.append(weight)
        self.slopes.append(slope)

    def add_mean(self, columns: Sequence[int]) -> None:
        """Add the plain mean of averages added before."""
        self.weights.append(np.mean([self.weights[j] for j in columns], axis=0))
        self.slopes.append(np.mean([self.slopes[j] for j in columns], axis=0))

    def averages(self, labels: Sequence[Label]) -> Averages:
        """Return the averages, the one added last first."""
        order = [len(labels) - 1, *range(len(labels) - 1)]
        weights, slopes = np.column_stack(self.weights), np.column_stack(self.slopes)
        effects = self.found.effects.combined(weights[:, order], slopes[:, order])
        names = tuple(labels[j] for j in order)
        return Averages(labels=lambda: names, weights=self.weights[-1], effects=effects)


def averages(found: CellEffects, kind: Aggregation, *, balance: float | None = None) -> Averages:
    """Average group-time effects.

    Parameters
    ----------
    found : CellEffects
        The effects.
    kind : {"simple", "dynamic", "group", "calendar"}
        How.
    balance : float, optional
        For ``"dynamic"`` only; see `Estimate.aggregate`.

    Returns
    -------
    Averages
        With the estimation of cohort shares in their influence.

    Raises
    ------
    EstimationError
        If ``balance`` is given for another kind, or no cohort is followed that long.

    References
    ----------
    .. [1] Callaway, B., & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods.
       *Journal of Econometrics*, 225(2), section 3.
    """
    if balance is not None and kind != "dynamic":
        raise EstimationError(
            "balance= keeps event times comparable; it says nothing about kind {kind!r}.",
            where="balance",
            mend="Use it with aggregate('dynamic').",
            values={"kind": kind},
        )
    weighing = _Weighing(found=found, weights=[], slopes=[])
    if kind == "dynamic":
        return _dynamic(weighing, balance)
    makers: dict[str, Callable[[_Weighing], Averages]] = {
        "simple": _simple,
        "group": _group,
        "calendar": _calendar,
    }
    return makers[kind](weighing)


def every_cell(found: CellEffects) -> Averages:
    """Return the average over treated cells, and each cell under it.

    Parameters
    ----------
    found : CellEffects
        The effects.

    Returns
    -------
    Averages
        A cell that could not be estimated is nan.
    """
    overall = _Weighing(found=found, weights=[], slopes=[])
    overall.add_shares(_post(found))
    effects = found.effects.headed(overall.weights[0], overall.slopes[0])
    return Averages(
        labels=lambda: (_OVERALL, *_cell_labels(found)), weights=overall.weights[0], effects=effects
    )


def _cell_labels(found: CellEffects) -> list[Label]:
    cells, design = found.cells, found.design
    starts = [float(start) for start in design.starts]
    names = [design.name_of(start) for start in starts]
    arms, periods = cells.arm.tolist(), cells.period.tolist()
    values, shown = design.periods.tolist(), design.columns.period_names
    return [
        Label(
            name=f"group {names[arm]}, {shown[period]}",
            group=starts[arm],
            time=values[period],
            event_time=since,
        )
        for arm, period, since in zip(arms, periods, event_times(found).tolist(), strict=True)
    ]


def _post(found: CellEffects) -> Codes:
    return np.flatnonzero(found.cells.is_post & found.is_estimated)


def _simple(weighing: _Weighing) -> Averages:
    weighing.add_shares(_post(weighing.found))
    return weighing.averages([_OVERALL])


def _group(weighing: _Weighing) -> Averages:
    found = weighing.found
    post = _post(found)
    arms = np.unique(found.cells.arm[post])
    labels = []
    masses, points = found.effects.masses, found.effects.points
    for arm in arms:
        own = post[found.cells.arm[post] == arm]
        weight = np.zeros(len(points))
        weight[own] = 1 / len(own)
        weighing.weights.append(weight)
        weighing.slopes.append(np.zeros(len(masses)))
        start = float(found.design.starts[arm])
        labels.append(Label(name=f"group {found.design.name_of(start)}", group=start))
    shares = masses[arms] / masses[arms].sum()
    own_effects = np.array([weight @ np.nan_to_num(points) for weight in weighing.weights])
    slope = np.zeros(len(masses))
    if not found.are_shares_known:
        slope[arms] = (own_effects - shares @ own_effects) / masses[arms].sum()
    weighing.weights.append(shares @ np.array(weighing.weights))
    weighing.slopes.append(slope)
    return weighing.averages([*labels, _OVERALL])


def _calendar(weighing: _Weighing) -> Averages:
    found = weighing.found
    post = _post(found)
    labels = []
    for period in np.unique(found.cells.period[post]):
        weighing.add_shares(post[found.cells.period[post] == period])
        name = found.design.columns.period_names[period]
        labels.append(Label(name=f"period {name}", time=float(found.design.periods[period])))
    weighing.add_mean(range(len(labels)))
    return weighing.averages([*labels, _OVERALL])


def _dynamic(weighing: _Weighing, balance: float | None) -> Averages:
    found = weighing.found
    times = event_times(found)
    kept = found.is_estimated
    if balance is not None:
        last = len(found.design.periods) - 1
        followed = found.design.event_times(found.cells.arm, np.full(len(found.cells), last))
        span = found.design.periods[-1] - found.design.periods[0] if found.design.is_numbered else last
        kept = kept & (followed >= balance) & (times <= balance) & (times >= balance - span)
        if not (kept & (times >= 0)).any():
            raise EstimationError(
                "No cohort is followed {balance:g} periods after its start.",
                where="balance",
                mend="Use a smaller number.",
                values={"balance": balance},
            )
    labels: list[Label] = []
    late: list[int] = []
    for time in np.unique(times[kept]):
        weighing.add_shares(np.flatnonzero(kept & (times == time)))
        if time >= 0:
            late.append(len(labels))
        labels.append(Label(name=f"event {time:g}", event_time=float(time)))
    weighing.add_mean(late)
    return weighing.averages([*labels, _OVERALL])


def event_times(found: CellEffects) -> Floats:
    """Return the time since the start of each cell.

    Parameters
    ----------
    found : CellEffects
        The effects.

    Returns
    -------
    ndarray, shape (K,)
        In the periods' own unit, or in periods for dates.
    """
    return found.design.event_times(found.cells.arm, found.cells.period)
