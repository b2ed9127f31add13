"""Windows from sums over blocks of rows say what the rows themselves say."""

import numpy as np
import pytest

from impactkit.effects.kernels import stage_windows as stages
from impactkit.effects.kernels.discontinuity_bandwidths import Target, bandwidths
from impactkit.effects.kernels.discontinuity_variance import side
from impactkit.effects.kernels.local_polynomial import window
from impactkit.effects.kernels.power_sums import SummedWindow
from impactkit.effects.kernels.stage_windows import RowWindow, stage_windows
from impactkit.errors import EstimationError

ORDER = 4


def rows(*, n=5000, seed=1, below=False, rounded=False, weighted=False, columns=3):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.random(n)) * (-1 if below else 1)
    x = np.sort(np.round(x, 3) - (0.0005 if below else 0.0)) if rounded else np.sort(x)
    received, covariate = (rng.random(n) < 0.5) * 1.0, 50 + rng.standard_normal(n)
    y = x - x**2 + received + 0.3 * covariate + rng.standard_normal(n)
    weights = 0.5 + rng.random(n) if weighted else None
    held = np.array([y, received, covariate][:columns]).T
    return side(x, held, variance="nearest", weights=weights)


def told(near, columns):
    s = np.array([1.0, -0.7, -0.2])[:columns]
    found = [near.fits(order).ravel() for order in (1, 2, ORDER)]
    found += [near.crossed(order).ravel() for order in (1, 3)]
    found += [[near.bias_constant(order, order - 1)] for order in (1, 2, 3)]
    found += [[near.variance(order, v, s)] for order, v in ((1, 0), (2, 2), (3, 3))]
    return np.concatenate(found)


@pytest.fixture
def always_summed(monkeypatch):
    monkeypatch.setattr(stages, "MANY_ROWS", 1)


@pytest.mark.usefixtures("always_summed")
@pytest.mark.parametrize("kernel", ["triangular", "epanechnikov", "uniform"])
@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize(
    "kind", [{}, {"below": True}, {"rounded": True, "below": True}, {"weighted": True}], ids=str
)
def test_sums_say_what_the_rows_say(kernel, columns, kind):
    one, first = rows(columns=columns, **kind), min(columns, 2)
    within = stage_windows(one, order=ORDER, kernel=kernel, first=first)
    assert isinstance(within(0.5, ORDER), SummedWindow)
    for bandwidth in (0.013, 0.09, 0.41, 0.83, 1.5):
        near = window(one.x, bandwidth, order=ORDER, kernel=kernel, weights=one.weights)
        by_rows = RowWindow(side=one, window=near, first=first)
        np.testing.assert_allclose(
            told(within(bandwidth, ORDER), columns), told(by_rows, columns), rtol=1e-8, atol=1e-9
        )


@pytest.mark.usefixtures("always_summed")
def test_too_few_distinct_scores_are_refused():
    within = stage_windows(rows(n=600), order=ORDER, kernel="triangular", first=1)
    with pytest.raises(EstimationError, match="distinct values of the running variable"):
        within(1e-4, ORDER)


@pytest.mark.parametrize("ratio", [False, True])
def test_bandwidths_are_the_same_with_and_without_sums(monkeypatch, ratio):
    sides = (rows(n=3000, below=True), rows(n=3100, seed=2))
    target = Target(order=1, derivative=0, kernel="triangular", ratio=ratio)
    plain = bandwidths(sides, target)
    monkeypatch.setattr(stages, "MANY_ROWS", 1)
    found = bandwidths(sides, target)
    np.testing.assert_allclose([*found.near, *found.wide], [*plain.near, *plain.wide], rtol=1e-9)
