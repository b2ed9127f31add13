"""Instruments: whose effect it is, what is told of them, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.effects.estimators import InstrumentalVariable, RandomisedTrial
from impactkit.effects.inference import AndersonRubin, ClusterRobust, Permutation
from impactkit.effects.worlds import InvitedByLot
from impactkit.errors import EstimationError
from impactkit.evidence.signed import limits_at

PLAIN = {"outcome": "y", "takeup": "took_part", "instruments": ["invited"]}


def drawn(seed: int = 1, **settings: float) -> pd.DataFrame:
    return InvitedByLot(**settings).draw(seed)


def test_it_is_the_effect_of_the_lot_over_its_effect_on_takeup() -> None:
    frame = drawn()
    found = InstrumentalVariable().estimate(ik.Study(frame, **PLAIN))
    means = frame.groupby("invited")[["y", "took_part"]].mean()
    gaps = means.loc[1] - means.loc[0]
    assert found.interval.point == pytest.approx(gaps["y"] / gaps["took_part"], rel=1e-12)
    drawn_by_lot = RandomisedTrial().estimate(ik.Study(frame, outcome="y", treated="invited")).interval
    offered = next(term.interval for term in found.terms if term.name == "intention_to_treat")
    for name in ("point", "std_error", "low", "high", "df"):
        assert getattr(offered, name) == pytest.approx(getattr(drawn_by_lot, name), rel=1e-9)


def test_a_lottery_tells_the_same_effect_on_those_whom_the_lot_moved() -> None:
    """Found there as a ratio by Fieller's limits, and here by the roots of a determinant."""
    for moved in (0.4, 0.05):
        study = ik.Study(drawn(moved=moved), outcome="y", takeup="took_part", treated="invited")
        (there,) = (
            t.interval for t in RandomisedTrial().estimate(study).terms if t.name == "complier effect"
        )
        here = InstrumentalVariable().estimate(study).interval
        for name in ("point", "low", "high", "p_value"):
            assert getattr(here, name) == pytest.approx(getattr(there, name), rel=1e-7)


def test_without_instruments_who_is_treated_is_the_instrument() -> None:
    frame = drawn()
    one = InstrumentalVariable().estimate(ik.Study(frame, **PLAIN))
    other = InstrumentalVariable().estimate(
        ik.Study(frame, outcome="y", takeup="took_part", treated="invited")
    )
    assert other.interval == one.interval


def test_limits_are_effects_that_leave_no_difference_between_the_drawn_and_the_others() -> None:
    """At an end of the limits the outcome less that effect differs between them with p = .05."""
    frame = drawn()
    found = InstrumentalVariable().estimate(ik.Study(frame, **PLAIN)).interval
    for end in (found.low, found.high):
        moved = frame.assign(y=frame["y"] - end * frame["took_part"])
        trial = RandomisedTrial().estimate(ik.Study(moved, outcome="y", treated="invited")).interval
        assert trial.p_value == pytest.approx(0.05, abs=2e-3)


def test_limits_at_other_levels_are_the_tests_too() -> None:
    found = InstrumentalVariable().estimate(ik.Study(drawn(), **PLAIN))
    assert found.bootstrap is not None
    for level in (0.5, 0.9, 0.99):
        limits = limits_at(found, level)
        asked = InstrumentalVariable(inference=AndersonRubin(level=level)).estimate(
            ik.Study(drawn(), **PLAIN)
        )
        assert (limits.low, limits.high) == (asked.interval.low, asked.interval.high)
        assert found.bootstrap.one_sided(limits.low, alternative="greater") == pytest.approx((1 - level) / 2)
        assert found.bootstrap.one_sided(limits.high, alternative="less") == pytest.approx((1 - level) / 2)


def test_a_lot_that_moves_nobody_much_leaves_no_limits() -> None:
    found = InstrumentalVariable().estimate(ik.Study(drawn(moved=0.02), **PLAIN))
    assert (found.interval.low, found.interval.high) == (-math.inf, math.inf)
    codes = [message.code for message in found.warnings]
    assert "estimate.instruments.weak" in codes
    assert {"estimate.instruments.everything", "estimate.instruments.outside"} & set(codes)
    t = InstrumentalVariable(inference=ClusterRobust()).estimate(ik.Study(drawn(moved=0.02), **PLAIN))
    assert "estimate.instruments.weak_t" in [message.code for message in t.warnings]


def test_instruments_that_disagree_are_told() -> None:
    """The second lot changes the outcome by itself."""
    frame = drawn(n_instruments=2, n_people=1000)
    frame["y"] += 1.5 * frame["invited_2"]
    roles = PLAIN | {"instruments": ["invited", "invited_2"]}
    found = InstrumentalVariable().estimate(ik.Study(frame, **roles))
    codes = [message.code for message in found.warnings]
    assert "estimate.instruments.do_not_agree" in codes
    assert found.interval.reason is not None
    assert found.interval.reason.code == "estimate.instruments.disagree"
    assert math.isnan(found.interval.low)


def test_one_lot_cannot_disagree_with_itself() -> None:
    found = InstrumentalVariable().estimate(ik.Study(drawn(), **PLAIN))
    assert found.bootstrap is not None
    assert math.isnan(found.bootstrap.disagreement())


def test_the_first_stage_is_told_in_percentage_points_or_units() -> None:
    frame = drawn()
    share = InstrumentalVariable().estimate(ik.Study(frame, **PLAIN)).warnings[0]
    gap = frame.groupby("invited")["took_part"].mean()
    assert share.code == "estimate.instruments.first_stage_share_limits"
    assert share.values["more"] == pytest.approx(100 * (gap[1] - gap[0]))
    hours = InstrumentalVariable().estimate(
        ik.Study(frame.assign(took_part=3.0 * frame["took_part"]), **PLAIN)
    )
    assert hours.warnings[0].values["more"] == pytest.approx(3 * (gap[1] - gap[0]))
    assert hours.estimand.code == "estimand.instrumental_variable.dose"


def test_signs_turned_agree_with_the_limits_where_the_instrument_is_strong() -> None:
    found = InstrumentalVariable().estimate(ik.Study(drawn(n_people=1000), **PLAIN))
    assert found.permutation is not None
    low, high = found.permutation.limits(0.95)
    assert (low, high) == pytest.approx((found.interval.low, found.interval.high), abs=0.12)


def test_signs_turned_keep_their_level_where_it_is_weak() -> None:
    p = []
    for seed in range(200):
        frame = drawn(seed, moved=0.05, n_people=200)
        study = ik.Study(frame, **PLAIN, covariates=["before"])
        estimate = InstrumentalVariable(permutation=Permutation(draws=199)).estimate(study)
        assert estimate.permutation is not None
        p.append(estimate.permutation.p_value(1.0, alternative="greater"))
    assert np.mean(np.array(p) <= 0.05) < 0.05 + 3.5 * math.sqrt(0.05 * 0.95 / 200)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({"takeup": None}, "Nothing says who took part"),
        ({"instruments": []}, "Nothing says what moved people"),
        ({"instruments": ["invited", "again"]}, "'again' says nothing beyond"),
        ({"instruments": ["alike"]}, "'alike' says nothing beyond"),
        ({"time": "wave"}, "this study has periods"),
    ],
)
def test_what_it_cannot_answer_is_refused_by_name(roles: dict[str, object], said: str) -> None:
    frame = drawn().assign(again=lambda f: 2.0 * f["invited"] + 1, alike=3.0, wave=1)
    with pytest.raises(EstimationError, match=said):
        InstrumentalVariable().estimate(ik.Study(frame, **(PLAIN | roles)))


def test_a_stratum_that_tells_the_lot_is_refused() -> None:
    frame = drawn()
    with pytest.raises(EstimationError, match="'invited' says nothing beyond"):
        InstrumentalVariable().estimate(ik.Study(frame, **PLAIN, covariates=["invited"]))


def test_a_takeup_that_never_differs_is_refused() -> None:
    frame = drawn().assign(took_part=1.0)
    with pytest.raises(EstimationError, match="leave takeup as it is"):
        InstrumentalVariable().estimate(ik.Study(frame, **PLAIN))


def test_strata_are_levels_of_their_own() -> None:
    """As with a column of dummies for each, by hand."""
    frame = drawn().assign(school=lambda f: f["unit"] % 5)
    found = InstrumentalVariable().estimate(ik.Study(frame, **PLAIN, stratum="school")).interval
    D = np.eye(5)[frame["school"]]

    def cleared(name: str) -> np.ndarray:
        values = frame[name].to_numpy(float)
        return values - D @ np.linalg.lstsq(D, values, rcond=None)[0]

    z = cleared("invited")
    assert found.point == pytest.approx(z @ cleared("y") / (z @ cleared("took_part")), rel=1e-10)
