"""A sound plan to bend in the tests."""

import copy

import pytest

from impactkit.plans import Plan

SOUND = {
    "impactkit": 1,
    "language": "sv",
    "project": {
        "name": "Ljusare gård",
        "borrower": "Exempelbostäder",
        "municipality": "0180",
        "category": "safety",
        "investment": "Belysning",
        "target_group": "Hyresgäster",
        "need": "Otrygghet",
        "change": "Fler är trygga",
        "future_state": "Trygg gård",
        "investment_start": "2023-04-01",
    },
    "claims": [
        {
            "id": "C1",
            "indicator": "safety/feels-safe-after-dark",
            "role": "primary",
            "change": "increase",
            "minimum_effect": "5",
            "by": 2023,
        }
    ],
    "data": {
        "file": "data.csv",
        "outcome": "trygga",
        "unit": "område",
        "time": "år",
        "treated": "insats",
        "start": 2023,
        "follow_up_collected": "2023-10-01",
    },
    "estimator": {"method": "difference_in_differences"},
    "decision": {"decided": "2022-01-01"},
}
ROWS = "område;år;insats;trygga\n01;2022;1;50,5\n01;2023;1;56\n02;2022;0;55\n02;2023;0;55,5\n"


@pytest.fixture
def sound():
    return copy.deepcopy(SOUND)


@pytest.fixture
def make(sound, tmp_path):
    """Return a plan read from a folder, after changing one table of a sound one."""

    def made(table=None, rows=ROWS, **changes):
        content = sound if table is None else {**sound, table: {**sound[table], **changes}}
        plan = Plan.of({key: value for key, value in content.items() if value is not None})
        if rows:
            (tmp_path / "data.csv").write_text(rows, "utf-8")
        plan._path = tmp_path / "plan.toml"
        return plan

    return made
