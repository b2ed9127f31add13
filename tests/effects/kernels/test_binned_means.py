"""Means in bins of a score: by hand, and as many as published formulas say."""

import numpy as np
import pytest

from impactkit.effects.kernels.binned_means import bin_count, bin_edges, binned


def test_means_are_weighted_and_empty_bins_left_out():
    x, y = np.array([0.0, 1, 2, 9, 10]), np.array([1.0, 3, 5, 7, 9])
    found = binned(x, y, np.array([1.0, 1, 2, 1, 3]), bin_edges(x, 5, "even"))
    assert found.n.tolist() == [2, 1, 2]
    assert found.mean.tolist() == [2.0, 5.0, (7 + 27) / 4]
    assert found.low.tolist() == [0.0, 2.0, 8.0] and found.high.tolist() == [2.0, 4.0, 10.0]


def test_quantile_bins_hold_as_many_rows_each():
    x = np.sort(np.random.default_rng(1).standard_normal(100) ** 3)
    found = binned(x, x, None, bin_edges(x, 10, "quantile"))
    assert set(found.n.tolist()) <= {9, 10, 11}


def test_bins_mimic_the_variance_as_by_hand():
    """Variance of neighbours 0.5, of outcomes 1, weighed by (log n) squared over n."""
    x = np.arange(100.0)
    y = np.where(x % 2 == 0, 1.0, -1.0)
    steps = np.diff(y) ** 2
    variance = steps.sum() / (2 * 99)
    expected = np.ceil(np.var(y, ddof=1) / variance * 200 / np.log(200) ** 2)
    assert bin_count(x, y, n=200, spacing="even", rule="variance") == expected


def test_a_steeper_curve_has_more_bins_and_a_noisier_one_fewer():
    rng = np.random.default_rng(2)
    x, noise = np.sort(rng.random(500)), rng.standard_normal(500)
    counts = [
        bin_count(x, slope * x + sd * noise, n=1000, spacing=spacing, rule="mse")
        for spacing in ("even", "quantile")
        for slope, sd in ((2, 0.5), (20, 0.5), (20, 5.0))
    ]
    assert counts[1] > counts[0] and counts[2] < counts[1]
    assert counts[4] > counts[3] and counts[5] < counts[4]


@pytest.mark.parametrize("spacing", ["even", "quantile"])
def test_a_score_of_few_values_has_no_more_bins_than_values(spacing):
    x = np.repeat([1.0, 2.0], 30)
    y = np.random.default_rng(1).standard_normal(60)
    assert bin_count(x, y, n=60, spacing=spacing, rule="variance") == 2
