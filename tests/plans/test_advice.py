"""Advice: what the data allow, with reasons, what each could say, and the one thing that would help most."""

import copy

import numpy as np
import pandas as pd
import pytest
from tests.plans.conftest import SOUND
from tests.plans.test_methods_in_a_plan import written

import impactkit as ik
from impactkit.effects.worlds import (
    FactorPanel,
    InterruptedSeries,
    InvitedByLot,
    RandomisedArms,
    StaggeredPanel,
    SwitchingPanel,
    ThresholdScores,
    TwoGroupPanel,
)
from impactkit.errors import PlanError, UsageError
from impactkit.plans.additions import Addition, most_helpful
from impactkit.plans.advice import Option, ranked
from impactkit.plans.candidates import CANDIDATES, WITH_A_ROLE, Shape, considered
from impactkit.wording import Message, say


def claim(minimum="1", change="increase", **more):
    return ik.Claim(
        id="C1", indicator="a/b", role="primary", change=change, minimum_effect=minimum, by=2026, **more
    )


def advice(world, *, of=None, seed=1):
    return ik.advise(world.study(world.draw(seed)), claim=of)


def allowed(found):
    return [option.method for option in found.options if option.is_allowed]


WORLDS = {
    "panel": (TwoGroupPanel(), "difference_in_differences"),
    "starts": (StaggeredPanel(), "staggered_difference_in_differences"),
    "arms": (RandomisedArms(), "randomised_trial"),
    "donors": (FactorPanel(n_donors=45), "synthetic_control"),
    "series": (InterruptedSeries(), "interrupted_time_series"),
    "switches": (SwitchingPanel(), "switching_difference_in_differences"),
}


def test_a_rule_on_a_score_is_advised_with_its_threshold():
    frame = ThresholdScores().draw(1)
    frame["treated"] = (frame["score"] >= 0).astype(int)
    roles = {"outcome": "y", "unit": "unit", "running": "score"}
    found = ik.advise(ik.Study(frame, treated="treated", **roles))
    options = {option.method: option for option in found.options}
    assert options["regression_discontinuity"].is_allowed
    assert options["regression_discontinuity"].ceiling == 4
    frame["treated"] = (frame["score"] + 0.1 * frame["x"] >= 0).astype(int)
    unsharp = ik.advise(ik.Study(frame, treated="treated", **roles))
    (option,) = [option for option in unsharp.options if option.method == "regression_discontinuity"]
    assert not option.is_allowed and option.reasons[0].code == "advice.lacks.cutoff"


@pytest.mark.parametrize("kind", WORLDS)
def test_the_design_a_world_is_made_for_is_allowed(kind):
    world, method = WORLDS[kind]
    found = advice(world)
    assert method in allowed(found)
    assert all(option.grade <= option.ceiling for option in found.options)
    assert found.best.is_allowed


def test_an_instrument_is_advised_where_the_study_has_one():
    found = advice(InvitedByLot())
    (option,) = (option for option in found.options if option.method == "instrumental_variable")
    assert option.is_allowed and option.ceiling == 4
    without = advice(RandomisedArms())
    assert "instrumental_variable" not in [option.method for option in without.options]


def test_every_design_that_is_not_allowed_says_why():
    for world, _ in WORLDS.values():
        for option in advice(world).options:
            if not option.is_allowed:
                assert option.grade == 0 and option.reasons and str(option.reasons[0])


def test_no_design_is_shown_with_the_effect_that_it_would_find():
    """Moving the outcomes of the treated changes no advice: nobody can shop for a number."""
    world = TwoGroupPanel(effect=0.0)
    frame = world.draw(1)
    one = ik.advise(world.study(frame), claim=claim())
    after = (frame["first_treated"] > 0) & (frame["period"] >= world.start)
    two = ik.advise(world.study(frame.assign(y=frame["y"] + 5.0 * after)), claim=claim())
    told = [[(o.method, o.at_claim, o.at_twice) for o in found.options] for found in (one, two)]
    assert sorted(told[0]) == sorted(told[1])


def test_verdicts_are_those_of_an_estimate_at_the_claim():
    found = advice(TwoGroupPanel(n_units=60, n_treated=20), of=claim())
    option = next(o for o in found.options if o.method == "difference_in_differences")
    assert option.at_twice == "supported"
    assert option.at_claim == "partly_supported"
    assert next(o for o in found.options if o.method == "before_after").at_twice == "not_assessable"


def test_a_claim_of_no_effect_is_held_against_nothing():
    found = advice(TwoGroupPanel(n_units=60, n_treated=20), of=claim("2", change="no_effect"))
    option = next(o for o in found.options if o.method == "difference_in_differences")
    assert option.at_claim == "supported" and option.at_twice is None


def test_a_claim_in_per_cent_is_held_in_the_outcome_s_unit():
    world = TwoGroupPanel(n_units=60, n_treated=20)
    frame = world.draw(1)
    frame["y"] = frame["y"] + 50
    found = ik.advise(world.study(frame), claim=claim("2", relative=True))
    option = next(o for o in found.options if o.method == "difference_in_differences")
    assert option.at_twice == "supported"


def test_few_areas_are_told_how_many_more_would_help():
    found = advice(TwoGroupPanel(n_units=7, n_treated=2))
    kinds = [addition.kind for addition in found.additions]
    assert {"comparison_areas", "treated_areas", "lottery"} <= set(kinds)
    values = next(a for a in found.additions if a.kind == "comparison_areas").sentence.values
    assert (values["has"], values["needed"]) == (5, 10)


def test_one_baseline_asks_for_earlier_ones():
    found = advice(TwoGroupPanel(n_periods=2, start=2))
    assert "earlier_baseline" in [addition.kind for addition in found.additions]
    assert "earlier_baseline" not in [a.kind for a in advice(TwoGroupPanel()).additions]


@pytest.mark.parametrize(
    ("n_before", "kinds"), [(24, {"comparison_areas", "longer_series"}), (60, {"comparison_areas"})]
)
def test_a_series_needs_length_and_somebody_to_compare_with(n_before, kinds):
    found = advice(InterruptedSeries(n_before=n_before, n_after=12))
    assert {addition.kind for addition in found.additions} == kinds
    assert found.additions[0].sentence.code == "advice.add.comparison.series"


def test_one_treated_area_needs_donors():
    found = advice(FactorPanel(n_donors=6))
    sentence = found.additions[0].sentence
    assert found.additions[0].kind == "comparison_areas"
    assert sentence.code == "advice.add.comparison.one_treated" and sentence.values["donors"] == 39


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_is_told_in_words_and_as_a_table(language):
    found = advice(TwoGroupPanel(), of=claim())
    told = found.in_words(language)
    assert say(f"advice.design.{found.best.method}", language) in told[0]
    assert len(told) == 2 + len(found.options)
    table = found.tidy()
    assert list(table["method"]) == [option.method for option in found.options]
    assert "<table" in found._repr_html_()


def test_a_study_holds_no_claims():
    world = TwoGroupPanel()
    with pytest.raises(UsageError, match="holds no claims"):
        ik.advise(world.study(world.draw(1)), claim="C1")


class TestOfAPlan:
    """Before the follow-up, by the chances of each verdict."""

    def plan(self, folder, *, n_units=14, n_treated=4, before=3, minimum="3", assignment=None, seed=1):
        rng = np.random.default_rng(seed)
        years = range(2023 - before, 2023)
        rows = [
            {"område": f"{i:02d}", "år": year, "insats": int(i < n_treated),
             "trygga": round(50 + 2 * rng.standard_normal(), 2)}
            for i in range(n_units)
            for year in years
        ]  # fmt: skip
        pd.DataFrame(rows).to_csv(folder / "data.csv", index=False)
        content = copy.deepcopy(SOUND)
        content["claims"][0]["minimum_effect"] = minimum
        content["circumstances"] = {
            "spillover": {"finding": "unlikely", "reason": "The areas lie far from each other."},
            "displacement": {"finding": "unlikely", "reason": "The areas lie far from each other."},
        }
        if assignment:
            content["circumstances"]["assignment"] = assignment
        (folder / "plan.toml").write_text(written(content), "utf-8")
        return folder / "plan.toml"

    def test_designs_come_with_the_chance_of_support(self, tmp_path):
        found = ik.advise(self.plan(tmp_path, n_units=30, n_treated=8))
        best = found.best
        assert found.claim == "C1"
        assert best.method == "difference_in_differences"
        assert 0.05 < best.supported <= 1
        assert found.additions[0].supported > best.supported or best.supported > 0.75

    def test_the_addition_that_helps_most_comes_first(self, tmp_path):
        found = ik.advise(self.plan(tmp_path, n_units=7, n_treated=2))
        assert found.best.supported == 0.0
        assert found.additions and found.additions[0].supported >= 0.75
        assert "earlier_baseline" not in [a.kind for a in found.additions]

    def test_what_was_not_drawn_by_lot_is_no_lottery(self, tmp_path):
        found = ik.advise(self.plan(tmp_path, assignment="need"))
        lottery = next(o for o in found.options if o.method == "randomised_trial")
        assert not lottery.is_allowed and lottery.reasons[0].code == "advice.lacks.lot"

    def test_a_claim_that_is_not_there_is_refused(self, tmp_path):
        with pytest.raises(PlanError, match="C9"):
            ik.advise(self.plan(tmp_path), claim="C9")


class TestRanking:
    def option(self, supported, grade, allowed=True):
        return Option(method="before_after", is_allowed=allowed, ceiling=5, grade=grade, supported=supported)

    def test_allowed_first_then_chance_then_grade(self):
        options = [
            self.option(0.9, 5, allowed=False),
            self.option(0.2, 3),
            self.option(0.2, 4),
            self.option(0.5, 1),
        ]
        found = ranked(options)
        assert [(o.supported, o.grade) for o in found] == [(0.5, 1), (0.2, 4), (0.2, 3), (0.9, 5)]

    def test_what_changes_nothing_is_left_out(self):
        same = Addition(kind="lottery", sentence=Message("advice.none"), supported=0.41, grade=3)
        assert most_helpful([same], supported=0.4, grade=3) == ()


def test_every_design_considered_has_words_in_both_languages():
    for candidate in (*CANDIDATES, *WITH_A_ROLE):
        for language in ("sv", "en"):
            assert say(f"advice.design.{candidate.method}", language)


def test_special_designs_are_considered_where_their_role_is_played():
    plain = Shape(
        kind="panel", n_treated=5, n_comparison=9, n_before=3, n_after=2, n_starts=1, roles=frozenset()
    )
    assert "triple_difference" not in [c.method for c in considered(plain)]
    from dataclasses import replace

    assert "triple_difference" in [
        c.method for c in considered(replace(plain, roles=frozenset({"eligible"})))
    ]
