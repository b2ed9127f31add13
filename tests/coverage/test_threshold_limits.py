"""How often limits at a threshold lie on one side of the truth, over many draws of hard worlds.

    python -m pytest -m slow tests/coverage/test_threshold_limits.py

writes docs/results/threshold-limits.md; a short version runs with the other tests.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from impactkit.data.study import Study
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.inference import RobustBiasCorrected
from impactkit.effects.kernels.discontinuity import jump
from impactkit.effects.kernels.discontinuity_bandwidths import SHORTEST, Bandwidths, Target, bandwidths
from impactkit.effects.kernels.discontinuity_variance import side
from impactkit.effects.thresholds import degrees_of_freedom
from impactkit.errors import EstimationError

PAGE = Path(__file__).parents[2] / "docs" / "results" / "threshold-limits.md"
DRAWS, SHORT = 20_000, 200
SIZES = (300, 500, 1000, 2000)
TARGET = Target(order=1, derivative=0, kernel="triangular", ratio=False)
CURVES = {
    "a straight line": ([0.48, 0.8], [0.48, 0.8]),
    "Lee's curve": ([0.48, 1.27, 7.18, 20.21, 21.54, 7.33], [0.48, 0.84, -3.00, 7.99, -9.01, 3.56]),
    "Ludwig and Miller's curve": (
        [3.71, 2.30, 3.28, 1.45, 0.23, 0.03],
        [3.71, 18.49, -54.81, 74.30, -45.02, 9.83],
    ),
}
"""Below and above the threshold, by rising power; nothing jumps."""
RDROBUST = RegressionDiscontinuity(inference=RobustBiasCorrected(convention="rdrobust"))


def draw(curve, n, seed):
    """Scores as Calonico, Cattaneo and Titiunik draw them; noise grows from the threshold, more above it."""
    rng = np.random.default_rng([seed, n, list(CURVES).index(curve)])
    x = np.sort(2 * rng.beta(2, 4, n) - 1)
    below, above = (np.polynomial.polynomial.polyval(x, powers) for powers in CURVES[curve])
    spread = 0.1295 * (1 + np.abs(x)) * np.where(x < 0, 1.0, 1.5)
    return x, np.where(x < 0, below, above) + spread * rng.standard_normal(n)


def limits(x, y):
    """Point and reach of the limits of the default, and of rdrobust's."""
    cut = int(np.searchsorted(x, 0.0))
    parts = (slice(0, cut), slice(cut, None))
    sides = tuple(side(x[part], y[part, None], variance="nearest") for part in parts)
    cer = bandwidths(sides, TARGET, rule="cer")
    h = cer.near[0]
    mse = h * len(x) ** (1 / 20)
    ours = jump(sides, Bandwidths(near=(h, h), wide=(h / SHORTEST["triangular"],) * 2), TARGET)
    theirs = jump(sides, Bandwidths(near=(mse, mse), wide=cer.wide), TARGET)
    df = degrees_of_freedom(ours.scores, ours.weights, free=0.75, lost=0.0)
    reach = special.stdtrit(df, 0.975) * ours.robust_error, special.ndtri(0.975) * theirs.robust_error
    return (ours.corrected, reach[0]), (theirs.corrected, reach[1])


def sizes(curve, n, draws):
    """Share of draws whose limits lie above the truth and below it, and half their middle width, of each."""
    return shares(np.array([one for seed in range(draws) if (one := answer(curve, n, seed)) is not None]))


def answer(curve, n, seed):
    """What a draw says; None where too few rows lie near the threshold."""
    try:
        return limits(*draw(curve, n, seed))
    except EstimationError:
        return None


def shares(found):
    """The same of what was found, shape (draws, 2, 2)."""
    point, reach = found[:, :, 0], found[:, :, 1]
    return (point > reach).mean(axis=0), (point < -reach).mean(axis=0), np.median(reach, axis=0)


@pytest.mark.parametrize(("estimator", "place"), [(RegressionDiscontinuity(), 0), (RDROBUST, 1)])
def test_these_are_the_limits_that_the_estimator_gives(estimator, place):
    x, y = draw("Lee's curve", 500, 1)
    point, reach = limits(x, y)[place]
    found = estimator.estimate(Study(pd.DataFrame({"x": x, "y": y}), outcome="y", running="x")).interval
    assert [found.low, found.high] == pytest.approx([point - reach, point + reach], rel=1e-9)


def test_limits_are_honest_in_short():
    above, below, _ = sizes("Lee's curve", 500, SHORT)
    assert max(above[0], below[0]) <= stats.binom.ppf(0.999, SHORT, 0.025) / SHORT


@pytest.mark.slow
def test_limits_are_honest():
    lines, worst = [], 0.0
    for n in SIZES:
        for curve in CURVES:
            above, below, reach = sizes(curve, n, DRAWS)
            either = np.maximum(above, below)
            worst = max(worst, either[0])
            told = [f"{a:.2%} | {b:.2%} | {r:.3f}" for a, b, r in zip(above, below, reach, strict=True)]
            lines.append(f"| {n:,} rows, {curve} | " + " | ".join(told) + " |")
    PAGE.write_text(page(lines), "utf-8")
    assert worst <= 0.025 + 2 * math.sqrt(0.025 * 0.975 / DRAWS)


def page(lines):
    return f"""# Limits at a threshold

Written by `pytest -m slow tests/coverage/test_threshold_limits.py`; do not edit. The seeds are 0, 1, 2, …,
so every run gives the same figures.

How often 95 % limits lie wholly above the truth, and wholly below it, in {DRAWS:,} draws a row; nominally
2.5 % each, with a standard error of 0.11 points. Scores are 2 Beta(2, 4) − 1, nothing jumps at 0, and the
noise grows with the distance and is half as large again above. "As rdrobust" is `convention = "rdrobust"`:
bandwidths that make mean squared errors small, and limits of the normal distribution. The reach is from the
estimate to either limit, in the middle draw. A handful of draws of 300 rows have too few rows near the
threshold; they are refused and do not count.

| world | above | below | reach | as rdrobust: above | below | reach |
|---|---|---|---|---|---|---|
{chr(10).join(lines)}

The default's limits are wider because they keep what they promise. With the bandwidth that makes the mean
squared error small some bias is left, a bandwidth that is chosen from the data follows their noise, and few
rows do the work, so that their variance is itself a guess.
[Why](../decisions/0034-honest-limits-at-a-threshold.md).
"""
