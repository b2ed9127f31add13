"""How rows that are not followed over time would vary without the project: people drawn anew, or once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.arrays import Floats
from impactkit.errors import PlanError
from impactkit.plans.assumed import Assumed
from impactkit.plans.panel_noise import ASSUMED_CORRELATION, intracluster_correlation
from impactkit.plans.planned_study import PlannedStudy
from impactkit.wording import Message

Codes = npt.NDArray[np.int64]
_ENOUGH_TO_RESAMPLE = 20
_CURVE = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowNoise:
    """What rows are expected to be, and noise around it that rows of a cluster have in part together.

    Parameters
    ----------
    expected : ndarray, shape (n,)
        What each row would be without noise, apart from its cell.
    spread : float
        Standard deviation within a cell (period, group and stratum), in the outcome's unit.
    residuals : ndarray, shape (m,)
        With mean 0 and standard deviation 1, to draw from; empty for normal noise.
    cluster : ndarray of int, shape (n,)
        Codes; those of two periods of a cluster differ.
    permanent : ndarray of int, shape (n,)
        Codes of the clusters alone.
    between_clusters : float
        The share of the variance that rows of a cluster have together.
    lasting : float
        How much of that share is the same in every period.
    note : Message
        Where the numbers come from.
    """

    expected: Floats
    spread: float
    residuals: Floats
    cluster: Codes
    permanent: Codes
    between_clusters: float
    lasting: float
    note: Message

    def draw(self, stream: np.random.Generator) -> Floats:
        """Return outcomes of a world without effect, shape (n,)."""
        n = len(self.expected)
        if len(self.residuals):
            own = self.residuals[stream.integers(len(self.residuals), size=n)]
        else:
            own = stream.standard_normal(n)
        if self.between_clusters:
            each = stream.standard_normal(int(self.permanent.max()) + 1)[self.permanent]
            now = stream.standard_normal(int(self.cluster.max()) + 1)[self.cluster]
            together = math.sqrt(self.lasting) * each + math.sqrt(1 - self.lasting) * now
            own = math.sqrt(1 - self.between_clusters) * own + math.sqrt(self.between_clusters) * together
        found: Floats = self.expected + self.spread * own
        return found


def row_noise(planned: PlannedStudy, assumed: Assumed, *, adjusted: bool) -> RowNoise:
    """Tell from what is measured how rows vary within a group.

    Parameters
    ----------
    planned : PlannedStudy
        A cross section, or repeated ones.
    assumed : Assumed
        A spread or a correlation that is given counts before what is measured.
    adjusted : bool
        Whether the estimator adjusts for covariates and the outcome before; else they are part of the noise,
        for a lot that is drawn anew would divide them anew.

    Returns
    -------
    RowNoise
        Rows are drawn with replacement from what is left when the cells' means and covariates are taken away;
        normal where there are clusters or few rows.

    Raises
    ------
    PlanError
        If nothing tells how rows vary.
    """
    columns = planned.study.columns
    n = len(columns.outcome)
    cells = _cells(planned)
    permanent = (
        np.arange(n) if columns.cluster is None else np.unique(columns.cluster, return_inverse=True)[1]
    )
    T = max(len(columns.periods), 1)
    period = np.zeros(n, dtype=np.int64) if columns.period is None else columns.period
    expected, left, note = _fitted(planned, cells, assumed, adjusted=adjusted)
    icc = 0.0
    if columns.cluster is not None and len(left):
        icc = intracluster_correlation(left, permanent[_rows_of(planned)])
    spread = assumed.spread or (float(np.sqrt(np.mean(left**2))) if len(left) else math.nan)
    if not spread > 0:
        raise PlanError(
            "Nothing tells how {outcome} varies between rows of one group.",
            where="ik.power",
            mend="Put the baseline in the file, or give spread= (standard deviation within a group).",
            values={"outcome": planned.study.outcome},
        )
    resample = len(left) >= _ENOUGH_TO_RESAMPLE and columns.cluster is None
    return RowNoise(
        expected=expected,
        spread=spread,
        residuals=left / np.sqrt(np.mean(left**2)) if resample else np.empty(0),
        cluster=np.unique(permanent * T + period, return_inverse=True)[1],
        permanent=permanent,
        between_clusters=icc,
        lasting=ASSUMED_CORRELATION if assumed.correlation is None else assumed.correlation,
        note=Message(note, {"spread": spread, "n": len(left), "icc": icc}),
    )


def _rows_of(planned: PlannedStudy) -> npt.NDArray[np.bool_]:
    """Return the rows whose outcome, or outcome before, tells the spread."""
    before = planned.study.columns.pre_outcome
    if not planned.usable.any() and before is not None:
        return np.ones(len(before), dtype=bool)
    return planned.usable


def _cells(planned: PlannedStudy) -> Codes:
    columns = planned.study.columns
    n = len(columns.outcome)
    parts = [
        columns.period,
        columns.stratum,
        None if columns.treated is None else columns.treated.astype(int),
    ]
    cells = np.zeros(n, dtype=np.int64)
    for part in parts:
        if part is not None:
            cells = cells * (int(part.max()) + 1) + part
    return np.unique(cells, return_inverse=True)[1].astype(np.int64)


def _fitted(
    planned: PlannedStudy, cells: Codes, assumed: Assumed, *, adjusted: bool
) -> tuple[Floats, Floats, str]:
    """Return what rows are expected to be, and what is left of those measured, scaled for what was fitted."""
    columns, rows = planned.study.columns, planned.usable
    n, before = len(columns.outcome), columns.pre_outcome
    if planned.is_invented or (not rows.any() and before is None):
        return np.zeros(n), np.empty(0), "power.noise.rows_given"
    if not rows.any():
        assert before is not None
        left = _scaled(before - _means(before, cells), len(np.unique(cells)))
        r = ASSUMED_CORRELATION if assumed.correlation is None else assumed.correlation
        if not adjusted:
            return np.zeros(n), left, "power.noise.rows_before"
        return r * (before - before.mean()), left * math.sqrt(1 - r**2), "power.noise.rows_before_adjusted"
    extra = columns.covariates if before is None else np.column_stack([columns.covariates, before])
    extra = extra if adjusted else extra[:, :0]
    if columns.running is not None:
        extra = np.column_stack([extra, _curve(columns.running)])
    y, x, cell = planned.outcome[rows], extra[rows], np.unique(cells[rows], return_inverse=True)[1]
    slope = np.zeros(x.shape[1])
    inner = x - (np.array([_means(column, cell) for column in x.T]).T if x.shape[1] else 0.0)
    if x.shape[1]:
        slope = np.linalg.lstsq(inner, y - _means(y, cell), rcond=None)[0]
    left = _scaled(y - _means(y, cell) - inner @ slope, int(cell.max()) + 1 + x.shape[1])
    expected = float(y.mean()) + (extra - extra[rows].mean(axis=0)) @ slope
    said = "power.noise.rows" if columns.period is not None else "power.noise.rows_measured"
    return np.asarray(expected), left, said


def _curve(score: Floats) -> Floats:
    """Return powers of a score, by which a rule decides, that outcomes may follow."""
    spread = float(score.std()) or 1.0
    return np.asarray(((score - score.mean()) / spread)[:, None] ** np.arange(1, _CURVE + 1))


def _scaled(left: Floats, fitted: int) -> Floats:
    n = len(left)
    return left * math.sqrt(n / (n - fitted)) if n > fitted else np.empty(0)


def _means(values: Floats, cell: Codes) -> Floats:
    cell = np.unique(cell, return_inverse=True)[1]
    found: Floats = (np.bincount(cell, values) / np.bincount(cell))[cell]
    return found
