"""An outcome contract and a valuation to put into the small invented lottery."""

import copy
from pathlib import Path
from typing import Any

from impactkit.plans import Plan
from plans import trial

PAYMENT: dict[str, Any] = {
    "claim": "C1",
    "basis": "verdict",
    "sek_per_unit": "10000",
    "units": 200,
    "units_are": "Tenants aged 16 or more at the start",
    "cap_sek": 250_000,
}
CONTRACT: dict[str, Any] = {
    "payer": "Exempelkommunen",
    "investor": "Exempelfonden",
    "validator": "Oberoende Revision AB",
    "service_start": "2023-04-01",
    "service_end": "2023-09-30",
    "validation_date": "2023-11-01",
    "payment_date": "2023-12-31",
    "payments": [PAYMENT],
}
VALUE: dict[str, Any] = {
    "cost_sek": 2_000_000,
    "price_year": 2023,
    "effects": [{"claim": "C1", "units": 200, "units_are": "Tenants aged 16 or more at the start"}],
    "unit_costs": [
        {
            "name": "Call-out",
            "claim": "C1",
            "sek": 150_000,
            "year": 2023,
            "reference": "Invented for this test",
        }
    ],
}


def contract(**payment: Any) -> dict[str, Any]:
    """Return the contract with its payment changed; None takes a key away."""
    made = copy.deepcopy(CONTRACT)
    changed = {**PAYMENT, **payment}
    made["payments"] = [{key: value for key, value in changed.items() if value is not None}]
    return made


def with_money(
    made: dict[str, Any] | None = None, *, outcome_contract: Any = None, value: Any = None
) -> dict[str, Any]:
    """Return the content of the lottery's plan with one or both tables."""
    content = trial.content() if made is None else made
    tables = {"outcome_contract": outcome_contract, "value": value}
    return {**content, **{name: copy.deepcopy(table) for name, table in tables.items() if table is not None}}


def plan_of(folder: Path, content: dict[str, Any]) -> Plan:
    """Return the plan with its rows beside it."""
    (folder / "data.csv").write_text(trial.rows(), "utf-8")
    plan: Plan = trial.plan_in(folder, content)
    return plan
