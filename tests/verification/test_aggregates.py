"""Rows about people stay at home; from their averages a reviewer computes every number again."""

import csv
import re

import numpy as np
import pytest

from impactkit.errors import DataError, PlanError, StudyError, UsageError
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.plans.power import power
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

PLAN = """
impactkit = 1
language = "en"

[project]
name = "An invented estate"
borrower = "An invented company"
municipality = "0180"
category = "safety"
investment = "Lighting"
target_group = "Tenants"
need = "Unsafe"
change = "Safer"
future_state = "Safe"
investment_start = 2023-01-01

[[claims]]
id = "C1"
indicator = "safety/feels-safe-after-dark"
role = "primary"
change = "increase"
minimum_effect = "2"
by = 2024
{subgroup}

[data]
file = "data.csv"
outcome = "safe"
time = "year"
treated = "got"
start = 2023
aggregate_by = "area"
follow_up_collected = 2024-10-01
{data}

[estimator]
method = "difference_in_differences"
{estimator}

[decision]
decided = 2022-01-01
"""
SUBGROUP = '\n[claims.subgroup]\ncolumn = "sex"\nvalue = "f"\n'


def answers(per=30, areas=14, treated=6, binary=False):
    """Return invented answers: area, year, got, sex, age, safe."""
    rng = np.random.default_rng(5)
    rows = []
    for area in range(areas):
        level = 55 + rng.normal(0, 5)
        for year in (2021, 2022, 2023, 2024):
            mean = level + rng.normal(0, 1) + 12 * (area < treated and year > 2022)
            for number in range(per + area):
                value = mean + rng.normal(0, 12)
                told = str(round(float(np.clip(value, 0, 100)), 1)) if rng.random() > 0.04 else ""
                rows.append([f"a{area:02d}", year, int(area < treated), "fm"[number % 2], 20 + number, told])
    return rows


@pytest.fixture
def surveyed(tmp_path):
    """Return a function that evaluates a plan with invented answers."""

    def made(rows=None, *, subgroup="", data="", estimator=""):
        with (tmp_path / "data.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(
                [["area", "year", "got", "sex", "age", "safe"], *(rows or answers())]
            )
        text = PLAN.format(subgroup=subgroup, data=data, estimator=estimator)
        (tmp_path / "plan.toml").write_text(text)
        return evaluate(Plan.read(tmp_path / "plan.toml"))

    return made


def states(bundle):
    return {step.name: step.state for step in verify(bundle).steps}


def test_a_reviewer_computes_every_number_from_the_averages(surveyed, tmp_path, opened):
    evaluation = surveyed()
    assert evaluation.results[0].study.n_rows == 14 * 4
    bundle = seal(evaluation, tmp_path / "bundle.zip")
    assert [name for name in opened(bundle) if "/" in name] == ["averages/C1.csv", "plan/plan.toml"]
    found = states(bundle)
    assert {found[name] for name in ("recompute", "numbers", "verdict", "report", "completeness")} == {"pass"}
    assert verify(bundle).exit_code == 3
    assert b"sex" not in opened(bundle)["averages/C1.csv"]


@pytest.mark.parametrize(
    "options",
    [
        {"subgroup": SUBGROUP},
        {"data": 'aggregate_weight = "answers"\ncovariates = ["age"]'},
        {"estimator": '[estimator.inference]\nmethod = "given_uncertainty"'},
    ],
)
def test_every_kind_of_averages_is_computed_again(surveyed, tmp_path, opened, options):
    bundle = seal(surveyed(**options), tmp_path / "bundle.zip")
    assert states(bundle)["numbers"] == states(bundle)["verdict"] == states(bundle)["report"] == "pass"
    assert ("averages/C1.others.csv" in opened(bundle)) == ("subgroup" in options)


def test_power_is_asked_of_the_averages(surveyed):
    (found,) = power(surveyed().plan).claims
    assert (found.n_treated, found.n_comparison) == (6, 8)


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (lambda text: text.replace(",30,", ",31,", 1), "numbers"),
        (lambda text: "\n".join(text.splitlines()[:-1]) + "\n", "numbers"),
        (lambda text: text.replace(",1,", ",0,", 1), "recompute"),
        (lambda text: text.replace("a03,", "a99,"), "numbers"),
        (lambda text: re.sub(r"(?m)^(a05,2022,1),[0-9.]+", r"\1,60.5", text), "numbers"),
        (lambda text: text + "\n", "recompute"),
    ],
)
def test_averages_that_were_changed_are_caught(surveyed, tmp_path, opened, resealing, change, step):
    members = opened(seal(surveyed(), tmp_path / "bundle.zip"))
    altered = change(members["averages/C1.csv"].decode()).encode()
    assert altered != members["averages/C1.csv"]
    forged = tmp_path / "forged.zip"
    forged.write_bytes(resealing({**members, "averages/C1.csv": altered}))
    found = verify(forged)
    assert found.exit_code == 1
    assert {each.name: each.state for each in found.steps}[step] == "fail"


def test_an_average_of_too_few_is_refused_when_sealed_and_when_verified(
    surveyed, tmp_path, opened, resealing
):
    rows = [row for row in answers() if row[0] != "a07" or row[4] < 29]
    with pytest.raises(StudyError, match=r"fewer than 10 answers.*a07/2021"):
        surveyed(rows)
    members = opened(seal(surveyed(), tmp_path / "bundle.zip"))
    lines = members["averages/C1.csv"].decode().splitlines()
    cells = lines[1].split(",")
    cells[4] = "9"
    few = "\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n"
    forged = tmp_path / "forged.zip"
    forged.write_bytes(resealing({**members, "averages/C1.csv": few.encode()}))
    assert verify(forged).exit_code == 1
    assert states(forged)["recompute"] == "fail"


def test_public_rows_may_be_averages_of_few(surveyed, tmp_path):
    rows = [row for row in answers() if row[0] != "a07" or row[4] < 29]
    bundle = seal(surveyed(rows, data="public = true"), tmp_path / "bundle.zip", rows="aggregates")
    assert states(bundle)["numbers"] == "pass"


def test_files_of_averages_that_do_not_fit_the_claims_fail(surveyed, tmp_path, opened, resealing):
    members = opened(seal(surveyed(), tmp_path / "bundle.zip"))
    held = members.pop("averages/C1.csv")
    for extra in (
        {"averages/C2.csv": held},
        {"averages/C1.csv": held, "averages/C1.others.csv": held},
        {"averages/C1.csv": held, "averages/plan-1/C1.csv": held},
    ):
        forged = tmp_path / "forged.zip"
        forged.write_bytes(resealing({**members, **extra}))
        assert verify(forged).exit_code == 1


def test_a_column_name_without_end_is_no_average(surveyed, tmp_path, opened, resealing):
    members = opened(seal(surveyed(), tmp_path / "bundle.zip"))
    members["averages/C1.csv"] = b"a" * 300_000 + b"\n"
    forged = tmp_path / "forged.zip"
    forged.write_bytes(resealing(members))
    found = verify(forged)
    assert found.exit_code == 1
    assert states(forged)["recompute"] == "fail"


def test_averages_that_tell_what_everybody_answered_are_not_sealed(surveyed, tmp_path):
    rows = [[*row[:5], "100.0"] if row[0] == "a03" and row[1] == 2022 else row for row in answers()]
    with pytest.raises(DataError, match="All who answered in a03 answered alike"):
        seal(surveyed(rows), tmp_path / "bundle.zip")
    assert verify(seal(surveyed(rows), tmp_path / "bundle.zip", rows="commitment")).exit_code == 3


def test_areas_that_a_spreadsheet_would_carry_out_are_not_sealed(surveyed, tmp_path):
    rows = [["=1+1" if row[0] == "a03" else row[0], *row[1:]] for row in answers()]
    with pytest.raises(DataError, match="takes for a formula: =1"):
        seal(surveyed(rows), tmp_path / "bundle.zip")


def test_rows_that_are_not_public_do_not_leave(surveyed, project, tmp_path):
    with pytest.raises(PlanError, match="does not say that its rows are public"):
        seal(surveyed(), tmp_path / "bundle.zip", rows="public")
    public = project()
    with pytest.raises(PlanError, match="does not average over areas"):
        seal(public, tmp_path / "bundle.zip", rows="aggregates")
    with pytest.raises(UsageError, match='"all" is not one of'):
        seal(public, tmp_path / "bundle.zip", rows="all")


def test_public_rows_need_not_go_along(project, short_reports, tmp_path, opened):
    bundle = seal(project(), tmp_path / "bundle.zip", rows="commitment")
    assert not any(name.startswith("data/") for name in opened(bundle))
    assert states(bundle)["recompute"] == "not_checked"
