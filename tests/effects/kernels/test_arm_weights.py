import numpy as np
import pytest
import statsmodels.api as sm

from impactkit.effects.kernels.arm_weights import arm_weights
from impactkit.effects.kernels.balancing import balancing_score, entropy_balance
from impactkit.effects.kernels.trimming import smallest_chance

SCHEMES = ["inverse_probability", "entropy", "overlap", "covariate_balancing"]


def drawn(seed=1, n=300):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.standard_normal((n, 3))])
    treated = rng.uniform(size=n) < 1 / (1 + np.exp(0.5 - X[:, 1:] @ [0.6, -0.4, 0.2]))
    return X, treated, rng.uniform(0.5, 2, n)


def means(X, treated, weights):
    return [np.average(X[arm], axis=0, weights=weights[arm]) for arm in (treated, ~treated)]


@pytest.mark.parametrize("target", ["att", "ate"])
@pytest.mark.parametrize("scheme", ["entropy", "covariate_balancing"])
def test_balance_is_exact(scheme, target):
    X, treated, base = drawn()
    found = arm_weights(X, treated, base, scheme=scheme, target=target)
    above, below = means(X, treated, found.weights)
    np.testing.assert_allclose(above, below, atol=1e-12)
    if target == "att":
        np.testing.assert_array_equal(found.weights[treated], base[treated])
    elif scheme == "entropy":  # both arms are like everyone
        np.testing.assert_allclose(above, np.average(X, axis=0, weights=base), atol=1e-12)


def test_overlap_weights_of_a_logistic_regression_balance_exactly():
    X, treated, base = drawn()
    found = arm_weights(X, treated, base, scheme="overlap", target="overlap")
    np.testing.assert_allclose(*means(X, treated, found.weights), atol=1e-10)


@pytest.mark.parametrize("target", ["att", "ate"])
def test_inverse_probabilities_are_those_of_statsmodels(target):
    X, treated, base = drawn()
    p = sm.GLM(treated * 1.0, X, family=sm.families.Binomial(), freq_weights=base).fit(tol=1e-14).fittedvalues
    other = p / (1 - p) if target == "att" else 1 / (1 - p)
    own = np.ones(len(p)) if target == "att" else 1 / p
    found = arm_weights(X, treated, base, scheme="inverse_probability", target=target)
    np.testing.assert_allclose(found.weights, base * np.where(treated, own, other), rtol=1e-8)


def test_entropy_weights_are_the_nearest_to_equal_of_those_that_balance():
    """Their logarithm over the base is a sum of covariates, which is where the divergence is smallest."""
    X, treated, base = drawn()
    target = X[treated].sum(axis=0)
    found = entropy_balance(X[~treated], base[~treated], target=target)
    weights = base[~treated] * np.exp(found.index)
    np.testing.assert_allclose(weights @ X[~treated], target, rtol=1e-12)
    logs = np.log(weights / base[~treated])
    left = logs - X[~treated] @ np.linalg.lstsq(X[~treated], logs, rcond=None)[0]
    np.testing.assert_allclose(left, 0, atol=1e-10)


def test_the_balancing_score_solves_the_conditions_of_imai_and_ratkovic():
    X, treated, base = drawn()
    found = balancing_score(X, treated, weights=base)
    p = 1 / (1 + np.exp(-found.index))
    conditions = (base * np.where(treated, 1 / p, -1 / (1 - p))) @ X
    np.testing.assert_allclose(conditions, 0, atol=1e-9)
    np.testing.assert_allclose(X @ found.coefficients, found.index)


def test_means_that_no_positive_weights_have_are_told():
    X = np.column_stack([np.ones(5), np.arange(5.0)])
    assert not entropy_balance(X, np.ones(5), target=np.array([1.0, 4.5])).has_converged
    assert not entropy_balance(X, np.ones(5), target=np.array([1.0, 4.0])).has_converged  # one row alone
    assert entropy_balance(X, np.ones(5), target=np.array([1.0, 3.9])).has_converged


@pytest.mark.parametrize("scheme", SCHEMES)
def test_separated_arms_are_told(scheme):
    X, _, base = drawn()
    found = arm_weights(
        X, X[:, 1] > 0.2, base, scheme=scheme, target="overlap" if scheme == "overlap" else "ate"
    )
    assert found.trouble == ("separated" if scheme in ("overlap", "inverse_probability") else "no_balance")
    assert np.isnan(found.weights).all()


@pytest.mark.parametrize("seed", range(5))
def test_rows_are_dropped_where_everyone_elses_effect_is_most_precise(seed):
    """Crump and others: the variance is the mean of 1 / (p (1 - p)) of those kept, over their share."""
    rng = np.random.default_rng(seed)
    p, w = 1 / (1 + np.exp(-3 * rng.standard_normal(400))), rng.uniform(0.5, 2, 400)
    spread = 1 / (p * (1 - p))

    def variance(least):
        kept = (p >= least) & (p <= 1 - least)
        return (w * spread)[kept].sum() / w[kept].sum() ** 2

    least = smallest_chance(p, w)
    assert 0 < least < 0.5
    grid = [variance(a) for a in np.linspace(0, 0.45, 2000)]
    assert variance(least) <= min(grid) * (1 + 1e-3)  # the rule takes rows for infinitely small
    kept = (p >= least) & (p <= 1 - least)
    assert 1 / (least * (1 - least)) == pytest.approx(2 * np.average(spread[kept], weights=w[kept]))
