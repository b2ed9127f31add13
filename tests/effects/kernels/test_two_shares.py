"""Limits of two shares: as printed, by their definition, and by counting how often they hold."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from impactkit.effects.kernels.two_shares import newcombe, wilson


@pytest.mark.parametrize(
    ("counts", "sizes", "low", "high"),
    [
        ((56, 48), (70, 80), 0.0524, 0.3339),
        ((9, 3), (10, 10), 0.1705, 0.8090),
        ((5, 0), (56, 29), -0.0381, 0.1926),
        ((0, 0), (10, 20), -0.1611, 0.2775),
        ((10, 0), (10, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_printed_these(
    counts: tuple[int, int], sizes: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), table II, method 10."""
    found = newcombe(counts, sizes)
    assert found == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(("count", "n"), [(0, 12), (3, 12), (12, 12), (40, 97)])
def test_wilsons_limits_are_the_shares_that_a_score_test_does_not_reject(count: int, n: int) -> None:
    low, high = wilson(count, n, level=0.9)
    z = norm.ppf(0.95)
    for end in (low, high):
        if 0 < end < 1:
            assert abs(count / n - end) / np.sqrt(end * (1 - end) / n) == pytest.approx(z)


def test_with_small_cells_newcombe_holds_about_as_often_as_it_says() -> None:
    """By the probabilities of all outcomes of 12 and 15 people, over a grid of true shares."""
    n1, n0 = 12, 15
    limits = {(i, j): newcombe((i, j), (n1, n0)) for i in range(n1 + 1) for j in range(n0 + 1)}
    covered = []
    for p1 in (0.1, 0.3, 0.5, 0.9):
        for p0 in (0.05, 0.2, 0.5):
            chance = np.outer(binom.pmf(range(n1 + 1), n1, p1), binom.pmf(range(n0 + 1), n0, p0))
            holds = sum(chance[i, j] for (i, j), (low, high) in limits.items() if low <= p1 - p0 <= high)
            covered.append(holds)
    assert min(covered) > 0.92
    assert np.mean(covered) == pytest.approx(0.955, abs=0.015)
