"""Does what was measured before look as a lot leaves it."""

import itertools

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.study import Study
from impactkit.effects.kernels.lottery_balance import lottery_balance
from impactkit.effects.worlds import RandomisedArms
from impactkit.evidence.checks import Randomisation


def asked(study):
    estimate = ik.RandomisedTrial(permutation=None).estimate(study)
    return Randomisation().check(study, estimate), estimate


def distance(X, drawn, strata):
    """The definition, a lot and a stratum at a time."""
    total, covariance = np.zeros(X.shape[1]), np.zeros((X.shape[1], X.shape[1]))
    for stratum in set(strata):
        own, v = X[strata == stratum], drawn[strata == stratum]
        n, n1 = len(own), int(v.sum())
        if 0 < n1 < n:
            total += (own[v] - own.mean(axis=0)).sum(axis=0)
            covariance += n1 * (n - n1) / n * np.atleast_2d(np.cov(own.T, ddof=1))
    return total @ np.linalg.pinv(covariance, rcond=1e-9, hermitian=True) @ total


@pytest.mark.parametrize("seed", range(8))
def test_the_share_of_lots_is_that_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    strata = np.array([0] * 5 + [1] * 4 + [2] * 2)
    drawn = np.array([1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1], dtype=bool)
    X = rng.standard_normal((11, 3))
    if seed % 2:
        X[:, 2] = X[:, 0] - 2 * X[:, 1]  # a sum of others
    found = lottery_balance(X, drawn, strata)
    own = distance(X, drawn, strata)
    others = []
    for a, b in itertools.product(
        itertools.combinations(range(5), 2), itertools.combinations(range(5, 9), 2)
    ):
        lot = np.isin(np.arange(11), [*a, *b, 9, 10])
        others.append(distance(X, lot, strata))
    assert found.statistic == pytest.approx(own)
    assert found.rank == (2 if seed % 2 else 3)
    assert found.p_value == pytest.approx(np.mean(np.array(others) >= own * (1 - 1e-9)))
    assert found.smallest_p == pytest.approx(1 / 60)


def test_random_lots_agree_with_the_large_sample_law():
    rng = np.random.default_rng(2)
    from scipy.stats import chi2

    for shift in (0.0, 0.3):
        drawn = np.arange(300) % 2 == 0
        X = rng.standard_normal((300, 4)) + shift * drawn[:, None]
        found = lottery_balance(X, drawn, np.zeros(300, dtype=np.int64))
        assert found.p_value == pytest.approx(chi2.sf(found.statistic, 4), abs=0.03)


@pytest.mark.parametrize("world", [{}, {"n_lots": 24, "cluster_size": 5}, {"n_lots": 16, "n_strata": 1}])
def test_a_lot_is_seen_as_one(world):
    made = RandomisedArms(**world)
    p = np.array([asked(made.study(made.draw(seed)))[0].statistic for seed in range(200)])
    assert (p < 0.001).sum() <= 2
    assert np.mean(p <= 0.05) <= 0.095 and np.mean(p <= 0.5) == pytest.approx(0.5, abs=0.12)


def test_a_choice_called_a_lot_is_capped():
    made = RandomisedArms(n_strata=1)
    frame = made.draw(1)
    frame["arm"] = (frame["baseline"].rank() <= 30).astype(int)
    found, estimate = asked(made.study(frame))
    assert found.passed is False and found.statistic < 0.001
    grade = ik.grade(estimate, (found,))
    assert (grade.value, grade.ceiling) == (2, 2) and found.sentence in grade.reasons
    assert found.sentence.text("sv") != found.sentence.text("en")


def test_persons_of_a_cluster_are_not_counted_as_lots():
    """Twelve clusters that differ much: drawn by lot they are no proof of anything else."""
    made = RandomisedArms(n_lots=14, n_strata=1, cluster_size=40, cluster_noise=3.0)
    assert all(asked(made.study(made.draw(seed)))[0].passed for seed in range(40))


def test_few_lots_and_no_covariates_inform():
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4], "arm": [0, 0, 1, 1], "x": [1.0, 2, 3, 4], "k": 1.0})
    for covariates, code in ((["x"], "few"), ([], "none"), (["k"], "alike")):
        found, _ = asked(Study(frame, outcome="y", treated="arm", covariates=covariates))
        assert found.passed is None and found.sentence.code == f"check.randomisation.{code}"


def test_neither_rows_names_nor_units_of_measurement_matter():
    made = RandomisedArms()
    frame = made.draw(4)
    first, _ = asked(made.study(frame))
    mixed = frame.sample(frac=1, random_state=2).assign(
        unit=lambda d: (37 * d["unit"] + 5) % 61,
        stratum=lambda d: -d["stratum"],
        baseline=lambda d: -30 * d["baseline"] + 7,
    )
    assert asked(made.study(mixed))[0].statistic == first.statistic


def test_thousands_are_asked_by_the_large_sample_law():
    made = RandomisedArms(n_lots=4000)
    frame = made.draw(1)
    assert asked(made.study(frame))[0].passed is True
    frame["arm"] = (frame["baseline"] + np.random.default_rng(1).normal(0, 5, 4000) > 0).astype(int)
    assert asked(made.study(frame))[0].passed is False
