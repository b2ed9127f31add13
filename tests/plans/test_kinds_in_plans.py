"""Claims in per cent, of a level, of no effect and about a subgroup: planned, judged, told, verified."""

import copy

import numpy as np
import pandas as pd
import pytest
from tests.plans.conftest import SOUND
from tests.plans.test_methods_in_a_plan import written

import impactkit as ik
from impactkit.errors import PlanError, StudyError

SURE = {"rise": 12.0, "women": 0.0}


def rows(*, rise=12.0, women=0.0, n=400, seed=1):
    """Answers of people drawn by lot, women and men; the others' level is about 50. All invented."""
    rng = np.random.default_rng(seed)
    arm, sex = np.tile([0, 1], n // 2), np.repeat(["kvinna", "man"], n // 2)
    y = rng.normal(50, 8, n) + arm * (rise + women * (sex == "kvinna"))
    calm = rng.normal(20, 4, n)
    return pd.DataFrame(
        {
            "person": [f"p{i:03d}" for i in range(n)],
            "insats": arm,
            "kön": sex,
            "trygga": np.clip(y, 0, 100).round(3),
            "flytt": np.clip(calm, 0, 100).round(3),
        }
    )


def plan_with(folder, *claims, frame=None, **decision):
    (rows() if frame is None else frame).to_csv(folder / "data.csv", index=False)
    content = copy.deepcopy(SOUND)
    content["data"] = {
        "file": "data.csv",
        "outcome": "trygga",
        "unit": "person",
        "treated": "insats",
        "follow_up_collected": "2023-10-01",
        "public": True,
    }
    base = content["claims"][0]
    content["claims"] = [{**base, "id": f"C{i}", **claim} for i, claim in enumerate(claims, 1)]
    content["estimator"] = {"method": "randomised_trial"}
    content["decision"] |= decision
    (folder / "plan.toml").write_text(written(content), "utf-8")
    return folder / "plan.toml"


KINDS = {
    "per cent": ({"relative": True, "minimum_effect": "15"}, "supported"),
    "too many per cent": ({"relative": True, "minimum_effect": "30"}, "partly_supported"),
    "a level": ({"target": "60"}, "supported"),
    "a group": ({"subgroup": {"column": "kön", "value": "kvinna"}}, "supported"),
    "no effect": (
        {"outcome": "flytt", "change": "no_effect", "indicator": "housing/tenant-turnover"},
        "supported",
    ),
    "no effect where there is one": ({"change": "no_effect"}, "contradicted"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_judged_told_and_verified(tmp_path, kind):
    claim, expected = KINDS[kind]
    primary = {} if claim.get("outcome") is None else {"role": "primary"}
    evaluation = ik.evaluate(plan_with(tmp_path, {**claim, **primary}))
    (verdict,) = evaluation.verdicts
    assert verdict.status == expected
    for language in ("sv", "en"):
        page = ik.render(evaluation.report(language=language), tmp_path / f"{language}.html")
        assert page.stat().st_size > 10_000
    ik.lock(evaluation.plan)
    again = ik.evaluate(tmp_path / "plan.toml")
    ik.seal(again, tmp_path / "bundle.zip")
    assert ik.verify(tmp_path / "bundle.zip").exit_code in (0, 3)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", ["minst 15 procent av vad det annars hade varit", "procent av vad det annars hade varit"]),
        ("en", ["at least 15 per cent of what it would have been", "Estimated effect, relative"]),
    ],
)
def test_per_cent_is_told_as_per_cent(tmp_path, language, words):
    evaluation = ik.evaluate(plan_with(tmp_path, KINDS["per cent"][0]))
    told = str(evaluation.report(language=language).claims[0])
    assert all(word in told for word in words)


def test_a_level_may_be_reached_without_the_investment(tmp_path):
    """Both groups rose: the level is there, and the lot shows that it would have been anyway."""
    frame = rows(rise=0.0)
    frame["trygga"] += 15
    evaluation = ik.evaluate(plan_with(tmp_path, {"target": "60"}, frame=frame))
    (verdict,) = evaluation.verdicts
    assert verdict.reached.is_reached and verdict.attributed == "contradicted"
    told = str(evaluation.report(language="sv").claims[0])
    assert "det är inte visat att investeringen ledde dit" in told


@pytest.mark.parametrize(("women", "shown"), [(0.0, "not_shown"), (15.0, "shown")])
def test_a_group_s_effect_is_held_against_the_others(tmp_path, women, shown):
    claim = {"subgroup": {"column": "kön", "value": "kvinna"}}
    evaluation = ik.evaluate(plan_with(tmp_path, claim, frame=rows(women=women)))
    (verdict,) = evaluation.verdicts
    assert verdict.interaction.difference.point == pytest.approx(women, abs=4)
    assert f"verdict.reason.interaction_{shown}" in [reason.code for reason in verdict.reasons]
    assert evaluation.results[0].estimate.sample.n_rows == 200


def test_a_group_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    plan = plan_with(tmp_path, {"subgroup": {"column": "kön", "value": "flicka"}})
    with pytest.raises(StudyError, match="kvinna, man"):
        ik.evaluate(plan)


def test_a_column_that_is_not_there_is_refused(tmp_path):
    plan = plan_with(tmp_path, {"subgroup": {"column": "konn", "value": "kvinna"}})
    with pytest.raises(ik.ImpactkitError, match="konn"):
        ik.evaluate(plan)


def test_several_primary_claims_are_concluded_about(tmp_path):
    two = [{}, {"outcome": "flytt", "indicator": "housing/tenant-turnover", "change": "decrease"}]
    both = ik.evaluate(plan_with(tmp_path, *two))
    assert both.conclusion.rule == "all" and both.conclusion.status == "contradicted"
    either = ik.evaluate(plan_with(tmp_path, *two, conclusion="any"))
    assert either.conclusion.rule == "any" and either.conclusion.status == "supported"
    report = either.report(language="en")
    assert report.conclusion.badge == "Supported" and "C1" in report.conclusion.reasons[0]
    assert ik.evaluate(plan_with(tmp_path, {})).report(language="en").conclusion is None


def test_a_plan_that_asks_for_what_cannot_be_is_told_at_once(tmp_path):
    bad = [
        {"relative": True, "change": "decrease", "minimum_effect": "120"},
        {"change": "no_effect", "target": "3"},
    ]
    with pytest.raises(PlanError) as told:
        ik.Plan.read(plan_with(tmp_path, *bad))
    assert len(told.value.troubles) == 2


@pytest.mark.parametrize(("n", "is_shown"), [(12, False), (40, True)])
@pytest.mark.parametrize("claim", [{"target": "60"}, {"relative": True, "minimum_effect": "15"}])
def test_a_level_of_few_people_is_not_told(tmp_path, n, is_shown, claim):
    """Six treated people; rows are not public. Where nothing is hidden the same numbers stand there."""
    path = plan_with(tmp_path, claim, frame=rows(n=n).round(2))
    text = path.read_text("utf-8")
    path.write_text(
        text.replace('"public": true', '"public": false').replace("public = true", "public = false"), "utf-8"
    )
    evaluation = ik.evaluate(path)
    assert not evaluation.plan.data.public
    (verdict,) = evaluation.verdicts
    told = [verdict.relative_point] if claim.get("relative") else [verdict.reached.level]
    assert np.isfinite(told).all() == is_shown
    ik.render(evaluation.report(language="sv"), tmp_path / "sv.html")
