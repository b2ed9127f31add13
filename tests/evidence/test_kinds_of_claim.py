"""Claims of no effect, in per cent, of a level and about a subgroup; and what claims say together."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.evidence.test_judge import RANK, Drawn, estimate, of_error, of_limits

from impactkit.data.study import Study
from impactkit.effects.estimators import DifferenceInDifferences, RandomisedTrial
from impactkit.effects.interval import Interval
from impactkit.effects.worlds import RandomisedArms, TwoGroupPanel
from impactkit.errors import EstimationError, StudyError
from impactkit.evidence.case import Case
from impactkit.evidence.case_of import case_of
from impactkit.evidence.claim import Claim
from impactkit.evidence.conclusion import conclude
from impactkit.evidence.examine import examine
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.interaction import interaction
from impactkit.evidence.judge import judge, judge_together
from impactkit.evidence.relative import at_claim, relative_point
from impactkit.evidence.treated_after import treated_after

GRADE = EvidenceGrade(value=5, ceiling=5, reasons=())


def claim(minimum="2", *, name="C1", role="primary", change="increase", **more):
    return Claim(id=name, indicator="a/b", role=role, change=change, minimum_effect=minimum, by=2026, **more)


def status(low, high, *, test="agrees", **kinds):
    return judge(claim(**kinds), of_limits(low, high, test=test), GRADE).status


class TestNoEffect:
    """Equivalence: two one-sided tests, each at half of alpha."""

    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [
            (-1.0, 1.0, "supported"),
            (0.5, 1.5, "supported"),
            (-3.0, 1.0, "inconclusive"),
            (-1.0, 3.0, "inconclusive"),
            (2.5, 4.0, "contradicted"),
            (-4.0, -2.5, "contradicted"),
            (-9.0, 9.0, "inconclusive"),
        ],
    )
    def test_the_rule(self, low, high, expected):
        assert status(low, high, change="no_effect") == expected
        assert status(-high, -low, change="no_effect") == expected

    def test_an_effect_within_the_margin_is_told(self):
        verdict = judge(claim(change="no_effect"), of_limits(0.5, 1.5), GRADE)
        assert "verdict.reason.effect_within_margin" in [reason.code for reason in verdict.reasons]
        assert not verdict.harm

    def test_a_permutation_test_that_disagrees_blocks_it(self):
        for test in ("disagrees", "none"):
            assert status(-1.0, 1.0, change="no_effect", test=test) == "inconclusive"

    @given(point=st.floats(-3, 3), error=st.floats(0.05, 2), m=st.decimals("0.1", "3", places=1))
    def test_it_is_no_harm_claimed_both_ways(self, point, error, m):
        found = of_error(point, error)
        both = judge(claim(str(m), change="no_effect"), found, GRADE)
        ways = [
            judge(claim(str(m), change="no_harm", harm=h), found, GRADE) for h in ("increase", "decrease")
        ]
        clear = [w.status in ("supported", "partly_supported") for w in ways]
        assert (both.status == "supported") == all(clear)

    @given(low=st.floats(-5, 5), width=st.floats(0.01, 5), m=st.integers(1, 500), more=st.integers(0, 500))
    def test_a_narrower_margin_never_raises_a_verdict(self, low, width, m, more):
        wide, narrow = (
            status(low, low + width, minimum=f"{size / 100:.2f}", change="no_effect")
            for size in (m + more, m)
        )
        assert RANK[narrow] <= RANK[wide]

    def test_at_the_margin_it_is_supported_in_at_most_one_case_in_forty(self):
        rng = np.random.default_rng(1)
        points = 2.0 + rng.standard_normal(4000) * 0.3
        found = [judge(claim(change="no_effect"), of_error(p, 0.3), GRADE).status for p in points]
        share = np.mean([one == "supported" for one in found])
        assert share <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 4000)


class TestInPerCent:
    """What is left when the claimed share is taken away is held against nothing."""

    def world(self, effect):
        return RandomisedArms(n_treated=80, n_comparison=80, effect=effect)

    def study(self, seed, share, *, n=60, base=10.0):
        rng = np.random.default_rng(seed)
        arm = np.repeat([0, 1], n)
        y = np.exp(rng.normal(np.log(base), 0.1, 2 * n)) * np.where(arm == 1, 1 + share, 1.0)
        return Study(pd.DataFrame({"y": y, "arm": arm}), outcome="y", treated="arm")

    def test_no_effect_is_left_when_the_share_is_the_true_one(self):
        study = self.study(3, 0.2)
        (left,) = at_claim(claim("20", relative=True), study, RandomisedTrial())
        without = self.study(3, 0.0)
        assert left.interval.point == pytest.approx(RandomisedTrial().estimate(without).interval.point)

    def test_each_direction_of_a_claim_of_no_effect_has_its_own(self):
        study = self.study(3, 0.0)
        low, high = at_claim(claim("10", relative=True, change="no_effect"), study, RandomisedTrial())
        assert low.interval.point > 0 > high.interval.point

    @pytest.mark.parametrize(
        ("share", "change", "expected"),
        [(0.4, "increase", "supported"), (0.1, "increase", "partly_supported"),
         (0.0, "increase", "contradicted"),
         (-0.4, "decrease", "supported"), (-0.1, "decrease", "partly_supported")],
    )  # fmt: skip
    def test_verdicts(self, share, change, expected):
        study, trial = self.study(1, share, n=200), RandomisedTrial()
        case = self.case(claim("20", relative=True, change=change), study, trial)
        (verdict,) = judge_together([case])
        assert verdict.status == expected
        assert verdict.relative_point == pytest.approx(share, abs=0.05)

    def case(self, said, study, estimator):
        examined = replace(examine(study, estimator), grade=GRADE)
        return case_of(said, study, estimator, examined=examined)

    def test_the_threshold_is_told_in_the_outcome_s_unit(self):
        study = self.study(1, 0.5, n=200)
        case = self.case(claim("20", relative=True), study, RandomisedTrial())
        treated = study.columns.outcome[study.columns.treated].mean()
        assert case.threshold == pytest.approx(treated * 0.2 / 1.2)

    def test_scale_does_not_matter(self):
        study = self.study(5, 0.25)
        scaled = Study(study.frame.assign(y=study.frame["y"] * 1000), outcome="y", treated="arm")
        said = claim("20", relative=True)
        one, two = (judge_together([self.case(said, s, RandomisedTrial())])[0] for s in (study, scaled))
        assert one.status == two.status
        assert one.permutation_p == two.permutation_p
        assert one.relative_point == pytest.approx(two.relative_point)

    def test_a_panel_is_changed_after_the_start_only(self):
        world = TwoGroupPanel(effect=0.0)
        frame = world.draw(1)
        frame["y"] = np.exp(frame["y"] / 10)
        frame.loc[(frame["first_treated"] > 0) & (frame["period"] >= 6), "y"] *= 1.5
        study = world.study(frame)
        (left,) = at_claim(claim("50", relative=True), study, DifferenceInDifferences())
        frame.loc[(frame["first_treated"] > 0) & (frame["period"] >= 6), "y"] /= 1.5
        plain = DifferenceInDifferences().estimate(world.study(frame))
        assert left.interval.point == pytest.approx(plain.interval.point)

    def test_at_exactly_the_claim_it_is_supported_in_at_most_one_case_in_forty(self):
        n, hits = 100, 0
        for seed in range(n):
            study, trial = self.study(seed, 0.2, n=15), RandomisedTrial()
            hits += (
                judge_together([self.case(claim("20", relative=True), study, trial)])[0].status == "supported"
            )
        assert hits / n <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / n)

    def test_outcomes_below_zero_are_refused(self):
        study = Study(pd.DataFrame({"y": [-1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
        with pytest.raises(StudyError, match="in per cent"):
            at_claim(claim("20", relative=True), study, RandomisedTrial())

    def test_an_estimate_alone_is_not_enough(self):
        with pytest.raises(EstimationError, match="takes the study"):
            judge(claim("20", relative=True), of_error(3.0), GRADE)

    def test_nothing_falls_by_everything(self):
        with pytest.raises(ValidationError, match="Nothing can fall"):
            claim("100", relative=True, change="decrease")
        assert claim("150", relative=True).relative

    def test_no_effect_has_no_share(self):
        assert math.isnan(relative_point(of_error(1.0), self.zero_study()))

    def zero_study(self):
        frame = pd.DataFrame({"y": [0.0, 0, 0, 1], "arm": [0, 0, 1, 1]})
        return Study(frame, outcome="y", treated="arm")


class TestALevel:
    """That a number was reached, and that the investment brought it about, are two things."""

    def case(self, target, *, point=4.5, change="increase"):
        frame = pd.DataFrame({"y": [50.0, 52, 61, 63], "arm": [0, 0, 1, 1]})
        study = Study(frame, outcome="y", treated="arm")
        said = claim(target=target, change=change)
        examined = replace(examine(study, RandomisedTrial()), grade=GRADE, estimate=of_error(point))
        return case_of(said, study, RandomisedTrial(), examined=examined)

    @pytest.mark.parametrize(
        ("target", "point", "reached", "attributed"),
        [
            ("60", 4.5, True, "supported"),
            ("60", -0.5, True, "contradicted"),
            ("70", 4.5, False, "supported"),
            ("70", -0.5, False, "contradicted"),
            ("62", 4.5, True, "supported"),
        ],
    )
    def test_reached_and_attributed_are_told_apart(self, target, point, reached, attributed):
        (verdict,) = judge_together([self.case(target, point=point)])
        assert verdict.reached.level == pytest.approx(62.0)
        assert verdict.reached.is_reached is reached
        assert verdict.attributed == verdict.status == attributed
        words = {True: "reached", False: "not_reached"}[reached]
        more = "" if attributed == "supported" else "_not_attributed"
        assert f"verdict.reason.{words}{more}" in [reason.code for reason in verdict.reasons]

    def test_a_fall_is_reached_from_above(self):
        assert not judge_together([self.case("60", change="decrease")])[0].reached.is_reached
        assert judge_together([self.case("62", change="decrease")])[0].reached.is_reached

    def test_the_level_never_changes_the_verdict(self):
        found = {judge_together([self.case(target)])[0].status for target in ("1", "60", "99")}
        assert found == {"supported"}

    def test_the_last_period_counts(self):
        world = TwoGroupPanel(n_units=6, n_treated=2, n_periods=4, start=3, effect=0.0)
        frame = world.draw(1)
        frame["y"] = frame["period"].astype(float)
        study = world.study(frame)
        said = claim(target="4")
        found = case_of(
            said, study, DifferenceInDifferences(),
            examined=replace(examine(study, DifferenceInDifferences()), grade=GRADE),
        )  # fmt: skip
        assert found.reached.level == 4.0

    def test_a_margin_has_no_level(self):
        with pytest.raises(ValidationError, match="no level to reach"):
            claim(change="no_effect", target="3")


class TestTreatedAfter:
    def test_over_time_those_whose_treatment_has_started(self):
        world = TwoGroupPanel(n_units=4, n_treated=2, n_periods=3, start=2)
        study = world.study(world.draw(1))
        columns = study.columns
        assert treated_after(study).tolist() == (columns.treated & (columns.time >= 2)).tolist()

    def test_what_nobody_said_is_refused(self):
        frame = pd.DataFrame({"y": [1.0, 2, 3], "t": [1, 2, 3]})
        with pytest.raises(StudyError, match="Nothing says which rows"):
            treated_after(Study(frame, outcome="y", time="t"))
        assert treated_after(Study(frame, outcome="y", time="t"), start=3.0).tolist() == [False, False, True]


class TestASubgroup:
    """The difference is tested; that one is shown and the other is not says nothing."""

    def arms(self, effects, *, seed=1, n=60):
        rng = np.random.default_rng(seed)
        frames = []
        for group, effect in effects.items():
            arm = np.tile([0, 1], n)
            frames.append(
                pd.DataFrame({"y": rng.standard_normal(2 * n) + effect * arm, "arm": arm, "sex": group})
            )
        return pd.concat(frames, ignore_index=True)

    def found(self, effects, **how):
        frame = self.arms(effects, **how)
        parts = [
            RandomisedTrial(permutation=None).estimate(
                Study(frame[frame["sex"] == sex], outcome="y", treated="arm")
            )
            for sex in effects
        ]
        return interaction(*parts, share_clusters=False)

    def test_independent_groups_add_their_variances(self):
        one = of_interval(3.0, 0.3, df=20)
        two = of_interval(1.0, 0.4, df=50)
        found = interaction(one, two, share_clusters=False)
        assert found.difference.point == 2.0
        assert found.difference.std_error == pytest.approx(0.5)
        assert found.difference.df == 20

    def test_unknown_correlation_takes_the_widest(self):
        found = interaction(of_interval(3.0, 0.3), of_interval(1.0, 0.4), share_clusters=True)
        assert found.correlation == "unknown"
        assert found.difference.std_error == pytest.approx(0.7)

    def test_shared_clusters_are_taken_into_account(self):
        """Outcomes of women and men in the same areas move together; the difference is that within areas."""
        rng = np.random.default_rng(2)
        world = TwoGroupPanel(n_units=40, n_treated=20, n_periods=2, start=2, persistence=0.0)
        frame = world.draw(1)
        other = frame.assign(y=frame["y"] + rng.standard_normal(len(frame)) * 0.1)
        did = DifferenceInDifferences()
        one, two = did.estimate(world.study(frame)), did.estimate(world.study(other))
        found = interaction(one, two, share_clusters=True)
        gap = frame.assign(y=frame["y"] - other["y"])
        direct = did.estimate(world.study(gap))
        assert found.correlation == "known"
        assert found.difference.point == pytest.approx(direct.interval.point)
        assert found.difference.std_error == pytest.approx(direct.interval.std_error, rel=0.1)

    @pytest.mark.parametrize(("other", "expected"), [(2.0, "not_shown"), (0.0, "shown")])
    def test_in_words(self, other, expected):
        found = self.found({"f": 2.0, "m": other}, n=200)
        assert found.sentence.code == f"verdict.reason.interaction_{expected}"

    def test_no_difference_is_found_in_at_most_one_case_in_twenty(self):
        shown = [
            self.found({"f": 1.0, "m": 1.0}, seed=seed, n=12).sentence.code.endswith("interaction_shown")
            for seed in range(200)
        ]
        assert np.mean(shown) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)

    def test_without_a_standard_error_it_is_unknown(self):
        unknown = estimate(Interval.undefined(5.0, level=0.95, reason=None), None)
        found = interaction(unknown, of_interval(1.0, 0.4), share_clusters=False)
        assert found.sentence.code == "verdict.reason.interaction_unknown"


def of_interval(point, error, *, df=math.inf):
    return estimate(Interval.from_std_error(point, error, df=df), Drawn(point, error))


def cases(points, **kinds):
    return [
        Case(claim=claim(name=f"C{i}", **kinds), estimate=of_error(point), grade=GRADE)
        for i, point in enumerate(points)
    ]


def concluded(points, rule):
    made = cases(points)
    return conclude(made, judge_together(made), rule=rule)


class TestTogether:
    """All must hold, each held against the whole level; or one, after Holm."""

    def test_all_takes_no_correction(self):
        """2.1 standard errors beyond: enough alone, and not for Holm's share of two."""
        points = [2.0 + 2.1, 2.0 + 2.1]
        assert [v.status for v in judge_together(cases(points))] == ["partly_supported"] * 2
        assert concluded(points, "all").status == "supported"
        assert concluded(points, "any").status == "partly_supported"

    @pytest.mark.parametrize(
        ("points", "every", "one"),
        [
            ([9.0, 9.0], "supported", "supported"),
            ([9.0, 3.0], "partly_supported", "supported"),
            ([9.0, 0.5], "inconclusive", "supported"),
            ([9.0, -1.0], "contradicted", "supported"),
            ([-1.0, -1.0], "contradicted", "contradicted"),
        ],
    )
    def test_the_weakest_and_the_strongest(self, points, every, one):
        assert concluded(points, "all").status == every
        assert concluded(points, "any").status == one

    def test_a_guardrail_in_harm_caps_it(self):
        made = cases([9.0, 9.0])
        made.append(
            Case(
                claim=claim(name="G", role="guardrail", change="no_harm", harm="decrease"),
                estimate=of_error(-9.0),
                grade=GRADE,
            )
        )
        found = conclude(made, judge_together(made))
        assert found.status == "partly_supported"
        assert found.reasons[0].code == "verdict.reason.guardrail"

    @given(points=st.lists(st.floats(-2, 9), min_size=1, max_size=5), own=st.floats(-2, 9))
    def test_one_more_claim_to_hold_never_helps_all(self, points, own):
        assume(min(abs(p - 2 - 1.959963984540054) for p in [*points, own]) > 1e-4)
        fewer, more = concluded(points, "all"), concluded([*points, own], "all")
        assert (more.status == "supported") <= (fewer.status == "supported")

    def test_all_is_wrong_in_at_most_one_case_in_forty(self):
        """One claim exactly at its limit, the other far beyond: the worst case."""
        rng = np.random.default_rng(3)
        wrong = [concluded([2.0 + e, 20.0], "all").status == "supported" for e in rng.standard_normal(3000)]
        assert np.mean(wrong) <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 3000)
