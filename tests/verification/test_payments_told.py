"""A payment in a bundle follows from the numbers beside it, or is caught, with the rows and without."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

import impactkit as ik
from impactkit.evaluation import Evaluation
from impactkit.plans import Plan, lock
from impactkit.plans.lock import LOCK_NAME
from impactkit.provenance import canonical_json
from impactkit.verification import seal as seal_module
from impactkit.verification import substance
from impactkit.verification.difference import compare
from impactkit.verification.payments_told import odd_payments
from impactkit.verification.results import record_of
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from plans import money, trial
from plans.test_power import written
from verification.conftest import members_of, resealed, short_page

Change = Callable[[dict[str, Any]], Any]


@cache
def paid(*, public: bool = True, basis: str = "lower_limit") -> Evaluation:
    """A lottery with a contract, locked in a folder of its own."""
    folder = Path(mkdtemp(prefix="impactkit-paid-"))
    made = trial.content(data={"public": public})
    content = money.with_money(made, outcome_contract=money.contract(basis=basis))
    money.plan_of(folder, content)
    plan = written(folder / "plan.toml", content)
    lock(plan, now=trial.NOW).write(folder / LOCK_NAME)
    return ik.evaluate(plan)


@cache
def record() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(canonical_json(record_of(paid())))
    return made


def changed(change: Change) -> dict[str, Any]:
    made = copy.deepcopy(record())
    change(made)
    return made


def more(results: dict[str, Any]) -> None:
    results["payments"]["payments"][0]["paid"] += 1000
    results["payments"]["paid"] += 1000


FORGERIES: dict[str, Change] = {
    "a thousand more": more,
    "another rule": lambda r: r["payments"]["payments"][0].update(basis="point"),
    "a higher cap": lambda r: r["payments"].update(most_sek=10**9),
    "the total alone": lambda r: r["payments"].update(paid=250_000.0),
    "the mean": lambda r: r["payments"]["payments"][0].update(expected=1.0),
    "a reason": lambda r: r["payments"]["payments"][0]["reasons"][0].update(code="money.paid.point"),
    "no payment": lambda r: r.pop("payments"),
    "one more payment": lambda r: r["payments"]["payments"].append(r["payments"]["payments"][0]),
}


def test_the_honest_payments_follow() -> None:
    assert odd_payments(record(), paid().plan) == []
    assert compare(record(), record()).differences == ()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_changed_payment_is_caught_with_the_rows_and_without(name: str) -> None:
    forged = changed(FORGERIES[name])
    differences = compare(forged, record()).differences
    assert differences
    assert all(one.where.startswith("payments") for one in differences)
    assert odd_payments(forged, paid().plan)


def test_payments_of_a_plan_without_a_contract_are_odd() -> None:
    plain = Plan.of(trial.content())
    assert odd_payments(record(), plain) == ["payments"]
    assert odd_payments(changed(lambda r: r.pop("payments")), plain) == []


@pytest.mark.parametrize(("by", "same"), [(0.01, True), (0.1, False), (-0.1, False)])
def test_a_payment_may_differ_by_a_ten_millionth_of_its_cap(by: float, same: bool) -> None:
    def moved(results: dict[str, Any]) -> None:
        results["payments"]["payments"][0]["at_point"] += by

    assert (compare(changed(moved), record()).differences == ()) is same  # the cap is 250,000 SEK


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_module, "rendered", short_page)
    monkeypatch.setattr(substance, "rendered", short_page)


def forged(evaluation: Evaluation, folder: Path, change: Change | None = None) -> Any:
    """Seal an evaluation, change its results, make the manifest fit, and verify."""
    members = members_of(seal(evaluation, folder / "bundle.zip"))
    results = json.loads(members["results.json"])
    if change is not None:
        change(results)
    members["results.json"] = canonical_json(results)
    file = folder / "forged.zip"
    file.write_bytes(resealed(members))
    return {step.name: step for step in verify(file).steps}


@pytest.mark.usefixtures("short")
class TestVerify:
    def test_the_honest_bundle_is_recomputed(self, tmp_path: Path) -> None:
        steps = forged(paid(), tmp_path)
        assert (steps["numbers"].state, steps["verdict"].state) == ("pass", "pass")

    def test_a_payment_made_larger_is_named(self, tmp_path: Path) -> None:
        steps = forged(paid(), tmp_path, more)
        assert steps["numbers"].state == "fail"
        assert steps["numbers"].sentence.values["where"] == "payments.paid"

    def test_and_is_caught_where_the_rows_stay_at_home(self, tmp_path: Path) -> None:
        honest = forged(paid(public=False), tmp_path)
        assert honest["verdict"].state == "not_checked"
        steps = forged(paid(public=False), tmp_path, more)
        assert steps["verdict"].state == "fail"
        assert "payments" in steps["verdict"].sentence.text("en")


def test_a_withheld_record_holds_the_same_payments() -> None:
    plain, hidden = record_of(paid()), record_of(paid(public=False))
    assert hidden["payments"] == plain["payments"]
    assert "payments" not in record_of(replace(paid(), plan=Plan.of(trial.content())))


def test_a_payment_that_an_earlier_plan_lowers_follows_and_cannot_be_raised(tmp_path: Path) -> None:
    trial.locked_in(tmp_path, money.with_money(outcome_contract=money.contract()))
    dearer = money.with_money(outcome_contract=money.contract(sek_per_unit="12000"))
    trial.amended_in(tmp_path, dearer)
    evaluation = ik.evaluate(trial.plan_in(tmp_path, dearer))
    told = json.loads(canonical_json(record_of(evaluation)))
    assert told["payments"]["paid"] == 100_000
    assert odd_payments(told, evaluation.plan) == []
    raised = copy.deepcopy(told)
    raised["payments"]["payments"][0]["paid"] = raised["payments"]["paid"] = 130_000.0
    assert odd_payments(raised, evaluation.plan)
    # Without the rows a payment within the plan's own terms is not told from an honest one; with them it is.
    raised["payments"]["payments"][0]["paid"] = raised["payments"]["paid"] = 120_000.0
    assert odd_payments(raised, evaluation.plan) == []
    assert compare(raised, told).differences
