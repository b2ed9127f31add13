"""A plan may name any estimator, with any inference it takes, and is carried through to a verified bundle."""

import json
import tomllib
from dataclasses import fields, replace

import pydantic
import pytest

from impactkit.effects import estimators, inference, worlds
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.plans.data_files import DataFiles
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

SIZES = {
    "n_units": 14,
    "n_treated": 5,
    "n_switching": 5,
    "n_periods": 5,
    "n_lots": 16,
    "n_strata": 2,
    "starts": (3, 4),
}
FIRST_YEAR = 2019
OF_ONE = (inference.Conformal, inference.PredictionInterval)
"""For one treated unit with many periods before the start."""


def small(kind):
    """Return a world of this kind that draws little."""
    known = {field.name for field in fields(kind)}
    sizes = {name: value for name, value in SIZES.items() if name in known}
    start = {"start": 3} if "start" in known and sizes.get("n_periods") == 5 else {}
    return replace(kind(), **sizes, **start)


def accepted():
    """Go through every estimator on the shelf with every inference that it takes."""
    for estimator in estimators.ALL:
        method = estimator.model_fields["method"].default
        world = next(world for world in map(small, reversed(worlds.ALL)) if method in world.designs)
        yield pytest.param(method, None, world, id=f"{method}-default")
        for part in inference.ALL:
            try:
                estimator(inference=part())
            except pydantic.ValidationError:
                continue
            if part is inference.GivenUncertainty:  # needs numbers that came with standard errors
                continue
            suited = world
            if part in OF_ONE:
                suited = replace(world, n_treated=1, n_periods=14, start=12)
            yield pytest.param(method, part(), suited, id=f"{method}-{part().method}")


def planned(sound, folder, method, part, world):
    """Write data from a world in which the estimator is right, and a plan for them."""
    frame = world.draw(1)
    first = FIRST_YEAR - (9 if isinstance(part, OF_ONE) else 0)
    study = world.study(frame)
    roles = {name: getattr(study, name, None) for name in DataFiles.model_fields}
    roles = {name: value for name, value in roles.items() if value not in (None, ())}
    if "start" in roles:
        roles["start"] += first
    for name in {study.time, study.first_treated} - {None}:
        frame[name] = frame[name].map(lambda period: period + first if period else 0)
    for name in {study.unit, study.cluster} - {None}:
        frame[name] = "u" + frame[name].astype(str)
    frame.to_csv(folder / "data.csv", index=False)
    accept = {
        "definition_break": "All of it is invented, for a test of the chain.",
        "outside_range": "All of it is invented, for a test of the chain.",
    }
    content = {
        **sound,
        "project": {**sound["project"], "investment_start": "2020-06-01"},
        "claims": [{**sound["claims"][0], "by": 2021, "accept": accept}],
        "data": {"file": "data.csv", "follow_up_collected": "2025-10-01", **roles},
        "estimator": {"method": method} | ({"inference": part.model_dump(exclude_none=True)} if part else {}),
        "decision": {"alpha": "0.1", "decided": "2019-01-01"},
    }
    page = folder / "plan.toml"
    page.write_text("".join(f"{key} = {as_toml(value)}\n" for key, value in content.items()), "utf-8")
    return Plan.read(page)


def as_toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(("method", "part", "world"), list(accepted()))
def test_is_evaluated_told_sealed_and_verified(sound, tmp_path, method, part, world):
    plan = planned(sound, tmp_path, method, part, world)
    evaluation = evaluate(plan)
    (result,) = evaluation.results
    assert result.estimate.interval.level == pytest.approx(0.9)
    drawn = result.estimate.settings.get("inference") or {}
    assert drawn.get("seed", plan.seed_for("C1")) == plan.seed_for("C1")
    assert evaluation.report(language="sv").claims
    found = verify(seal(evaluation, tmp_path / "bundle.zip"))
    assert all(step.state != "fail" for step in found.steps)


@pytest.mark.parametrize(
    ("multiplicity", "family"), [("romano_wolf", None), ("holm", "all"), ("romano_wolf", "all")]
)
def test_claims_share_the_risk_as_the_plan_decides(sound, tmp_path, multiplicity, family):
    """Two claims on the same column move together wholly: Romano and Wolf ask no more of either."""
    world = small(worlds.TwoGroupPanel)
    plan = planned(sound, tmp_path, "difference_in_differences", None, world)
    page = tmp_path / "plan.toml"
    content = tomllib.loads(page.read_text("utf-8"))
    twin = {**content["claims"][0], "id": "C2"} | ({"role": "secondary"} if family else {})
    content["claims"].append(twin)
    content["decision"] |= {"multiplicity": multiplicity} | ({"family": family} if family else {})
    page.write_text("".join(f"{key} = {as_toml(value)}\n" for key, value in content.items()), "utf-8")
    assert Plan.read(page).digest != plan.digest
    evaluation = evaluate(page)
    for verdict in evaluation.verdicts:
        if multiplicity == "holm":
            assert verdict.level == pytest.approx(0.95)
        else:
            assert verdict.level == pytest.approx(0.9, abs=0.005)
    told = " ".join(
        line for claim in evaluation.report(language="sv").claims for line in claim.method.inference
    )
    assert ("Romanos" in told) == (multiplicity == "romano_wolf")
    assert ("samma familj" in told) == (family == "all")
