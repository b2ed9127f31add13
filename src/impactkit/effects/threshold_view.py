"""What is seen near a threshold: rows in bins of their score, and the curves that were fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.binned_means import BinRule, Bins, Spacing, bin_count, bin_edges, binned
from impactkit.effects.kernels.local_polynomial import Kernel, window

Floats = npt.NDArray[np.float64]
_MOST = 30
_POINTS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdSide:
    """One side of a threshold.

    Parameters
    ----------
    score, outcome : ndarray, shape (m,)
        Rows near the threshold, by rising score.
    weights : ndarray, shape (m,), optional
        Their weights.
    curve_at, curve : ndarray, shape (k,)
        Where the fitted curve is drawn, and its height; it begins at the threshold.
    """

    score: Floats
    outcome: Floats
    weights: Floats | None
    curve_at: Floats
    curve: Floats

    @property
    def limit(self) -> float:
        """The height at which the curve meets the threshold."""
        return float(self.curve[0])

    def bins(self, n: int, spacing: Spacing, rule: BinRule) -> Bins:
        """Return means in bins, at most 30."""
        count = bin_count(self.score, self.outcome, n=n, spacing=spacing, rule=rule)
        edges = bin_edges(self.score, min(count, _MOST), spacing)
        return binned(self.score, self.outcome, self.weights, edges)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThresholdView:
    """What is seen near a threshold.

    Parameters
    ----------
    running : str
        The score's column.
    cutoff : float
        The threshold.
    treated, comparison : ThresholdSide
        The sides.
    """

    running: str
    cutoff: float
    treated: ThresholdSide
    comparison: ThresholdSide

    def bins(self, *, spacing: Spacing = "even", rule: BinRule = "variance") -> tuple[Bins, Bins]:
        """Return the bins of the treated and of the comparison side.

        Parameters
        ----------
        spacing : {"even", "quantile"}
            Of the same width, or of the same number of rows.
        rule : {"variance", "mse"}
            See `bin_count`.

        Returns
        -------
        treated, comparison : Bins
            At most 30 on each side.
        """
        n = len(self.treated.score) + len(self.comparison.score)
        return self.treated.bins(n, spacing, rule), self.comparison.bins(n, spacing, rule)


def fitted_curve(
    x: Floats, y: Floats, weights: Floats | None, *, bandwidth: float, order: int, kernel: Kernel
) -> tuple[Floats, Floats]:
    """Return a local polynomial as it is drawn on its side of the cutoff.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Distances from the cutoff, in rising order, and outcomes.
    weights : ndarray, shape (n,), optional
        Rows' weights.
    bandwidth : float
        Of the estimate.
    order : int
        Of the polynomial.
    kernel : str
        How weight falls with distance.

    Returns
    -------
    at, height : ndarray, shape (60,)
        From the cutoff to the end of the bandwidth, or of the rows.
    """
    near = window(x, bandwidth, order=order, kernel=kernel, weights=weights)
    far = float(np.abs(x[near.rows]).max())
    at = np.linspace(0.0, far, _POINTS) * (-1 if x[0] < 0 else 1)
    beta = near.coefficients(order, y[near.rows][:, None])[:, 0]
    return at, np.asarray(np.polynomial.polynomial.polyval(at / bandwidth, beta))
