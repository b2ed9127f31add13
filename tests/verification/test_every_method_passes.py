"""Whatever the method, what is protected when a bundle is sealed passes when it is verified."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest

import impactkit as ik
from impactkit.effects import estimators, worlds
from impactkit.evidence.examine import examine
from impactkit.provenance import canonical_json
from impactkit.reporting.disclosure import protected_claims
from impactkit.verification.disclosed import told_in_sentences
from impactkit.verification.published import audited, published

CASES = [
    (estimator, world, 0)
    for estimator in estimators.ALL
    for world in worlds.ALL
    if estimator.model_fields["method"].default in world().designs
]
# The same with three answers missing, which must not be told.
CASES += [(e, w, 3) for e, w, _ in CASES if e.__name__ in ("DifferenceInDifferences", "RandomisedTrial")]


@pytest.fixture(scope="module")
def example():
    return ik.evaluate(str(files("impactkit.examples") / "norrgarden"))


@pytest.mark.parametrize("case", CASES, ids=[f"{e.__name__}-{w.__name__}-{n}" for e, w, n in CASES])
def test_what_is_protected_passes(example, case):
    estimator, world = case[0](), case[1]()
    frame = world.draw(2)
    frame = frame.assign(y=frame["y"].mask(frame.index < case[2]))
    study = world.study(frame)
    first = example.results[0]
    data = example.plan.data.model_copy(
        update={
            "public": False,
            "outcome": study.outcome,
            "unit": study.unit,
            "time": study.time,
            "cluster": study.cluster,
        }
    )
    estimate = estimator.estimate(study)
    claim = first.claim.model_copy(update={"outcome": study.outcome})
    plan = example.plan.model_copy(update={"data": data, "claims": (claim,)})
    result = replace(
        first, claim=claim, study=study, estimate=estimate, checks=examine(study, estimator).checks
    )
    record = {"results": [one.to_record() for one in protected_claims(plan, [result])]}
    record = json.loads(canonical_json(record))
    record["results"][0]["verdict"]["reasons"] = []
    record["results"][0]["grade"]["reasons"] = []
    told = audited(published(plan, record), plan.decision.small_cell)
    assert (told.small, told.pinned, told.contradict) == ((), (), False)
    assert told_in_sentences(record, plan.decision.small_cell) == []
