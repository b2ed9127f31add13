"""A valuation in a plan: what is never added or taken off, and what comes of it by hand."""

import math
from pathlib import Path
from typing import Any

import pytest

import impactkit as ik
from impactkit.errors import PlanError
from impactkit.plans import Plan
from impactkit.plans.valued import Valued, valued
from impactkit.wording import told
from plans import money, trial
from plans.test_payment import found

COUNT = "housing/unlawful-sublets-ended"
WITHOUT_REFERENCE = {key: item for key, item in money.VALUE["unit_costs"][0].items() if key != "reference"}
LOAN = {"granted_sek": 9, "paid_out_sek": 8, "financed_share": "0.8"}


def value(**changes: Any) -> dict[str, Any]:
    made = {**money.VALUE, **changes}
    return {key: item for key, item in made.items() if item is not None}


def refused(value: dict[str, Any], *claims: dict[str, Any], **tables: Any) -> str:
    made = {**trial.content(claims=list(claims) or None), **tables}
    with pytest.raises(PlanError) as error:
        Plan.of(money.with_money(made, value=value))
    assert told(error.value, "sv") != told(error.value, "en")
    return str(error.value)


@pytest.mark.parametrize("key", ["deadweight", "attribution"])
def test_deadweight_is_understood_and_refused_with_the_reason(key: str) -> None:
    said = refused(value(**{key: "0.25"}))
    assert f"value.{key} would be taken off twice" in said
    assert "choose a design with a comparison" in said


@pytest.mark.parametrize("key", ["displacement", "drop_off"])
def test_a_percentage_by_judgement_is_refused(key: str) -> None:
    assert f"value.{key} is a percentage by judgement" in refused(value(**{key: "0.25"}))


def test_another_unknown_key_is_told_as_any_other() -> None:
    assert "Did you mean cost_sek?" in refused(value(cost_sk=1))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cost_low_sek": 1}, "one limit of the cost and not the other"),
        (
            {"cost_low_sek": 2_100_000, "cost_high_sek": 2_200_000},
            "is not between its limits, 2100000 and 2200000",
        ),
        (
            {"cost_low_sek": 1, "cost_high_sek": 3_000_000, "cost_std_error_sek": 5},
            "both limits and a standard error",
        ),
        ({"price_year": 2022}, "in prices of 2023, and the cost in prices of 2022"),
        ({"unit_costs": money.VALUE["unit_costs"] * 2}, "is there twice"),
        ({"unit_costs": [{**money.VALUE["unit_costs"][0], "claim": "C2"}]}, "There is no claim C2"),
        ({"unit_costs": [WITHOUT_REFERENCE]}, "value.unit_costs[1].reference is missing"),
        ({"effects": money.VALUE["effects"] * 2}, "Claim C1 is valued twice"),
        ({"effects": [{"claim": "C1", "units": 5}]}, "who they are, but not both"),
        ({"effects": []}, "value.effects"),
        ({"cost_sek": 0}, "value.cost_sek"),
    ],
    ids=lambda item: item if isinstance(item, str) else None,
)
def test_what_cannot_be_right_is_refused(changes: dict[str, Any], said: str) -> None:
    assert said in refused(value(**changes))


def test_a_unit_cost_of_a_claim_that_is_not_valued_is_refused() -> None:
    costs = [*money.VALUE["unit_costs"], {**money.VALUE["unit_costs"][0], "claim": "C2"}]
    claims = (trial.claim("C1", "y"), trial.claim("C2", "z", role="secondary"))
    assert "not among the effects that are valued" in refused(value(unit_costs=costs), *claims)


def test_a_claim_that_nothing_happens_has_no_value() -> None:
    claims = (trial.claim("C1", "y"), trial.claim("C2", "z", role="secondary", change="no_effect"))
    effects = [{"claim": "C2"}]
    assert "no effect to value" in refused(value(effects=effects, unit_costs=None), *claims)


class TestTheShareFinanced:
    def test_is_of_counts_alone(self) -> None:
        said = refused(value(basis="financed_share"), loan=LOAN)
        assert "a part of a share means nothing" in said
        assert "value.basis" in said

    def test_needs_a_loan(self) -> None:
        assert "the plan has no [loan]" in refused(value(basis="financed_share"))

    def test_is_of_both_effect_and_cost(self) -> None:
        one = of_count(basis="financed_share", cost_std_error_sek=100).claims[0].value
        whole = of_count(cost_std_error_sek=100).claims[0].value
        assert one.effect == pytest.approx(0.8 * whole.effect)
        assert (one.cost, one.cost_std_error) == (pytest.approx(1_600_000), pytest.approx(80))
        assert one.per_unit == pytest.approx(whole.per_unit)


def of_count(**changes: Any) -> Valued:
    """A count that falls by 10 in each of 4 areas on average (limits 6 and 14)."""
    claim = {**trial.claim("C1", "y", change="decrease"), "indicator": COUNT}
    made = {**trial.content(claims=[claim]), "loan": LOAN}
    effects = [{"claim": "C1", "units": 4, "units_are": "Areas"}]
    plan = Plan.of(money.with_money(made, value=value(effects=effects, **changes)))
    done = valued(plan, [found(plan, point=-10.0, low=-14.0, high=-6.0)])
    assert done is not None
    return done


def test_a_count_by_hand() -> None:
    one = of_count().claims[0]
    assert (one.value.effect, one.value.low, one.value.high) == (40.0, 24.0, 56.0)
    assert one.value.per_unit == 50_000
    assert one.value.limits == ("interval", pytest.approx(2_000_000 / 56), pytest.approx(2_000_000 / 24))
    (call_out,) = one.avoided
    assert (call_out.point, call_out.low, call_out.high) == (6_000_000, 3_600_000, 8_400_000)
    assert (call_out.net, call_out.net_low, call_out.net_high) == (4_000_000, 1_600_000, 6_400_000)


def test_a_percentage_counts_people() -> None:
    plan = Plan.of(money.with_money(value=money.VALUE))
    done = valued(plan, [found(plan)])
    assert done is not None
    assert done.claims[0].value.effect == 20.0  # 10 percentage points of 200 people
    assert done.claims[0].value.per_unit == 100_000


@pytest.mark.parametrize(
    ("told", "net"), [({"grade": 2}, math.nan), ({"status": "not_assessable"}, math.nan), ({}, 1e6)]
)
def test_what_cannot_be_attributed_has_no_net_benefit(told: dict[str, Any], net: float) -> None:
    plan = Plan.of(money.with_money(value=money.VALUE))
    done = valued(plan, [found(plan, **told)])
    assert done is not None
    (call_out,) = done.claims[0].avoided
    assert call_out.net == pytest.approx(net, nan_ok=True)
    assert (call_out.reason is None) is (net == net)
    said = done.claims[0].value.in_words("en")
    assert ("attributed" in said[0]) is (net != net)


class TestTogether:
    def claims(self, *values: str, second: str = "z", **more: Any) -> tuple[dict[str, Any], ...]:
        group = [{"column": "kind", "value": one} for one in values]
        one = {**trial.claim("C1", "y"), "subgroup": group[0]}
        other = {**trial.claim("C2", second, role="secondary"), "subgroup": group[1], **more}
        return one, other

    def both(self) -> dict[str, Any]:
        effects = [{"claim": name, "units": 100, "units_are": "People"} for name in ("C1", "C2")]
        return value(effects=effects, together=True)

    def test_unlike_units_are_not_added(self) -> None:
        claims = self.claims("women", "men", indicator=COUNT)
        assert "Claims C1 and C2 are in unlike units" in refused(self.both(), *claims)

    def test_the_same_people_are_not_counted_twice(self) -> None:
        assert "counted twice" in refused(self.both(), *self.claims("women", "women"))
        plain = (trial.claim("C1", "y"), trial.claim("C2", "z", role="secondary"))
        assert "counted twice" in refused(self.both(), *plain)
        one, other = self.claims("women", "men")
        assert "counted twice" in refused(
            self.both(), one, {**other, "subgroup": {"column": "age", "value": "men"}}
        )

    def test_groups_that_share_nobody_are_added(self) -> None:
        made = trial.content(claims=list(self.claims("women", "men", second="y")))
        plan = Plan.of(money.with_money(made, value=self.both()))
        done = valued(plan, [found(plan), found(plan, "C2", low=2.0, point=4.0, high=6.0, grade=3)])
        assert done is not None and done.together is not None and done.avoided is not None
        assert (done.together.effect, done.together.low, done.together.high) == (14.0, 8.0, 20.0)
        assert done.together.per_unit == pytest.approx(2_000_000 / 14)
        assert done.together.grade == 3
        # Only the first claim has a unit cost: 10 people at 150,000 SEK.
        assert (done.avoided.point, done.avoided.net) == (1_500_000, -500_000)


def test_limits_of_the_cost_give_its_standard_error() -> None:
    plan = Plan.of(money.with_money(value=value(cost_low_sek=1_900_000, cost_high_sek=2_392_000)))
    assert plan.value is not None
    assert plan.value.cost_std_error == pytest.approx(200_000, abs=5)  # the wider side, over 1.96


def test_an_evaluation_is_valued_by_the_limits_it_was_judged_by(tmp_path: Path) -> None:
    plan = money.plan_of(tmp_path, money.with_money(value=money.VALUE))
    evaluation = ik.evaluate(plan)
    done = valued(plan, evaluation.results)
    assert done is not None
    verdict = evaluation.verdicts[0]
    assert done.claims[0].value.low == pytest.approx(2 * verdict.low)
    assert done.claims[0].value.level == verdict.level
    assert valued(Plan.of(trial.content()), evaluation.results) is None
