"""Numbers are found as Swedish and English write them; what only looks like a number is set aside."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impactkit.verification.written_numbers import Reading, parts_of, written_numbers
from impactkit.wording import format_number


def read(text):
    """Every number with its readings, as text."""
    return [(one.text, *(f"{reading.value:f}" for reading in one.readings)) for one in written_numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6", [("6", "6")]),
        ("6,1", [("6,1", "6.1")]),
        ("6.1.", [("6.1", "6.1")]),
        ("+6,1", [("+6,1", "6.1")]),
        ("−8,0", [("−8,0", "-8.0")]),
        ("-8.0", [("-8.0", "-8.0")]),
        ("(–8,0)", [("–8,0", "-8.0")]),
        ("−\u00a08,0", [("−\u00a08,0", "-8.0")]),
        ("±2,5", [("±2,5", "2.5")]),
        ("1\u00a0234,5", [("1\u00a0234,5", "1234.5")]),
        ("1\u202f234\u2009567", [("1\u202f234\u2009567", "1234567")]),
        ("12 200 kr", [("12 200", "12200")]),
        ("1'234", [("1'234", "1234")]),
        ("1,234.5", [("1,234.5", "1234.5")]),
        ("1.234,5", [("1.234,5", "1234.5")]),
        ("1,234,567", [("1,234,567", "1234567")]),
        ("1.234.567", [("1.234.567", "1234567")]),
        ("2,300", [("2,300", "2.300", "2300")]),
        ("2.300", [("2.300", "2.300", "2300")]),
        ("0,025", [("0,025", "0.025")]),
        ("2,1–4,3", [("2,1", "2.1"), ("4,3", "4.3")]),
        ("2-4", [("2", "2"), ("4", "4")]),
        ("2 –4", [("2", "2"), ("4", "4")]),
        ("−8,0 till −2,1", [("−8,0", "-8.0"), ("−2,1", "-2.1")]),
        ("5/7", [("5", "5"), ("7", "7")]),
        ("100kr och 5pp", [("100", "100"), ("5", "5")]),
        ("6,1procent", [("6,1", "6.1")]),
        ("två av tre", [("två", "2"), ("tre", "3")]),
        ("Twelve of eleven", [("Twelve", "12"), ("eleven", "11")]),
        ("en, ett, one och tvåa", []),
        ("2019 2020", [("2019", "2019"), ("2020", "2020")]),
        ("1" * 41, []),
        ("1" * 40, [("1" * 40, "1" * 40)]),
    ],
)
def test_numbers_are_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3. Metod",
        "3.1 Metod och material",
        "  2) Punkt",
        "(4) Punkt",
        "- 2. Punkt",
        "## 3.2. Rubrik",
        "se tabell 4 och figur 2.1",
        "Appendix 3b, section 2",
        "§ 12",
        "1:a, 3:e, 2nd, 21st och 3rd",
        "C1, CR2, H2O, ikfp1 och 3f2ab",
        "070-123 45 67, 08-12 34 56 eller +46 70 123 45 67",
        "556000-0000",
        "kl. 13.30 eller 10:45 och 10:45:30",
        "123 45 Storstad",
        "SFS 2018:597, dnr 2023/114",
        "1990-talet, 20-årig, 5-year-old",
        "[3], [4, 5] och [6–8]",
        "https://example.org/2024/7 www.a.se/3 a1@b2.se",
        "version 2.11, numpy 2.4.6",
    ],
)
def test_what_only_looks_like_a_number_is_set_aside(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Effekten, tabell 4,1 procent, var 7,4 procent",
        "There is no 7.4 percent",
        "grupp 7,4",
        "inte 7.4",
        "120 45 personer",
        "7.4 percentage points better",
        "2.10–4.30",
        "7.4.",
    ],
)
def test_no_number_hides_behind_what_is_set_aside(text):
    assert read(text) != []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-09-01", "2022-09-01"),
        ("den 1 september 2022", "2022-09-01"),
        ("1 Sept. 2022", "2022-09-01"),
        ("1st of September 2022", "2022-09-01"),
        ("September 1, 2022", "2022-09-01"),
        ("oktober 12 2025", "2025-10-12"),
        ("den 3:e mars 2025", "2025-03-03"),
        ("5 maj 2025", "2025-05-05"),
        ("May 5th, 2025", "2025-05-05"),
        ("den 7 juni", "--06-07"),
        ("24 dec", "--12-24"),
    ],
)
def test_dates_are_told_apart(text, expected):
    (one,) = written_numbers(text)
    assert (one.kind, one.text, one.readings) == ("date", expected, ())


def test_what_is_no_day_is_no_date():
    assert [(one.kind, one.text) for one in written_numbers("45 mars 2025")] == [
        ("number", "45"),
        ("year", "2025"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2025", "year"),
        ("1899", "year"),
        ("2199", "year"),
        ("2200", "number"),
        ("1799", "number"),
        ("2025 %", "number"),
        ("2025 miljoner", "number"),
        ("+2025", "number"),
        ("2 025", "number"),
    ],
)
def test_years_are_told_apart(text, kind):
    assert [one.kind for one in written_numbers(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "per_cent", "scale"),
    [
        ("5 %", True, 1),
        ("5%", True, 1),
        ("5\u00a0procentenheter", True, 1),
        ("5 per cent", True, 1),
        ("5 percentage points", True, 1),
        ("5 pp", True, 1),
        ("5 personer", False, 1),
        ("61 miljoner", False, 10**6),
        ("61 mnkr", False, 10**6),
        ("1,2 billion", False, 10**9),
        ("900 tkr", False, 10**3),
    ],
)
def test_what_follows_a_number_is_known(text, per_cent, scale):
    (one,) = written_numbers(text)
    assert (one.is_per_cent, one.scale) == (per_cent, scale)


def test_signs_letters_and_places_are_known():
    text = "två: −1, ±2 och +3"
    found = written_numbers(text)
    assert [(one.is_signed, one.is_word) for one in found] == [
        (False, True),
        (True, False),
        (False, False),
        (True, False),
    ]
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]


def test_ordinary_spaces_may_part_two_numbers():
    (one,) = written_numbers("12 200")
    assert [part.text for part in parts_of(one)] == ["12", "200"]
    (one,) = written_numbers("12\u00a0200")
    assert parts_of(one) == ()


def test_decimals_are_counted():
    assert written_numbers("6,10")[0].readings == (Reading(value=Decimal("6.10"), decimals=2),)


@given(st.floats(-1e9, 1e9), st.integers(0, 4), st.sampled_from(["sv", "en"]), st.booleans())
def test_what_the_report_writes_is_read_back(value, decimals, language, signed):
    text = format_number(value, language, decimals=decimals, signed=signed)
    (one,) = written_numbers(f"Effekten: {text} procent")
    assert any(abs(float(reading.value) - value) <= 0.51 * 10**-decimals for reading in one.readings)


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    assert all(0 <= one.start < one.end <= len(text) for one in written_numbers(text))


def test_a_long_line_takes_no_long_time():
    for text in ("1 " * 20_000, "a1" * 20_000, "-" * 40_000, "1.1" * 15_000, "0-" * 20_000, "[1,1" * 9_000):
        written_numbers(text)
