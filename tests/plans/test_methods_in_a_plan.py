"""Methods with roles of their own go the whole way: plan, data, verdict, report, seal, verify."""

import copy
import json

import pytest
from tests.plans.conftest import SOUND

from impactkit.effects.worlds import DosedPanel, EligibleInAreas, StaggeredPanel
from impactkit.evaluation import evaluate
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

STAGGERED = {"first_treated": "first_treated", "unit": "unit"}
CASES = {
    "triple_difference": (
        EligibleInAreas(effect=9.0),
        {"first_treated": "first_treated", "unit": "unit", "eligible": "eligible", "cluster": "area"},
        {},
    ),
    "continuous_dose": (
        DosedPanel(effect=9.0),
        {"unit": "unit", "dose": "dose", "start": 2022},
        {"groups": 2},
    ),
    "stacked_difference_in_differences": (
        StaggeredPanel(effect=9.0),
        STAGGERED,
        {"event_window": [2, 1], "control": "not_yet", "weights": "cohort"},
    ),
}


def inline(value):
    """Write a value as TOML does, tables on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def written(content):
    """Write a plan as TOML: its claims one line each."""
    claims = "claims = [" + ", ".join(inline(claim) for claim in content["claims"]) + "]"
    return "\n".join([claims, *(f"{key} = {inline(v)}" for key, v in content.items() if key != "claims")])


@pytest.fixture(params=CASES)
def folder(request, tmp_path):
    world, roles, settings = CASES[request.param]
    frame = world.draw(1).round(3)
    last = 2024 - int(frame["period"].max())
    if "first_treated" in frame:
        frame["first_treated"] = frame["first_treated"].where(
            frame["first_treated"] == 0, frame["first_treated"] + last
        )
    frame["period"] += last
    frame["y"] += 50
    content = copy.deepcopy(SOUND)
    content["data"] = {
        "file": "data.csv",
        "outcome": "y",
        "time": "period",
        "follow_up_collected": "2024-10-01",
    }
    content["data"] |= roles | ({"start": world.start + last} if "start" in roles else {})
    content["claims"][0] |= {
        "by": 2024,
        "accept": {"definition_break": "The numbers are invented and no break was drawn into them."},
    }
    content["estimator"] = {
        "method": request.param,
        "permutation": {"method": "permutation", "draws": 499},
        **settings,
    }
    frame.to_csv(tmp_path / "data.csv", index=False)
    return tmp_path, content


def test_a_plan_with_the_method_is_evaluated_told_and_verified(folder):
    path, content = folder
    (path / "plan.toml").write_text(written(content), "utf-8")
    found = evaluate(path / "plan.toml")
    result = found.results[0]
    assert result.estimate.method == content["estimator"]["method"]
    assert result.estimate.interval.point > 6
    assert {check.name for check in result.checks} >= {"too_few_clusters", "attrition", "pre_trends"}
    assert result.grade.ceiling == 3
    for language in ("sv", "en"):
        told = found.report(language=language).claims[0]
        assert told.method.name and told.method.assumptions
    seal(found, path / "bundle.zip")
    assert verify(path / "bundle.zip").exit_code in (0, 3)
