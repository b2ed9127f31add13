"""How units that are followed would vary over time without the project, told from their baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from impactkit.errors import PlanError
from impactkit.plans.assumed import Assumed
from impactkit.plans.planned_study import PlannedStudy
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

ASSUMED_CORRELATION = 0.5
_GRID = np.arange(0, 0.99, 0.02)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PanelNoise:
    """Levels of units and periods, and noise around them that remembers itself from period to period.

    Parameters
    ----------
    expected : ndarray, shape (n,)
        What each row would be without noise.
    unit, cluster, period : ndarray of int, shape (n,)
        Codes.
    spread : float
        Standard deviation of the noise, in the outcome's unit.
    memory : float
        Its correlation between neighbouring periods.
    between_clusters : float
        The share of its variance that the units of a cluster have together.
    n_before : int
        Measurements before the start.
    correlation : float, optional
        Between two measurements of a unit, where it is assumed and not seen.
    level_spread : float
        Standard deviation between units of a group at one time; nan where it is not needed.
    note : Message
        Where the numbers come from.

    Notes
    -----
    Half the variance of the change over ``k`` periods between units of one group is ``s**2 (1 - r**k)`` for
    first-order autocorrelated noise, whatever the units' levels. That curve (the variogram) is fitted to the
    baseline by least squares; levels and what hits all units alike cancel in it, and no trend is taken for
    noise. With two measurements ``r`` cannot be told and is 0; with one nothing can, and the correlation
    between two measurements is given or assumed.
    """

    expected: Floats
    unit: Codes
    cluster: Codes
    period: Codes
    spread: float
    memory: float
    between_clusters: float
    n_before: int
    correlation: float | None
    level_spread: float
    note: Message

    def draw(self, stream: np.random.Generator) -> Floats:
        """Return outcomes of a world without effect, shape (n,)."""
        own = math.sqrt(1 - self.between_clusters) * self._series(stream, self.unit)
        if self.between_clusters:
            own = own + math.sqrt(self.between_clusters) * self._series(stream, self.cluster)
        found: Floats = self.expected + self.spread * own
        return found

    def _series(self, stream: np.random.Generator, who: Codes) -> Floats:
        noise = stream.standard_normal((int(who.max()) + 1, int(self.period.max()) + 1))
        for t in range(1, noise.shape[1]):
            noise[:, t] = self.memory * noise[:, t - 1] + math.sqrt(1 - self.memory**2) * noise[:, t]
        found: Floats = noise[who, self.period]
        return found

    def contrast_spread(self, n_after: int) -> float:
        """Return the standard deviation of a unit's mean after the start less that before it.

        Parameters
        ----------
        n_after : int
            Measurements after the start.

        Returns
        -------
        float
            In the outcome's unit.
        """
        T = self.n_before + n_after
        weights = np.r_[np.full(self.n_before, -1 / self.n_before), np.full(n_after, 1 / n_after)]
        lags = np.abs(np.subtract.outer(np.arange(T), np.arange(T)))
        return self.spread * math.sqrt(float(weights @ self.memory**lags @ weights))

    def with_correlation(self, correlation: float) -> PanelNoise:
        """Return the noise that another correlation between two measurements leaves."""
        spread = self.level_spread * math.sqrt(1 - correlation)
        return replace(self, spread=spread, memory=0.0, correlation=correlation)


def panel_noise(planned: PlannedStudy, assumed: Assumed) -> PanelNoise:
    """Tell from the baseline how units vary without the project.

    Parameters
    ----------
    planned : PlannedStudy
        A panel.
    assumed : Assumed
        A spread or a correlation that is given counts before what the baseline tells.

    Returns
    -------
    PanelNoise
        What follow-ups are drawn from.

    Raises
    ------
    PlanError
        If the baseline does not vary, or no group has two units.
    """
    columns = planned.study.columns
    assert columns.unit is not None and columns.period is not None
    unit = np.unique(columns.unit, return_inverse=True)[1]
    cluster = unit if columns.cluster is None else np.unique(columns.cluster, return_inverse=True)[1]
    table = np.full((int(unit.max()) + 1, len(columns.periods)), np.nan)
    rows = planned.usable
    table[unit[rows], columns.period[rows]] = planned.outcome[rows]
    measured = np.isfinite(table).any(axis=0)
    group = np.zeros(len(table), dtype=np.int64)
    if columns.treated is not None:
        group[unit[columns.treated]] = 1
    baseline = _centred(table[:, measured], group)
    levels = _level_spread(baseline, group)
    spread, memory, correlation, note = _variation(planned, baseline, group, assumed, levels)
    return PanelNoise(
        expected=_expected(table, measured)[unit, columns.period],
        unit=unit,
        cluster=cluster,
        period=columns.period,
        spread=spread,
        memory=memory,
        between_clusters=_shared(baseline, unit, cluster),
        n_before=int(measured.sum()),
        correlation=correlation,
        level_spread=levels if assumed.spread is None else assumed.spread,
        note=note,
    )


def _variation(
    planned: PlannedStudy, baseline: Floats, group: Codes, assumed: Assumed, levels: float
) -> tuple[float, float, float | None, Message]:
    T = baseline.shape[1]
    given = assumed.spread is not None or assumed.correlation is not None
    if T == 1 or given:
        r = ASSUMED_CORRELATION if assumed.correlation is None else assumed.correlation
        if assumed.correlation is None and T > 1 and levels > 0:
            r = min(max(1 - variogram(baseline, group)[0] / levels**2, 0.0), 0.99)
        size = levels if assumed.spread is None else assumed.spread
        if not size > 0:
            raise _no_variation(planned)
        said = "given" if given else "assumed"
        values = {"spread": size, "correlation": r}
        return size * math.sqrt(1 - r), 0.0, r, Message(f"power.noise.panel_{said}", values)
    spread, memory = fitted_noise(variogram(baseline, group))
    if not spread > 0:
        raise _no_variation(planned)
    values = {"spread": spread, "memory": memory, "n": T}
    return spread, memory, None, Message("power.noise.panel_two" if T == 2 else "power.noise.panel", values)


def variogram(table: Floats, group: Codes) -> Floats:
    """Return half the variance of changes between units of a group, by how many periods they span.

    Parameters
    ----------
    table : ndarray, shape (N, T)
        Outcomes by unit and period; nan where there is none.
    group : ndarray of int, shape (N,)
        Group of each unit.

    Returns
    -------
    ndarray, shape (T - 1,)
        In the outcome's unit squared; nan for spans nobody has.

    Examples
    --------
    >>> variogram(np.array([[0.0, 1.0], [0.0, -1.0]]), np.zeros(2, dtype=np.int64)).tolist()
    [1.0]
    """
    T = table.shape[1]
    found = np.full(T - 1, np.nan)
    for k in range(1, T):
        squares, freedom = 0.0, 0
        for changes in (table[:, k:] - table[:, :-k]).T:
            for g in np.unique(group):
                own = changes[(group == g) & np.isfinite(changes)]
                squares += float(((own - own.mean()) ** 2).sum()) if len(own) > 1 else 0.0
                freedom += max(len(own) - 1, 0)
        found[k - 1] = squares / freedom / 2 if freedom else np.nan
    return found


def fitted_noise(curve: Floats) -> tuple[float, float]:
    """Fit first-order autocorrelated noise to a variogram.

    Parameters
    ----------
    curve : ndarray, shape (K,)
        Half the variance of changes over 1 to K periods.

    Returns
    -------
    spread, memory : float
        Standard deviation, and correlation between neighbouring periods, from 0 to 0.98; nan where nothing is
        known.

    Examples
    --------
    >>> spread, memory = fitted_noise(4 * (1 - 0.6 ** np.arange(1.0, 6)))
    >>> round(spread, 3), round(memory, 3)
    (2.0, 0.6)
    """
    spans = np.arange(1, len(curve) + 1)
    known = np.isfinite(curve)
    if not known.any():
        return math.nan, 0.0
    weight = (len(curve) + 1 - spans)[known].astype(float)
    grid = _GRID[:1] if known.sum() == 1 else _GRID
    shapes = 1 - grid[:, None] ** spans[known]
    sizes = np.maximum((weight * shapes) @ curve[known] / ((weight * shapes**2).sum(axis=1)), 0.0)
    misfit = (weight * (sizes[:, None] * shapes - curve[known]) ** 2).sum(axis=1)
    best = int(misfit.argmin())
    return math.sqrt(float(sizes[best])), float(grid[best])


def _centred(table: Floats, group: Codes) -> Floats:
    found = table.copy()
    for g in np.unique(group):
        found[group == g] -= _mean(table[group == g], axis=0)
    return found


def _mean(table: Floats, *, axis: int) -> Floats:
    """Return means of what is measured; nan where nothing is."""
    known = np.isfinite(table)
    n = known.sum(axis=axis)
    sums = np.where(known, table, 0.0).sum(axis=axis)
    found: Floats = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
    return found


def _level_spread(baseline: Floats, group: Codes) -> float:
    """Return the spread between units of a group at one time; nan where no group has two."""
    freedom = sum(
        max(int(n) - 1, 0) for g in np.unique(group) for n in np.isfinite(baseline[group == g]).sum(axis=0)
    )
    return math.sqrt(float(np.nansum(baseline**2)) / freedom) if freedom else math.nan


def _expected(table: Floats, measured: npt.NDArray[np.bool_]) -> Floats:
    """Return each unit's level with each period's; what was not measured stays where it was last."""
    level = _mean(table[:, measured], axis=1)
    level = np.where(np.isfinite(level), level, np.nanmean(level))
    shift = _mean(table[:, measured] - level[:, None], axis=0)
    at = np.cumsum(measured) - 1
    found: Floats = level[:, None] + shift[np.clip(at, 0, None)]
    return found


def _shared(baseline: Floats, unit: Codes, cluster: Codes) -> float:
    """Return the share of the variance of changes (of levels, with one measurement) between clusters."""
    of_unit = np.zeros(int(unit.max()) + 1, dtype=np.int64)
    of_unit[unit] = cluster
    if len(np.unique(of_unit)) == len(of_unit):
        return 0.0
    values = np.diff(baseline, axis=1) if baseline.shape[1] > 1 else baseline
    shares = [intracluster_correlation(v[np.isfinite(v)], of_unit[np.isfinite(v)]) for v in values.T]
    return float(np.mean(shares)) if shares else 0.0


def intracluster_correlation(values: Floats, cluster: Codes) -> float:
    """Return the share of a variance that lies between clusters (one-way analysis of variance), at least 0.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What varies.
    cluster : ndarray of int, shape (n,)
        Codes.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> intracluster_correlation(np.array([1.0, 1, 5, 5]), np.array([0, 0, 1, 1]))
    1.0
    """
    codes = np.unique(cluster, return_inverse=True)[1]
    sizes = np.bincount(codes).astype(float)
    n, G = sizes.sum(), len(sizes)
    if not 1 < G < n:
        return 0.0
    means = np.bincount(codes, values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (G - 1)
    within = float(((values - means[codes]) ** 2).sum()) / (n - G)
    size = (n - float((sizes**2).sum()) / n) / (G - 1)
    total = between + (size - 1) * within
    return float(min(max((between - within) / total, 0.0), 1.0)) if total > 0 else 0.0


def _no_variation(planned: PlannedStudy) -> PlanError:
    return PlanError(
        "The baseline of {outcome} does not tell how units of one group vary.",
        where="ik.power",
        mend="Give spread= (standard deviation between units at one time) and correlation= (between two "
        "measurements of the same unit).",
        values={"outcome": planned.study.outcome},
    )
