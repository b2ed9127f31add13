"""How far a claimed number may lie from the one that is computed, by what it is; and where it stands."""

import math
from typing import Any

import pytest

from impactkit.verification.difference import Comparison, Difference, compare

ERROR = 1000.0
"""The standard error of the only claim: small against it is small."""


def result(claim="C1", *, error: float | None = ERROR, **more):
    """A claim's record with a standard error, and more beside."""
    estimate = {"terms": [{"interval": {"std_error": error}}]}
    return {"claim": claim, "estimate": estimate, **more}


def of_claim(**more):
    return {"results": [result(**more)]}


def is_same(claimed: Any, recomputed: Any, name: str = "x") -> bool:
    return compare({name: claimed}, {name: recomputed}).differences == ()


class TestHowFar:
    @pytest.mark.parametrize(
        ("claimed", "recomputed", "same"),
        [
            (3, 3, True),
            (3, 4, False),
            ("a", "a", True),
            ("a", "b", False),
            (True, True, True),
            (True, 1, False),
            (3, 3.0, False),
            (3.0, 3, False),
            (None, None, True),
            (None, 0.0, False),
            (math.inf, math.inf, True),
            ([], [], True),
            ({}, {}, True),
            ([], {}, True),
            ([], 0, False),
        ],
        ids=repr,
    )
    def test_what_is_no_decimal_number_agrees_exactly(
        self, claimed: Any, recomputed: Any, same: bool
    ) -> None:
        assert is_same(claimed, recomputed) is same

    @pytest.mark.parametrize(
        ("recomputed", "away", "same"),
        [
            (0.0, 1e-8, True),
            (0.0, 1.001e-8, False),
            (0.5, 0.99e-8, True),
            (0.5, 1.01e-8, False),
            (100.0, 0.99e-6, True),
            (100.0, 1.01e-6, False),
            (-100.0, 0.99e-6, True),
            (-100.0, -1.01e-6, False),
        ],
    )
    def test_other_measures_agree_to_eight_digits_of_what_is_above_one(
        self, recomputed: float, away: float, same: bool
    ) -> None:
        assert is_same(recomputed + away, recomputed) is same

    @pytest.mark.parametrize("name", ["p_value", "permutation_p", "df", "p"])
    @pytest.mark.parametrize("recomputed", [0.0, 0.001, 40.0])
    def test_probabilities_and_degrees_of_freedom_agree_absolutely(
        self, name: str, recomputed: float
    ) -> None:
        assert is_same(recomputed + 0.99e-7, recomputed, name)
        assert not is_same(recomputed + 1.01e-7, recomputed, name)

    def test_the_bound_itself_agrees(self) -> None:
        assert is_same(1e-7, 0.0, "p_value") and is_same(1e-8, 0.0)

    @pytest.mark.parametrize("name", ["level", "threshold"])
    def test_levels_and_thresholds_agree_exactly(self, name: str) -> None:
        assert is_same(0.95, 0.95, name)
        assert not is_same(math.nextafter(0.95, 1), 0.95, name)

    @pytest.mark.parametrize("name", ["point", "std_error", "low", "high", "mean", "largest", "influence"])
    @pytest.mark.parametrize(
        ("size", "bound"), [(1.0, 1e-8 * ERROR), (-5 * ERROR, 5e-8 * ERROR)], ids=["small", "large"]
    )
    def test_what_is_in_the_outcomes_unit_is_held_against_the_standard_error(
        self, name: str, size: float, bound: float
    ) -> None:
        ours = of_claim(**{name: size})
        assert compare(of_claim(**{name: size + 0.99 * bound}), ours).differences == ()
        assert len(compare(of_claim(**{name: size + 1.01 * bound}), ours).differences) == 1

    def test_each_number_of_a_list_is_what_the_list_is(self) -> None:
        ours = of_claim(influence=[[1.0, 2.0], [3.0, 4.0]])
        theirs = of_claim(influence=[[1.0, 2.0], [3.0 + 0.9e-8 * ERROR, 4.0 + 1.1e-8 * ERROR]])
        (found,) = compare(theirs, ours).differences
        assert found.where == "C1.influence[1][1]"

    @pytest.mark.parametrize(
        ("size", "bound"), [(10.0, 1e-8 * ERROR**2), (-2 * ERROR**2, 2e-8 * ERROR**2)], ids=["small", "large"]
    )
    def test_a_covariance_is_held_against_the_standard_error_squared(self, size: float, bound: float) -> None:
        ours = of_claim(covariance=[[size]])
        assert compare(of_claim(covariance=[[size + 0.99 * bound]]), ours).differences == ()
        assert len(compare(of_claim(covariance=[[size + 1.01 * bound]]), ours).differences) == 1

    def test_each_claim_has_its_own_standard_error(self) -> None:
        ours = {"results": [result("C1", error=1.0, point=0.0), result("C2", error=100.0, point=0.0)]}
        theirs = {"results": [result("C1", error=1.0, point=2e-8), result("C2", error=100.0, point=2e-8)]}
        assert [one.where for one in compare(theirs, ours).differences] == ["C1.point"]

    @pytest.mark.parametrize("name", ["point", "covariance"])
    def test_without_a_standard_error_the_number_itself_counts(self, name: str) -> None:
        ours = of_claim(error=None, **{name: 0.5})
        assert compare(of_claim(error=None, **{name: 0.5 + 0.49e-8}), ours).differences == ()
        assert len(compare(of_claim(error=None, **{name: 0.5 + 0.51e-8}), ours).differences) == 1

    def test_outside_the_claims_a_unit_has_no_standard_error(self) -> None:
        assert is_same(0.5 + 0.49e-8, 0.5, "point")
        assert not is_same(0.5 + 0.51e-8, 0.5, "point")
        assert not is_same(0.51e-8, 0.0, "point")

    def test_an_earlier_plans_numbers_are_held_against_one(self) -> None:
        def earlier(point: float) -> dict[str, Any]:
            return {"earlier": [{"verdicts": [{"claim": "C1", "verdict": {"point": point}}]}], **of_claim()}

        assert compare(earlier(0.99e-8), earlier(0.0)).differences == ()
        (found,) = compare(earlier(1.01e-8), earlier(0.0)).differences
        assert found.where == "earlier[0].verdicts[0].verdict.point"
        assert found.is_judgement is True


class TestWhatIsCompared:
    def test_every_value_of_both_is_counted_once(self) -> None:
        claimed = {"a": 1, "b": {"c": [1, 2, []]}, "more": 0}
        recomputed = {"a": 1, "b": {"c": [1, 2, []]}, "fewer": 0}
        found = compare(claimed, recomputed)
        assert found.n_compared == 6
        assert [one.where for one in found.differences] == ["fewer", "more"]

    def test_what_stands_on_one_side_only_is_absent_on_the_other(self) -> None:
        found = compare({"more": 1}, {"fewer": 2.5}).differences
        assert found == (
            Difference(where="fewer", claimed="(absent)", recomputed=2.5),
            Difference(where="more", claimed=1, recomputed="(absent)"),
        )

    def test_what_says_absent_is_not_absent(self) -> None:
        assert len(compare({"a": "(absent)"}, {}).differences) == 2
        assert len(compare({}, {"a": "(absent)"}).differences) == 2

    def test_what_is_empty_is_told_as_empty(self) -> None:
        (found,) = compare({"a": []}, {"a": 1}).differences
        assert found == Difference(where="a", claimed="(empty)", recomputed=1)
        assert compare({}, {}) == Comparison(n_compared=1, differences=())

    def test_the_places_are_in_the_order_of_their_names(self) -> None:
        found = compare({"b": 1, "a": {"d": 1, "c": 1}}, {"b": 2, "a": {"d": 2, "c": 2}}).differences
        assert [one.where for one in found] == ["a.c", "a.d", "b"]

    def test_claims_are_named_by_their_id_and_those_beyond_by_their_place(self) -> None:
        ours = {"results": [result("C1", n=1), result("C2", n=1)]}
        theirs = {"results": [result("C1", n=1), result("C2", n=2), {"n": 5}]}
        assert [one.where for one in compare(theirs, ours).differences] == ["C2.n", "results[2].n"]

    def test_the_list_of_claims_may_be_what_differs(self) -> None:
        found = compare({"results": [1]}, {"results": [result("C1")]}).differences
        assert [one.where for one in found][-1] == "C1"
        found = compare({"results": 1}, {"results": []}).differences
        assert [one.where for one in found] == ["results"]
        found = compare({"results": [1], "rows": [1]}, {"results": [], "rows": [2]}).differences
        assert [one.where for one in found] == ["results", "rows[0]", "results[0]"]

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ("C1.grade.value", True),
            ("C1.verdict.status", True),
            ("earlier[0].verdicts[0].verdict.point", True),
            ("C1.estimate.terms[0].interval.point", False),
            ("grade", False),
        ],
    )
    def test_grades_and_verdicts_are_judgements(self, where: str, expected: bool) -> None:
        assert Difference(where=where, claimed=1, recomputed=2).is_judgement is expected
