"""When a figure tells of single people: each rule just inside its bound, at it and just outside."""

import pytest

from impactkit.reporting.disclosure.rules import (
    is_binary,
    is_dominated,
    is_one_sided,
    is_small,
    tells_all,
)


@pytest.mark.parametrize(
    ("n", "threshold", "small"),
    [(0, 10, False), (1, 10, True), (9, 10, True), (10, 10, False), (11, 10, False), (1, 1, False)],
)
def test_a_count_is_small_from_one_to_one_below_the_threshold(n, threshold, small):
    assert bool(is_small(n, threshold)) is small
    assert is_small([n, 50], threshold).tolist() == [small, False]


@pytest.mark.parametrize(
    ("having", "n", "one_sided"),
    [(0, 1, True), (1, 1, True), (1, 2, False), (2, 2, True), (0, 2, True), (3, 7, False), (0, 0, False)],
)
def test_a_share_is_one_sided_when_nobody_or_everybody_has_it(having, n, one_sided):
    assert is_one_sided(having, n) is one_sided


@pytest.mark.parametrize(
    ("contributions", "dominated"),
    [
        # The two largest have exactly nine tenths, then a little less: it is not a matter of the other eight.
        ([50, 40, 5, 5], True),
        ([50, 39, 6, 5], False),
        ([40, 50, 2, 2, 2, 2, 2], True),
        # Three of four have 95 hundredths, but two of them have 70.
        ([40, 30, 25, 5], False),
        ([5, 25, 30, 40], False),
        # Signs do not matter: neither do they make a small sum of large parts.
        ([-50, 40, 5, -5], True),
        ([-25, 25, -25, 25], False),
        # One person alone, or two, are all there is.
        ([0.5], True),
        ([1], True),
        ([3, 3], True),
        ([0, 0, 0], False),
        ([], False),
        # The largest can be told to within a tenth by the second: the others have 4.9 of 50 between them.
        ([50, 1, 1.9, 3], True),
    ],
)
def test_a_sum_is_carried_when_two_have_nine_tenths_of_it(contributions, dominated):
    assert is_dominated(contributions) is dominated


@pytest.mark.parametrize(
    ("values", "all_alike"),
    [([7], True), ([7, 7], True), ([7, 7, 8], False), ([6, 7, 7], False), ([0, 0], True), ([], False)],
)
def test_a_mean_tells_all_when_everybody_has_the_same(values, all_alike):
    assert tells_all(values) is all_alike


@pytest.mark.parametrize(
    ("values", "binary"),
    [
        ([0, 1], True),
        ([0, 0], True),
        ([1, 1], True),
        ([0, 100], True),
        ([100, 100], True),
        ([0, 1, 100], False),
        ([0, 0.5, 1], False),
        ([0, 2], False),
        ([0, 101], False),
        ([-1, 0, 1], False),
        ([-1, -1], False),
        ([], False),
    ],
)
def test_an_outcome_is_binary_when_it_is_only_0_and_1_or_0_and_100(values, binary):
    assert is_binary(values) is binary
