"""What two groups are compared by, as sensitivity to the unmeasured needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.hidden_bias import TwoRegressions
from impactkit.evidence.designs import ALIKE_DESIGNS

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """A comparison of two groups as a regression of rows.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        What is compared: outcomes, or each unit's change.
    effect : ndarray, shape (n,)
        The regressor whose coefficient is the effect.
    base : ndarray, shape (n, b)
        What is always held fixed: a one, strata, or group and period.
    covariates : ndarray, shape (n, p)
        What the estimate adjusts for.
    weight : ndarray, shape (n,)
        Weights.
    treated : ndarray of bool, shape (n,)
        The treated group.
    piece : ndarray of int, shape (n,), optional
        The unit, or cluster that got it as a whole, of each row; None where nobody is followed.
    stratum : ndarray of int, shape (n,), optional
        Within which it was assigned.
    """

    outcome: Floats
    effect: Floats
    base: Floats
    covariates: Floats
    weight: Floats
    treated: Flags
    piece: Codes | None
    stratum: Codes | None

    @classmethod
    def of(cls, study: Study, estimate: Estimate) -> Compared | None:
        """Return the comparison behind the estimate; None of a method that compares otherwise."""
        if estimate.method == "randomised_trial":
            return _of_arms(study.columns, adjusted=bool(estimate.adjusted_for))
        if estimate.method in ALIKE_DESIGNS:  # ranks of people who were not drawn by lot show nothing
            return replace(_of_arms(study.columns, adjusted=True), piece=None)
        if estimate.method == "difference_in_differences":
            make = _of_rows if study.columns.unit is None else _of_changes
            return make(study.columns, adjusted=bool(estimate.adjusted_for))
        return None

    @property
    def spread(self) -> float:
        """Standard deviation within the groups, in the outcome's unit."""
        one = np.ones((len(self.outcome), 1))
        held = self.base if self.piece is None else one  # strata are part of what people differ by
        held = np.column_stack([held, self.effect])
        left = _residual(self.outcome[:, None], held, self.weight)[:, 0]
        df = len(left) - held.shape[1]
        share = self.weight / self.weight.mean()
        return float(np.sqrt((share * left**2).sum() / df)) if df > 0 else np.nan

    @property
    def partial_f(self) -> float:
        """Partial Cohen's f of the effect, given what is held fixed and the covariates."""
        held = np.column_stack([self.base, self.covariates])
        y, d = self._left_by(held)
        yy, dd, yd = ((self.weight * a * b).sum() for a, b in ((y, y), (d, d), (y, d)))
        if not dd > 0:
            return np.nan
        if not yy > 0:
            return 0.0
        r2 = min(yd * yd / (yy * dd), 1.0)
        return float(np.sqrt(r2 / (1 - r2))) if 1 - r2 > _NOTHING else np.inf

    @property
    def regressions(self) -> TwoRegressions | None:
        """The regressions without and with covariates; None where there are none, or nothing is left."""
        if not self.covariates.shape[1]:
            return None
        w = self.weight / self.weight.sum()
        y, d = self._left_by(self.base)
        y_left, d_left = self._left_by(np.column_stack([self.base, self.covariates]))
        sy, sx, tau = (w * y * y).sum(), (w * d * d).sum(), (w * d_left * d_left).sum()
        if not min(sy, sx, tau) > 0:
            return None
        short, long = (w * y * d).sum() / sx, (w * y_left * d_left).sum() / tau
        return TwoRegressions(
            short=float(short),
            long=float(long),
            short_r2=float(short**2 * sx / sy),
            long_r2=float(1 - (w * (y_left - long * d_left) ** 2).sum() / sy),
            outcome_variance=float(sy),
            treatment_variance=float(sx),
            residual_variance=float(tau),
        )

    def _left_by(self, held: Floats) -> tuple[Floats, Floats]:
        """Return what is left of outcome and effect when something is held fixed."""
        left = _residual(np.column_stack([self.outcome, self.effect]), held, self.weight)
        return left[:, 0], left[:, 1]

    def by_piece(self) -> Compared:
        """Return (weighted) means of outcomes by piece."""
        assert self.piece is not None
        codes, first = np.unique(self.piece, return_index=True)
        at = np.searchsorted(codes, self.piece)
        weight = np.asarray(np.bincount(at, self.weight), dtype=float)
        return Compared(
            outcome=np.bincount(at, self.weight * self.outcome) / weight,
            effect=self.effect[first],
            base=self.base[first],
            covariates=self.covariates[first],
            weight=weight,
            treated=self.treated[first],
            piece=codes,
            stratum=None if self.stratum is None else self.stratum[first],
        )


def _residual(values: Floats, held: Floats, weight: Floats) -> Floats:
    """Return what a weighted regression leaves of columns; what is rounding is 0."""
    root = np.sqrt(weight)[:, None]
    fitted, *_ = np.linalg.lstsq(held * root, values * root, rcond=None)
    left = values - held @ fitted
    tiny = 1e-10 * np.abs(values).max(axis=0)
    return np.asarray(np.where(np.abs(left) <= tiny, 0.0, left))


def _of_arms(columns: Columns, *, adjusted: bool) -> Compared:
    assert columns.treated is not None
    n = len(columns.outcome)
    parts = [columns.covariates] if columns.pre_outcome is None else [columns.covariates, columns.pre_outcome]
    return Compared(
        outcome=columns.outcome,
        effect=columns.treated.astype(float),
        base=np.ones((n, 1)) if columns.stratum is None else _dummies(columns.stratum),
        covariates=np.column_stack(parts) if adjusted else np.empty((n, 0)),
        weight=np.ones(n) if columns.weight is None else columns.weight,
        treated=columns.treated,
        piece=_pieces(columns.cluster, columns.treated),
        stratum=columns.stratum,
    )


def _of_rows(columns: Columns, *, adjusted: bool) -> Compared:
    """Return repeated cross sections: the effect is that of being treated, after the start."""
    assert columns.treated is not None and columns.cohort is not None and columns.period is not None
    n, after = len(columns.outcome), columns.time >= columns.cohort[columns.treated].min()
    return Compared(
        outcome=columns.outcome,
        effect=(columns.treated & after).astype(float),
        base=np.column_stack([_dummies(columns.period), columns.treated]),
        covariates=columns.covariates if adjusted else np.empty((n, 0)),
        weight=np.ones(n) if columns.weight is None else columns.weight,
        treated=columns.treated,
        piece=None,
        stratum=None,
    )


def _of_changes(columns: Columns, *, adjusted: bool) -> Compared:
    """Return each unit's mean after the start less its mean before, for units with both."""
    assert columns.treated is not None and columns.cohort is not None and columns.unit is not None
    weight = np.ones(len(columns.outcome)) if columns.weight is None else columns.weight
    after = columns.time >= columns.cohort[columns.treated].min()
    codes, first, at = np.unique(columns.unit, return_index=True, return_inverse=True)
    n = len(codes)
    mass = [np.bincount(at[rows], weight[rows], minlength=n) for rows in (after, ~after)]
    kept = (mass[0] > 0) & (mass[1] > 0)

    def change(values: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            late, early = (
                np.bincount(at[rows], (weight * values)[rows], minlength=n) / m
                for rows, m in zip((after, ~after), mass, strict=True)
            )
        return np.asarray((late - early)[kept])

    covariates = [change(values) for values in columns.covariates.T] if adjusted else []
    treated = columns.treated[first][kept]
    return Compared(
        outcome=change(columns.outcome),
        effect=treated.astype(float),
        base=np.ones((int(kept.sum()), 1)),
        covariates=np.array(covariates).T if covariates else np.empty((int(kept.sum()), 0)),
        weight=np.bincount(at, weight)[kept] / np.bincount(at)[kept],
        treated=treated,
        piece=_pieces(None if columns.cluster is None else columns.cluster[first][kept], treated),
        stratum=None if columns.stratum is None else columns.stratum[first][kept],
    )


def _pieces(cluster: Codes | None, treated: Flags) -> Codes:
    """Return the cluster of each row where whole clusters got it, else each row on its own."""
    if cluster is not None:
        some = np.bincount(cluster, treated) > 0
        if bool((some[cluster] == treated).all()):
            return cluster
    return np.arange(len(treated))


def _dummies(codes: Codes) -> Floats:
    return np.asarray((codes[:, None] == np.unique(codes)[None, :]).astype(float))
