"""Whether a verdict can follow from the numbers beside it, where the rows stay at home."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from impactkit.plans import Plan
from impactkit.verification import substance
from impactkit.verification.bundle import Bundle
from impactkit.verification.recompute import Recomputation
from verification import in_memory as held
from verification.in_memory import Said

FITS = ("not_checked", "consistent", {})
CHECK = {
    "name": "balance",
    "passed": True,
    "statistic": None,
    "sentence": {"code": "check.balance.none", "values": {}},
}


def not_fitting(*claims: str) -> Said:
    return "fail", "contradicts", {"claims": ", ".join(claims)}


def measured(result: dict[str, Any], *, low: float, high: float, **verdict: Any) -> None:
    """Write limits into a result, in its estimate and its verdict alike."""
    numbers = {"point": (low + high) / 2, "low": low, "high": high}
    result["estimate"]["terms"][0]["interval"].update(numbers, std_error=1.0, df=10.0, level=0.95)
    result["verdict"].update(numbers, level=0.95, **verdict)


def supported(results: dict[str, Any]) -> None:
    """Make the first claim, an increase of 5, supported: no check failed, and all that it takes is there."""
    (first, _), results["prior"] = results["results"], "claimed_prior"
    measured(first, low=6.0, high=10.0, status="supported", permutation_p=0.01)
    first["checks"] = [dict(CHECK)]
    first["grade"].update(value=3, ceiling=3)


def judged(
    change: Callable[[dict[str, Any]], None] = lambda results: None,
    *,
    plan: Plan | None = None,
    found: Recomputation | None = None,
) -> Said:
    """Return what is said of results with a supported claim that were changed."""

    def changed(results: dict[str, Any]) -> None:
        supported(results)
        change(results)

    bundle = held.with_results(changed, held.with_manifest(data="withheld"))
    found = found or replace(held.found(), evaluation=None, plan=plan or held.plan())
    return held.said("verdict", substance.verdicts(bundle, found, ()))


def first(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], None]:
    """Return a change of the first claim's result."""
    return lambda results: change(results["results"][0])


def test_it_fits() -> None:
    assert judged() == FITS


def test_there_must_be_something_withheld_and_a_plan() -> None:
    def said(bundle: Bundle, found: Recomputation) -> Said:
        return held.said("verdict", substance.verdicts(bundle, found, ()))

    nothing = replace(held.found(), evaluation=None)
    not_computed = ("not_checked", "not_computed", {})
    assert said(held.bundle(), nothing) == not_computed
    assert said(held.with_manifest(data="withheld"), replace(nothing, plan=None)) == not_computed
    assert said(held.with_manifest(data="withheld"), nothing) == FITS
    assert said(held.with_manifest(data="aggregates"), nothing) == FITS


class TestGrade:
    @pytest.mark.parametrize("part", [{"value": 4}, {"value": 2}, {"ceiling": 4}], ids=str)
    def test_is_that_of_the_design_and_the_checks(self, part: dict[str, int]) -> None:
        assert judged(first(lambda r: r["grade"].update(part))) == not_fitting("C1")

    def test_falls_by_a_failed_check(self) -> None:
        assert judged(first(lambda r: r["checks"][0].update(passed=False))) == not_fitting("C1")

        def lowered(result: dict[str, Any]) -> None:
            result["checks"][0].update(passed=False)
            result["grade"].update(value=2)
            result["verdict"].update(status="inconclusive")

        assert judged(first(lowered)) == FITS


class TestLimits:
    @pytest.mark.parametrize("end", ["point", "low", "high"])
    @pytest.mark.parametrize("value", [7.5, None, "inf"], ids=str)
    def test_are_those_of_the_estimate(self, end: str, value: Any) -> None:
        changed = first(lambda r: r["verdict"].update({end: value, "status": "inconclusive"}))
        assert judged(changed) == not_fitting("C1")

    @pytest.mark.parametrize("end", ["point", "low", "high"])
    def test_may_be_unknown_on_both_sides(self, end: str) -> None:
        def unknown(result: dict[str, Any]) -> None:
            result["estimate"]["terms"][0]["interval"][end] = None
            result["verdict"].update({end: None, "status": "inconclusive"})

        assert judged(first(unknown)) == FITS

    @pytest.mark.parametrize(("end", "value"), [("low", "-inf"), ("high", "inf")])
    def test_cannot_be_finite_where_those_of_the_estimate_are_not(self, end: str, value: str) -> None:
        changed = first(lambda r: r["estimate"]["terms"][0]["interval"].update({end: value}))
        assert judged(changed) == not_fitting("C1")

    def test_do_not_agree_by_an_infinite_standard_error(self) -> None:
        def infinite(result: dict[str, Any]) -> None:
            result["estimate"]["terms"][0]["interval"]["std_error"] = "inf"
            result["verdict"]["low"] += 1e-3

        assert judged(first(infinite)) == not_fitting("C1")

    def test_may_be_infinite_on_both_sides(self) -> None:
        def infinite(result: dict[str, Any]) -> None:
            result["estimate"]["terms"][0]["interval"]["high"] = "inf"
            result["verdict"]["high"] = "inf"

        assert judged(first(infinite)) == FITS

    @pytest.mark.parametrize(
        ("recomputed", "std_error", "apart"),
        [(8.0, 1.0, 8e-8), (-8.0, 1.0, 8e-8), (8.0, 50.0, 50e-8), (8.0, None, 8e-8), (0.5, 2.0, 2e-8)],
        ids=["by size", "below zero", "by the standard error", "without one", "near zero"],
    )
    def test_agree_within_1e_8_of_size_or_standard_error(
        self, recomputed: float, std_error: float | None, apart: float
    ) -> None:
        def changed(by: float) -> Callable[[dict[str, Any]], None]:
            def change(result: dict[str, Any]) -> None:
                result["estimate"]["terms"][0]["interval"].update(point=recomputed, std_error=std_error)
                result["verdict"].update(point=recomputed + by, status="inconclusive")

            return first(change)

        for sign in (1, -1):
            assert judged(changed(sign * 0.99 * apart)) == FITS
            assert judged(changed(sign * 1.01 * apart)) == not_fitting("C1")

    def test_are_taken_at_the_level_of_the_verdict(self) -> None:
        """At 90 per cent, with 10 degrees of freedom, the limits lie 1.8125 standard errors away."""

        def narrower(result: dict[str, Any]) -> None:
            ends = {"low": 8 - 1.8124611228, "high": 8 + 1.8124611228}
            result["verdict"].update(ends, level=0.9, permutation_p=0.05)

        assert judged(first(narrower)) == FITS
        assert judged(first(lambda r: r["verdict"].update(level=0.9))) == not_fitting("C1")


class TestSupported:
    def reached(self, low: float, high: float, **claim: Any) -> Said:
        """Return what is said of limits, with other words in the first claim of the plan."""
        one, *rest = held.plan().claims
        plan = held.other_plan(claims=(one.model_copy(update=claim), *rest))
        return judged(first(lambda r: measured(r, low=low, high=high)), plan=plan)

    @pytest.mark.parametrize(
        ("low", "high", "claim", "fits"),
        [
            (5.0, 9.0, {}, True),
            (4.999, 9.0, {}, False),
            (5.001, 9.0, {}, True),
            (-9.0, -5.0, {"change": "decrease"}, True),
            (-9.0, -4.999, {"change": "decrease"}, False),
            (5.0, 9.0, {"change": "decrease"}, False),
            (-5.0, 9.0, {"change": "no_harm", "harm": "decrease"}, True),
            (-5.001, 9.0, {"change": "no_harm", "harm": "decrease"}, False),
            (-9.0, 5.0, {"change": "no_harm", "harm": "increase"}, True),
            (-9.0, 5.001, {"change": "no_harm", "harm": "increase"}, False),
            (-5.0, 5.0, {"change": "no_effect"}, True),
            (-5.0, 5.001, {"change": "no_effect"}, False),
            (-5.001, 5.0, {"change": "no_effect"}, False),
            (0.0, 1.0, {"relative": True}, True),
            (-9.0, 9.0, {"relative": True, "change": "no_effect"}, True),
        ],
    )
    def test_takes_limits_beyond_what_was_claimed(
        self, low: float, high: float, claim: dict[str, Any], fits: bool
    ) -> None:
        assert self.reached(low, high, **claim) == (FITS if fits else not_fitting("C1"))

    @pytest.mark.parametrize(
        ("p", "fits"),
        [
            (0.025, True),
            (0.025 * (1 + 8e-10), True),
            (0.025 * (1 + 1.2e-9), False),
            (0.026, False),
            (0.03, False),
            (0.02, True),
            (None, False),
        ],
    )
    def test_takes_a_permutation_test_that_rejects_less(self, p: float | None, fits: bool) -> None:
        said = judged(first(lambda r: r["verdict"].update(permutation_p=p)))
        assert said == (FITS if fits else not_fitting("C1"))

    def test_takes_a_grade_of_three(self) -> None:
        def graded_two(result: dict[str, Any]) -> None:
            result["checks"][0]["passed"] = False
            result["grade"]["value"] = 2

        assert judged(first(graded_two)) == not_fitting("C1")

    def test_may_have_a_higher_grade(self) -> None:
        def lottery(result: dict[str, Any]) -> None:
            result["estimate"]["settings"]["method"] = "randomised_trial"
            result["grade"].update(value=5, ceiling=5)

        assert judged(first(lottery)) == FITS

    def test_takes_a_plan_that_came_first(self) -> None:
        assert judged(lambda r: r.update(prior="not_prior")) == not_fitting("C1")
        assert judged(lambda r: r.update(prior="proved_prior")) == FITS

    def test_a_verdict_that_says_less_takes_none_of_it(self) -> None:
        def less(results: dict[str, Any]) -> None:
            results["prior"] = "not_prior"
            results["results"][0]["verdict"].update(status="partly_supported", permutation_p=1.0)

        assert judged(less) == FITS


class TestTold:
    def test_every_claim_that_does_not_fit_is_named(self) -> None:
        def both(results: dict[str, Any]) -> None:
            for result in results["results"]:
                result["grade"]["ceiling"] = 5

        assert judged(both) == not_fitting("C1", "C2")

    def test_a_claim_above_its_bound_is_named_once(self) -> None:
        amended = self.amended(data_seen=True)
        assert judged(lambda r: r.update(earlier=self.earlier("supported")), found=amended) == FITS
        above = judged(lambda r: r.update(earlier=self.earlier("inconclusive")), found=amended)
        assert above == not_fitting("C1")

        def twice(results: dict[str, Any]) -> None:
            results.update(earlier=self.earlier("inconclusive"))
            results["results"][0]["grade"]["ceiling"] = 5

        assert judged(twice, found=amended) == not_fitting("C1")

    def test_the_day_that_the_lock_names_decides_which_amendment_counts(self) -> None:
        """Made on the day of the follow-up, an amendment counts as seen: the plan before it is a bound."""
        late = self.amended(data_seen=False, date=date(2025, 10, 1))
        earlier = self.earlier("inconclusive", counts=False)
        assert judged(lambda r: r.update(earlier=earlier), found=late) == not_fitting("C1", "C2")
        assert judged(lambda r: r.update(earlier=earlier), found=replace(late, lock=None)) == FITS

    def test_a_broken_chain_bounds_nothing(self) -> None:
        broken = replace(held.found(), evaluation=None, amendments=None)
        assert judged(found=broken) == FITS

    @pytest.mark.parametrize(
        "change",
        [
            lambda r: r.pop("results"),
            lambda r: r.update(results=None),
            lambda r: r["results"][0]["verdict"].update(low="wide"),
            lambda r: r["results"][0]["verdict"].update(level=2),
            lambda r: r["results"][0].update(grade=[]),
            lambda r: r["results"][0]["checks"][0].update(sentence={"code": "x", "values": []}),
            lambda r: r["results"][0]["estimate"].update(terms=[], covariance=[], influence=[]),
            lambda r: r["results"][0].update(claim="C9"),
        ],
        ids=["key", "nothing", "number", "level", "type", "attribute", "index", "claim"],
    )
    def test_results_of_another_form_cannot_be_read(self, change: Callable[[dict[str, Any]], Any]) -> None:
        assert judged(change) == ("fail", "unreadable", {})

    def amended(self, **values: Any) -> Recomputation:
        return replace(held.found(), evaluation=None, amendments=(held.amendment(**values),))

    def earlier(self, status: str, *, counts: bool = True) -> list[dict[str, Any]]:
        """Return an earlier plan's verdicts: the status for the first claim, and no bound for the other."""
        told = [
            {"claim": "C1", "verdict": {"status": status}},
            {"claim": "C2", "verdict": {"status": "supported"}},
        ]
        return [{"number": 0, "counts": counts, "verdicts": told}]
