"""A cost set against an effect: in words and numbers, bounded or not, and never bounded wrongly."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import impactkit as ik
from impactkit.effects.interval import Interval
from impactkit.errors import ImpactkitError
from impactkit.evidence import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.value import Value

ARMS = pd.DataFrame({"y": [1.0, 2, 3, 4, 8, 9, 10, 13], "arm": [0, 0, 0, 0, 1, 1, 1, 1]})
ESTIMATE = ik.RandomisedTrial().estimate(ik.Study(ARMS, outcome="y", treated="arm"))
TRUSTED = EvidenceGrade(value=4, ceiling=5, reasons=())


def of(point: float, se: float, *, df: float = 20.0) -> ik.Estimate:
    interval = Interval.from_std_error(point, se, df=df)
    return replace(ESTIMATE, terms=(replace(ESTIMATE.terms[0], interval=interval),))


def test_by_hand_from_a_real_estimate() -> None:
    found = ik.value(ESTIMATE, cost=75_000.0, units=10.0, grade=TRUSTED)
    assert found.effect == pytest.approx(75.0)
    assert found.per_unit == pytest.approx(1000.0)
    interval = ESTIMATE.interval
    assert found.per_unit_low == pytest.approx(7500.0 / interval.high)
    assert found.per_unit_high == pytest.approx(7500.0 / interval.low)
    assert found.is_attributed


@pytest.mark.parametrize(
    ("point", "told", "low", "high"),
    [
        (5.0, "limits", 100 / (5 + 2.086), 100 / (5 - 2.086)),
        (1.0, "no_upper_limit", 100 / (1 + 2.086), math.inf),
        (-1.0, "no_upper_limit", 100 / (-1 + 2.086), math.inf),
        (-5.0, "no_improvement", math.nan, math.nan),
    ],
)
def test_the_limits_are_bounded_only_where_an_effect_is_shown(
    point: float, told: str, low: float, high: float
) -> None:
    found = ik.value(of(point, 1.0), cost=100.0, grade=TRUSTED)
    assert found.told == told
    assert found.per_unit_low == pytest.approx(low, rel=1e-4, nan_ok=True)
    assert found.per_unit_high == pytest.approx(high, rel=1e-4, nan_ok=True)
    assert (found.per_unit > 0) is (point > 0)
    for language in ("sv", "en"):
        said = " ".join(found.in_words(language))
        assert ("∞" in said, "–" in said) == (False, False)


def test_no_upper_limit_is_said_in_words() -> None:
    found = ik.value(of(1.0, 1.0), cost=100.0, grade=TRUSTED)
    assert "there is no upper limit" in found.in_words("en")[-1]
    assert "någon övre gräns finns inte" in found.in_words("sv")[-1]


def test_a_fall_that_is_good_is_valued_as_a_rise() -> None:
    claim = Claim(id="C1", indicator="a/b", role="primary", change="decrease", minimum_effect=1, by=2026)
    up = ik.value(of(5.0, 1.0), cost=100.0)
    for down in (
        ik.value(of(-5.0, 1.0), cost=100.0, good=claim),
        ik.value(of(-5.0, 1.0), cost=100.0, good="decrease"),
    ):
        assert down.tidy().equals(up.tidy())


def test_an_uncertain_cost_widens_the_limits_and_is_said_to_be_independent() -> None:
    known, uncertain = (ik.value(of(5.0, 1.0), cost=100.0, cost_std_error=se) for se in (0.0, 15.0))
    assert uncertain.per_unit_low < known.per_unit_low < known.per_unit_high < uncertain.per_unit_high
    assert "nothing to do with the effect" in uncertain.in_words("en")[-1]
    assert uncertain.told == "limits"
    nothing = ik.value(of(0.1, 1.0), cost=100.0, cost_std_error=90.0)
    assert nothing.told == "no_limits"
    assert math.isnan(nothing.per_unit_low)


@pytest.mark.parametrize("grade", [None, EvidenceGrade(value=2, ceiling=5, reasons=())])
def test_what_cannot_be_attributed_says_so_first_and_has_no_net_benefit(grade: EvidenceGrade | None) -> None:
    found = ik.value(of(5.0, 1.0), cost=100.0, grade=grade)
    assert "attributed" in found.in_words("en")[0]
    assert "tillskrivas" in found.in_words("sv")[0]
    avoided = found.avoids("Placement", 50.0)
    assert math.isnan(avoided.net) and math.isnan(avoided.net_low)
    assert avoided.reason is not None


def test_harm_has_no_cost_per_unit_however_uncertain_the_cost() -> None:
    found = ik.value(of(-3.0, 1.0), cost=100.0, cost_std_error=100.0)
    assert found.told == "no_improvement"
    assert math.isnan(found.per_unit_high)
    # Of a gain a cost that may be nothing leaves a cost per unit from nothing on, and never below.
    assert ik.value(of(5.0, 1.0), cost=100.0, cost_std_error=100.0).per_unit_low == 0.0


def test_net_cost_avoided_has_limits_of_both() -> None:
    found = ik.value(of(5.0, 1.0), cost=100.0, cost_std_error=10.0, grade=TRUSTED)
    avoided = found.avoids("Placement", 50.0)
    half = 50 * float(stats.t.ppf(0.975, 20))
    assert (avoided.point, avoided.net) == (250.0, 150.0)
    assert avoided.low == pytest.approx(250 - half)
    assert avoided.net_low == pytest.approx(150 - math.hypot(half, 19.59964))
    assert avoided.net_high == pytest.approx(150 + math.hypot(half, 19.59964))


def test_net_limits_cover_as_often_as_they_say() -> None:
    draw, n, truth = np.random.default_rng(2), 4_000, 50.0 * 3.0 - 100.0
    held = 0
    for _ in range(n):
        estimate = of(draw.normal(3.0, 1.0), math.sqrt(draw.chisquare(20) / 20))
        found = ik.value(estimate, cost=draw.normal(100.0, 15.0), cost_std_error=15.0, grade=TRUSTED)
        avoided = found.avoids("x", 50.0)
        held += avoided.net_low <= truth <= avoided.net_high
    assert stats.binomtest(held, n, 0.95).pvalue > 1e-3


def test_the_probability_of_being_worth_it_is_half_at_the_cost_per_unit() -> None:
    found = ik.value(of(5.0, 2.0), cost=100.0)
    table = found.acceptability([0.0, found.per_unit, 1e9])
    assert table["probability"].tolist() == pytest.approx([0.0, 0.5, float(stats.t.cdf(2.5, 20))], abs=1e-6)


def test_without_a_standard_error_there_is_no_probability_and_no_guess() -> None:
    estimate = of(5.0, 1.0)
    bare = replace(estimate.interval, std_error=math.nan, df=math.nan, low=1.0, high=9.0)
    estimate = replace(estimate, terms=(replace(estimate.terms[0], interval=bare),))
    found = ik.value(estimate, cost=100.0)
    assert found.limits == ("interval", pytest.approx(100 / 9), 100.0)
    assert found.acceptability([10.0])["probability"].isna().all()
    uncertain = ik.value(estimate, cost=100.0, cost_std_error=5.0)
    assert uncertain.limits is None
    assert uncertain.told == "unknown"
    assert "not known" in " ".join(uncertain.in_words("en"))


@pytest.mark.parametrize(
    "wrong",
    [{"cost": 0.0}, {"cost": math.nan}, {"cost": 1.0, "units": 0.0}, {"cost": 1.0, "cost_std_error": -1.0}],
)
def test_what_is_no_cost_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ImpactkitError, match="cannot be used"):
        ik.value(ESTIMATE, **wrong)  # type: ignore[arg-type]


@given(point=st.floats(-10, 10), se=st.floats(0.01, 10), cost=st.floats(0.01, 1e9), error=st.floats(0, 1))
def test_never_a_bounded_interval_for_an_effect_that_is_not_shown(
    point: float, se: float, cost: float, error: float
) -> None:
    found: Value = ik.value(of(point, se), cost=cost, cost_std_error=error * cost)
    if found.told == "limits":
        assert found.low > -1e-9 * se
        assert found.per_unit_low <= found.per_unit * (1 + 1e-9) and found.per_unit <= found.per_unit_high * (
            1 + 1e-9
        )
    if found.low < -1e-6 * se and found.high > 1e-6 * se:
        assert found.told in ("no_upper_limit", "no_limits")
        assert not math.isfinite(found.per_unit_high)


def test_it_is_shown_in_a_notebook_in_the_chosen_language() -> None:
    ik.use_language("sv")
    shown = ik.value(ESTIMATE, cost=75_000.0)._repr_html_()
    assert 'lang="sv"' in shown
    assert "Vad effekten kostade" in shown
    assert ik.value(ESTIMATE, cost=75_000.0).to_record()["limits"] == "interval"
