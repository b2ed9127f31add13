"""Averages of a plan that was amended: those of every plan go along, or none are sealed."""

from datetime import UTC, date, datetime

import pytest

from impactkit.errors import PlanError
from impactkit.evaluation import LOCK_NAME, evaluate
from impactkit.plans import Plan, lock
from impactkit.plans.amendment import amend
from impactkit.plans.project_key import ensured_key
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from verification.test_aggregates import states, surveyed  # noqa: F401

WHY = "The committee decided this after a hearing with the tenants."


@pytest.fixture
def amended(surveyed, tmp_path):  # noqa: F811
    """Return a function that locks a survey, and amends its plan by one replacement."""

    def made(locked, now):
        surveyed()
        file = tmp_path / "plan.toml"
        text = file.read_text("utf-8")
        assert now in text
        file.write_text(text.replace(now, locked), "utf-8")
        ensured_key(tmp_path)
        lock(Plan.read(file), now=datetime(2022, 1, 1, tzinfo=UTC)).write(tmp_path / LOCK_NAME)
        file.write_text(text, "utf-8")
        amend(tmp_path, reason=WHY, author="Anna Ek", data_seen=False, on=date(2022, 2, 1))
        return evaluate(tmp_path)

    return made


def test_the_averages_of_every_plan_go_along(amended, tmp_path, opened):
    bundle = seal(amended('minimum_effect = "1"', 'minimum_effect = "2"'), tmp_path / "bundle.zip")
    assert {name for name in opened(bundle) if name.startswith("averages/")} == {
        "averages/C1.csv",
        "averages/plan-0/C1.csv",
    }
    assert verify(bundle).exit_code == 3
    assert states(bundle)["numbers"] == "pass"


@pytest.mark.parametrize(
    ("locked", "now"),
    [
        ('aggregate_by = "area"\nunit = "nowhere"', 'aggregate_by = "area"'),
        ("", 'aggregate_by = "area"'),
        ('aggregate_by = "sex"', 'aggregate_by = "area"'),
    ],
    ids=["cannot be carried out", "averages over nothing", "averages over other areas"],
)
def test_what_an_earlier_plan_cannot_be_computed_from_is_not_sealed(amended, tmp_path, locked, now):
    found = amended(locked, now)
    with pytest.raises(PlanError, match="cannot be carried out on averages"):
        seal(found, tmp_path / "bundle.zip", rows="aggregates")
    assert not (tmp_path / "bundle.zip").exists()
