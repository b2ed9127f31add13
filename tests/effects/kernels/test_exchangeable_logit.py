"""Estimating equations of repeated measures, against whole working matrices."""

import numpy as np
import pytest
from scipy.special import expit

from impactkit.effects.kernels.exchangeable_logit import exchangeable_logit
from impactkit.errors import EstimationError


def test_sums_by_unit_solve_the_equations_with_whole_matrices() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 6, 40)
    units = np.repeat(np.arange(40), sizes)
    X = np.column_stack([np.ones(len(units)), rng.normal(size=len(units)), (units % 2).astype(float)])
    own = rng.normal(size=40)
    y = rng.random(len(units)) < expit(0.4 * X[:, 1] - 0.5 * X[:, 2] + own[units])
    found = exchangeable_logit(X, y, units)
    scores, information = np.zeros((40, 3)), np.zeros((3, 3))
    for g in range(40):
        rows = units == g
        p = expit(X[rows] @ found.coefficients)
        D, v = X[rows] * (p * (1 - p))[:, None], np.sqrt(p * (1 - p))
        m = rows.sum()
        R = (1 - found.correlation) * np.eye(m) + found.correlation
        inverse = np.linalg.inv(v[:, None] * R * v)
        scores[g] = D.T @ inverse @ (y[rows] - p)
        information += D.T @ inverse @ D
    np.testing.assert_allclose(scores.sum(axis=0), 0, atol=1e-8)
    bread = np.linalg.inv(information)
    np.testing.assert_allclose(found.covariance, bread @ scores.T @ scores @ bread, rtol=1e-8)


def test_measures_that_always_agree_are_one_measure() -> None:
    """Each unit twice the same: a correlation of 1 (but for a hair) and the errors of one row a unit."""
    happened = np.array([True, False, False, False, True, False, True, True])
    x = np.repeat([0.0, 1.0], 4)
    X = np.column_stack([np.ones(8), x])
    twice = exchangeable_logit(np.repeat(X, 2, axis=0), np.repeat(happened, 2), np.repeat(np.arange(8), 2))
    assert twice.correlation == pytest.approx(1, abs=1e-5)
    assert twice.coefficients == pytest.approx([np.log(1 / 3), 2 * np.log(3)])
    # Two arms of shares 1/4 and 3/4 of four: variance 1 / (4 p (1 - p)) each.
    assert twice.covariance[1, 1] == pytest.approx(2 / (4 * 0.1875))


def test_separated_arms_are_refused() -> None:
    X = np.column_stack([np.ones(12), np.repeat([0.0, 1.0], 6)])
    with pytest.raises(EstimationError, match="does not settle"):
        exchangeable_logit(X, X[:, 1] > 0, np.repeat(np.arange(6), 2))
