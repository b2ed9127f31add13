"""What a contract pays after the follow-up: every rule by hand, and every gate that stops it."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import impactkit as ik
from impactkit.effects.interval import Interval
from impactkit.evidence import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.lowered import Bound, lowered, unjudged
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Plan
from impactkit.plans.payment import Payment, payments_of
from impactkit.wording import Message
from plans import money, trial

SUPPORTED = {"status": "supported", "point": 10.0, "low": 6.0, "high": 14.0}
ESTIMATE = ik.RandomisedTrial().estimate(
    ik.Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A claim with a verdict that somebody wrote down."""

    claim: Claim
    estimate: ik.Estimate
    grade: EvidenceGrade
    verdict: Verdict


def found(
    plan: Plan, name: str = "C1", *, grade: int = 5, se: float = 2.0, df: float = 9.0, **told: Any
) -> Found:
    claim = plan.claim(name)
    said = {"reasons": (Message("verdict.reason.wide"),), "level": 0.95, **SUPPORTED, **told}
    verdict = Verdict(claim=name, threshold=5.0, permutation_p=0.001, **said)
    interval = Interval(
        point=verdict.point, std_error=se, df=df, level=0.95, low=verdict.low, high=verdict.high, p_value=0.01
    )
    headline = replace(ESTIMATE.terms[0], interval=interval)
    return Found(
        claim=claim,
        estimate=replace(ESTIMATE, terms=(headline,)),
        grade=EvidenceGrade(value=grade, ceiling=5, reasons=()),
        verdict=verdict,
    )


def plan_with(change: str = "increase", **payment: Any) -> Plan:
    """200 people and 10,000 SEK each: 20,000 SEK a percentage point; capped at 250,000."""
    made = trial.content(claims=[trial.claim("C1", "y", change=change)])
    return Plan.of(money.with_money(made, outcome_contract=money.contract(**payment)))


def one(plan: Plan, *, prior: Any = "claimed_prior", **told: Any) -> Payment:
    payments = payments_of(plan, [found(plan, **told)], prior=prior)
    assert payments is not None
    assert payments.paid == payments.payments[0].paid
    return payments.payments[0]


@pytest.mark.parametrize(
    ("basis", "sek"), [("verdict", 100_000), ("lower_limit", 120_000), ("point", 200_000)]
)
def test_each_rule_pays_for_another_number(basis: str, sek: float) -> None:
    paid = one(plan_with(basis=basis))
    assert paid.paid == sek
    assert paid.by_rule == {"verdict": 100_000, "lower_limit": 120_000, "point": 200_000}
    assert (paid.at_point, paid.at_low, paid.at_high) == (200_000, 120_000, 250_000)
    assert paid.at_goal == 100_000
    assert [reason.code for reason in paid.reasons] == [f"money.paid.{basis}"]


def test_a_fall_that_is_good_is_paid_as_a_rise() -> None:
    paid = one(plan_with("decrease"), point=-10.0, low=-14.0, high=-6.0)
    assert paid.by_rule == {"verdict": 100_000, "lower_limit": 120_000, "point": 200_000}
    assert (paid.at_low, paid.at_high) == (120_000, 250_000)


def test_the_cap_and_the_threshold_hold() -> None:
    capped = one(plan_with(basis="point"), point=13.0)
    assert capped.paid == 250_000
    assert capped.reasons[-1] == Message("money.paid.cap", {"cap": 250_000})
    below = one(plan_with(basis="lower_limit", threshold="4"), low=3.0, status="partly_supported")
    assert below.paid == 0
    assert below.reasons[0].code == "money.unpaid.below"
    assert below.at_low == 0


def test_steps_pay_by_hand() -> None:
    steps = [
        {"at_least": "5", "sek": 40_000},
        {"at_least": "10", "sek": 90_000},
        {"at_least": "20", "sek": 400_000},
    ]
    plan = plan_with(basis="lower_limit", sek_per_unit=None, units=None, units_are=None, steps=steps)
    paid = one(plan, low=6.0, high=21.0, point=13.5)
    assert (paid.paid, paid.at_point, paid.at_high) == (40_000, 90_000, 250_000)


def test_a_limit_on_the_threshold_itself_has_not_reached_it() -> None:
    steps = [{"at_least": "5", "sek": 40_000}]
    plan = plan_with(basis="point", sek_per_unit=None, units=None, units_are=None, steps=steps)
    assert one(plan, point=5.0).paid == 0
    assert one(plan, point=5.0 + 3e-6).paid == 40_000  # 1e-6 standard errors are 2e-6


def test_break_even_is_told_apart_from_the_goal() -> None:
    paid = one(plan_with(break_even="8"))
    assert (paid.at_goal, paid.at_break_even) == (100_000, 160_000)
    assert math.isnan(one(plan_with()).at_break_even)


@pytest.mark.parametrize("status", ["partly_supported", "inconclusive", "contradicted"])
def test_a_verdict_short_of_supported_pays_nothing_by_verdict(status: str) -> None:
    paid = one(plan_with(), status=status, low=1.0)
    assert paid.paid == 0
    assert paid.by_rule["point"] == 200_000
    assert paid.by_rule["lower_limit"] == (20_000 if status == "partly_supported" else 0)
    assert "Inget betalas" in paid.reasons[0].text("sv")


def test_the_looser_rule_says_that_what_it_pays_for_was_not_shown() -> None:
    paid = one(plan_with(basis="point"), status="inconclusive", low=-2.0)
    assert paid.paid == 200_000
    assert [reason.code for reason in paid.reasons] == ["money.paid.point", "money.paid.unshown"]


@pytest.mark.parametrize("basis", ["verdict", "lower_limit", "point"])
@pytest.mark.parametrize(
    ("gate", "told"),
    [
        ("not_assessable", {"status": "not_assessable"}),
        ("unknown", {"status": "inconclusive", "low": math.nan, "high": math.nan}),
        ("grade", {"status": "partly_supported", "grade": 2}),
        ("not_prior", {"status": "partly_supported", "prior": "not_prior"}),
    ],
)
def test_a_shut_gate_pays_nothing_by_any_rule_and_says_why(
    basis: str, gate: str, told: dict[str, Any]
) -> None:
    paid = one(plan_with(basis=basis), **told)
    assert paid.paid == 0
    assert set(paid.by_rule.values()) == {0.0}
    assert [reason.code for reason in paid.reasons] == [f"money.gate.{gate}"]
    for language in ("sv", "en"):
        assert "{" not in paid.reasons[0].text(language)


def test_an_exploratory_run_and_a_lowered_verdict_pay_nothing() -> None:
    plan = plan_with(basis="point")
    plain = found(plan)
    why = Message("verdict.reason.amended.lower", {"plan": "A", "verdict": "B"})
    late = lowered(plain.verdict, [Bound(status="inconclusive", reason=why)])
    for verdict, gate in ((unjudged(plain.verdict), "exploratory"), (late, "lowered")):
        payments = payments_of(plan, [replace(plain, verdict=verdict)], prior="claimed_prior")
        assert payments is not None
        assert payments.paid == 0
        assert payments.payments[0].reasons[0].code == f"money.gate.{gate}"


def test_harm_on_a_guardrail_stops_every_payment() -> None:
    claims = [trial.claim("C1", "y"), trial.claim("C2", "z", role="guardrail", change="no_harm")]
    plan = Plan.of(money.with_money(trial.content(claims=claims), outcome_contract=money.contract()))
    results = [found(plan), found(plan, "C2", status="contradicted", harm=True)]
    payments = payments_of(plan, results, prior="claimed_prior")
    assert payments is not None
    assert payments.payments[0].reasons == (Message("money.gate.guardrail", {"claims": "C2"}),)
    unharmed = payments_of(plan, [results[0], found(plan, "C2")], prior="claimed_prior")
    assert unharmed is not None
    assert unharmed.paid == 100_000


def test_the_whole_contract_has_a_cap_of_its_own() -> None:
    claims = [trial.claim("C1", "y"), trial.claim("C2", "z", role="secondary")]
    contract = {
        **money.CONTRACT,
        "cap_sek": 150_000,
        "payments": [money.PAYMENT, {**money.PAYMENT, "claim": "C2"}],
    }
    plan = Plan.of(money.with_money(trial.content(claims=claims), outcome_contract=contract))
    payments = payments_of(plan, [found(plan), found(plan, "C2")], prior="claimed_prior")
    assert payments is not None
    assert [each.paid for each in payments.payments] == [100_000, 100_000]
    assert (payments.paid, payments.most_sek) == (150_000, 150_000)


def test_the_mean_over_the_uncertainty_is_that_of_draws_from_its_t() -> None:
    paid = one(plan_with(), se=2.0, df=9.0)
    effects = 10.0 + 2.0 * np.random.default_rng(1).standard_t(9, 500_000)
    amounts = np.clip(20_000 * effects, 0, 250_000)
    assert paid.expected == pytest.approx(amounts.mean(), abs=4 * amounts.std() / math.sqrt(len(amounts)))
    assert math.isnan(one(plan_with(), se=math.nan).expected)


def test_a_claim_in_per_cent_is_paid_by_its_verdict() -> None:
    made = trial.content(claims=[{**trial.claim("C1", "y", size="12"), "relative": True}])
    terms = money.contract(units=None, units_are=None, sek_per_unit="1000")
    plan = Plan.of(money.with_money(made, outcome_contract=terms))
    paid = one(plan)
    assert paid.by_rule == {"verdict": 12_000.0}
    assert math.isnan(paid.at_point) and math.isnan(paid.expected)


@given(low=st.floats(-30, 30), up=st.floats(0.01, 10), wide=st.floats(0.01, 10))
def test_paid_is_monotone_in_the_effect_and_within_the_cap(low: float, up: float, wide: float) -> None:
    plan = plan_with(basis="lower_limit", threshold="2")
    limits = {"status": "partly_supported", "se": 1.0}
    lower = one(plan, low=low, point=low + wide, high=low + 2 * wide, **limits)
    higher = one(plan, low=low + up, point=low + up + wide, high=low + up + 2 * wide, **limits)
    assert 0 <= lower.paid <= higher.paid <= 250_000
    assert lower.at_low <= lower.at_point <= lower.at_high
    assert 0 <= lower.expected <= higher.expected + 1e-6 <= 250_000 + 1e-6


def test_an_evaluation_pays_and_its_record_says_so(tmp_path: Path) -> None:
    plan = money.plan_of(tmp_path, money.with_money(outcome_contract=money.contract()))
    evaluation = ik.evaluate(plan)
    assert evaluation.payments is not None
    assert evaluation.payments.paid == 100_000
    record = evaluation.to_record()["payments"]
    assert record["paid"] == 100_000
    assert record["payments"][0]["by_rule"]["lower_limit"] == pytest.approx(
        20_000 * evaluation.verdicts[0].low
    )
    tested = stats.ttest_ind(*(frame["y"] for _, frame in plan.rows().groupby("arm")))
    assert record["payments"][0]["at_low"] == pytest.approx(
        20_000 * -tested.confidence_interval(0.95).high, rel=0.05
    )


def test_it_is_shown_tidily_and_in_a_notebook() -> None:
    plan = plan_with(basis="lower_limit")
    payments = payments_of(plan, [found(plan)], prior="claimed_prior")
    assert payments is not None
    (row,) = payments.tidy().to_dict("records")
    assert (row["paid"], row["by_verdict"], row["by_point"]) == (120_000, 100_000, 200_000)
    ik.use_language("sv")
    shown = payments._repr_html_()
    assert "120\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kronor" in shown
    assert "det som gränserna minst lämnar kvar" in shown


def test_without_a_contract_nothing_is_recorded(tmp_path: Path) -> None:
    evaluation = ik.evaluate(money.plan_of(tmp_path, trial.content()))
    assert evaluation.payments is None
    assert "payments" not in evaluation.to_record()


def test_an_exploratory_evaluation_pays_nothing(tmp_path: Path) -> None:
    plan = money.plan_of(tmp_path, money.with_money(outcome_contract=money.contract(basis="point")))
    payments = ik.evaluate(plan, exploratory=True).payments
    assert payments is not None
    assert payments.paid == 0
    assert payments.payments[0].reasons == (Message("money.gate.exploratory"),)


class TestAmended:
    """The lottery's effect of 10 points is seen, and then the contract or the promise is changed."""

    LOCKED = money.contract()

    def paid(
        self, folder: Path, *, before: Any = LOCKED, after: Any, seen: bool = True, size: str = "5"
    ) -> Any:
        trial.locked_in(folder, money.with_money(outcome_contract=before))
        made = trial.content(claims=[trial.claim("C1", "y", size=size)])
        trial.amended_in(folder, money.with_money(made, outcome_contract=after), seen=seen)
        plan = trial.plan_in(folder, money.with_money(made, outcome_contract=after))
        payments = ik.evaluate(plan).payments
        assert payments is not None
        return payments

    @pytest.mark.parametrize(
        ("after", "size"),
        [(money.contract(sek_per_unit="12000"), "5"), (money.contract(basis="point"), "5"), (LOCKED, "8")],
        ids=["a higher rate", "a looser rule", "a larger promise"],
    )
    def test_what_is_changed_after_it_was_seen_raises_no_payment(
        self, tmp_path: Path, after: Any, size: str
    ) -> None:
        payments = self.paid(tmp_path, after=after, size=size)
        # By estimate the locked plan would have paid more, but it paid by verdict.
        assert payments.paid == payments.payments[0].paid == 100_000
        assert payments.payments[0].reasons[0].code == "money.gate.earlier"
        assert "den plan som låstes" in payments.payments[0].reasons[0].text("sv")

    def test_a_change_made_in_time_counts(self, tmp_path: Path) -> None:
        assert self.paid(tmp_path, after=money.contract(sek_per_unit="12000"), seen=False).paid == 120_000

    def test_a_late_change_may_lower_it(self, tmp_path: Path) -> None:
        payments = self.paid(tmp_path, after=money.contract(sek_per_unit="4000"))
        assert payments.paid == 40_000
        assert [reason.code for reason in payments.payments[0].reasons] == ["money.paid.verdict"]

    def test_a_contract_added_late_pays_nothing(self, tmp_path: Path) -> None:
        payments = self.paid(tmp_path, before=None, after=self.LOCKED)
        assert payments.paid == 0
        assert set(payments.payments[0].by_rule.values()) == {0.0}
