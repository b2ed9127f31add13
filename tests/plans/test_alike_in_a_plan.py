"""Groups made alike go the whole way: plan, data, verdict, report, seal, verify."""

import copy
import json

import pytest
from tests.plans.conftest import SOUND
from tests.plans.test_methods_in_a_plan import written

from impactkit.data.study import Study
from impactkit.effects.worlds import ChosenPeople
from impactkit.errors import ImpactkitError
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.plans.candidates import Shape, considered
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from impactkit.wording import format_number

CASES = {
    "weighting": {"weights": "entropy"},
    "doubly_robust": {"folds": 2, "target": "ate"},
    "g_computation": {"target": "ate"},
    "matching": {"distance": "mahalanobis", "caliper": 0.5, "replace": True},
}
ROLES = {"file": "data.csv", "outcome": "y", "unit": "unit", "treated": "arm", "covariates": ["age"]}


def planned(folder, method, settings, *, tilt=0.5, n_people=160, **roles):
    frame = ChosenPeople(effect=9.0, tilt=tilt, n_people=n_people).draw(1).round(3)
    frame["y"] += 50
    frame["baseline"] += 50
    frame.to_csv(folder / "data.csv", index=False)
    content = copy.deepcopy(SOUND)
    content["data"] = {**ROLES, "pre_outcome": "baseline", "follow_up_collected": "2024-10-01", **roles}
    content["data"] = {name: value for name, value in content["data"].items() if value is not None}
    content["claims"][0] |= {"by": 2024}
    content["estimator"] = {"method": method, **settings}
    (folder / "plan.toml").write_text(written(content), "utf-8")
    return folder / "plan.toml"


@pytest.mark.parametrize(("method", "settings"), CASES.items(), ids=CASES)
def test_a_plan_is_evaluated_told_sealed_and_verified(tmp_path, method, settings):
    found = evaluate(planned(tmp_path, method, settings))
    (result,) = found.results
    assert result.estimate.settings.items() >= settings.items()
    if method == "doubly_robust":  # nobody chooses the deal
        assert result.estimate.settings["seed"] == found.plan.seed_for("C1")
    assert abs(result.estimate.interval.point - 9) < 4 * result.estimate.interval.std_error
    asked = {check.name: check for check in result.checks}
    assert asked.keys() >= {"too_few_clusters", "attrition", "overlap", "hidden_bias", "spillover"}
    assert ("balance" in asked) == (method != "g_computation")
    assert result.grade.ceiling == 3
    assert result.estimate.permutation.p_value() < 0.01
    for language, word in (("sv", "mätt"), ("en", "measured")):
        told = found.report(language=language).claims[0]
        assert any(word in line for line in told.method.assumptions)
        header, rows = told.figures[1].table.header, told.figures[1].table.rows
        assert len(header) == (2 if method == "g_computation" else 3)
        assert {row[0] for row in rows} == {"age", "baseline"}
        assert_told_as_many(told, result.estimate.comparability, language, is_weighted=len(header) == 3)
    bundle = seal(found, tmp_path / "bundle.zip")
    assert all(step.state != "fail" for step in verify(bundle).steps)


def assert_told_as_many(told, alike, language, *, is_weighted):
    """The report says how many people of equal weight would tell as much, where people were weighted."""
    label = {"sv": "Säger lika mycket som", "en": "Tells as much as"}[language]
    said = [fact.text for fact in told.facts if fact.label == label]
    sizes = (alike.effective_treated, alike.effective_comparison)
    numbers = [format_number(size, language, decimals=1) for size in sizes]
    assert len(said) == is_weighted
    assert all(number in text for text in said for number in numbers)


@pytest.mark.parametrize("method", CASES)
def test_without_the_outcome_before_the_start_the_ceiling_is_lower(tmp_path, method):
    found = evaluate(planned(tmp_path, method, {}, pre_outcome=None)).results[0]
    assert found.grade.ceiling == 2
    assert "not in how it was before the start" in found.grade.reasons[0].text("en")
    assert "inte i hur det var före start" in found.grade.reasons[0].text("sv")


def test_matches_that_are_not_alike_lower_the_grade(tmp_path):
    found = evaluate(planned(tmp_path, "matching", {}, tilt=2.0)).results[0]
    balance = next(check for check in found.checks if check.name == "balance")
    gap = max(abs(gap.after) for gap in found.estimate.comparability.covariates)
    assert balance.passed is False and balance.statistic == pytest.approx(gap) and gap > 0.1
    assert found.grade.value < found.grade.ceiling == 3
    assert "blev inte lika" in balance.sentence.text("sv")


def test_weights_that_balance_are_told_with_what_was_before(tmp_path):
    found = evaluate(planned(tmp_path, "weighting", {"weights": "entropy"})).results[0]
    balance = next(check for check in found.checks if check.name == "balance")
    before = max(abs(gap.before) for gap in found.estimate.comparability.covariates)
    assert balance.passed is True and balance.sentence.values["before"] == pytest.approx(before)
    assert {row.name for row in balance.table} == {"age", "baseline"}


def test_a_plan_with_a_learner_is_refused(tmp_path):
    page = planned(tmp_path, "doubly_robust", {"outcome_model": "forest"})
    with pytest.raises(ImpactkitError, match="outcome_model"):
        Plan.read(page)


def test_what_is_of_few_people_is_not_published(tmp_path):
    """A few are left without a match: the count is hidden in the record, the gaps are not."""
    shown = evaluate(planned(tmp_path, "matching", {"caliper": 0.4}))
    found = shown.results[0].estimate.comparability
    assert 0 < found.n_unmatched < 5
    record = json.loads(seal(shown, tmp_path / "bundle.zip") and _results(tmp_path / "bundle.zip"))
    alike = record["results"][0]["estimate"]["comparability"]
    assert alike["n_unmatched"] is None
    assert len(alike["covariates"]) == 2
    assert found.n_unmatched not in _numbers(record["results"][0]["estimate"]["estimand"])


def _numbers(message):
    for value in message["values"].values():
        if isinstance(value, dict):
            yield from _numbers(value)
        else:
            yield value


def _results(bundle):
    import zipfile

    with zipfile.ZipFile(bundle) as archive:
        name = next(name for name in archive.namelist() if name.endswith("results.json"))
        return archive.read(name)


@pytest.mark.parametrize(
    ("assignment", "roles", "is_considered"),
    [
        ("need", {}, True),
        (None, {}, True),
        ("lot", {}, False),
        ("need", {"pre_outcome": None, "covariates": []}, False),
    ],
)
def test_it_is_considered_where_people_measured_once_have_covariates(assignment, roles, is_considered):
    told = {"outcome": "y", "treated": "arm", "covariates": ["age"], "pre_outcome": "baseline"}
    study = Study(ChosenPeople().draw(1), **(told | roles))
    shape = Shape.of(study, assignment=assignment)
    methods = [candidate.method for candidate in considered(shape)]
    assert ("doubly_robust" in methods) is is_considered
    lacking = {candidate.method: candidate.lacking(shape) for candidate in considered(shape)}
    assert lacking.get("doubly_robust") is None
