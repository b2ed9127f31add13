import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from impactkit.data.numbers import THOUSANDS, Unreadable, find_decimal, parse_number

finite = st.floats(allow_nan=False, allow_infinity=False)
marks = st.sampled_from([",", "."])


@given(finite, marks)
def test_a_number_written_with_either_mark_is_read_back_exactly(number, mark):
    assert parse_number(repr(number).replace(".", mark), decimal=mark) == number


@given(st.integers(-(10**15), 10**15), st.sampled_from(THOUSANDS), marks)
def test_spaces_between_thousands_do_not_change_the_number(number, space, mark):
    assert parse_number(f"{number:,}".replace(",", space), decimal=mark) == number


@given(finite)
def test_a_true_minus_sign_is_a_minus_sign(number):
    written = repr(number).replace("e-", "e_").replace("-", "−").replace("e_", "e-")
    assert parse_number(written, decimal=".") == number


@given(st.text(alphabet="0123456789,.- −\u00a0eE+x_", max_size=12))
@example("1,234,567")
@example("1_000")
def test_without_a_stated_mark_a_number_has_one_reading_only(text):
    read = parse_number(text)
    readings = {parse_number(text, decimal=mark) for mark in (",", ".")} - set(Unreadable)
    if not isinstance(read, Unreadable) and not math.isnan(read):
        assert readings == {read}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.234", Unreadable.AMBIGUOUS),
        ("-1,234", Unreadable.AMBIGUOUS),
        ("1,234,567", Unreadable.GROUPED),
        ("1.234,5", Unreadable.GROUPED),
        ("..", Unreadable.MISSING_SIGN),
        ("−", Unreadable.MISSING_SIGN),
        ("NA", Unreadable.MISSING_SIGN),
        ("12 %", Unreadable.NOT_A_NUMBER),
        ("1 23", Unreadable.NOT_A_NUMBER),
        ("1_000", Unreadable.NOT_A_NUMBER),
        ("inf", Unreadable.NOT_A_NUMBER),
        ("1e999", Unreadable.NOT_A_NUMBER),
        ("٣", Unreadable.NOT_A_NUMBER),
        ("tolv", Unreadable.NOT_A_NUMBER),
    ],
)
def test_what_is_not_one_number_says_why(text, why):
    assert parse_number(text) is why


@pytest.mark.parametrize(("mark", "other"), [(",", "."), (".", ",")])
def test_the_other_mark_is_never_taken_for_a_thousands_separator(mark, other):
    assert parse_number(f"1{other}234", decimal=mark) is Unreadable.OTHER_MARK
    assert parse_number(f"1{other}5", decimal=mark) is Unreadable.OTHER_MARK


def test_a_missing_sign_is_missing_once_its_meaning_is_stated():
    assert math.isnan(parse_number("..", missing=frozenset({".."})))
    assert math.isnan(parse_number(" "))


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1,5", "2"], ","),
        (["1.234", "0.5"], "."),
        (["1.234", "12.345"], None),
        (["1 234,567"], ","),
        (["7", "text, med komma."], None),
        (["1,5", "2,5", "3.25"], ","),
    ],
)
def test_the_decimal_mark_is_found_from_cells_that_leave_no_doubt(texts, mark):
    assert find_decimal(texts) == mark
