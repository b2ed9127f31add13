import random

import pytest

from impactkit.data.personal_numbers import holds_personal_numbers, personal_numbers


def invented(day="121212", serial="121"):
    """Return ten digits with a valid check digit, for a day on which nobody alive was born."""
    digits = day + serial
    doubled = [int(sign) * (2 - place % 2) for place, sign in enumerate(digits)]
    return digits + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


TEN = invented()
COORDINATION = invented("121272")


@pytest.mark.parametrize(
    "written",
    [
        TEN,
        f"{TEN[:6]}-{TEN[6:]}",
        f"{TEN[:6]}+{TEN[6:]}",
        f"{TEN[:6]} {TEN[6:]}",
        f"{TEN[:6]}–{TEN[6:]}",
        f"{TEN[:6]} - {TEN[6:]}",
        f"{TEN[:6]}\u00a0{TEN[6:]}",
        f"{TEN[:6]}\u2212{TEN[6:]}",
        f"{TEN[:6]}\u200b-{TEN[6:]}",
        f"18{TEN[:6]}-{TEN[6:]}",
        f"18{TEN}",
        "".join(chr(ord(sign) + 0xFEE0) for sign in TEN),
        f"{COORDINATION[:6]}-{COORDINATION[6:]}",
        f"född {TEN[:6]}-{TEN[6:]}.",
    ],
)
def test_every_way_of_writing_one_is_found(written):
    assert personal_numbers(written)


@pytest.mark.parametrize(
    "written",
    [
        TEN[:-1] + str((int(TEN[-1]) + 1) % 10),
        invented("121312"),
        invented("120230"),
        invented("121200"),
        f"1{TEN}",
        f"{TEN}1",
        "5560360793",
        f"{TEN[:6]}.{TEN[6:]}",
        "2022-10-01",
        "0180",
        "",
    ],
)
def test_other_numbers_are_let_through(written):
    assert personal_numbers(written) == []


def test_one_in_a_column_of_text_is_enough():
    assert holds_personal_numbers(["a", f"{TEN[:6]}-{TEN[6:]}", ""])
    assert not holds_personal_numbers(["a", "b"])


def test_chance_hits_in_a_column_of_numbers_are_let_through():
    random.seed(7)
    cells = [str(random.randint(10**9, 10**10 - 1)) for _ in range(5000)]
    assert any(map(personal_numbers, cells))
    assert not holds_personal_numbers(cells)
    assert holds_personal_numbers([*cells, *[TEN] * 300])
    assert holds_personal_numbers([*cells, f"18{TEN}"])


def test_an_empty_column_holds_none():
    assert not holds_personal_numbers(["", " "])


def test_they_agree_with_the_check_digit_of_a_published_example():
    # The tax agency's own example of the calculation: 811228-987 gives check digit 4.
    assert personal_numbers("811228-9874") == ["8112289874"]


@pytest.mark.parametrize("place", range(40))
def test_another_library_agrees_on_what_a_number_is(place):
    personnummer = pytest.importorskip("personnummer.personnummer")
    digits = f"{19_000_101 + place * 25_013:08}{(place * 739) % 10_000:04}"
    try:
        theirs = personnummer.valid(f"{digits[:8]}-{digits[8:]}")
    except ValueError:
        theirs = False
    assert bool(personal_numbers(digits)) == bool(theirs)
    assert personal_numbers("19121212-1212") and personnummer.valid("19121212-1212")


@pytest.mark.parametrize("script", ["٠", "०", "𝟎"])
def test_digits_of_other_scripts_are_digits(script):
    assert personal_numbers("".join(chr(ord(script) + int(sign)) for sign in TEN)) == [TEN]


def luhn(digits):
    doubled = [int(sign) * (2 - place % 2) for place, sign in enumerate(digits)]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def organisation(rng):
    """An organisation number: its third and fourth digits are at least 20, so that it is no date."""
    digits = (
        f"{rng.choice((2, 5, 7, 8, 9))}{rng.randrange(10)}{rng.randrange(20, 100)}{rng.randrange(10**5):05}"
    )
    return digits + luhn(digits)


RANDOM = {
    "ten digits": (lambda rng: str(rng.randrange(10**9, 10**10)), 0.0065),
    "twelve digits": (lambda rng: str(rng.randrange(10**11, 10**12)), 0.0002),
    # Year 07 and a month with a 0 in front: more often than other numbers.
    "mobile phone": (lambda rng: f"070{rng.randrange(10**7):07}", 0.0535),
    "amounts": (lambda rng: str(rng.randrange(10**9, 10**10) // 100 * 100), 0.007),
    "organisation": (organisation, 0.0),
    "six decimals": (lambda rng: f"{rng.uniform(0, 1000):.6f}", 0.0),
    "years": (lambda rng: str(rng.randrange(1900, 2100)), 0.0),
}


@pytest.mark.parametrize("kind", RANDOM)
def test_chance_seldom_looks_like_one(kind):
    draw, rate = RANDOM[kind]
    rng = random.Random(2026)
    cells = [draw(rng) for _ in range(20_000)]
    found = sum(bool(personal_numbers(cell)) for cell in cells) / len(cells)
    assert found == pytest.approx(rate, abs=0.0015)


def test_what_another_library_makes_is_found():
    personnummer = pytest.importorskip("personnummer.personnummer")
    rng = random.Random(1)
    for _ in range(300):
        day, month, year = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(1900, 2020)
        day += rng.choice((0, 60))
        digits = f"{year % 100:02}{month:02}{day:02}{rng.randrange(1, 1000):03}"
        digits += luhn(digits)
        for written in (f"{digits[:6]}-{digits[6:]}", f"{year // 100}{digits}"):
            assert personnummer.valid(written)
            assert personal_numbers(f"född {written}, enligt akten")
