import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.effects.kernels.cluster_robust import classical_covariance, cluster_robust
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.errors import UsageError

KINDS = ("HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3")


def rows(seed, sizes=(1, 2, 3, 4, 9, 11, 2)):
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    n = len(clusters)
    X = np.column_stack([np.ones(n), rng.normal(size=n), rng.normal(size=len(sizes))[clusters]])
    y = rng.normal(size=n) * (1 + X[:, 1] ** 2) + rng.normal(size=len(sizes))[clusters]
    return Block(X=X, y=y, clusters=clusters)


def robust(blocks, kind, **options):
    return cluster_robust(blocks, least_squares(blocks), kind=kind, **options)


def power(symmetric, exponent):
    values, vectors = np.linalg.eigh(symmetric)
    kept = values > 1e-10
    return (vectors[:, kept] * values[kept] ** exponent) @ vectors[:, kept].T


def with_whole_matrices(block, exponent, contrast):
    """Covariance and Satterthwaite's degrees of freedom from n x n matrices, as the papers write them."""
    X, n = block.X, len(block.y)
    M = np.linalg.inv(X.T @ X)
    residual_maker = np.eye(n) - X @ M @ X.T
    e = residual_maker @ block.y
    A = np.zeros((n, n))
    columns = []
    for g in np.unique(block.clusters):
        own = np.flatnonzero(block.clusters == g)
        A[np.ix_(own, own)] = power(residual_maker[np.ix_(own, own)], exponent)
        columns.append(residual_maker[:, own] @ A[np.ix_(own, own)] @ X[own] @ M @ contrast)
    scores = [
        X[own].T @ A[np.ix_(own, own)] @ e[own]
        for own in (np.flatnonzero(block.clusters == g) for g in np.unique(block.clusters))
    ]
    P = np.column_stack(columns).T @ np.column_stack(columns)
    return M @ sum(np.outer(s, s) for s in scores) @ M, np.trace(P) ** 2 / np.sum(P**2)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_cr2_and_its_degrees_of_freedom_match_whole_matrices(seed):
    block = rows(seed)
    contrast = np.random.default_rng(seed).normal(size=3)
    expected, df = with_whole_matrices(block, -0.5, contrast)
    found = robust([block], "CR2")
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-9, atol=1e-12)
    assert found.degrees_of_freedom(contrast) == pytest.approx(df, rel=1e-9)


def test_cr2_matches_whole_matrices_when_a_cluster_has_its_own_dummy():
    block = rows(5, sizes=(4, 5, 6, 7, 3))
    dummies = np.column_stack([block.clusters == g for g in range(1, 5)]).astype(float)
    nested = Block(X=np.column_stack([block.X[:, :2], dummies]), y=block.y, clusters=block.clusters)
    expected, df = with_whole_matrices(nested, -0.5, np.eye(6)[1])
    found = robust([nested], "CR2")
    assert found.covariance[1, 1] == pytest.approx(expected[1, 1], rel=1e-9)
    assert found.degrees_of_freedom(np.eye(6)[1]) == pytest.approx(df, rel=1e-9)
    assert found.determined_share(np.eye(6)[1]) < 1e-12


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_cr3_is_the_jackknife_about_the_full_estimate(seed):
    block = rows(seed)
    full = np.linalg.lstsq(block.X, block.y, rcond=None)[0]
    left_out = [
        np.linalg.lstsq(block.X[block.clusters != g], block.y[block.clusters != g], rcond=None)[0] - full
        for g in range(7)
    ]
    expected = np.array(left_out).T @ np.array(left_out)
    np.testing.assert_allclose(robust([block], "CR3").covariance, expected, rtol=1e-8, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_agrees_with_statsmodels(seed):
    block = rows(seed)
    model = sm.OLS(block.y, block.X)
    for kind in ("HC0", "HC1", "HC2", "HC3"):
        expected = model.fit(cov_type=kind).cov_params()
        np.testing.assert_allclose(robust([block], kind).covariance, expected, rtol=1e-9, atol=1e-12)
    expected = model.fit(cov_type="cluster", cov_kwds={"groups": block.clusters}).cov_params()
    np.testing.assert_allclose(robust([block], "CR1").covariance, expected, rtol=1e-9, atol=1e-12)
    classical = classical_covariance(least_squares([block]))
    np.testing.assert_allclose(classical.covariance, model.fit().cov_params(), rtol=1e-9, atol=1e-12)
    assert classical.degrees_of_freedom(np.eye(3)[1]) == len(block.y) - 3


@pytest.mark.parametrize("number", "0123")
def test_clusters_of_one_row_are_robust_by_row(number):
    block = rows(2)
    single = Block(X=block.X, y=block.y, clusters=np.arange(len(block.y)))
    by_row, by_cluster = robust([block], f"HC{number}"), robust([single], f"CR{number}")
    ratio = by_row.factor / by_cluster.factor
    np.testing.assert_allclose(by_row.covariance, ratio * by_cluster.covariance, rtol=1e-11)
    if number == "2":
        contrast = np.eye(3)[1]
        assert by_row.degrees_of_freedom(contrast) == pytest.approx(by_cluster.degrees_of_freedom(contrast))


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_row_order_and_batches_do_not_matter(kind, monkeypatch):
    block, contrast = rows(4), np.array([0.0, 1, -1])
    whole = robust([block], kind)
    parts = [block.clusters < 3, block.clusters >= 3]
    cut = [Block(X=block.X[p], y=block.y[p], clusters=block.clusters[p]) for p in parts]
    order = np.random.default_rng(0).permutation(len(block.y))
    shuffled = [Block(X=block.X[order], y=block.y[order], clusters=block.clusters[order])]
    others = [robust(cut, kind), robust(shuffled, kind)]
    monkeypatch.setattr("impactkit.effects.kernels.clusters._BATCH_BYTES", 1)
    monkeypatch.setattr("impactkit.effects.kernels.clusters._KEPT_BYTES", 1)
    others.append(robust(cut, kind))
    for other in others:
        np.testing.assert_allclose(other.covariance, whole.covariance, rtol=1e-11, atol=1e-14)
        assert other.degrees_of_freedom(contrast) == pytest.approx(whole.degrees_of_freedom(contrast))


@settings(max_examples=16, deadline=None)
@given(kind=st.sampled_from(KINDS), scale=st.floats(1e-3, 1e3), shift=st.floats(-100, 100))
def test_variance_follows_the_square_of_the_unit_and_ignores_a_shift(kind, scale, shift):
    block, contrast = rows(6), np.array([0.0, 1, 2])
    moved = Block(X=block.X, y=shift + scale * block.y, clusters=block.clusters)
    before, after = robust([block], kind), robust([moved], kind)
    assert after.variance(contrast) == pytest.approx(scale**2 * before.variance(contrast), rel=1e-7)
    assert after.degrees_of_freedom(contrast) == pytest.approx(before.degrees_of_freedom(contrast))


@pytest.mark.parametrize("kind", KINDS)
def test_covariance_is_the_square_of_influence(kind):
    found = robust([rows(7)], kind)
    np.testing.assert_allclose(found.covariance, found.factor * found.influence.T @ found.influence)
    assert found.n_clusters == len(found.influence)


def test_influence_adds_to_zero_over_clusters_without_adjustment():
    np.testing.assert_allclose(robust([rows(7)], "CR0").influence.sum(axis=0), 0, atol=1e-13)


def test_absorbed_parameters_enter_the_cr1_factor():
    n, block = 32, rows(1)
    found = robust([block], "CR1", n_parameters=10)
    assert found.factor == pytest.approx(7 / 6 * (n - 1) / (n - 10))


def test_a_dropped_column_has_no_variance_and_harms_no_other():
    block = rows(1)
    doubled = Block(X=np.insert(block.X, 1, 2.0, axis=1), y=block.y, clusters=block.clusters)
    found, contrasts = robust([doubled], "CR2"), np.eye(4)
    assert np.isnan(found.variance(contrasts[1]))
    assert np.isnan(found.degrees_of_freedom(contrasts[1]))
    expected = robust([block], "CR2")
    assert found.variance(contrasts[2]) == pytest.approx(expected.variance(np.eye(3)[1]))
    assert found.degrees_of_freedom(contrasts[2]) == pytest.approx(expected.degrees_of_freedom(np.eye(3)[1]))


def one_treated_cluster():
    clusters = np.repeat(np.arange(6), 4)
    X = np.column_stack([np.ones(24), clusters == 0]).astype(float)
    return Block(X=X, y=np.random.default_rng(0).normal(size=24), clusters=clusters)


def test_cr3_with_one_treated_cluster_is_undefined_with_a_reason():
    found = robust([one_treated_cluster()], "CR3")
    assert found.undefined_reason == "one_cluster_determines_a_direction"
    assert np.isnan(found.covariance).all()
    assert np.isnan(found.degrees_of_freedom(np.eye(2)[1]))


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_one_treated_cluster_is_seen_to_determine_the_effect(kind):
    found = robust([one_treated_cluster()], kind)
    assert found.determined_share(np.eye(2)[1]) > 0.5
    assert robust([rows(0)], kind).determined_share(np.eye(3)[1]) == 0


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR2", "CR3"])
def test_one_cluster_is_undefined(kind):
    block = rows(0)
    alone = Block(X=block.X, y=block.y, clusters=np.zeros(len(block.y), dtype=np.int64))
    assert robust([alone], kind).undefined_reason == "one_cluster"


@pytest.mark.parametrize("kind", KINDS)
def test_no_residual_degrees_of_freedom_are_undefined_not_zero(kind):
    block = Block(X=rows(0).X[:3], y=rows(0).y[:3], clusters=np.arange(3))
    found = robust([block], kind)
    assert found.undefined_reason == "no_residual_degrees_of_freedom"
    assert np.isnan(found.covariance).all()
    assert classical_covariance(least_squares([block])).undefined_reason == found.undefined_reason


def test_a_cluster_in_two_blocks_is_refused_where_it_must_be_whole():
    block = rows(0)
    halves = [
        Block(X=block.X[part], y=block.y[part], clusters=block.clusters[part])
        for part in (slice(None, 14), slice(14, None))
    ]
    with pytest.raises(UsageError, match="Cluster 4"):
        robust(halves, "CR2")
    np.testing.assert_allclose(robust(halves, "CR1").covariance, robust([block], "CR1").covariance)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_a_row_without_a_cluster_is_refused(kind):
    block = rows(0)
    block.clusters[3] = -1
    with pytest.raises(UsageError, match="code -1"):
        robust([block], kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_regression_that_keeps_no_column_has_no_variance(kind):
    block = rows(0)
    found = robust([Block(X=np.zeros((32, 1)), y=block.y, clusters=block.clusters)], kind)
    assert np.isnan(found.variance(np.ones(1)))
    assert np.isnan(found.degrees_of_freedom(np.ones(1)))
    assert np.isnan(found.determined_share(np.ones(1)))
