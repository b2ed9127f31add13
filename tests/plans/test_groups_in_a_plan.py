"""Groups that a plan declares, from the plan to the record: what is asked, of whom, and when it was said."""

import json
from importlib.resources import files

import impactkit as ik
from impactkit.evaluation import evaluate
from impactkit.plans import lock
from impactkit.plans.lock import LOCK_NAME
from impactkit.provenance import canonical_json
from plans.grouped import declared, people, written
from plans.trial import NOW, amended_in, claim, plan_in


def timings(evaluation):
    return {column.column: column.timing for column in evaluation.results[0].groups}


def test_each_primary_claim_about_everybody_is_asked_by_group(tmp_path):
    written(tmp_path)
    women = {**claim("C4", "y", role="secondary"), "subgroup": {"column": "sex", "value": "women"}}
    also = {**claim("C5", "y"), "subgroup": {"column": "sex", "value": "men"}}
    claims = [claim("C1", "y"), claim("C2", "z"), claim("C3", "z", role="secondary"), women, also]
    found = evaluate(plan_in(tmp_path, declared(claims=claims)))
    asked = {result.claim.id: [column.column for column in result.groups] for result in found.results}
    assert asked == {"C1": ["sex", "age group"], "C2": ["sex", "age group"], "C3": [], "C4": [], "C5": []}
    assert {column.n_tests for result in found.results for column in result.groups} == {4}


def test_the_effect_of_a_group_is_the_difference_of_its_means(tmp_path):
    frame = written(tmp_path)
    found = evaluate(plan_in(tmp_path, declared()))
    record = json.loads(canonical_json(found.to_record()))
    sex, age = record["results"][0]["groups"]
    means = frame.groupby(["sex", "arm"])["y"].mean().unstack()
    assert [group["name"] for group in sex["groups"]] == ["men", "women"]
    for group in sex["groups"]:
        wanted = means.loc[group["name"], 1] - means.loc[group["name"], 0]
        assert abs(group["point"] - wanted) < 1e-9
    # Holm: the smaller of two counts twice, the larger once.
    assert sex["p_value"] < age["p_value"]
    assert sex["p_value_adjusted"] == 2 * sex["p_value"] < 0.001
    assert age["p_value_adjusted"] == age["p_value"]
    assert (sex["level"], sex["n_tests"]) == (0.95, 2)


def test_the_verdict_is_the_same_with_groups_and_without(tmp_path):
    written(tmp_path)
    with_groups = evaluate(plan_in(tmp_path, declared())).results[0].to_record()
    without = evaluate(plan_in(tmp_path, declared(subgroups=()))).results[0].to_record()
    with_groups.pop("groups")
    # The seed follows from the plan's digest, and the draws of the permutation test from the seed.
    for told in (with_groups, without):
        told["estimate"].pop("settings")
        told["estimate"].pop("permutation")
    assert with_groups["estimate"] == without["estimate"]
    assert with_groups["verdict"]["status"] == without["verdict"]["status"]


def test_a_plan_without_groups_has_the_digest_and_the_record_it_had(tmp_path):
    written(tmp_path)
    content = declared(subgroups=())
    with_key = plan_in(tmp_path, content)
    content["data"].pop("subgroups")
    without_key = plan_in(tmp_path, content)
    assert with_key.digest == without_key.digest
    assert all("groups" not in result for result in evaluate(without_key).to_record()["results"])
    example = ik.evaluate(str(files("impactkit.examples") / "norrgarden"))
    assert all(result.groups == () for result in example.results)


def test_groups_of_a_plan_that_came_first_are_planned(tmp_path):
    written(tmp_path)
    plan = plan_in(tmp_path, declared())
    assert timings(evaluate(plan)) == {"sex": "planned", "age group": "planned"}
    lock(plan, now=NOW).write(tmp_path / LOCK_NAME)
    assert timings(evaluate(plan)) == {"sex": "planned", "age group": "planned"}


def test_groups_of_a_plan_that_came_after_are_exploratory(tmp_path):
    written(tmp_path)
    late = plan_in(tmp_path, declared(decision={"decided": "2024-01-01"}))
    assert timings(evaluate(late)) == {"sex": "exploratory", "age group": "exploratory"}
    run = evaluate(plan_in(tmp_path, declared()), exploratory=True)
    assert timings(run) == {"sex": "exploratory", "age group": "exploratory"}


def test_a_column_added_after_the_follow_up_was_seen_is_exploratory(tmp_path):
    written(tmp_path)
    lock(plan_in(tmp_path, declared(subgroups=("sex",))), now=NOW).write(tmp_path / LOCK_NAME)
    plan = amended_in(tmp_path, declared(), seen=True)
    assert timings(evaluate(plan)) == {"sex": "planned", "age group": "exploratory"}


def test_a_column_added_before_the_follow_up_was_seen_is_planned(tmp_path):
    written(tmp_path)
    lock(plan_in(tmp_path, declared(subgroups=("sex",))), now=NOW).write(tmp_path / LOCK_NAME)
    plan = amended_in(tmp_path, declared(), seen=False)
    assert timings(evaluate(plan)) == {"sex": "planned", "age group": "planned"}


def test_a_group_in_one_arm_alone_is_told_as_unknown(tmp_path):
    frame = people()
    frame.loc[frame["arm"] == 1, "sex"] = frame.loc[frame["arm"] == 1, "sex"].replace("men", "women")
    written(tmp_path, frame)
    sex, _ = evaluate(plan_in(tmp_path, declared())).results[0].groups
    assert {group.name: group.state for group in sex.groups} == {"men": "unknown", "women": "known"}
    assert sex.outcome == "unknown"


def test_groups_are_asked_of_people_who_are_followed_over_time(tmp_path):
    frame = people()
    waves = [
        frame.assign(year=year, y=frame["y"] - (year < 2023) * frame["arm"] * 8) for year in (2022, 2023)
    ]
    import pandas as pd

    written(tmp_path, pd.concat(waves))
    content = declared(estimator={"method": "difference_in_differences"})
    content["data"] |= {"time": "year", "start": 2023}
    sex, _ = evaluate(plan_in(tmp_path, content)).results[0].groups
    # The same people in both years: what differs is the 8 that the first year lacks in the treated arm.
    assert [round(group.point, 6) for group in sex.groups] == [8.0, 8.0]
    assert [group.n_rows for group in sex.groups] == [
        int((frame["sex"] == name).sum()) * 2 for name in ("men", "women")
    ]
