"""Averages over areas of everybody and of a subgroup tell by their difference of those in between."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from impactkit.carried_out import CarriedOut
from impactkit.earlier_plan import EarlierPlan
from impactkit.errors import DataError
from impactkit.evaluation import evaluate
from impactkit.plans import Plan
from impactkit.plans.data_files import ANSWERS
from impactkit.verification import seal as seal_module
from impactkit.verification.averages_apart import _few_left, told_by_difference
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

PLAN = """
impactkit = 1
language = "en"
[project]
name = "An invented estate"
borrower = "An invented company"
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
{claims}
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
[decision]
decided = 2022-01-01
"""


def claim(number, value, compared=None):
    group = f'subgroup = {{ column = "sex", value = "{value}"'
    group += f', compared_with = "{compared}" }}' if compared else " }"
    return f"""
[[claims]]
id = "C{number}"
indicator = "safety/feels-safe-after-dark"
role = "secondary"
change = "increase"
minimum_effect = "2"
by = 2024
{group}
"""


def answers(third=0):
    """Thirty women and thirty men an area and year, and some who said neither in the first area."""
    rng = np.random.default_rng(8)
    rows = ["area,year,got,sex,safe"]
    for area in range(14):
        for year in (2021, 2022, 2023, 2024):
            for sex in "f" * 30 + "m" * 30 + "x" * (third if area == 0 and year == 2022 else 0):
                value = 55 + area % 5 + 12 * (area < 6 and year > 2022) + rng.normal(0, 12)
                rows.append(f"a{area:02},{year},{int(area < 6)},{sex},{np.clip(value, 0, 100):.1f}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def surveyed(tmp_path):
    def made(rows, *claims, data=""):
        (tmp_path / "data.csv").write_text(rows)
        (tmp_path / "plan.toml").write_text(PLAN.format(claims="".join(claims), data=data))
        return evaluate(Plan.read(tmp_path / "plan.toml"))

    return made


def disclosed(bundle):
    return next(step for step in verify(bundle).steps if step.name == "disclosure")


def test_areas_of_many_are_told(surveyed, tmp_path):
    evaluation = surveyed(answers(), claim(2, "f"))
    assert told_by_difference(evaluation) == []
    found = disclosed(seal(evaluation, tmp_path / "bundle.zip"))
    assert (found.state, found.sentence.code) == ("pass", "verify.disclosure.areas")


@pytest.mark.parametrize(
    "claims",
    [
        (claim(2, "f", "m"),),
        (claim(2, "f"), claim(3, "m")),
    ],
    ids=["those compared with", "two subgroups"],
)
def test_the_few_in_neither_group_are_not_sealed(surveyed, tmp_path, claims):
    evaluation = surveyed(answers(third=4), *claims)
    assert told_by_difference(evaluation) == ["safe, a00, 2022"]
    with pytest.raises(DataError, match="fewer than 10 people: safe, a00, 2022"):
        seal(evaluation, tmp_path / "bundle.zip")
    assert not (tmp_path / "bundle.zip").exists()
    found = disclosed(seal(evaluation, tmp_path / "bundle.zip", rows="commitment"))
    assert (found.state, found.sentence.code) == ("not_checked", "verify.disclosure.areas_withheld")


def test_a_bundle_in_which_they_are_fails(surveyed, tmp_path, monkeypatch):
    evaluation = surveyed(answers(third=4), claim(2, "f", "m"))
    monkeypatch.setattr(seal_module, "told_by_difference", lambda *_: [])
    found = disclosed(seal(evaluation, tmp_path / "bundle.zip"))
    assert (found.state, found.sentence.code) == ("fail", "verify.disclosure.apart")
    assert "a00, 2022" in found.text("en")


def test_enough_in_neither_group_are_told(surveyed):
    assert told_by_difference(surveyed(answers(third=10), claim(2, "f", "m"))) == []


def test_a_subgroup_alone_is_a_part_of_nothing(surveyed):
    evaluation = surveyed(answers(third=4), claim(2, "f", "m"))
    whole, part = evaluation.results
    assert told_by_difference(_with(evaluation, part)) == []
    assert told_by_difference(_with(evaluation, whole)) == []


def _with(evaluation, *results):
    return replace(evaluation, results=results)


def test_an_earlier_plan_over_other_areas_is_not_compared(surveyed):
    evaluation = surveyed(answers(third=4), claim(2, "f", "m"))
    whole, part = evaluation.results
    other = replace(part.rows.averages, frame=part.rows.averages.frame.rename(columns={"area": "block"}))
    moved = replace(part, rows=replace(part.rows, averages=other, other_averages=None))
    assert told_by_difference(_with(evaluation, whole, moved)) == []
    # Nor are subgroups of one column counted where those they are compared with are not there.
    alone = replace(part, rows=replace(part.rows, other_averages=None))
    assert told_by_difference(_with(evaluation, whole, alone)) == []


def test_what_an_earlier_plan_averaged_is_compared_too(surveyed):
    evaluation = surveyed(answers(third=4), claim(2, "f", "m"))
    whole, part = evaluation.results
    carried = CarriedOut(plan=evaluation.plan, prior="claimed_prior", results=(whole,), cases=())
    before = [
        EarlierPlan(number=0, digest="0" * 64, counts=True, carried=each, conclusion=None)
        for each in (carried, None)
    ]
    assert told_by_difference(replace(_with(evaluation, part), earlier=before)) == ["safe, a00, 2022"]


def test_whoever_is_left_when_parts_are_taken_from_everybody_is_counted():
    """Of area a, where no part is seen, all ten are left: with a threshold of ten they may be told of."""
    data = SimpleNamespace(aggregate_by="area", time=None)
    plan = SimpleNamespace(data=data, decision=SimpleNamespace(small_cell=10))
    whole = pd.DataFrame({"area": ["a", "b", "c"], ANSWERS: [10, 30, 20]})
    part, other = (pd.DataFrame({"area": list(at), ANSWERS: n}) for at, n in (("bc", [15, 20]), ("b", [6])))
    assert _few_left(plan, whole, [part]) == []
    assert _few_left(plan, whole, [part, other]) == ["b"]
    plan.data.time = "year"
    dated = [frame.assign(year=2024) for frame in (whole, part, other)]
    assert _few_left(plan, dated[0], dated[1:]) == ["b, 2024"]
    assert _few_left(plan, dated[0], [part, other]) == []
