"""False payments and missed ones, before the money: as brute force finds them."""

import json
import math
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, norm

from impactkit.effects.worlds import RandomisedArms, TwoGroupPanel
from impactkit.evidence.case import Case
from impactkit.evidence.examine import examine
from impactkit.evidence.judge import judge_together
from impactkit.examples import copy_example
from impactkit.plans import Plan
from impactkit.plans.declared import declared
from impactkit.plans.payment import payments_of
from impactkit.plans.payment_chance import PaymentChance
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.plans.power import Power, power
from plans import money, trial
from plans.test_payment import Found
from plans.test_power import changed, planned, written

ARMS = RandomisedArms(n_lots=100, n_strata=1, cluster_noise=0.0, slope=0.0)
PANEL = TwoGroupPanel(n_units=15, n_treated=5, n_periods=5, start=3, persistence=0.0)
SPREAD = {"spread": math.sqrt(2), "correlation": 0.5}
CONTRACT = {
    **money.CONTRACT,
    "service_start": "2000-01-01",
    "validation_date": "2030-01-01",
    "payment_date": "2030-06-01",
}


def paying(plan: Plan, **payment: Any) -> Plan:
    """Return the plan with a contract on its first claim."""
    page = plan.folder / "plan.toml"
    content = tomllib.loads(page.read_text("utf-8"))
    terms = {"claim": "C1", "basis": "lower_limit", "sek_per_unit": "1000", "cap_sek": 900, **payment}
    days = {**CONTRACT, "service_end": f"{content['claims'][0]['by'] + 1}-12-31"}
    made: Plan = written(page, {**content, "outcome_contract": {**days, "payments": [terms]}})
    return made


def by(found: Power, basis: str) -> dict[float, PaymentChance]:
    return {each.multiple: each for each in found.claims[0].payments if each.basis == basis}


def brute(plan: Plan, world: Any, effect: float, *, draws: int) -> dict[str, np.ndarray]:
    """Carry out the plan on worlds in which the effect is true, and pay for each."""
    claim, estimator = plan.claims[0], planned_estimator(plan, plan.claims[0])
    rows: dict[str, list[float]] = {"verdict": [], "lower_limit": [], "point": []}
    for seed in range(draws):
        drawn = replace(world, effect=effect)
        study = drawn.study(drawn.draw(20_000 + seed))
        seen = examine(study, estimator, declared=declared(plan, claim))
        case = Case(claim=claim, estimate=seen.estimate, grade=seen.grade)
        (verdict,) = judge_together([case], alpha=float(plan.decision.alpha))
        result = Found(claim=claim, estimate=seen.estimate, grade=seen.grade, verdict=verdict)
        payments = payments_of(plan, [result], prior="claimed_prior")
        assert payments is not None
        for basis, amount in payments.payments[0].by_rule.items():
            rows[basis].append(amount)
    return {basis: np.array(amounts) for basis, amounts in rows.items()}


def agrees(each: PaymentChance, amounts: np.ndarray, *, allowed: float = 0.02) -> None:
    """Hold a chance and a mean to what was counted, within the error of both."""
    n, k = len(amounts), int((amounts > 0).sum())
    least, most = max(each.chance_low - allowed, 0.0), min(each.chance_high + allowed, 1.0)
    assert binom.sf(k - 1, n, most) > 1e-4, (each, k / n)
    assert binom.cdf(k, n, least) > 1e-4, (each, k / n)
    error = 4 * amounts.std(ddof=1) / math.sqrt(n) + allowed * 900
    assert each.expected_low - error <= amounts.mean() <= each.expected_high + error, (each, amounts.mean())


@pytest.mark.parametrize(
    ("world", "method", "size", "given", "how"),
    [
        (ARMS, "randomised_trial", 0.5, {"spread": 1.0}, "formula"),
        (PANEL, "difference_in_differences", 1, SPREAD, "simulation"),
    ],
    ids=["formula", "simulation"],
)
def test_payments_are_those_of_brute_force(
    sound: dict[str, Any], tmp_path: Path, world: Any, method: str, size: float, given: Any, how: str
) -> None:
    plan = paying(changed(planned(sound, tmp_path, method, None, world), size))
    found = power(plan, **given)
    assert found.claims[0].method == how
    for multiple in (0.0, 2.0):
        effect = by(found, "verdict")[multiple].effect
        seen = brute(plan, world, effect, draws=80)
        for basis, amounts in seen.items():
            agrees(by(found, basis)[multiple], amounts)


@pytest.mark.slow
@pytest.mark.parametrize("multiple", [0.0, 0.5, 1.0, 2.0])
def test_payments_are_those_of_brute_force_at_length(
    sound: dict[str, Any], tmp_path: Path, multiple: float
) -> None:
    plan = paying(changed(planned(sound, tmp_path, "randomised_trial", None, ARMS), 0.5))
    found = power(plan, spread=1.0)
    seen = brute(plan, ARMS, by(found, "verdict")[multiple].effect, draws=1500)
    for basis, amounts in seen.items():
        agrees(by(found, basis)[multiple], amounts, allowed=0.005)


@pytest.fixture(scope="module")
def lottery(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    content = money.with_money(outcome_contract=money.contract())
    return money.plan_of(tmp_path_factory.mktemp("lottery"), content)


@pytest.fixture(scope="module")
def found(lottery: Plan) -> Power:
    return power(lottery, spread=12.0)


def test_the_stricter_rule_is_paid_less_often_where_there_is_no_effect(found: Power) -> None:
    chances = [by(found, basis)[0.0] for basis in ("verdict", "lower_limit", "point")]
    assert [each.chance for each in chances] == sorted(each.chance for each in chances)
    assert chances[0].chance < 0.005 < 0.02 < chances[1].chance < 0.03
    assert chances[2].chance == pytest.approx(0.5)
    assert [each.is_agreed for each in chances] == [True, False, False]


def test_by_formula_the_false_payment_is_the_normal_tail(tmp_path: Path, found: Power) -> None:
    """20 people in each arm with a standard deviation of 12: the estimate of nothing has one of 3.79."""
    spread = 12 * math.sqrt(1 / 20 + 1 / 20)
    plan = money.plan_of(tmp_path, money.with_money(outcome_contract=money.contract(threshold="3")))
    point = by(power(plan, spread=12.0), "point")[0.0]
    assert point.chance == pytest.approx(norm.sf(3 / spread), rel=1e-9)
    grid = np.linspace(3, 60, 400_001)
    mean = np.trapezoid(np.minimum(20_000 * grid, 250_000) * norm.pdf(grid, scale=spread), grid)
    assert point.expected == pytest.approx(float(mean), rel=1e-6)
    assert by(found, "lower_limit")[0.0].chance == pytest.approx(0.025, abs=1e-6)


def test_by_verdict_a_payment_is_as_likely_as_the_verdict(found: Power) -> None:
    (claim,) = found.claims
    supported = {each.multiple: each.chances["supported"] for each in claim.chances}
    for multiple, each in by(found, "verdict").items():
        assert each.chance == supported[multiple]
        assert each.expected == pytest.approx(100_000 * supported[multiple])


def test_a_larger_true_effect_is_paid_more_and_never_beyond_the_cap(found: Power) -> None:
    for basis in ("verdict", "lower_limit", "point"):
        rows = by(found, basis)
        means = [rows[multiple].expected for multiple in (0.0, 0.5, 1.0, 2.0)]
        assert means == sorted(means)
        assert 0 <= means[0] <= means[-1] <= 250_000


def test_a_design_that_cannot_tell_pays_nothing(tmp_path: Path) -> None:
    said = trial.content(estimator={"method": "before_after"}, data={"treated": None})
    made = money.with_money(said, outcome_contract=money.contract(basis="point"))
    made["data"] = {**made["data"], "unit": None, "time": "arm", "start": 1}
    made["data"] = {key: value for key, value in made["data"].items() if value is not None}
    plan = money.plan_of(tmp_path, made)
    rows = power(plan, spread=1.0).claims[0].payments
    assert {each.chance for each in rows} == {0.0}
    assert {each.expected for each in rows} == {0.0}


def test_a_grade_in_doubt_counts_and_the_draws_behind_it_are_told(tmp_path: Path) -> None:
    """Without an effect the trend check fails each time, so that not even the estimate is paid for."""
    page = copy_example("norrgarden", tmp_path / "norrgarden")
    content = tomllib.loads(page.read_text("utf-8"))
    terms = money.contract(units=None, units_are=None, basis="point")
    days = {"service_end": "2025-09-30", "validation_date": "2025-12-01", "payment_date": "2026-01-31"}
    plan = Plan.of({**content, "outcome_contract": {**terms, **days}})
    plan._path = page
    found = power(plan, spread=8, correlation=0.8, n_treated=12, n_comparison=24)
    none, twice = by(found, "point")[0.0], by(found, "point")[2.0]
    assert (none.chance, none.n_draws) == (0.0, 40)
    assert none.chance_high == pytest.approx(1 - 0.025 ** (1 / 40))
    assert none.expected_high == pytest.approx(none.chance_high * 250_000)
    assert 0 < twice.chance_low < twice.chance < twice.chance_high < 1
    assert twice.expected_low < twice.expected < twice.expected_high


def test_it_is_told_tidily_in_the_record_and_in_both_languages(found: Power, lottery: Plan) -> None:
    table = found.tidy_payments()
    assert len(table) == 12
    assert table.query("is_agreed")["basis"].unique().tolist() == ["verdict"]
    record = json.loads(json.dumps(found.to_record()))
    assert len(record["claims"][0]["payments"]) == 12
    for language, word in (("sv", "kronor"), ("en", "SEK")):
        told = found.claims[0].in_words(language)
        assert sum(word in sentence for sentence in told) == 2
        with_language = found.claims[0].payments_in_words()
        assert all(each.text(language) in told for each in with_language)
    assert "What the contract can be expected to pay" in found._repr_html_()


def test_without_a_contract_power_says_nothing_of_payments(tmp_path: Path) -> None:
    plain = power(money.plan_of(tmp_path, trial.content()))
    assert "payments" not in plain.to_record()["claims"][0]
    assert plain.tidy_payments().empty
    assert "betala" not in " ".join(plain.claims[0].in_words("sv"))


def test_a_claim_in_per_cent_is_paid_by_its_verdict_alone(tmp_path: Path) -> None:
    claim = {**trial.claim("C1", "y", size="12"), "relative": True}
    terms = money.contract(units=None, units_are=None)
    plan = money.plan_of(tmp_path, money.with_money(trial.content(claims=[claim]), outcome_contract=terms))
    found = power(plan)
    supported = {each.multiple: each.chances["supported"] for each in found.claims[0].chances}
    assert {each.basis for each in found.claims[0].payments} == {"verdict"}
    for multiple, each in by(found, "verdict").items():
        assert each.n_draws > 0
        assert each.expected == pytest.approx(120_000 * supported[multiple])
        assert each.chance_low <= each.chance <= each.chance_high
        assert each.expected_low <= each.expected <= each.expected_high
