"""One treated area beside ten others: whatever the effect, the verdict is inconclusive and says why."""

import copy

import pytest
from tests.plans.conftest import SOUND
from tests.plans.test_methods_in_a_plan import written

from impactkit.effects.worlds import FactorPanel
from impactkit.evaluation import evaluate


def evaluated(folder, donors, effect=30.0):
    world = FactorPanel(n_donors=donors, effect=effect, n_periods=16, start=13)
    frame = world.draw(1).round(3)
    frame["period"] += 2024 - 16
    frame["first_treated"] = frame["first_treated"].where(
        frame["first_treated"] == 0, frame["first_treated"] + 2024 - 16
    )
    frame["y"] += 50
    frame.to_csv(folder / "data.csv", index=False)
    content = copy.deepcopy(SOUND)
    content["data"] = {
        "file": "data.csv",
        "outcome": "y",
        "time": "period",
        "unit": "unit",
        "first_treated": "first_treated",
        "follow_up_collected": "2024-10-01",
        "public": True,
    }
    content["claims"][0] |= {"by": 2024, "indicator": "housing/satisfied-with-outdoor-environment"}
    reason = "The numbers are invented and the donors were not touched."
    content["circumstances"] = {"spillover": {"finding": "unlikely", "reason": reason}}
    content["estimator"] = {"method": "synthetic_control"}
    (folder / "plan.toml").write_text(written(content), "utf-8")
    return evaluate(folder / "plan.toml")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Only 10 donors: the smallest p-value that ranks can give is 0.091, and 0.025 is needed."),
        ("sv", "Med en enhet med insats krävs minst 39 jämförelseenheter."),
    ],
)
def test_ten_donors_leave_it_inconclusive_and_the_report_says_how_many_are_needed(tmp_path, language, words):
    found = evaluated(tmp_path, 10)
    verdict = found.verdicts[0]
    assert verdict.status == "inconclusive"
    assert verdict.point == pytest.approx(30, abs=3)
    assert {reason.code for reason in verdict.reasons} >= {"verdict.reason.too_few_assignments"}
    told = found.report(language=language).claims[0]
    assert words in str(told)
    assert any("39" in sentence and "40" in sentence for sentence in told.needed)
    assert found.results[0].grade.value <= 2


def test_forty_donors_can_tell_the_same_effect_from_chance(tmp_path):
    found = evaluated(tmp_path, 45)
    assert found.verdicts[0].status == "supported"
    checks = {check.name: check.passed for check in found.results[0].checks}
    assert checks["too_few_donors"] is True
