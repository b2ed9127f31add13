"""A contract in a plan: what is refused, all at once and by its key. A plan without one is as it was."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from impactkit.errors import PlanError
from impactkit.examples import ALL
from impactkit.plans import Lock, Plan, lock
from impactkit.wording import told
from plans import money, trial


def refused(**tables: Any) -> PlanError:
    with pytest.raises(PlanError) as found:
        Plan.of(money.with_money(**tables))
    # Each is told in Swedish too.
    assert told(found.value, "sv") != told(found.value, "en")
    return found.value


def changed(**contract: Any) -> dict[str, Any]:
    return {**money.contract(), **contract}


def test_a_sound_contract_is_read_and_counts_in_the_digest() -> None:
    plain, paid = Plan.of(trial.content()), Plan.of(money.with_money(outcome_contract=money.contract()))
    assert paid.outcome_contract is not None
    assert paid.outcome_contract.most_sek == 250_000
    assert plain.digest != paid.digest
    more = Plan.of(money.with_money(outcome_contract=money.contract(cap_sek=250_001)))
    assert more.digest != paid.digest


@pytest.mark.parametrize("name", [example.name for example in ALL])
def test_a_plan_without_one_says_nothing_of_money(name: str) -> None:
    content = Plan.read(str(files("impactkit.examples") / name)).content()
    assert {"outcome_contract", "value"}.isdisjoint(content)


def test_the_digest_of_a_plan_without_one_is_what_it_was() -> None:
    """Written down before the two tables existed."""
    plan = Plan.read(str(files("impactkit.examples") / "norrgarden"))
    assert plan.digest == "646fb2c7791d10e87378d8419170338f7499b54bef7badedff25a71e94775a50"


def test_a_lock_gives_the_contract_back(tmp_path: Path) -> None:
    plan = money.plan_of(tmp_path, money.with_money(outcome_contract=money.contract(), value=money.VALUE))
    held = lock(plan, now=trial.NOW).write(tmp_path / "plan.lock.json")
    assert Plan.of(Lock.read(tmp_path / "plan.lock.json").plan).digest == plan.digest
    assert json.loads(held.to_bytes())["plan"]["outcome_contract"]["payments"][0]["sek_per_unit"] == "10000"


@pytest.mark.parametrize(
    ("payment", "said", "key"),
    [
        ({"claim": "C9"}, "There is no claim C9.", "outcome_contract.payments[1].claim"),
        ({"sek_per_unit": None}, "neither a rate nor steps", "outcome_contract.payments[1]"),
        (
            {"steps": [{"at_least": "5", "sek": 1}], "units": None, "units_are": None},
            "or both",
            "payments[1]",
        ),
        (
            {
                "sek_per_unit": None,
                "units": None,
                "units_are": None,
                "steps": [{"at_least": "5", "sek": 9}, {"at_least": "4", "sek": 10}],
            },
            "do not rise",
            "outcome_contract.payments[1]",
        ),
        ({"sek_per_unit": None, "steps": [{"at_least": "5", "sek": 9}]}, "units beside them", "payments[1]"),
        ({"units_are": None}, "who they are, but not both", "outcome_contract.payments[1]"),
        ({"threshold": "6"}, "Nothing is paid below 6, but claim C1 promises 5", "payments[1]"),
        ({"basis": "estimate"}, "not one of the choices", "outcome_contract.payments[1].basis"),
        ({"cap_sek": 0}, "cannot be used", "outcome_contract.payments[1].cap_sek"),
        ({"cap_sek": None}, "is missing", "outcome_contract.payments[1].cap_sek"),
        ({"break_even": "-3"}, "must be greater than 0", "outcome_contract.payments[1].break_even"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_rate_card_that_cannot_be_read_is_refused_by_its_key(
    payment: dict[str, Any], said: str, key: str
) -> None:
    error = str(refused(outcome_contract=money.contract(**payment)))
    assert said in error
    assert key in error


@pytest.mark.parametrize("name", ["Exempelbostäder", " exempelfonden ", "Exempelkommunen"])
def test_the_validator_is_none_of_the_parties(name: str) -> None:
    error = str(refused(outcome_contract=changed(validator=name)))
    assert "none of the parties" in error
    assert "outcome_contract.validator" in error


def test_nor_is_the_validator_whoever_follows_it_up() -> None:
    content = money.with_money(outcome_contract=money.contract())
    content["project"]["responsible"] = "Oberoende  revision AB"
    with pytest.raises(PlanError, match=r"project\.responsible"):
        Plan.of(content)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ({"service_end": "2023-03-31"}, "service_end, 2023-03-31, is before service_start"),
        ({"payment_date": "2023-10-31"}, "payment_date, 2023-10-31, is before validation_date"),
        ({"validation_date": "2023-09-30"}, "before the follow-up is collected, 2023-10-01"),
        ({"validation_date": "2022-12-31"}, "but claim C1 is about 2023"),
        (
            {
                "service_start": "2024-01-01",
                "service_end": "2024-02-01",
                "validation_date": "2024-03-01",
                "payment_date": "2024-03-01",
            },
            "The service starts after 2023",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_days_that_cannot_all_be_right_are_refused(day: dict[str, str], said: str) -> None:
    assert said in str(refused(outcome_contract=changed(**day)))


def test_every_fault_is_told_at_once() -> None:
    both = changed(validator="Exempelfonden", payment_date="2023-10-31")
    both["payments"] = [money.PAYMENT, money.PAYMENT]
    error = refused(outcome_contract=both, value={**money.VALUE, "effects": [{"claim": "C7"}]})
    assert [trouble.what for trouble in error.troubles] == [
        "The validator, {name}, is also {role}: who judges the outcome must be none of the parties.",
        "{last}, {ends}, is before {first}, {begins}.",
        "Claim {claim} is paid for twice.",
        "There is no claim {claim}.",
        "The unit cost is of claim {claim}, which is not among the effects that are valued.",
    ]


def of_claims(*claims: dict[str, Any], **payment: Any) -> str:
    made = trial.content(claims=list(claims))
    with pytest.raises(PlanError) as found:
        Plan.of(money.with_money(made, outcome_contract=money.contract(**payment)))
    return str(found.value)


def test_what_is_watched_or_promised_not_to_happen_is_not_paid_for() -> None:
    first = trial.claim("C1", "y")
    guardrail = trial.claim("C2", "z", role="guardrail", change="no_harm")
    same = trial.claim("C3", "z", role="secondary", change="no_effect")
    assert "is a guardrail" in of_claims(first, guardrail, claim="C2")
    assert "promises that nothing happens" in of_claims(first, same, claim="C3")


def test_a_claim_in_per_cent_is_paid_by_its_verdict_alone() -> None:
    relative = {**trial.claim("C1", "y"), "relative": True}
    assert "is in per cent, and point is not" in of_claims(
        relative, basis="point", units=None, units_are=None
    )
    assert "not an average to be multiplied" in of_claims(relative)
    made = trial.content(claims=[relative])
    paid = money.with_money(made, outcome_contract=money.contract(units=None, units_are=None))
    assert Plan.of(paid).outcome_contract is not None


def test_an_index_is_not_multiplied_by_people() -> None:
    index = {**trial.claim("C1", "y"), "indicator": "housing/satisfied-resident-index"}
    assert "multiplied by people it counts nothing" in of_claims(index)
