"""How often do limits at a threshold hold the truth, and the whole chain support what is not so?

    python -m pytest -m slow tests/coverage/test_threshold_coverage.py

writes docs/results/regression-discontinuity.md; a short version runs with the other tests.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

import impactkit as ik
from impactkit.effects.estimators import RegressionDiscontinuity
from impactkit.effects.inference import HonestSmoothness, Permutation, RobustBiasCorrected
from impactkit.effects.worlds import ThresholdScores
from impactkit.errors import EstimationError

PAGE = Path(__file__).parents[2] / "docs" / "results" / "regression-discontinuity.md"
LONG, CHAIN, SHORT = 1000, 200, 60
FEW = Permutation(draws=499)


@dataclass(frozen=True)
class Steep(ThresholdScores):
    """The curve that Ludwig and Miller's data follow, as Calonico, Cattaneo and Titiunik simulate it."""

    def draw(self, seed):
        frame = super().draw(seed)
        x = frame["score"]
        low = 3.71 + 2.30 * x + 3.28 * x**2 + 1.45 * x**3 + 0.23 * x**4 + 0.03 * x**5
        high = 3.71 + 18.49 * x - 54.81 * x**2 + 74.30 * x**3 - 45.02 * x**4 + 9.83 * x**5
        noise = self.noise * np.random.default_rng([seed, 1]).standard_normal(self.n)
        return frame.assign(y=np.where(x < 0, low, high + self.effect) + noise)


PLAIN = RegressionDiscontinuity(permutation=FEW)
AS_RDROBUST = PLAIN.model_copy(update={"inference": RobustBiasCorrected(convention="rdrobust")})
CELLS = {
    "80 rows": (ThresholdScores(n=80), PLAIN),
    "150 rows": (ThresholdScores(n=150), PLAIN),
    "400 rows": (ThresholdScores(n=400), PLAIN),
    "2,000 rows": (ThresholdScores(n=2000), PLAIN),
    "400 rows, a straight line": (ThresholdScores(n=400, bend=0.0), PLAIN),
    "400 rows, much bend": (ThresholdScores(n=400, bend=10.0), PLAIN),
    "500 rows, Ludwig and Miller's curve": (Steep(n=500, noise=0.1295), PLAIN),
    "400 rows, as rdrobust": (ThresholdScores(n=400), AS_RDROBUST),
    "400 rows, a covariate": (ThresholdScores(n=400, slope=0.5), PLAIN),
    "1,000 rows, fuzzy": (
        ThresholdScores(n=1000, compliance=0.6),
        PLAIN.model_copy(update={"kind": "fuzzy"}),
    ),
    "600 rows in 30 groups": (ThresholdScores(n=600, n_clusters=30), PLAIN),
    "600 rows in 120 groups": (ThresholdScores(n=600, n_clusters=120), PLAIN),
    "600 rows, 20 values of the score": (ThresholdScores(n=600, step=0.1), PLAIN),
    "600 rows, 20 values, the bound known": (
        ThresholdScores(n=600, step=0.1),
        PLAIN.model_copy(update={"inference": HonestSmoothness(bound=2.0)}),
    ),
    "600 rows, 10 values, the bound known": (
        ThresholdScores(n=600, step=0.2),
        PLAIN.model_copy(update={"inference": HonestSmoothness(bound=2.0)}),
    ),
}
CHAINED = (
    "150 rows",
    "400 rows",
    "400 rows, much bend",
    "1,000 rows, fuzzy",
    "600 rows in 30 groups",
    "600 rows, 20 values, the bound known",
)
CLAIM = ik.Claim(id="C", indicator="a/b", role="primary", change="increase", minimum_effect="1", by=2026)


def found(world, estimator, seed):
    """Whether the limits hold 1, their width, and whether the test rejects "at most 1"; None if refused."""
    try:
        one = estimator.estimate(world.study(world.draw(seed)))
    except EstimationError:
        return None
    limits = one.interval
    rejects = one.permutation.p_value(1.0, alternative="greater") <= 0.025
    return limits.low <= 1 <= limits.high, limits.high - limits.low, rejects, limits.low > 1


def rates(world, estimator, draws):
    rows = [row for seed in range(draws) if (row := found(world, estimator, seed)) is not None]
    held, width, rejects, above = np.array(rows, dtype=float).T
    both = (rejects > 0) & (above > 0)
    return len(rows) / draws, held.mean(), float(np.median(width)), rejects.mean(), both.mean()


def supported(world, estimator, draws):
    """How often the whole chain calls "at least 1" supported."""
    count = 0
    for seed in range(draws):
        study = world.study(world.draw(seed))
        try:
            one = estimator.estimate(study)
        except EstimationError:
            continue
        verdict = ik.judge(CLAIM, one, ik.grade(one, ik.check(study, one)))
        count += verdict.status == "supported"
    return count / draws


def test_limits_hold_the_truth_in_short():
    _, held, *_, both = rates(ThresholdScores(n=300), PLAIN, SHORT)
    assert held >= binom.ppf(0.001, SHORT, 0.95) / SHORT
    assert both <= binom.ppf(0.999, SHORT, 0.025) / SHORT


@pytest.mark.slow
def test_limits_hold_the_truth_and_the_chain_is_honest():
    lines, checked = [], []
    for name, (world, estimator) in CELLS.items():
        answered, held, width, rejects, both = rates(world, estimator, LONG)
        lines.append(f"| {name} | {answered:.1%} | {held:.1%} | {width:.2f} | {rejects:.1%} | {both:.1%} |")
        checked.append((name, held, both))
    chain, false = [], []
    for name in CHAINED:
        world, estimator = CELLS[name]
        shares = [
            supported(replace(world, effect=effect), estimator, CHAIN) for effect in (0.0, 1.0, 2.0, 3.0)
        ]
        chain.append(f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
        false.append((name, max(shares[:2])))
    PAGE.write_text(page(lines, chain), "utf-8")
    for name, held, both in checked:
        assert held >= binom.ppf(0.001, LONG, 0.93) / LONG, name
        assert both <= binom.ppf(0.999, LONG, 0.025) / LONG, name
    for name, share in false:
        assert share <= binom.ppf(0.999, CHAIN, 0.025) / CHAIN, name


def page(lines, chain):
    return f"""# Comparisons at a threshold

Written by `pytest -m slow tests/coverage/test_threshold_coverage.py`; do not edit. The seeds are 0, 1, 2,
…, so every run gives the same figures.

The true effect is 1, two standard deviations of a person's own noise. Scores lie between −1 and 1, most of
them in the middle, and the curve bends to the other side above the threshold (second derivative 2; "much
bend" 10). Inference is what the estimator chooses by itself, unless named. {LONG} draws a row, so that 95 %
has a standard error of 0.7 points. "Turning signs" is how often the test beside the limits rejects "the
effect is at most 1" at 2.5 %, and "both" how often it does and the limits lie above 1 as well, as
"supported" asks: nominally at most 2.5 %.

| world | answered | 95 % limits hold | middle width | turning signs | both |
|---|---|---|---|---|---|
{chr(10).join(lines)}

"As rdrobust" is the bandwidth that makes the mean squared error small, with limits of the normal
distribution: some bias is left, and limits hold a little too seldom. In [harder worlds](threshold-limits.md)
they hold much too seldom, which is why the default is another.

Where the score takes few values the limits are wide enough for the worst curve under the bound, and most
curves are not the worst: they hold the truth more often than they promise, the more so where the bound is a
rule of thumb.

## The whole chain

How often a claim that the effect is at least 1 is called supported: estimate, checks, grade and verdict,
{CHAIN} draws a row. With a true effect of 0 or 1 it should be at most 2.5 %.

| world | true effect 0 | 1 | 2 | 3 |
|---|---|---|---|---|
{chr(10).join(chain)}
"""
