"""A small invented lottery with a clear effect, none, and harm, and plans to amend on it."""

import copy
from datetime import UTC, date, datetime

import numpy as np

from impactkit.plans import Plan, lock
from impactkit.plans.amendment import amend
from impactkit.plans.lock import LOCK_NAME

NOW = datetime(2022, 2, 1, 12, tzinfo=UTC)
BEFORE, AFTER = date(2022, 3, 1), date(2024, 1, 1)
WHY = "The committee decided this after a hearing with the tenants."


def rows(n=40, seed=7):
    """Return semicolon-separated rows: y rises by 10, z by nothing, w falls by 10."""
    draw = np.random.default_rng(seed)
    arm = np.repeat([0, 1], n // 2)
    noise = draw.normal(0, 1, (3, n))
    columns = {"y": 40 + 10 * arm + noise[0], "z": 40 + noise[1], "w": 40 - 10 * arm + noise[2]}
    lines = [
        f"u{i};{arm[i]};" + ";".join(f"{values[i]:.4f}" for values in columns.values()) for i in range(n)
    ]
    return "\n".join(["unit;arm;" + ";".join(columns), *lines]) + "\n"


def claim(name, outcome, *, size="5", role="primary", change="increase"):
    return {
        "id": name,
        "indicator": "safety/feels-safe-after-dark",
        "outcome": outcome,
        "role": role,
        "change": change,
        "minimum_effect": size,
        "by": 2023,
        **({"harm": "decrease"} if change == "no_harm" else {}),
    }


PLAN = {
    "impactkit": 1,
    "project": {
        "name": "Ljusare gård",
        "borrower": "Exempelbostäder",
        "category": "safety",
        "investment": "Belysning",
        "target_group": "Hyresgäster",
        "need": "Otrygghet",
        "change": "Fler är trygga",
        "future_state": "Trygg gård",
        "investment_start": "2023-04-01",
    },
    "claims": [claim("C1", "y")],
    "circumstances": {
        "assignment": "lot",
        "spillover": {"finding": "unlikely", "reason": "The nearest comparison area is far away."},
        "displacement": {"finding": "unlikely", "reason": "Nothing could be moved elsewhere."},
        "looks": 1,
    },
    "data": {
        "file": "data.csv",
        "outcome": "y",
        "unit": "unit",
        "treated": "arm",
        "follow_up_collected": "2023-10-01",
        "public": True,
    },
    "estimator": {"method": "randomised_trial"},
    "decision": {"decided": "2022-01-01"},
}


def content(*, claims=None, data=None, estimator=None, decision=None):
    """Return the plan's content with some tables changed."""
    made = copy.deepcopy(PLAN)
    made["claims"] = claims or made["claims"]
    made["data"] |= data or {}
    made["estimator"] = estimator or made["estimator"]
    made["decision"] |= decision or {}
    return made


def plan_in(folder, made):
    """Return a plan that reads its data from a folder."""
    plan = Plan.of({key: value for key, value in made.items() if value is not None})
    plan._path = folder / "plan.toml"
    return plan


def locked_in(folder, made):
    """Write data and lock a plan in a folder."""
    (folder / "data.csv").write_text(rows(), "utf-8")
    plan = plan_in(folder, made)
    lock(plan, now=NOW).write(folder / LOCK_NAME)
    return plan


def amended_in(folder, made, *, seen=True, on=None):
    """Amend the plan in a folder, and return it."""
    plan = plan_in(folder, made)
    amend(plan, reason=WHY, author="Anna Ek", data_seen=seen, on=on or (AFTER if seen else BEFORE))
    return plan
