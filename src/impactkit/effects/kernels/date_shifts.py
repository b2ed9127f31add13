"""The treated stretch of a series moved through all its dates: what chance would have made of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.assignment_statistics import AssignmentStatistics


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DateShifts:
    """A series whose treated stretch could have come at any date.

    Parameters
    ----------
    X : ndarray, shape (T, k)
        Regressors without the interruption.
    y : ndarray, shape (T,)
        Outcome.
    treated : ndarray of bool, shape (T,)
        The stretch.

    Notes
    -----
    Under a supposed constant effect ``m`` what is left of ``y - m D`` once the regressors are taken out is
    noise, whose mean over any stretch of that length is as likely as over the treated one if it is stationary
    [1]_. The stretch is moved through the series in a circle, T places in all, so that no p-value is below
    1 / T. The statistic at the true place is the least-squares effect less ``m``. At other places it is in
    the same units of chance: a stretch at an end, which a trend takes up in part, varies less than one in the
    middle, so that each sum is divided by the size of what the regressors leave of its stretch.

    References
    ----------
    .. [1] Chernozhukov, V., Wüthrich, K., & Zhu, Y. (2021). An exact and robust conformal inference method
       for counterfactual and synthetic controls. *Journal of the American Statistical Association*, 116(536).

    Examples
    --------
    >>> D = np.array([False, False, False, True])
    >>> shifts = DateShifts(X=np.ones((4, 1)), y=np.array([1.0, 2, 3, 10]), treated=D)
    >>> found = shifts.statistics(draws=1, seed=1)
    >>> found.observed, found.p_value(alternative="greater").p_value
    (8.0, 0.25)
    """

    X: Floats
    y: Floats
    treated: Flags

    @property
    def n_assignments(self) -> int:
        """How many places the stretch could have."""
        return len(self.y)

    def statistics(self, *, draws: int, seed: int) -> AssignmentStatistics:
        """Return the statistic at every place; all are gone through, so nothing is drawn.

        Parameters
        ----------
        draws, seed : int
            Not used.

        Returns
        -------
        AssignmentStatistics
            Exact.
        """
        D = self.treated.astype(np.float64)
        Q = np.linalg.qr(self.X)[0]
        centred = self.y - self.y[0]
        left = [values - Q @ (Q.T @ values) for values in (centred, D)]
        places = (np.flatnonzero(self.treated)[:, None] + np.arange(len(D))) % len(D)
        sums, shifts = (values[places].sum(axis=0) for values in left)
        # What of each stretch the regressors do not explain: its sum varies as much.
        sizes = np.sqrt(np.maximum(D.sum() - (Q[places].sum(axis=0) ** 2).sum(axis=1), 0.0))
        sizes[sizes <= 1e-7 * math.sqrt(D.sum())] = 0.0
        is_told = bool(sizes[0] > 0)
        own = float(left[1] @ D) if is_told else 1.0
        noise = float(np.abs(left[0]).max()) <= 1e-10 * max(float(np.abs(centred).max()), 1e-300)
        sums = np.zeros_like(sums) if noise else sums
        return AssignmentStatistics(
            numerators=sums / own,
            shifts=shifts / own,
            denominators=sizes / sizes[0] if is_told else sizes,
            observed_numerator=float(sums[0]) / own,
            observed_denominator=1.0 if is_told else 0.0,
            is_exact=True,
            n_assignments=len(D),
        )
