import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.effects.kernels.demean import demean


def plainly(values, groups, weights):
    result = values.copy()
    for g in np.unique(groups):
        result[groups == g] -= np.average(values[groups == g], axis=0, weights=weights[groups == g])
    return result


GROUPS = {
    "regular": np.repeat(np.arange(4), 3),
    "unequal": np.array([0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3]),
    "unsorted": np.tile(np.arange(4), 3),
}


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), kind=st.sampled_from(list(GROUPS)), columns=st.sampled_from([None, 1, 3]))
def test_subtracts_the_weighted_mean_of_each_group(seed, kind, columns):
    rng = np.random.default_rng(seed)
    groups, weights = GROUPS[kind], rng.uniform(0.5, 2, size=12)
    values = rng.normal(size=12 if columns is None else (12, columns))
    np.testing.assert_allclose(
        demean(values, groups, weights=weights), plainly(values, groups, weights), atol=1e-13
    )
    np.testing.assert_allclose(demean(values, groups), plainly(values, groups, np.ones(12)), atol=1e-13)


@pytest.mark.parametrize("kind", list(GROUPS))
def test_in_place_gives_the_same_and_otherwise_the_input_is_left_alone(kind):
    values = np.random.default_rng(0).normal(size=(12, 2))
    before = values.copy()
    expected = demean(values, GROUPS[kind])
    np.testing.assert_array_equal(values, before)
    assert demean(values, GROUPS[kind], out=values) is values
    np.testing.assert_array_equal(values, expected)


def test_columns_in_fortran_order_are_demeaned_in_place():
    values = np.asfortranarray(np.arange(8.0).reshape(4, 2))
    demean(values, (2, 2), out=values)
    np.testing.assert_array_equal(values, [[-1, -1], [1, 1], [-1, -1], [1, 1]])


def test_no_rows_give_no_rows():
    assert demean(np.zeros(0), np.zeros(0, dtype=np.int64)).shape == (0,)
