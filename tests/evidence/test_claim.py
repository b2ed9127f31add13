"""A claim keeps what was written and refuses what could be misread."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from impactkit.evidence import Claim
from impactkit.schema import troubles_of

GOOD = {
    "id": "C1",
    "indicator": "safety/feels-safe-after-dark",
    "role": "primary",
    "change": "increase",
    "minimum_effect": "5",
    "by": 2026,
}


def claim(**changes):
    return Claim.model_validate(
        {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    )


def told(**changes):
    with pytest.raises(ValidationError) as caught:
        claim(**changes)
    return "\n".join(line for t in troubles_of(caught.value, Claim, "plan.toml") for line in t.lines())


@pytest.mark.parametrize(
    ("change", "harm", "sign"),
    [("increase", None, 1), ("decrease", None, -1), ("no_harm", "decrease", 1), ("no_harm", "increase", -1)],
)
def test_direction_makes_good_positive(change, harm, sign):
    assert claim(change=change, harm=harm).direction == sign


@pytest.mark.parametrize("written", ["5", 5, Decimal(5), " 5 "])
def test_the_minimum_effect_may_be_text_or_a_whole_number(written):
    assert claim(minimum_effect=written).minimum_effect == Decimal(5)


def test_the_minimum_effect_is_written_back_as_it_stood():
    assert claim(minimum_effect="2.50").model_dump(mode="json")["minimum_effect"] == "2.50"


def test_a_float_is_refused_with_quotes_as_the_mend():
    assert 'Put it in quotes: minimum_effect = "2.5".' in told(minimum_effect=2.5)


@pytest.mark.parametrize("written", ["0", -3, "-0.1"])
def test_an_effect_that_is_not_above_zero_is_refused(written):
    assert "must be greater than 0" in told(minimum_effect=written)


@pytest.mark.parametrize("written", ["2,5", "five", "NaN", "inf", ""])
def test_what_is_not_a_number_is_refused(written):
    assert "is not a number" in told(minimum_effect=written)


def test_no_harm_must_say_what_harm_is():
    text = told(change="no_harm")
    assert "must say what harm is" in text
    assert 'Where: plan.toml, claim "C1"' in text


def test_harm_without_no_harm_is_refused():
    assert 'harm = "increase" means nothing' in told(harm="increase")


def test_a_misspelt_choice_is_met_with_a_guess():
    assert 'Did you mean "primary"?' in told(role="primry")


def test_a_year_written_as_text_is_refused():
    assert "by = 2026 must be a whole number" in told(by="2026")


def test_every_fault_is_told_at_once():
    assert told(role="main", by="x", minimum_effect=0.5, indikator="y").count("Mend:") == 4


def test_a_claim_cannot_be_changed():
    with pytest.raises(ValidationError):
        claim().by = 2030
