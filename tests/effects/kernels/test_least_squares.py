import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.errors import EstimationError, UsageError


def rows(seed, n=60, k=4):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    return Block(X=X, y=X @ np.arange(1.0, k + 1) + rng.normal(size=n), clusters=np.arange(n) // 5)


def cut(block, at):
    return [
        Block(X=block.X[part], y=block.y[part], clusters=block.clusters[part])
        for part in (slice(None, at), slice(at, None))
    ]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_agrees_with_lapack_least_squares(seed):
    block = rows(seed)
    fit = least_squares([block])
    expected, residual_sum, *_ = np.linalg.lstsq(block.X, block.y, rcond=None)
    np.testing.assert_allclose(fit.coefficients, expected, rtol=1e-11)
    np.testing.assert_allclose(fit.residual_sum_of_squares, residual_sum[0], rtol=1e-11)
    np.testing.assert_allclose(fit.root.T @ fit.root, block.X.T @ block.X, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(fit.residuals(block), block.y - block.X @ expected, atol=1e-11)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), at=st.integers(0, 60))
def test_blocks_and_row_order_do_not_matter(seed, at):
    block = rows(seed)
    whole = least_squares([block])
    order = np.random.default_rng(seed).permutation(60)
    shuffled = Block(X=block.X[order], y=block.y[order], clusters=block.clusters[order])
    for other in (least_squares(cut(block, at)), least_squares([shuffled])):
        np.testing.assert_allclose(other.coefficients, whole.coefficients, rtol=1e-12)
        np.testing.assert_allclose(np.abs(other.root), np.abs(whole.root), rtol=1e-11, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(1e-6, 1e6), shift=st.floats(-1e3, 1e3))
def test_coefficients_follow_the_outcomes_unit(scale, shift):
    block = rows(3)
    moved = Block(X=block.X, y=shift + scale * block.y, clusters=block.clusters)
    expected = scale * least_squares([block]).coefficients + shift * np.eye(4)[0]
    size = scale + abs(shift)
    np.testing.assert_allclose(least_squares([moved]).coefficients, expected, rtol=1e-11, atol=1e-12 * size)


def test_many_chunks_agree_with_one(monkeypatch):
    block = rows(1, n=5000)
    whole = least_squares([block])
    monkeypatch.setattr("impactkit.effects.kernels.least_squares._CHUNK_BYTES", 1)
    np.testing.assert_allclose(least_squares([block]).coefficients, whole.coefficients, rtol=1e-12)


def test_dependent_columns_are_dropped_from_left_to_right():
    X = rows(0).X
    X = np.column_stack([X[:, 0], X[:, 0], X[:, 1], X[:, 0] - 3 * X[:, 1], np.zeros(60), X[:, 2]])
    fit = least_squares([Block(X=X, y=rows(0).y, clusters=np.arange(60))])
    assert fit.kept.tolist() == [True, False, True, False, False, True]
    assert np.isnan(fit.coefficients[~fit.kept]).all()
    expected = np.linalg.lstsq(X[:, [0, 2, 5]], rows(0).y, rcond=None)[0]
    np.testing.assert_allclose(fit.coefficients[fit.kept], expected, rtol=1e-11)


def test_noise_left_by_absorption_is_dropped_when_norms_say_so():
    block = rows(0)
    X = block.X.copy()
    X[:, 0] = 1e-16 * np.random.default_rng(1).normal(size=60)
    noisy = Block(X=X, y=block.y, clusters=block.clusters)
    assert least_squares([noisy]).kept.all()
    assert not least_squares([noisy], norms=np.linalg.norm(block.X, axis=0)).kept[0]


def test_fewer_rows_than_columns_keep_as_many_columns_as_rows():
    block = rows(0)
    fit = least_squares([Block(X=block.X[:2], y=block.y[:2], clusters=block.clusters[:2])])
    assert fit.kept.tolist() == [True, True, False, False]
    assert fit.residual_sum_of_squares < 1e-20


def test_refinement_mends_a_polynomial_of_large_years():
    years = np.arange(2000.0, 2024)
    X = np.column_stack([np.ones(24), years, years**2])
    fit = least_squares([Block(X=X, y=X @ np.array([1.0, -2, 3]), clusters=np.arange(24))])
    np.testing.assert_allclose(fit.coefficients, [1, -2, 3], rtol=1e-8)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(value):
    block = rows(0)
    block.X[7, 2] = value
    with pytest.raises(EstimationError, match="missing or infinite"):
        least_squares([block])


def test_no_rows_are_refused():
    with pytest.raises(EstimationError, match="no rows"):
        least_squares([])


def test_an_iterator_is_refused():
    with pytest.raises(UsageError, match="iterator"):
        least_squares(iter([rows(0)]))
