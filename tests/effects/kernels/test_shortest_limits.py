"""The bandwidth of the bias, over that of the estimate, with which limits are the shortest."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from impactkit.effects.kernels.discontinuity_bandwidths import SHORTEST
from impactkit.effects.kernels.local_polynomial import corrected_weights, window


@pytest.mark.parametrize("kernel", list(SHORTEST))
def test_weights_are_nearest_to_those_of_least_variance(kernel):
    """On even rows: a parabola with equal weights has the least variance of those that take away a bend."""
    x = (np.arange(4000) + 0.5) / 1000
    best = window(x, 1.0, order=2, kernel="uniform")
    least = np.zeros(len(x))
    least[best.rows] = best.row_weights(2, 0)

    def distance(share):
        near = window(x, 1.0, order=1, kernel=kernel)
        wide = window(x, 1 / share, order=2, kernel=kernel)
        own = np.zeros(max(near.rows.stop, wide.rows.stop))
        own[near.rows] = near.row_weights(1, 0)
        found = corrected_weights(near, wide, own, order=1, derivative=0)
        return float(((np.pad(found, (0, len(x) - len(found))) - least) ** 2).sum())

    shortest = minimize_scalar(distance, bounds=(0.5, 1.2), method="bounded").x
    assert pytest.approx(shortest, abs=0.012) == SHORTEST[kernel]
