"""Ten plans, one for each kind of project: invented, whole, and understood by check."""

import runpy
import shutil
import tomllib
from pathlib import Path

import jsonschema
import pytest
from tests.exchange.test_schema import as_json

from impactkit.cli import main
from impactkit.evaluation import evaluate
from impactkit.exchange import plan_schema
from impactkit.plans import Plan
from impactkit.plans.requirements import is_examined
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

FOLDER = Path(__file__).parents[1] / "data" / "plans"
PLANS = sorted(page.parent.name for page in FOLDER.glob("*/plan.toml"))
CONTRACTS = {"09-sick-leave-contract", "10-children-in-placement"}


def test_there_are_ten_over_all_three_categories():
    plans = [Plan.read(FOLDER / name) for name in PLANS]
    assert len(plans) == 10
    assert {plan.project.category for plan in plans} == {"housing", "safety", "health_education"}
    assert len({plan.estimator.method for plan in plans}) == 3
    assert {plan.data.baseline_kind for plan in plans} == {"measured", "register", "none"}


@pytest.mark.parametrize("name", PLANS)
class TestEveryPlan:
    def test_says_that_it_is_invented(self, name):
        text = (FOLDER / name / "plan.toml").read_text("utf-8")
        assert text.startswith("# ALLT HÄR ÄR PÅHITTAT")
        assert "(påhittat)" in Plan.read(FOLDER / name).project.name

    def test_passes_check_with_every_requirement_shown(self, name, capsys):
        assert main(["check", str(FOLDER / name), "--strict"]) == 0
        said = capsys.readouterr().out
        assert ("5 av 5" in said) == (name not in CONTRACTS)
        assert is_examined(Plan.read(FOLDER / name)) == (name not in CONTRACTS)

    def test_fits_the_published_schema(self, name):
        content = tomllib.loads((FOLDER / name / "plan.toml").read_text("utf-8"))
        jsonschema.Draft202012Validator(plan_schema()).validate(as_json(content))

    def test_is_evaluated_and_told(self, name):
        report = evaluate(FOLDER / name).report(language="sv")
        assert all(claim.verdict for claim in report.claims)


def test_the_data_are_made_by_their_script(tmp_path):
    for name in PLANS:
        (tmp_path / name).mkdir()
    script = tmp_path / "make_data.py"
    script.write_text((FOLDER / "make_data.py").read_text("utf-8"), "utf-8")
    runpy.run_path(str(script), run_name="__main__")
    for name in PLANS:
        assert (tmp_path / name / "data.csv").read_bytes() == (FOLDER / name / "data.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("02-district-centre", {"inconclusive"}),  # one treated area among twenty cannot reach 2.5 %
        ("05-sports-facilities", {"inconclusive"}),
        ("07-small-municipality", {"not_assessable"}),  # before and after shows no effect
        ("03-stormwater-parks", {"inconclusive", "partly_supported", "supported"}),
    ],
)
def test_a_plan_promises_no_more_than_its_design_can_carry(name, statuses):
    assert evaluate(FOLDER / name).verdicts[0].status in statuses


def test_what_the_indicator_objects_to_is_shown_with_the_plans_reason():
    report = evaluate(FOLDER / "05-sports-facilities").report(language="sv")
    assert report.claims[0].accepted == ()
    (told,) = report.claims[1].accepted
    assert "omfattar 4 år" in told
    assert "Visas bara som sammanhang" in told


@pytest.mark.parametrize("name", ["05-sports-facilities", "06-youth-jobs-lottery"])
def test_accepted_refusals_and_own_indicators_travel_in_the_bundle(name, tmp_path):
    shutil.copytree(FOLDER / name, tmp_path / name)
    found = verify(seal(evaluate(tmp_path / name), tmp_path / "bundle.zip"))
    assert found.exit_code == 3
    assert all(step.state != "fail" for step in found.steps)
