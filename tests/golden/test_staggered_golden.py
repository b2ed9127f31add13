"""The county employment data of Callaway and Sant'Anna: every published and computed value."""

import json
from pathlib import Path

import pandas as pd
import pytest

from impactkit.data.study import Study
from impactkit.effects.estimators import StaggeredDifferenceInDifferences
from impactkit.effects.inference import InfluenceFunction

DATA = Path(__file__).parents[1] / "data" / "mpdta"
CASES = {case["id"]: case for case in json.loads((DATA / "golden.json").read_text())["cases"]}


@pytest.fixture(scope="module")
def study():
    frame = pd.read_csv(DATA / "mpdta.csv")
    return Study(frame, outcome="lemp", unit="countyreal", time="year", first_treated="first.treat")


@pytest.fixture(scope="module")
def never(study):
    return StaggeredDifferenceInDifferences().estimate(study)


@pytest.fixture(scope="module")
def not_yet(study):
    return StaggeredDifferenceInDifferences(control="not_yet", inference=InfluenceFunction()).estimate(study)


def by_cell(estimate):
    terms = [term for term in estimate.terms if term.group is not None]
    return {f"{term.group:.0f}_{term.time:.0f}": term.interval for term in terms}


def by_name(estimate, name):
    terms = [term for term in estimate.terms if getattr(term, name) is not None]
    return {f"{getattr(term, name):.0f}": term.interval for term in terms}


def assert_same(found, expected, tolerance):
    assert found.keys() == expected.keys()
    for key, (point, std_error) in expected.items():
        assert found[key].point == pytest.approx(point, **tolerance["point"])
        assert found[key].std_error == pytest.approx(std_error, **tolerance["std_error"])


EXACT = {"point": {"rel": 1e-12, "abs": 1e-14}, "std_error": {"rel": 1e-12}}
# The vignette prints four decimals, and its standard errors are bootstrapped.
PRINTED = {"point": {"abs": 6e-5}, "std_error": {"abs": 6e-3}}


def test_large_sample_errors_are_chosen_for_191_treated_counties(never):
    assert never.inference.code == "inference.influence_function"
    assert never.warnings[-1].code == "inference.chosen.large"


@pytest.mark.parametrize(("case", "tolerance"), [("attgt_vignette", PRINTED)])
def test_group_time_effects_are_those_printed(never, case, tolerance):
    assert_same(by_cell(never), CASES[case]["expected"], tolerance)


@pytest.mark.parametrize(("case", "balance"), [("dynamic_vignette", None), ("dynamic_balance_e1", 1)])
def test_event_studies_are_those_printed(never, case, balance):
    found, expected = never.aggregate("dynamic", balance=balance), CASES[case]["expected"]
    assert_same({"overall": found.interval}, {"overall": expected["overall"]}, PRINTED)
    assert_same(by_name(found, "event_time"), expected["e"], PRINTED)


def test_group_time_effects_are_those_computed_elsewhere(never):
    expected = CASES["all_aggregations_analytic_se"]["expected"]
    assert_same(by_cell(never), expected["attgt"], EXACT)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("simple", None), ("dynamic", "event_time"), ("group", "group"), ("calendar", "time")],
)
def test_averages_are_those_computed_elsewhere(never, kind, name):
    expected = CASES["all_aggregations_analytic_se"]["expected"][kind]
    found = never.aggregate(kind)
    assert_same({"overall": found.interval}, {"overall": [expected["att"], expected["se"]]}, EXACT)
    if name is not None:
        assert_same(by_name(found, name), expected["egt"], EXACT)


def test_controls_that_have_not_started_yet_give_what_was_computed_elsewhere(not_yet):
    expected = CASES["not_yet_treated"]["expected"]
    assert_same({"overall": not_yet.interval}, {"overall": expected["overall_simple"]}, EXACT)
    assert_same(by_cell(not_yet), expected["attgt"], EXACT)
