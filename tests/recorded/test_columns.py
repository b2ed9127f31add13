"""The order of a study's rows against numpy's own sort by several keys."""

import numpy as np
import pytest

from impactkit.data.columns import canonical_order


@pytest.mark.parametrize("largest", [3, 255, 256, 70_000])
@pytest.mark.parametrize("n_keys", [1, 2, 3])
def test_rows_are_sorted_as_by_all_keys_at_once(largest, n_keys):
    rng = np.random.default_rng(largest + n_keys)
    keys = [rng.integers(0, largest + 1, 400) % (largest if k else 20) for k in range(n_keys)]
    np.testing.assert_array_equal(canonical_order(keys), np.lexsort(keys[::-1]))


def test_sorted_rows_stay_where_they_are():
    assert canonical_order([np.array([0, 0, 1]), np.array([0, 1, 0])]) is None
    assert canonical_order([]) is None
