"""Effects in declared groups travel in a bundle: others recompute them, and few people stay hidden."""

import json
import zipfile
from datetime import UTC, datetime

import pytest

import impactkit as ik
from impactkit.plans import Plan, lock
from impactkit.provenance import canonical_json
from impactkit.verification.disclosed import told_of_groups
from impactkit.verification.seal import seal
from impactkit.verification.told_tables import tables_in, told_otherwise
from impactkit.verification.verify import verify
from verification.test_few_people import PLAN, people


@pytest.fixture
def bundle(tmp_path):
    """Return a function that seals a plan on people of whom so many in each arm are men."""

    def made(*, men=15, public=True, subgroups=("sex",)):
        (tmp_path / "people.csv").write_text(people(40, 60, men=men), "utf-8")
        file = tmp_path / "plan.toml"
        data = f"public = {str(public).lower()}\nsubgroups = {json.dumps(list(subgroups))}"
        text = PLAN.format(more="", unit='unit = "points"', data=data, decision="")
        file.write_text(text, "utf-8")
        plan = Plan.read(file)
        lock(plan, now=datetime(2023, 1, 1, tzinfo=UTC)).write(tmp_path / "plan.lock.json")
        return seal(ik.evaluate(plan), tmp_path / "bundle.zip")

    return made


def members_of(bundle):
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def results_of(bundle):
    return json.loads(members_of(bundle)["results.json"])


@pytest.fixture
def forged(bundle, resealing):
    """Return a function that changes the first column of groups in a bundle's results, as a forger would."""

    def made(edit, **kwargs):
        sealed = bundle(**kwargs)
        members = members_of(sealed)
        results = json.loads(members["results.json"])
        edit(results["results"][0]["groups"][0])
        members["results.json"] = canonical_json(results)
        sealed.write_bytes(resealing(members))
        return verify(sealed)

    return made


def state(found, name):
    return next(step.state for step in found.steps if step.name == name)


def test_a_bundle_with_groups_verifies(bundle):
    found = verify(bundle())
    assert not [step.name for step in found.steps if step.state == "fail"]
    (column,) = results_of(bundle())["results"][0]["groups"]
    assert [group["name"] for group in column["groups"]] == ["m", "w"]
    assert [group["n_rows"] for group in column["groups"]] == [3 * 30, 3 * 70]


FORGERIES = {
    "an effect": lambda column: column["groups"][0].update(point=column["groups"][0]["point"] + 0.001),
    "a limit": lambda column: column["groups"][1].update(low=column["groups"][1]["low"] + 0.001),
    "a drawn effect": lambda column: column["groups"][1].update(drawn_point=0.0),
    "a count": lambda column: column["groups"][0].update(n_rows=column["groups"][0]["n_rows"] + 1),
    "the test": lambda column: column.update(p_value_adjusted=0.01),
    "when it was said": lambda column: column.update(timing="exploratory"),
    "a group gone": lambda column: column["groups"].pop(),
    "a name": lambda column: column["groups"][0].update(name="men"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_group_is_found(forged, name):
    found = forged(FORGERIES[name])
    assert found.exit_code == 1
    assert state(found, "numbers") == "fail"
    assert any("groups" in difference.where for difference in found.differences)


def test_a_bundle_whose_groups_were_taken_away_is_found(bundle, resealing):
    sealed = bundle()
    members = members_of(sealed)
    results = json.loads(members["results.json"])
    del results["results"][0]["groups"]
    members["results.json"] = canonical_json(results)
    sealed.write_bytes(resealing(members))
    assert verify(sealed).exit_code == 1


def test_where_the_rows_stay_at_home_effects_are_told_and_no_size(bundle):
    sealed = bundle(public=False)
    assert state(verify(sealed), "disclosure") == "pass"
    (column,) = results_of(sealed)["results"][0]["groups"]
    assert (column["statistic"], column["df_error"], column["spread"]) == (None, None, None)
    for group in column["groups"]:
        assert (group["state"], group["point"] is None) == ("known", False)
        assert [group[name] for name in ("n_rows", "n_treated", "std_error", "df")] == [None] * 4


def test_few_people_are_hidden_in_the_bundle_and_on_its_page(bundle):
    sealed = bundle(men=4, public=False)
    assert state(verify(sealed), "disclosure") == "pass"
    (column,) = results_of(sealed)["results"][0]["groups"]
    # There are two groups: the one would give the other away.
    assert [group["state"] for group in column["groups"]] == ["hidden", "hidden"]
    assert {
        value for group in column["groups"] for key, value in group.items() if key not in ("name", "state")
    } == {None}
    assert column["p_value_adjusted"] is None
    page = members_of(sealed)["report.html"].decode("utf-8")
    (table,) = [rows for rows in tables_in(page) if rows[0][0] == "Group" and rows[0][-1] == "Number"]
    assert [row[1:] for row in table[1:]] == [["not shown"] * 3] * 2


TELLING = {
    "a count": lambda column: column["groups"][0].update(n_rows=120),
    "degrees of freedom": lambda column: column["groups"][1].update(df=58.0),
    "a standard error": lambda column: column["groups"][1].update(std_error=0.4),
    "the test's degrees of freedom": lambda column: column.update(df_error=98.0),
}


@pytest.mark.parametrize("name", TELLING)
def test_a_bundle_that_tells_how_large_a_group_is_fails(forged, name):
    assert state(forged(TELLING[name], public=False), "disclosure") == "fail"


def test_a_hidden_group_with_a_number_is_named(bundle):
    record = results_of(bundle(men=4, public=False))
    assert told_of_groups(record) == []
    record["results"][0]["groups"][0]["groups"][1]["point"] = 1.5
    assert told_of_groups(record) == ["C1: sex, w"]


def test_a_page_that_shows_what_the_results_hide_is_found(bundle):
    sealed = bundle(men=4, public=False)
    page, record = members_of(sealed)["report.html"].decode("utf-8"), results_of(sealed)
    assert told_otherwise(page, record, "en") == []
    start = page.index("Does the effect differ between groups?")
    shown = page[:start] + page[start:].replace(">not shown<", ">+4.2 points<", 1)
    assert told_otherwise(shown, record, "en") == ["C1"]
    gone = page[:start] + page[start:].replace("In the group alone</th>", "Alone</th>", 1)
    assert told_otherwise(gone, record, "en") == ["C1"]
