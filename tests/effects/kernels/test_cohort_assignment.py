import numpy as np
import pytest

from impactkit.effects.kernels.cohort_assignment import _labelled, _sorted_labels


@pytest.mark.parametrize("halves", [3, 2**31])
@pytest.mark.parametrize("counts", [(1, 9), (4, 3, 3), (2, 2, 2, 2, 2), (10,)])
def test_labels_follow_the_keys_also_where_upper_halves_tie(counts, halves):
    rng = np.random.default_rng(sum(counts) + len(counts))
    labels = np.repeat(np.arange(len(counts)) * 3, counts)
    keys = rng.integers(0, halves, (400, 10), dtype=np.uint64) << np.uint64(32)
    keys += rng.permuted(np.tile(np.arange(10, dtype=np.uint64), (400, 1)), axis=1)
    np.testing.assert_array_equal(_labelled(keys, labels), _sorted_labels(keys, labels))
    np.testing.assert_array_equal(np.sort(_labelled(keys, labels), axis=1), np.tile(labels, (400, 1)))
