"""What a verdict holds: every field and every reason, for each gate and each thing told beside it."""

import math
import re
from dataclasses import dataclass, replace
from html import unescape

import pytest

from evidence.test_judge import GRADE, Drawn, claim, estimate, of_error, of_limits
from impactkit.effects.interval import Interval
from impactkit.evidence.case import Case
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.interaction import Interaction
from impactkit.evidence.judge import (
    GRADE_NEEDED,
    capped,
    harmed_guardrails,
    judge,
    judge_together,
    verdict_of,
)
from impactkit.evidence.reached import Reached
from impactkit.evidence.verdict import LEAST_FAVOURABLE_FIRST, STATUSES, Verdict
from impactkit.wording import Message

WHY = Message("verdict.reason.exploratory")
OPEN = Message("check.spillover.not_assessed")
FAILED = Message("check.season.not_assessed")


def verdict(status="supported", **more):
    """A verdict on claim C1 with round numbers."""
    known = {"point": 3.0, "low": 2.0, "high": 4.0, "level": 0.95, "threshold": 1.5, "permutation_p": 0.01}
    return Verdict(**{"claim": "C1", "status": status, "reasons": (WHY,), **known, **more})


def told(found):
    return [(reason.code, dict(reason.values)) for reason in found.reasons]


def codes(found):
    return [reason.code.removeprefix("verdict.reason.") for reason in found.reasons]


def case(low, high, *, made=None, **more):
    found = {"claim": claim(), "estimate": of_limits(low, high), "grade": GRADE}
    return Case(**{**found, **({"claim": made} if made else {}), **more})


def rows(card):
    cells = re.findall(r"<th[^>]*>(.*?)</th><td[^>]*>(.*?)</td>", card)
    return [(unescape(label), unescape(text)) for label, text in cells]


class TestTheRecord:
    def test_there_are_five_things_to_say_and_one_order_of_them(self) -> None:
        assert sorted(STATUSES) == sorted(LEAST_FAVOURABLE_FIRST)
        assert STATUSES[0] == LEAST_FAVOURABLE_FIRST[-1] == "supported"
        assert [verdict(status).name.text("en") for status in LEAST_FAVOURABLE_FIRST] == [
            "Contradicted",
            "Not assessable",
            "Inconclusive",
            "Partly supported",
            "Supported",
        ]

    def test_what_is_left_out_is_no_harm_and_nothing_beside(self) -> None:
        found = verdict()
        assert found.harm is False
        assert math.isnan(found.relative_point) and math.isnan(found.minimum_detectable)
        assert found.reached is None and found.interaction is None
        assert found.attributed == "supported"
        assert str(found) == "C1: Supported"

    def test_its_card_has_a_row_for_every_fact(self) -> None:
        card = verdict("inconclusive", minimum_detectable=2.5)._repr_html_()
        assert "Claim C1</caption>" in card
        assert rows(card) == [
            ("Verdict", "Inconclusive"),
            ("Effect", "3.00"),
            ("Interval judged by", "2.00 to 4.00 (95% confidence)"),
            ("The claim", "1.50"),
            ("Because", "Exploratory run: never judged."),
            (
                "The smallest effect that could have been seen",
                "2.50: that is how large it would have had to be to be told from no effect "
                "in four cases of five.",
            ),
        ]

    @pytest.mark.parametrize("size", [math.nan, math.inf], ids=["unknown", "none"])
    def test_its_card_leaves_out_what_is_not_known(self, size: float) -> None:
        card = verdict("inconclusive", low=math.nan, high=math.nan, minimum_detectable=size)._repr_html_()
        assert [label for label, _ in rows(card)] == ["Verdict", "Effect", "The claim", "Because"]


class TestTheGates:
    def test_three_is_the_grade_that_a_verdict_needs(self) -> None:
        assert GRADE_NEEDED == 3

    @pytest.mark.parametrize("ceiling", [1, 2])
    def test_a_design_below_it_says_so_and_shows_no_harm(self, ceiling: int) -> None:
        weak = EvidenceGrade(value=ceiling, ceiling=ceiling, reasons=(), open_questions=(OPEN,))
        found = verdict_of(case(-5, -3, grade=weak), level=0.95, prior="claimed_prior")
        assert (found.status, found.harm) == ("not_assessable", False)
        assert told(found) == [("verdict.reason.design_cannot_tell", {"ceiling": ceiling, "needed": 3})]
        assert (found.low, found.high) == pytest.approx((-5, -3))
        assert math.isnan(found.minimum_detectable)

    def test_a_design_that_needs_a_baseline_is_not_assessed_without_one(self) -> None:
        found = verdict_of(case(3, 5, has_baseline=False), level=0.95, prior="claimed_prior")
        assert found.status == "not_assessable"
        assert told(found) == [("verdict.reason.no_baseline", {})]

    def test_a_lot_needs_no_baseline(self) -> None:
        lot = replace(of_limits(3, 5), settings={"method": "randomised_trial"})
        found = verdict_of(case(3, 5, estimate=lot, has_baseline=False), level=0.95, prior="claimed_prior")
        assert found.status == "supported"

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (Message("estimate.one_cluster"), "estimate.one_cluster"),
            (None, "estimate.no_standard_error"),
        ],
        ids=["with a reason", "without"],
    )
    def test_an_unknown_uncertainty_settles_nothing(self, given: Message | None, expected: str) -> None:
        unknown = estimate(Interval.undefined(-5.0, level=0.95, reason=given))
        found = verdict_of(case(0, 0, estimate=unknown), level=0.95, prior="claimed_prior")
        assert (found.status, found.harm, found.point) == ("inconclusive", False, -5.0)
        assert math.isnan(found.low) and math.isnan(found.high)
        assert codes(found) == ["unknown_uncertainty", expected]


class TestWhatCapsIt:
    lowered = EvidenceGrade(value=2, ceiling=3, reasons=(WHY, FAILED), lowered=1)

    def test_a_low_grade_is_told_first_and_the_failed_check_last(self) -> None:
        found = judge(claim(), of_limits(3, 5), self.lowered)
        assert found.status == "partly_supported"
        assert codes(found) == [
            "grade_too_low",
            "reaches_claim",
            "permutation_agrees",
            "check.season.not_assessed",
        ]
        assert dict(found.reasons[0].values) == {"grade": 2, "needed": 3}

    def test_failed_checks_of_a_high_enough_grade_are_told_too(self) -> None:
        found = judge(claim(), of_limits(3, 5), replace(GRADE, reasons=(WHY, FAILED)))
        assert found.status == "supported"
        assert codes(found) == ["reaches_claim", "permutation_agrees", "check.season.not_assessed"]

    def test_a_late_claim_with_a_low_grade_is_told_the_grade_only(self) -> None:
        found = judge(claim(), of_limits(3, 5), self.lowered, prior="not_prior")
        assert found.status == "partly_supported"
        assert codes(found)[0] == "grade_too_low" and "not_prior" not in codes(found)

    def test_what_is_not_supported_is_not_told_what_would_have_capped_it(self) -> None:
        found = judge(claim(), of_limits(0.5, 1.5), self.lowered, prior="not_prior")
        assert codes(found) == ["below_claim", "permutation_agrees"]

    def test_only_a_supported_verdict_is_capped(self) -> None:
        lowered = capped(verdict(reasons=(FAILED,)), WHY)
        assert (lowered.status, lowered.reasons) == ("partly_supported", (WHY, FAILED))
        for status in LEAST_FAVOURABLE_FIRST[:-1]:
            assert capped(verdict(status), FAILED) == verdict(status)

    def test_alone_a_claim_is_held_against_one_in_forty_each_way(self) -> None:
        """Limits lie 1.96 standard errors away, and the plan is taken to be made before the data."""
        found = judge(claim(), of_error(4.1), GRADE)
        assert (found.low, found.high) == pytest.approx((4.1 - 1.959964, 4.1 + 1.959964))
        assert found.level == 0.95 and found.status == "supported"
        wider = judge(claim(), of_error(4.1), GRADE, alpha=0.01)
        assert (wider.low, wider.level) == (pytest.approx(4.1 - 2.575829), 0.99)


class TestWhatItHolds:
    def test_the_claims_numbers_are_told_as_the_indicator_moves(self) -> None:
        fall = verdict_of(
            case(-5, -3, made=claim(change="decrease"), relative_point=-0.4),
            level=0.95,
            prior="claimed_prior",
        )
        assert (fall.claim, fall.status, fall.point) == ("C1", "supported", -4.0)
        assert (fall.low, fall.high) == pytest.approx((-5.0, -3.0))
        assert (fall.threshold, fall.relative_point, fall.harm) == (-2.0, -0.4, False)

    @pytest.mark.parametrize(
        ("low", "high", "made", "harm"),
        [
            (-5, -3, claim(), True),
            (-1, 1, claim(), False),
            (-1.5, -0.5, claim(change="no_harm", harm="decrease"), True),
            (-5, -3, claim(change="no_effect"), False),
            (-5, -3, claim(change="decrease"), False),
        ],
        ids=["wrong way", "either way", "within the margin", "no direction", "right way"],
    )
    def test_harm_is_a_change_shown_in_the_wrong_way(
        self, low: float, high: float, made: object, harm: bool
    ) -> None:
        assert verdict_of(case(low, high, made=made), level=0.95, prior="claimed_prior").harm is harm

    def test_its_p_value_is_that_of_the_claim_and_the_larger_of_two(self) -> None:
        one = judge(claim(), of_error(4.0), GRADE)
        assert one.permutation_p == pytest.approx(0.022750, abs=1e-6)
        both = judge(claim(change="no_effect"), of_error(0.5), GRADE)
        assert both.permutation_p == pytest.approx(0.066807, abs=1e-6)

    def test_without_a_permutation_test_there_is_no_p_value(self) -> None:
        assert math.isnan(judge(claim(), of_limits(3, 5, test="none"), GRADE).permutation_p)
        both = judge(claim(change="no_effect"), of_limits(-1, 1, test="none"), GRADE)
        assert math.isnan(both.permutation_p)

    def test_one_p_value_of_two_is_no_p_value(self) -> None:
        @dataclass(frozen=True)
        class OneSided(Drawn):
            def p_value(self, effect=0.0, *, alternative="two-sided"):
                return math.nan if alternative == "less" else 0.001

        found = replace(of_limits(-1, 1), permutation=OneSided(0.0, 0.5))
        assert math.isnan(judge(claim(change="no_effect"), found, GRADE).permutation_p)

    def test_only_what_is_inconclusive_tells_the_smallest_effect_that_was_in_reach(self) -> None:
        """Nobody is told from no effect at p 0.025 by a test whose smallest p is larger."""
        wide = judge(claim("9"), of_error(1.0), GRADE)
        assert wide.status == "contradicted" and math.isnan(wide.minimum_detectable)
        wide = judge(claim(), of_error(1.0), GRADE)
        assert wide.status == "inconclusive"
        assert wide.minimum_detectable == pytest.approx(1.959964 + 0.841621, abs=1e-3)
        shy = replace(of_error(1.0), permutation=Drawn(1.0, 1.0, smallest_p=0.1))
        assert judge(claim(), shy, GRADE).minimum_detectable == math.inf

    def test_the_smallest_effect_is_of_the_level_it_was_judged_by(self) -> None:
        found = verdict_of(case(0, 0, estimate=of_error(1.0)), level=0.99, prior="claimed_prior")
        assert found.minimum_detectable == pytest.approx(2.575829 + 0.841621, abs=1e-3)


class TestWhatIsToldBeside:
    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [
            (3, 5, ["reaches_claim", "permutation_agrees", OPEN.code]),
            (0.5, 1.5, ["below_claim", "permutation_agrees", OPEN.code]),
            (-1, 3, ["wide"]),
            (-5, -3, ["harm"]),
        ],
        ids=["supported", "partly", "inconclusive", "contradicted"],
    )
    def test_only_favourable_verdicts_name_the_open_questions(
        self, low: float, high: float, expected: list[str]
    ) -> None:
        found = judge(claim(), of_limits(low, high), replace(GRADE, open_questions=(OPEN,)))
        assert codes(found) == expected

    @pytest.mark.parametrize(
        ("low", "high", "is_reached", "code"),
        [
            (3, 5, True, "reached"),
            (0.5, 1.5, True, "reached"),
            (3, 5, False, "not_reached"),
            (0.5, 1.5, False, "not_reached"),
            (-1, 3, True, "reached_not_attributed"),
            (-1, 3, False, "not_reached_not_attributed"),
        ],
    )
    def test_the_level_that_was_promised(self, low: float, high: float, is_reached: bool, code: str) -> None:
        level = Reached(target=60.0, level=62.0, is_reached=is_reached)
        found = verdict_of(case(low, high, reached=level), level=0.95, prior="claimed_prior")
        assert found.reached is level
        assert told(found)[-1] == (f"verdict.reason.{code}", {"level": 62.0, "target": 60.0})
        assert "62" in found.reasons[-1].text("en") and "60" in found.reasons[-1].text("sv")

    def test_how_the_effect_differs_from_that_of_the_others(self) -> None:
        gap = Interaction(
            difference=Interval.from_std_error(2.0, 0.5, df=math.inf), others=1.0, correlation="none"
        )
        found = verdict_of(case(3, 5, interaction=gap), level=0.95, prior="claimed_prior")
        assert found.interaction is gap
        assert codes(found) == ["reaches_claim", "permutation_agrees", "interaction_shown"]


def beside(*roles_and_points, alpha=0.05):
    """Claims, each with its role and point; guardrails say that nothing falls by more than 2."""
    cases = []
    for place, (role, point) in enumerate(roles_and_points):
        kind = {"change": "no_harm", "harm": "decrease"} if role == "guardrail" else {}
        made = claim(name=f"C{place}", role=role, **kind)
        cases.append(Case(claim=made, estimate=of_error(point), grade=GRADE))
    return cases, judge_together(cases, alpha=alpha)


class TestTogether:
    def test_every_guardrail_in_harm_is_named_and_caps_the_primary_claims_only(self) -> None:
        cases, found = beside(
            ("primary", 9.0), ("secondary", 9.0), ("guardrail", -9.0), ("guardrail", 9.0), ("guardrail", -8.0)
        )
        assert [one.status for one in found] == [
            "partly_supported",
            "supported",
            "contradicted",
            "supported",
            "contradicted",
        ]
        assert told(found[0])[0] == ("verdict.reason.guardrail", {"claims": "C2, C4"})
        assert harmed_guardrails(cases, found) == ["C2", "C4"]

    def test_harm_in_another_claim_is_no_guardrails(self) -> None:
        cases, found = beside(("primary", 9.0), ("secondary", -9.0))
        assert found[1].harm is True and found[0].status == "supported"
        assert harmed_guardrails(cases, found) == []

    def test_each_case_has_its_verdict(self) -> None:
        cases, found = beside(("primary", 9.0), ("guardrail", -9.0))
        with pytest.raises(ValueError, match="zip"):
            harmed_guardrails(cases, found[:1])

    def test_the_primary_claims_share_alpha_and_the_others_have_it_whole(self) -> None:
        _, found = beside(("primary", 1.0), ("primary", 1.0), ("secondary", 1.0), ("guardrail", 1.0))
        assert [one.level for one in found] == [0.975, 0.975, 0.95, 0.95]
        _, found = beside(("primary", 1.0), ("secondary", 1.0), alpha=0.1)
        assert [one.level for one in found] == [0.9, 0.9]

    def test_a_plan_made_late_supports_no_claim(self) -> None:
        cases, found = beside(("primary", 9.0), ("secondary", 9.0))
        assert {one.status for one in found} == {"supported"}
        late = judge_together(cases, prior="not_prior")
        assert [codes(one)[0] for one in late] == ["not_prior", "not_prior"]
