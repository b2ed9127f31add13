"""What an indicator refuses, each with the reason and the mend; and what it lets through."""

from decimal import Decimal

import pytest

from impactkit.errors import IndicatorError
from impactkit.indicators import Catalogue, Indicator, financed, refused_comparison
from impactkit.indicators.refusals import REFUSAL_KINDS, refused_periods, refused_share, refused_values
from impactkit.wording import what_is_wrong
from impactkit.wording.message import translations

SAFE = Catalogue.default()["safety/feels-safe-after-dark"]


def changed(**parts):
    return Indicator.model_validate({**SAFE.model_dump(), "versions": (), "published": None, **parts})


def kinds(refusals):
    return [refusal.kind for refusal in refusals]


BROKEN = changed(versions=[{"since": 2021, "comparable": False, "change": {"sv": "Ny fråga.", "en": "New."}}])
GENTLE = changed(
    versions=[{"since": 2021, "comparable": True, "change": {"sv": "Nytt brus.", "en": "Noise."}}]
)
ROLLING = changed(window={"kind": "rolling_mean", "years": 4})
BIENNIAL = changed(published={"since": 2016, "every": 2, "also": [2021], "until": 2024})


@pytest.mark.parametrize(
    ("item", "baseline", "follow_up", "expected"),
    [
        (BROKEN, 2019, 2023, ["definition_break"]),
        (BROKEN, 2020, 2021, ["definition_break"]),
        (BROKEN, 2021, 2023, []),
        (BROKEN, 2018, 2020, []),
        (GENTLE, 2019, 2023, []),
        (ROLLING, 2020, 2022, ["overlapping_windows"]),
        (ROLLING, 2020, 2023, ["overlapping_windows"]),
        (ROLLING, 2020, 2024, []),
        (BIENNIAL, 2018, 2022, []),
        (BIENNIAL, 2018, 2021, []),
        (BIENNIAL, 2017, 2022, ["never_published"]),
        (BIENNIAL, 2014, 2026, ["never_published"]),
    ],
)
def test_two_years_are_compared_or_refused(item, baseline, follow_up, expected):
    assert kinds(refused_comparison(item, baseline=baseline, follow_up=follow_up)) == expected


def test_a_break_inside_the_first_window_is_a_break():
    item = changed(versions=BROKEN.model_dump()["versions"], window={"kind": "rolling_mean", "years": 4})
    assert "definition_break" in kinds(refused_comparison(item, baseline=2022, follow_up=2027))
    assert kinds(refused_comparison(item, baseline=2024, follow_up=2028)) == []


def test_the_first_year_that_shares_nothing_is_named():
    (refusal,) = refused_comparison(ROLLING, baseline=2020, follow_up=2022)
    assert refusal.trouble.values["first"] == 2024
    assert kinds(refused_comparison(ROLLING, baseline=2020, follow_up=2024)) == []


def test_norms_are_never_mixed():
    two = Catalogue.default()["housing/overcrowding-norm-2"]
    three = two.model_copy(
        update={"id": "housing/by-norm-3", "norm": two.norm.model_copy(update={"name": "3"})}
    )
    found = refused_comparison(three, baseline=2020, follow_up=2024, before=two)
    assert kinds(found) == ["mixed_norms"]
    assert "norm 2" in found[0].trouble.lines()[0]
    assert refused_comparison(two, baseline=2020, follow_up=2024, before=two) == ()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 37.5, 100.0], []),
        ([37.5, 100.1], ["outside_range"]),
        ([-0.1, 50.0], ["outside_range"]),
        ([0.375, 0.5], ["outside_range"]),
        ([0.0, 1.0, 1.0], ["outside_range"]),
        ([float("nan"), 37.5], []),
        ([float("nan")], []),
        ([0.0, 0.0], []),
    ],
)
def test_values_lie_within_the_range(values, expected):
    assert kinds(refused_values(SAFE, values)) == expected


def test_how_many_values_lie_outside_and_the_first_of_them_are_told():
    (refusal,) = refused_values(SAFE, [50.0, 101.0, 120.0])
    assert refusal.trouble.lines()[0].startswith("2 values lie outside")
    assert "first is 101" in refusal.trouble.lines()[0]


@pytest.mark.parametrize("measure", ["share", "mean", "rate", "index"])
def test_a_part_of_a_share_a_mean_a_rate_or_an_index_is_refused(measure):
    item = changed(measure=measure, valid_range={"minimum": "0"})
    with pytest.raises(IndicatorError, match="cannot be applied"):
        financed(item, amount=100.0, share=Decimal("0.8"))
    assert kinds(refused_share(item)) == ["pro_rata"]


@pytest.mark.parametrize("measure", ["count", "currency"])
def test_a_part_of_a_count_or_an_amount_is_given(measure):
    item = changed(measure=measure, pro_rata="allowed", unit={"sv": "st", "en": "pieces"}, change_unit=None)
    assert financed(item, amount=120.0, share=Decimal("0.8")) == 96.0
    assert refused_share(item) == ()


@pytest.mark.parametrize("share", ["-0.1", "1.2"])
def test_a_share_outside_0_to_1_is_refused(share):
    item = changed(measure="count", pro_rata="allowed")
    with pytest.raises(IndicatorError, match="not from 0 to 1"):
        financed(item, amount=1.0, share=Decimal(share))


def test_an_indicator_cannot_allow_what_means_nothing():
    with pytest.raises(ValueError, match="a part of it means nothing"):
        changed(pro_rata="allowed")


def every_refusal():
    two = Catalogue.default()["housing/overcrowding-norm-2"]
    return [
        *refused_comparison(BROKEN, baseline=2019, follow_up=2023),
        *refused_comparison(ROLLING, baseline=2020, follow_up=2022),
        *refused_periods(BIENNIAL, [2011]),
        *refused_comparison(SAFE, baseline=2022, follow_up=2024, before=two),
        *refused_values(SAFE, [120.0]),
        *refused_share(SAFE),
    ]


def test_every_kind_of_refusal_occurs_here():
    assert {refusal.kind for refusal in every_refusal()} == set(REFUSAL_KINDS)


@pytest.mark.parametrize("refusal", every_refusal(), ids=lambda refusal: refusal.kind)
def test_every_refusal_says_why_how_to_mend_it_and_how_to_accept_it(refusal):
    what, _, mend = refusal.trouble.lines()
    assert refusal.trouble.values.get("indicator", SAFE.id) in what
    assert f'accept = {{ {refusal.kind} = "the reason" }}' in mend
    assert refusal.trouble.mend in translations("sv")
    assert what_is_wrong(refusal.trouble, "sv") != what
