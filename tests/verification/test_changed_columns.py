"""Which columns have changed, told by their digests: alone, and by verify in a sentence."""

import re

import pandas as pd
import pytest

from impactkit.errors import UsageError
from impactkit.plans import Plan
from impactkit.verification.commitment import commit
from impactkit.verification.fingerprint import changed_columns, column_digests, fingerprint
from impactkit.verification.plan_rows import (
    RowDigests,
    committed,
    kinds_of,
    row_keys,
    units_of,
)
from impactkit.verification.verify import verify

KINDS = {"unit": "text", "year": "number", "x": "number", "y": "number"}
KEYS = ("unit", "year")
FRAME = pd.DataFrame(
    {"unit": ["01", "01", "02", "02"], "year": [1, 2, 1, 2], "x": [1, 2, 3, 4], "y": [5, 6, 7, 8]}
)
BEFORE = column_digests(FRAME, KINDS, key_columns=KEYS)


def changed(frame, kinds=KINDS, **said):
    after = column_digests(frame, kinds, key_columns=KEYS, **said)
    return changed_columns(BEFORE, after, key_columns=KEYS)


def test_a_digest_is_the_fingerprint_of_the_keys_and_the_column():
    for name in ("x", "y"):
        part = ["unit", "year", name]
        assert BEFORE[name] == fingerprint(FRAME[part], {one: KINDS[one] for one in part})
    assert BEFORE["unit"] == fingerprint(FRAME[["unit"]], {"unit": "text"})
    assert list(BEFORE) == ["unit", "x", "y", "year"]


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (FRAME, ()),
        (FRAME.sample(frac=1, random_state=1)[["y", "x", "year", "unit"]], ()),
        (FRAME.assign(y=[5, 6, 8, 7]), ("y",)),
        (FRAME.assign(x=[0, 2, 3, 4], y=0), ("x", "y")),
        (FRAME.assign(unit=["01", "01", "03", "02"]), ("unit",)),
        (FRAME.iloc[1:], ("unit", "year")),
        (FRAME.assign(year=[1, 2, 1, 3], y=0), ("year",)),
    ],
    ids=["same", "reordered", "two cells swapped", "two columns", "a unit", "a row less", "key goes first"],
)
def test_exactly_what_changed_is_named(after, names):
    assert changed(after) == names


def test_another_unit_kind_or_number_of_decimals_is_a_change():
    assert changed(FRAME, units={"y": "kr"}) == ("y",)
    assert changed(FRAME, decimals={"x": 2}) == ("x",)
    assert changed(FRAME.astype({"x": str}), KINDS | {"x": "text"}) == ("x",)


def test_columns_that_come_and_go_are_named_in_the_order_of_utf_8():
    after = FRAME.drop(columns="x").assign(å=1, z=2)
    kinds = {"unit": "text", "year": "number", "y": "number", "å": "number", "z": "number"}
    assert changed(after, kinds) == ("x", "z", "å")
    assert changed_columns({}, {"å": "1", "z": "2"}) == ("z", "å")


def test_without_key_columns_each_column_stands_alone():
    digests = column_digests(FRAME, KINDS)
    assert digests["x"] == fingerprint(FRAME[["x"]], {"x": "number"})
    swapped = column_digests(FRAME.assign(y=[8, 7, 6, 5]), KINDS)
    assert changed_columns(digests, swapped) == ()


def test_with_a_key_they_are_others():
    keyed = column_digests(FRAME, KINDS, key_columns=KEYS, key=bytes(range(32)))
    part = FRAME[["unit", "year", "x"]]
    kinds = {name: KINDS[name] for name in part}
    assert keyed["x"] == fingerprint(part, kinds, key=bytes(range(32))) != BEFORE["x"]


def test_all_columns_may_tell_rows_apart():
    digests = column_digests(FRAME, KINDS, key_columns=list(KINDS))
    assert digests == column_digests(FRAME, KINDS)


def test_a_key_column_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="There is no column kommun to tell rows apart") as caught:
        column_digests(FRAME, KINDS, key_columns=["unit", "kommun"])
    assert caught.value.troubles[0].values["columns"] == "unit, x, y, year"


@pytest.mark.parametrize(
    ("old", "new", "code", "columns"),
    [
        (r"47,2", "47,3", "other_columns", "nöjda_utemiljö"),
        (r"47,2;14,6", "47,3;14,7", "other_columns", "nöjda_utemiljö, omflyttning"),
        (r"(?m)^(07;[^;]*;[0-9]*);0", r"\1;1", "other_columns", "insats"),
        (r"(?m)^07;", "09;", "other_keys", "område"),
        (r"(?m)^07;.*\n", "", "other_keys", "område, år"),
    ],
    ids=["a value", "two values", "a group", "a code", "a unit left out"],
)
def test_verify_names_the_columns(forged, old, new, code, columns):
    def change(members):
        text = members["data/data.csv"].decode("utf-8")
        members["data/data.csv"] = re.sub(old, new, text).encode("utf-8")
        assert members["data/data.csv"] != text.encode("utf-8")

    found = verify(forged(change))
    told = {step.name: step for step in found.steps}["recompute"]
    assert (told.state, told.sentence.code) == ("fail", f"verify.recompute.{code}")
    assert told.sentence.values["columns"] == columns
    assert told.sentence.values["n"] == len(columns.split(", "))
    assert columns in told.text("sv") and columns in told.text("en")


@pytest.mark.parametrize(
    "manifest",
    [{"columns": {}}, {"fingerprint": "0" * 64}],
    ids=["empty", "fingerprint"],
)
def test_digests_that_do_not_fit_fail(forged, manifest):
    found = verify(forged(lambda members: manifest))
    assert {step.name: step.state for step in found.steps}["recompute"] == "fail"


@pytest.mark.parametrize("left_out", ["columns", "fingerprint"])
def test_rows_without_their_digests_are_malformed(forged, left_out):
    assert verify(forged(lambda members: {left_out: None})).exit_code == 4


def test_an_outcome_carries_the_unit_of_its_indicator(project):
    plan = project().plan
    rows = plan.rows()
    units = units_of(plan)
    assert units[plan.data.outcome] == plan.catalogue[plan.claims[0].indicator].unit.en
    assert set(units) <= set(rows.columns)
    digests = RowDigests.of(plan).columns
    kinds = kinds_of(plan, rows)
    without = column_digests(rows, kinds, key_columns=[plan.data.unit, plan.data.time])
    assert changed_columns(digests, without) == tuple(sorted(units))


def test_every_unit_that_claims_have_of_one_column_is_said(project):
    plan = project("kielmc").plan
    content = plan.content()
    content["claims"] = [content["claims"][0], content["claims"][0] | {"id": "C2", "unit": "SEK"}]
    assert units_of(Plan.of(content)) == {"rprice": "SEK; USD (1978)"}


def test_the_kinds_of_a_plan_are_those_of_its_roles(project):
    plan = project().plan
    rows = plan.rows()
    kinds = kinds_of(plan, rows)
    assert {kinds[name] for name in ("nöjda_utemiljö", "omflyttning", "insats", "år")} == {"number"}
    assert kinds["område"] == "text"
    dated = rows.assign(år=pd.to_datetime(rows["år"].astype(int).astype(str)))
    assert kinds_of(plan, dated) == kinds | {"år": "date"}


def test_a_plan_commits_to_the_rows_that_it_fingerprints(project):
    plan, key = project().plan, bytes(range(32))
    rows = plan.rows()
    made = committed(plan, key=key)
    assert made == commit(rows, kinds_of(plan, rows), key=key, units=units_of(plan))
    assert made.fingerprint == fingerprint(rows, kinds_of(plan, rows), key=key, units=units_of(plan))
    assert made.fingerprint != RowDigests.of(plan).fingerprint


def test_only_columns_that_are_there_tell_rows_apart(project):
    plan = project().plan
    assert row_keys(plan, ["område", "år", "insats"]) == ["område", "år"]
    assert row_keys(plan, ["år"]) == ["år"]
    assert row_keys(plan, []) == []


def test_another_unit_in_the_plan_is_another_fingerprint(project):
    plan = project("kielmc").plan
    content = plan.content()
    assert content["claims"][0]["unit"] == "USD (1978)"
    content["claims"][0]["unit"] = "USD (2020)"
    other = Plan.of(content)
    other._path = plan._path
    assert changed_columns(RowDigests.of(plan).columns, RowDigests.of(other).columns) == ("rprice",)
    assert RowDigests.of(plan).fingerprint != RowDigests.of(other).fingerprint
