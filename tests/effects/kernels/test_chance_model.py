import numpy as np
import pytest

from impactkit.effects.kernels.chance_model import chance_model
from impactkit.effects.kernels.fold_regressions import fold_regressions
from impactkit.effects.kernels.logistic import logistic


def drawn(n=400):
    rng = np.random.default_rng(4)
    X = np.column_stack([np.ones(n), rng.standard_normal((n, 3))])
    treated = rng.uniform(size=n) < 1 / (1 + np.exp(-X @ [-0.5, 1.0, 0.3, 0.0]))
    return X, treated, rng.uniform(0.5, 2, n), rng.standard_normal(n)


def test_it_is_the_other_logistic_regression():
    X, treated, weights, _ = drawn()
    found, other = chance_model(X, treated, weights), logistic(X, treated, weights=weights)
    assert found.has_converged
    np.testing.assert_allclose(found.coefficients, other.coefficients, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.inverse, other.inverse_information, rtol=1e-9, atol=1e-12)


def test_rows_without_weight_are_predicted_and_not_fitted():
    X, treated, weights, _ = drawn()
    kept = np.arange(400) % 3 > 0
    found = chance_model(X, treated, np.where(kept, weights, 0.0), start=np.array([1.0, -1.0, 0.5, 2.0]))
    other = logistic(X[kept], treated[kept], weights=weights[kept])
    np.testing.assert_allclose(found.probabilities, 1 / (1 + np.exp(-X @ other.coefficients)), rtol=1e-9)


@pytest.mark.parametrize("where", ["apart", "nobody", "nearly"])
def test_where_there_is_no_end_it_is_told(where):
    X, _, weights, _ = drawn()
    chosen = {"apart": X[:, 1] > 0, "nobody": np.zeros(400, dtype=bool), "nearly": X[:, 1] >= X[:, 1].max()}
    found = chance_model(X, chosen[where], weights)
    assert not found.has_converged


def test_regressions_without_a_fold_are_those_of_the_other_rows():
    X, treated, weights, y = drawn()
    codes = np.arange(400) % 4
    found = fold_regressions(X, 100 + y, weights, rows=treated, codes=codes)
    for k in range(4):
        rows, root = treated & (codes != k), np.sqrt(weights)
        b = np.linalg.lstsq(X[rows] * root[rows, None], (100 + y[rows]) * root[rows], rcond=None)[0]
        np.testing.assert_allclose(found[codes == k], X[codes == k] @ b, rtol=1e-11)


def test_a_covariate_that_only_one_fold_has_cannot_be_learnt():
    X, treated, weights, y = drawn()
    codes = np.arange(400) % 4
    only = np.column_stack([X, codes == 1])
    with pytest.raises(np.linalg.LinAlgError):
        fold_regressions(only, y, weights, rows=treated, codes=codes)
