"""A rule on a score decides who gets it: plan, data, verdict, report, seal, verify."""

import copy

import pytest
from tests.plans.conftest import SOUND

from impactkit.effects.worlds import ThresholdScores
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.plans.power import power
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from plans.test_methods_in_a_plan import written

CUTOFF = 40.0


def planned(folder, world, roles, settings):
    """Write scores around 40, and a plan that names the threshold."""
    frame = world.draw(3).round(4)
    frame["score"] = (CUTOFF + 10 * frame["score"]).round(4)
    frame["y"] += 50
    frame["unit"] = "p" + frame["unit"].astype(str)
    frame.to_csv(folder / "data.csv", index=False)
    content = copy.deepcopy(SOUND)
    content["data"] = {
        "file": "data.csv",
        "outcome": "y",
        "unit": "unit",
        "follow_up_collected": "2024-10-01",
    }
    content["data"] |= {"running": "score", **roles}
    content["claims"][0] |= {
        "by": 2024,
        "minimum_effect": "2",
        "accept": {"definition_break": "The numbers are invented and no break was drawn into them."},
    }
    content["estimator"] = {
        "method": "regression_discontinuity",
        "cutoff": CUTOFF,
        "permutation": {"method": "permutation", "draws": 499},
        **settings,
    }
    (folder / "plan.toml").write_text(written(content), "utf-8")
    return Plan.read(folder / "plan.toml")


CASES = {
    "sharp": (ThresholdScores(effect=6.0), {}, {}),
    "fuzzy": (ThresholdScores(effect=6.0, compliance=0.8), {"takeup": "received"}, {"kind": "fuzzy"}),
    "few values": (ThresholdScores(effect=6.0, step=0.1), {}, {}),
}


@pytest.mark.parametrize(("world", "roles", "settings"), CASES.values(), ids=CASES)
def test_a_threshold_is_evaluated_told_and_verified(tmp_path, world, roles, settings):
    found = evaluate(planned(tmp_path, world, roles, settings))
    (result,) = found.results
    assert result.estimate.interval.point == pytest.approx(6, abs=1)
    assert result.grade.ceiling == 4
    assert result.verdict.status in ("supported", "partly_supported")
    assert result.study.n_treated == (result.study.columns.running >= CUTOFF).sum()
    told = {language: found.report(language=language).claims[0] for language in ("sv", "en")}
    assert "gränsen" in told["sv"].method.sentences[0] and "threshold" in told["en"].method.sentences[0]
    assert "tecken" in " ".join(told["sv"].method.inference)
    seal(found, tmp_path / "bundle.zip")
    assert verify(tmp_path / "bundle.zip").exit_code in (0, 3)


def test_the_chance_of_a_verdict_can_be_asked_before(tmp_path):
    plan = planned(tmp_path, ThresholdScores(effect=0.0, n=300), {}, {})
    (found,) = power(plan).claims
    supported = [each.chances["supported"] for each in found.chances]
    assert supported == sorted(supported) and supported[0] <= 0.05
    assert supported[-1] > 0.5


@pytest.mark.parametrize("public", [False, True])
def test_dots_by_score_are_shown_in_a_report_of_public_rows_alone(tmp_path, public):
    plan = planned(tmp_path, ThresholdScores(effect=6.0), {"public": public}, {})
    told = evaluate(plan).report(language="sv").claims[0]
    kinds = [type(figure.picture).__name__ for figure in told.figures]
    assert kinds == ["TrajectoriesPicture", *(["ThresholdPicture"] if public else [])]
    assert "steget vid själva gränsen" in " ".join(told.figures[0].notes)


def test_what_was_added_to_limits_is_no_part_of_an_older_plan(tmp_path):
    """A digest must not change because the library learned of a further setting that the plan leaves out."""
    inference = {"inference": {"method": "robust_bias_corrected", "matches": 3}}
    content = planned(tmp_path, ThresholdScores(n=100), {}, inference).content()["estimator"]
    assert set(content) == {
        *("method", "cutoff", "kind", "treated_side", "at_cutoff", "bandwidth", "kernel", "donut"),
        *("inference", "level", "permutation"),
    }
    assert content["bandwidth"] == "mse"
    assert set(content["inference"]) == {"method", "matches", "level"}
    asked = {"inference": {"method": "robust_bias_corrected", "convention": "rdrobust"}}
    other = planned(tmp_path, ThresholdScores(n=100), {}, asked).content()["estimator"]
    assert other["inference"]["convention"] == "rdrobust"
