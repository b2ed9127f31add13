"""How the claims of a family share the risk of a false finding, step by step."""

import math
from dataclasses import replace

import numpy as np
import pytest

from evidence.test_judge import GRADE, Drawn, claim, estimate, of_error
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.evidence import family
from impactkit.evidence.case import Case
from impactkit.evidence.claim import Claim
from impactkit.evidence.family import Multiplicity, stepped_levels

ROMANO_WOLF = Multiplicity(method="romano_wolf", seed=7)


def with_p(name, p, *, role="primary"):
    """A case whose p-value is what its permutation test says."""
    found = estimate(Interval.from_std_error(50.0, 1.0, df=math.inf), Drawn(50.0, 1.0, smallest_p=p))
    return Case(claim=claim(name=name, role=role), estimate=found, grade=GRADE)


def moved(name, point, errors, *, made=None, **more):
    """A case whose error is made of given contributions of four clusters."""
    found = replace(
        of_error(point),
        contributions=Contributions.of(np.array(errors, dtype=float)[:, None]),
        cluster_names=lambda: np.array(["a", "b", "c", "d"]),
    )
    return Case(claim=made or claim(name=name), estimate=found, grade=GRADE, **more)


ERRORS = [1.0, -1.0, 2.0, -2.0]
OTHER_ERRORS = [1.0, 1.0, 0.0, 0.0]


class TestHolm:
    def test_it_is_the_rule_when_nothing_else_is_said(self) -> None:
        rule = Multiplicity()
        assert (rule.method, rule.family, rule.seed) == ("holm", "primary", 1)
        assert rule.members([]) == []

    def test_it_asks_not_how_effects_move(self) -> None:
        cases = [moved(f"C{place}", 9.0, ERRORS) for place in range(2)]
        assert stepped_levels(cases, 0.125, Multiplicity())["C0"] == 0.9375

    @pytest.mark.parametrize(
        ("p_values", "levels"),
        [
            ([0.001], [0.875]),
            ([0.001, 0.002], [0.9375, 0.875]),
            ([0.002, 0.001], [0.875, 0.9375]),
            ([0.03125, 0.0625], [0.9375, 0.875]),
            ([0.0313, 0.0314], [0.9375, 0.9375]),
            ([0.001, 0.07, 0.0001], [0.9375, 0.875, 1 - 0.125 / 3]),
            ([0.001, 0.04, 0.05], [1 - 0.125 / 3, 0.9375, 0.9375]),
        ],
    )
    def test_each_step_that_holds_leaves_a_larger_share(
        self, p_values: list[float], levels: list[float]
    ) -> None:
        """Alpha is an eighth: of K claims left the smallest p is held against an eighth / K / 2."""
        cases = [with_p(f"C{place}", p) for place, p in enumerate(p_values)]
        found = stepped_levels(cases, 0.125, Multiplicity())
        assert found == {f"C{place}": level for place, level in enumerate(levels)}

    @pytest.mark.parametrize(("who", "expected"), [("primary", ["C0"]), ("all", ["C0", "C1", "C2"])])
    def test_the_family_is_the_primary_claims_or_all(self, who: str, expected: list[str]) -> None:
        roles = ("primary", "secondary", "guardrail")
        cases = [with_p(f"C{place}", 0.001, role=role) for place, role in enumerate(roles)]
        assert [case.claim.id for case in Multiplicity(family=who).members(cases)] == expected


class TestRomanoWolf:
    def test_effects_that_move_as_one_share_nothing(self) -> None:
        cases = [moved(f"C{place}", 9.0, ERRORS) for place in range(2)]
        levels = stepped_levels(cases, 0.1, ROMANO_WOLF)
        assert levels == pytest.approx({"C0": 0.9, "C1": 0.9}, abs=0.003)

    def test_effects_that_move_apart_share_as_much_as_holm_says(self) -> None:
        """The one that is promised to fall is large and good when the other is large and bad."""
        cases = [
            moved("C0", 9.0, ERRORS),
            moved("C1", -8.0, ERRORS, made=claim(name="C1", change="decrease")),
        ]
        levels = stepped_levels(cases, 0.1, ROMANO_WOLF)
        assert levels == pytest.approx({"C0": 0.95, "C1": 0.9}, abs=0.003)

    def test_the_share_is_twice_the_joint_one_sided_level_of_signed_errors(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def joint_alpha(correlation, alpha, **settings):
            asked.append((correlation.tolist(), alpha, settings))
            return 0.02

        monkeypatch.setattr(family, "joint_alpha", joint_alpha)
        fall = claim(name="C2", change="decrease")
        cases = [
            moved("C0", 2.0, ERRORS),
            moved("C1", 2.0, OTHER_ERRORS),
            moved("C2", -2.0, ERRORS, made=fall),
        ]
        assert stepped_levels(cases, 0.1, ROMANO_WOLF) == dict.fromkeys(("C0", "C1", "C2"), 0.96)
        ((correlation, alpha, settings),) = asked
        np.testing.assert_allclose(correlation, [[1, 0, -1], [0, 1, 0], [-1, 0, 1]], atol=1e-12)
        assert alpha == 0.05
        assert settings == {"draws": 19_999, "seed": 7, "alternative": "one-sided"}

    @pytest.mark.parametrize(
        "second",
        [
            moved("C1", 9.0, ERRORS, made=claim(name="C1", change="no_effect")),
            moved(
                "C1",
                9.0,
                ERRORS,
                made=Claim(
                    id="C1",
                    indicator="a/b",
                    role="primary",
                    change="increase",
                    minimum_effect="2",
                    by=2026,
                    relative=True,
                ),
                at_claim=(of_error(9.0),),
            ),
            Case(claim=claim(name="C1"), estimate=of_error(9.0), grade=GRADE),
        ],
        ids=["either way", "in per cent", "unknown contributions"],
    )
    def test_where_it_is_unknown_how_they_move_holms_share_is_kept(self, second: Case) -> None:
        levels = stepped_levels([moved("C0", 10.0, ERRORS), second], 0.125, ROMANO_WOLF)
        assert levels["C0"] == 0.9375
