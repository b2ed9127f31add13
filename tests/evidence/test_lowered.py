"""What an amended plan may do to a verdict, and to the conclusion of all: lower it, and say why first."""

import math
from dataclasses import replace

import pytest

from evidence.test_judge import GRADE, claim, of_error, of_limits
from evidence.test_one_verdict import FAILED, WHY, codes, rows, verdict
from impactkit.evidence.case import Case
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.conclusion import Conclusion, conclude
from impactkit.evidence.examine import Examined
from impactkit.evidence.grade import grade
from impactkit.evidence.judge import judge_together
from impactkit.evidence.lowered import (
    Bound,
    amended_after_data,
    is_lowered,
    is_unjudged,
    lowered,
    lowered_conclusion,
    rank,
    unjudged,
)
from impactkit.evidence.verdict import LEAST_FAVOURABLE_FIRST
from impactkit.wording import Message

AMENDED = Message("verdict.reason.amended.not_there")
OTHER = Message("verdict.reason.amended.cannot")


class TestTheOrder:
    def test_harm_is_lower_than_none_and_the_status_counts_first(self) -> None:
        places = [rank(status, harm=harm) for status in LEAST_FAVOURABLE_FIRST for harm in (True, False)]
        assert places == sorted(places) and len(set(places)) == 10

    def test_no_harm_is_meant_when_none_is_named(self) -> None:
        assert rank("inconclusive") == rank("inconclusive", harm=False) == (2, True)
        assert Bound(status="inconclusive", reason=AMENDED).harm is False
        assert Bound(status="contradicted", reason=AMENDED, harm=True).rank == (0, False)


class TestAVerdict:
    def test_without_bounds_it_stands(self) -> None:
        found = verdict("supported")
        assert lowered(found, []) is found

    @pytest.mark.parametrize("harm", [True, False])
    def test_a_bound_as_low_as_it_changes_nothing(self, harm: bool) -> None:
        found = verdict("contradicted", harm=harm, minimum_detectable=3.0)
        assert lowered(found, [Bound(status="contradicted", reason=AMENDED, harm=harm)]) is found

    def test_the_lowest_bound_counts_and_its_reason_stands_first(self) -> None:
        bounds = [
            Bound(status="inconclusive", reason=OTHER),
            Bound(status="contradicted", reason=AMENDED, harm=True),
            Bound(status="contradicted", reason=OTHER),
        ]
        before = verdict("partly_supported", minimum_detectable=3.0)
        after = lowered(before, bounds)
        assert (after.status, after.harm, after.reasons) == ("contradicted", True, (AMENDED, WHY))
        assert math.isnan(after.minimum_detectable)
        assert (after.claim, after.point, after.threshold) == ("C1", 3.0, 1.5)

    def test_harm_alone_lowers_a_contradiction(self) -> None:
        after = lowered(verdict("contradicted"), [Bound(status="contradicted", reason=AMENDED, harm=True)])
        assert after.harm is True and after.reasons == (AMENDED, WHY)

    def test_its_first_reason_tells_that_it_is_lowered(self) -> None:
        assert is_lowered(verdict(reasons=(AMENDED, WHY))) is True
        assert is_lowered(verdict(reasons=(WHY, AMENDED))) is False
        assert is_lowered(verdict(reasons=())) is False

    def test_an_exploratory_run_keeps_its_numbers_and_says_nothing(self) -> None:
        found = unjudged(verdict("contradicted", reasons=(FAILED,), harm=True, minimum_detectable=3.0))
        assert (found.status, found.harm) == ("not_assessable", False)
        assert [reason.text("en") for reason in found.reasons] == ["Exploratory run: never judged."]
        assert math.isnan(found.minimum_detectable)
        assert (found.point, found.low, found.high) == (3.0, 2.0, 4.0)
        assert is_unjudged(found) is True
        assert is_unjudged(replace(found, reasons=(*found.reasons, FAILED))) is False
        assert is_unjudged(verdict(reasons=(FAILED,))) is False


class TestAnAmendmentAfterTheData:
    def test_it_is_a_failed_check_more_and_the_grade_falls_by_one(self) -> None:
        estimate = of_error(4.0)
        passed = CheckResult(name="season", passed=True, statistic=0.0, sentence=FAILED)
        before = Examined(estimate=estimate, checks=(passed,), grade=grade(estimate, (passed,)))
        after = amended_after_data(before, n=2)
        assert after.checks[0] is passed and len(after.checks) == 2
        failed = after.checks[1]
        assert (failed.name, failed.passed, failed.statistic) == ("amended_after_data", False, 2.0)
        assert failed.sentence == Message("check.amended_after_data.seen", {"n": 2})
        assert "2" in failed.sentence.text("en") and "2" in failed.sentence.text("sv")
        assert (before.grade.value, after.grade.value) == (3, 2)
        assert after.grade.reasons[-1] == failed.sentence and after.estimate is estimate


def cases(*points, alpha=0.05):
    made = [
        Case(claim=claim(name=f"C{place}"), estimate=of_error(point), grade=GRADE)
        for place, point in enumerate(points)
    ]
    return made, judge_together(made, alpha=alpha)


class TestAConclusion:
    conclusion = Conclusion(rule="all", status="inconclusive", reasons=(WHY,))

    def test_a_bound_lowers_it_with_its_reason_first(self) -> None:
        bounds = [Bound(status="not_assessable", reason=OTHER), Bound(status="contradicted", reason=AMENDED)]
        after = lowered_conclusion(self.conclusion, bounds)
        assert after == Conclusion(rule="all", status="contradicted", reasons=(AMENDED, WHY))

    @pytest.mark.parametrize("status", ["inconclusive", "supported"])
    def test_a_bound_that_is_not_lower_changes_nothing(self, status: str) -> None:
        assert lowered_conclusion(self.conclusion, []) is self.conclusion
        bound = Bound(status=status, reason=AMENDED, harm=True)
        assert lowered_conclusion(self.conclusion, [bound]) is self.conclusion

    def test_its_card_tells_the_status_and_every_reason(self) -> None:
        card = replace(self.conclusion, reasons=(WHY, WHY))._repr_html_()
        assert "The primary claims together</caption>" in card
        why = ("Because", "Exploratory run: never judged.")
        assert rows(card) == [("Verdict", "Inconclusive"), why, why]
        assert str(self.conclusion) == "all: Inconclusive"

    @pytest.mark.parametrize(
        ("rule", "points", "code", "values"),
        [
            ("all", (9.0, 9.0), "all_supported", {"claims": "C0, C1", "n": 2}),
            ("all", (9.0, 3.0), "all_partly_supported", {"claims": "C1", "n": 2}),
            ("all", (-9.0, 9.0, -1.0), "all_contradicted", {"claims": "C0, C2", "n": 3}),
            ("any", (9.0, -9.0, 9.0), "any_supported", {"claims": "C0, C2", "n": 3}),
            ("any", (-9.0, 0.5), "any_inconclusive", {"claims": "C1", "n": 2}),
        ],
    )
    def test_the_claims_that_decide_are_named(
        self, rule: str, points: tuple[float, ...], code: str, values: dict[str, object]
    ) -> None:
        made, verdicts = cases(*points)
        found = conclude(made, verdicts, rule=rule)
        assert (found.rule, found.status) == (rule, code.removeprefix(f"{rule}_"))
        assert [(one.code, dict(one.values)) for one in found.reasons] == [
            (f"verdict.conclusion.{code}", values)
        ]

    def test_all_must_hold_against_one_in_forty_each_when_nothing_else_is_said(self) -> None:
        made, verdicts = cases(4.1, 4.1)
        assert conclude(made, verdicts).rule == "all"
        assert conclude(made, verdicts).status == "supported"
        assert conclude(made, verdicts, alpha=0.01).status == "partly_supported"
        assert conclude(made, verdicts, prior="not_prior").status == "partly_supported"

    def test_only_the_primary_claims_count(self) -> None:
        made = [
            Case(claim=claim(), estimate=of_error(9.0), grade=GRADE),
            Case(claim=claim(name="S", role="secondary"), estimate=of_error(-9.0), grade=GRADE),
        ]
        found = conclude(made, judge_together(made))
        assert found.status == "supported" and found.reasons[0].values["n"] == 1

    @pytest.mark.parametrize(
        ("point", "expected"),
        [(9.0, ["guardrail", "all_supported"]), (0.5, ["all_inconclusive"])],
    )
    def test_a_guardrail_in_harm_caps_what_would_be_supported(
        self, point: float, expected: list[str]
    ) -> None:
        made = [Case(claim=claim(), estimate=of_error(point), grade=GRADE)]
        for name in ("G1", "G2"):
            kept = claim(name=name, role="guardrail", change="no_harm", harm="decrease")
            made.append(Case(claim=kept, estimate=of_limits(-9, -7), grade=GRADE))
        found = conclude(made, judge_together(made))
        assert [code.removeprefix("verdict.conclusion.") for code in codes(found)] == expected
        if point == 9.0:
            assert found.status == "partly_supported"
            assert dict(found.reasons[0].values) == {"claims": "G1, G2"}

    def test_each_case_has_its_verdict(self) -> None:
        made, verdicts = cases(9.0, 9.0)
        with pytest.raises(ValueError, match="zip"):
            conclude(made, verdicts[:1])
