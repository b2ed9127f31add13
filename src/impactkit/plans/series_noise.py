"""How a series would go on without the project: its trend, its season, and noise that remembers itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.period_positions import period_positions
from impactkit.errors import PlanError
from impactkit.plans.assumed import Assumed
from impactkit.plans.planned_study import PlannedStudy
from impactkit.wording import Message

Codes = npt.NDArray[np.int64]
_FEWEST = 8
_DATE = 10
_MOST = 0.95


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesNoise:
    """The fitted course of each series, and first-order autocorrelated noise around it.

    Parameters
    ----------
    expected : ndarray, shape (n,)
        The course, carried on after the start.
    series, period : ndarray of int, shape (n,)
        Which series, and when.
    spread, memory : ndarray, shape (S,)
        Standard deviation of each series' noise and its correlation between neighbouring periods.
    note : Message
        Where the numbers come from.
    """

    expected: Floats
    series: Codes
    period: Codes
    spread: Floats
    memory: Floats
    note: Message

    def draw(self, stream: np.random.Generator) -> Floats:
        """Return outcomes of a world without effect, shape (n,)."""
        noise = stream.standard_normal((len(self.spread), int(self.period.max()) + 1))
        for t in range(1, noise.shape[1]):
            noise[:, t] = self.memory * noise[:, t - 1] + np.sqrt(1 - self.memory**2) * noise[:, t]
        found: Floats = self.expected + (self.spread[:, None] * noise)[self.series, self.period]
        return found


def series_noise(planned: PlannedStudy, assumed: Assumed) -> SeriesNoise:
    """Fit a line, a season where periods are months or quarters, and autocorrelated noise before the start.

    Parameters
    ----------
    planned : PlannedStudy
        One series, or a few to compare with.
    assumed : Assumed
        A spread or a correlation (between neighbouring periods) that is given counts first.

    Returns
    -------
    SeriesNoise
        The autocorrelation is corrected for its bias in short series [1]_.

    Raises
    ------
    PlanError
        If a series has fewer than 8 measurements before the start.

    References
    ----------
    .. [1] Kendall, M. G. (1954). Note on bias in the estimation of autocorrelation. *Biometrika*, 41(3/4).
    """
    columns = planned.study.columns
    assert columns.period is not None
    series = _which(columns)
    design = _course(columns)
    expected, spread, memory = np.zeros(len(series)), [], []
    for s in range(int(series.max()) + 1):
        rows = np.flatnonzero((series == s) & planned.usable)
        at = columns.period[rows]
        means = np.bincount(at, planned.outcome[rows]) / np.maximum(np.bincount(at), 1)
        seen = np.unique(at)
        if len(seen) < max(_FEWEST, design.shape[1] + 2):
            raise _short(len(seen))
        beta = np.linalg.lstsq(design[seen], means[seen], rcond=None)[0]
        expected[series == s] = (design @ beta)[columns.period[series == s]]
        found = _remembered(means[seen] - design[seen] @ beta, design.shape[1])
        spread.append(found[0] if assumed.spread is None else assumed.spread)
        memory.append(found[1] if assumed.correlation is None else assumed.correlation)
    values = {"spread": spread[0], "memory": memory[0], "n": int(planned.usable.sum())}
    return SeriesNoise(
        expected=expected,
        series=series,
        period=columns.period,
        spread=np.array(spread),
        memory=np.array(memory),
        note=Message("power.noise.series", values),
    )


def _which(columns: Any) -> Codes:
    if columns.unit is not None:
        return np.unique(columns.unit, return_inverse=True)[1].astype(np.int64)
    if columns.treated is not None:
        return np.unique(columns.treated, return_inverse=True)[1].astype(np.int64)
    return np.zeros(len(columns.outcome), dtype=np.int64)


def _course(columns: Any) -> Floats:
    """Return a one, a line and a season for each period, shape (T, k)."""
    name = columns.period_names[0]
    found = period_positions(columns.periods, are_dates=name[4:5] == "-" and len(name) == _DATE)
    at = np.arange(len(columns.periods), dtype=float) if found is None else found.at
    parts = [np.ones(len(at)), (at - at[0]) / max(len(at) - 1, 1)]
    if found is not None and found.season_length is not None:
        place = at.astype(np.int64) % found.season_length
        parts += [(place == s).astype(float) for s in range(1, found.season_length)]
    return np.array(parts).T


def _remembered(left: Floats, fitted: int) -> tuple[float, float]:
    n = len(left)
    squares = float(left @ left)
    if not squares > 0:
        return 0.0, 0.0
    seen = float(left[1:] @ left[:-1]) / squares
    memory = min(max(seen + (1 + 3 * seen) / n, 0.0), _MOST)
    return math.sqrt(squares / max(n - fitted, 1)), memory


def _short(n: int) -> PlanError:
    return PlanError(
        "There are {n} measurements before the start; too few to tell how the series goes on.",
        where="{file}, [data]",
        mend="Add earlier periods: at least {needed}, and 36 for a verdict.",
        values={"n": n, "needed": _FEWEST, "file": "plan.toml"},
    )
