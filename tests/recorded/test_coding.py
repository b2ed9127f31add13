"""Labels are coded as sorting them would code them, whatever integers they are written in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from impactkit.data.coding import code_labels

WIDTHS = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)


@given(values=st.sampled_from(WIDTHS).flatmap(lambda width: arrays.arrays(width, st.integers(1, 40))))
def test_integers_of_any_width(values):
    codes, labels = code_labels(values)
    expected, inverse = np.unique(values, return_inverse=True)
    assert labels.tolist() == expected.tolist()
    assert codes.tolist() == inverse.tolist()
    assert codes.dtype == np.int64


@pytest.mark.parametrize("width", [np.int8, np.int16, np.int32, np.int64])
def test_signed_integers_further_apart_than_their_type_holds(width):
    """70 less -70 does not fit in eight bits; pandas and Stata files keep years since the start so."""
    values = np.array([70, -70, 5, -70], dtype=width)
    codes, labels = code_labels(values)
    assert codes.tolist() == [2, 0, 1, 0]
    assert labels.tolist() == [-70, 5, 70]


def test_the_labels_given_are_not_changed_or_kept():
    values = np.array([2, 0, 1, 0])
    codes, _ = code_labels(values)
    values[:] = 9
    assert codes.tolist() == [2, 0, 1, 0]
