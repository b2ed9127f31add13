"""The intracluster correlation: against sums of squares by hand, a peer's model, and by its coverage."""

import numpy as np
import pytest
from scipy.stats import f

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.intracluster import intracluster


def test_equal_clusters_are_the_textbooks_analysis_of_variance() -> None:
    rng = np.random.default_rng(1)
    y = rng.normal(size=(8, 5)) + rng.normal(size=(8, 1))
    B = 5 * ((y.mean(axis=1) - y.mean()) ** 2).sum() / 7
    W = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / 32
    found = intracluster(y.ravel(), np.repeat(np.arange(8), 5), np.zeros(8, dtype=np.int64))
    assert found.size == pytest.approx(5)
    assert found.icc == pytest.approx((B - W) / (B + 4 * W))
    for end, tail in ((found.low, 0.975), (found.high, 0.025)):
        # At the limit the ratio of mean squares, over what is expected of it, is at a quantile of F.
        assert B / W / ((1 + 4 * end) / (1 - end)) == pytest.approx(f.ppf(tail, 7, 32))


def test_an_effect_of_the_arms_is_no_likeness_of_clusters() -> None:
    rng = np.random.default_rng(2)
    clusters, arms = np.repeat(np.arange(10), 6), np.repeat([0, 1], 5)
    y = rng.normal(size=60)
    moved = y + 50 * arms[clusters]
    assert intracluster(moved, clusters, arms).icc == pytest.approx(intracluster(y, clusters, arms).icc)
    assert intracluster(moved, clusters, np.zeros(10, dtype=np.int64)).icc > 0.9


def test_clusters_of_unlike_sizes_have_a_size_below_the_average() -> None:
    """n0 of Snedecor: (n - sum of squares / n) / (G - 1)."""
    clusters = np.repeat(np.arange(3), [2, 4, 12])
    found = intracluster(np.arange(18.0), clusters, np.zeros(3, dtype=np.int64))
    assert found.size == pytest.approx((18 - (4 + 16 + 144) / 18) / 2)


@pytest.mark.parametrize(
    ("clusters", "groups"),
    [([0, 1, 2, 3], [0, 0, 0, 0]), ([0, 0, 1, 1], [0, 1])],
)
def test_nothing_is_known_where_rows_or_clusters_are_alone(clusters: list[int], groups: list[int]) -> None:
    found = intracluster(np.array([1.0, 2, 4, 3]), np.array(clusters), np.array(groups))
    assert np.isnan([found.icc, found.low, found.high]).all()


def test_clusters_without_spread_within_are_wholly_alike() -> None:
    found = intracluster(np.repeat([1.0, 2, 5], 3), np.repeat(np.arange(3), 3), np.zeros(3, dtype=np.int64))
    assert (found.icc, found.high) == (1, 1)


def _drawn(rng: np.random.Generator, sizes: Labels, icc: float) -> tuple[Floats, Labels]:
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    common = rng.normal(size=len(sizes)) * np.sqrt(icc)
    return common[clusters] + rng.normal(size=len(clusters)) * np.sqrt(1 - icc), clusters


@pytest.mark.parametrize(("icc", "low", "high"), [(0.0, 0.93, 0.97), (0.05, 0.93, 0.97), (0.3, 0.93, 0.97)])
def test_the_limits_hold_as_often_as_they_say(icc: float, low: float, high: float) -> None:
    rng = np.random.default_rng(11)
    sizes, arms = np.tile([8, 12], 10), np.repeat([0, 1], 10)
    found = [intracluster(*_drawn(rng, sizes, icc), arms) for _ in range(1000)]
    assert low < np.mean([one.low <= icc <= one.high for one in found]) < high
    # A ratio of mean squares is a little too small on average, more so the larger it is.
    assert np.mean([one.icc for one in found]) == pytest.approx(icc, abs=0.02)
