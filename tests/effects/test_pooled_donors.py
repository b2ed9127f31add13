"""One average of donors for the mean of several treated units, by its definition, and where it is refused."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.inference import PlaceboInSpace
from impactkit.errors import EstimationError
from impactkit.wording.message import what_is_wrong


def table(y, starts, mass=None):
    n, T = y.shape
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in range(n)], T),
            "time": np.tile(np.arange(T), n),
            "y": y.ravel(),
            "start": np.repeat([*starts, *[np.inf] * (n - len(starts))], T),
            "mass": np.repeat(np.ones(n) if mass is None else mass, T),
        }
    )


def study(frame, **roles):
    return Study(frame, outcome="y", unit="unit", time="time", first_treated="start", **roles)


def walks(seed, n=10, T=9):
    return np.random.default_rng(seed).standard_normal((n, T)).cumsum(axis=1)


def slow_gap(own, donors, start):
    """Own path less the average of donors that a general solver finds."""
    D = len(donors)
    w = minimize(
        lambda w: ((own[:start] - w @ donors[:, :start]) ** 2).sum(),
        np.full(D, 1 / D),
        bounds=[(0, 1)] * D,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-15, "maxiter": 1000},
    ).x
    return own - w @ donors


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_mean_of_the_treated_is_one_unit(seed, weighted):
    y, n, start = walks(seed), 2 + seed % 2, 6
    mass = np.random.default_rng(seed).uniform(0.5, 2, 10) if weighted else np.ones(10)
    given = study(table(y, [start] * n, mass), weight="mass")
    found = ik.SyntheticControl(treated="pooled").estimate(given)
    shares = mass[:n] / mass[:n].sum()
    gap = slow_gap(shares @ y[:n], y[n:], start)
    assert found.interval.point == pytest.approx(gap[start:].mean(), abs=1e-4)
    built = found.counterfactual
    np.testing.assert_allclose(np.subtract(built.observed, built.expected), gap, atol=2e-4)
    assert found.estimand.code == "estimand.synthetic_control_pooled"
    assert found.warnings[0].code == "donors.pooled"


@pytest.mark.parametrize("seed", range(3))
def test_placebos_are_means_of_as_many_donors_beside_the_rest(seed):
    y, n, start = walks(seed, n=8), 2, 6
    found = ik.SyntheticControl(treated="pooled").estimate(study(table(y, [start] * n)))
    gaps = [slow_gap(y[:n].mean(axis=0), y[n:], start)]
    for rows in itertools.combinations(range(6), n):
        donors = y[n:]
        rest = np.delete(donors, rows, axis=0)
        gaps.append(slow_gap(donors[list(rows)].mean(axis=0), rest, start))
    ratios = np.array([gap[start:].mean() / np.sqrt((gap[:start] ** 2).mean()) for gap in gaps])
    assert found.permutation.n_assignments == len(gaps) == 16
    assert found.permutation.p_value() == pytest.approx((np.abs(ratios) >= np.abs(ratios[0]) - 1e-9).mean())


def test_it_follows_the_mean_better_than_separate_averages_do():
    for seed in range(10):
        given = study(table(walks(seed), [6] * 3))
        sizes = [
            ik.SyntheticControl(treated=how).estimate(given).counterfactual.pre_rmspe
            for how in ("pooled", "separate")
        ]
        assert sizes[0] <= sizes[1] + 1e-12


def test_one_treated_unit_is_the_same_either_way():
    given = study(table(walks(1), [6]))
    both = [ik.SyntheticControl(treated=how).estimate(given) for how in ("pooled", "separate")]
    assert both[0].terms == both[1].terms and both[0].estimand == both[1].estimand


def test_separate_averages_are_weighed_by_share():
    y, mass = walks(5), np.linspace(1, 2, 10)
    found = ik.SyntheticControl().estimate(study(table(y, [5, 7], mass), weight="mass"))
    gaps = [slow_gap(y[i], y[2:], start)[start : start + 2].mean() for i, start in enumerate((5, 7))]
    assert found.interval.point == pytest.approx(np.average(gaps, weights=mass[:2]), abs=1e-4)


def test_different_starts_are_refused_with_both_named():
    given = study(table(walks(2), [5, 7]))
    with pytest.raises(EstimationError, match=r"start at different times \(5, 7\)") as refusal:
        ik.SyntheticControl(treated="pooled").estimate(given)
    assert "startar vid olika tider (5, 7)" in what_is_wrong(refusal.value.troubles[0], "sv")


def test_predictors_are_refused():
    with pytest.raises(ValueError, match="takes no predictors"):
        ik.SyntheticControl(treated="pooled", predictors=[{"column": "y"}])


def test_without_donors_beside_as_many_nothing_can_be_told_from_chance():
    found = ik.SyntheticControl(treated="pooled").estimate(study(table(walks(3), [6] * 6)))
    assert found.permutation.p_value() == 1.0
    assert found.interval.low == -np.inf and found.interval.high == np.inf


def test_random_choices_are_the_same_for_the_same_seed():
    given = study(table(walks(4, n=40), [6] * 5))
    found = [
        ik.SyntheticControl(treated="pooled", inference=PlaceboInSpace(draws=99, seed=seed)).estimate(given)
        for seed in (1, 1, 2)
    ]
    assert found[0].interval == found[1].interval != found[2].interval
