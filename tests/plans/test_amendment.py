"""An amendment follows the lock, says why, and is told when anything in the chain was touched."""

import hashlib
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.errors import PlanError
from impactkit.plans import Plan, lock
from impactkit.plans.amendment import Amendment, amend, chained, is_seen, plan_of, read_amendments
from impactkit.plans.changes import PlanChange, changes
from impactkit.plans.lock import LOCK_NAME, Lock
from impactkit.provenance import canonical_json

NOW = datetime(2022, 2, 1, 12, tzinfo=UTC)
WHY = "The housing committee moved the follow-up by a year."
SAID = {"reason": WHY, "author": "Anna Ek", "data_seen": False, "on": date(2022, 3, 1)}


@pytest.fixture
def locked(make, tmp_path):
    lock(make(), now=NOW).write(tmp_path / LOCK_NAME)
    return Lock.read(tmp_path / LOCK_NAME)


def chain(folder):
    return read_amendments(folder, Lock.read(folder / LOCK_NAME))


def test_an_amendment_reads_back_and_follows_the_lock(make, locked, tmp_path):
    made = amend(make("decision", alpha="0.10"), **SAID)
    file = tmp_path / "amendments" / "0001.json"
    assert file.read_bytes() == canonical_json(json.loads(file.read_bytes()))
    assert made.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    (read,) = chain(tmp_path)
    assert read.model_dump() == made.model_dump()
    assert (read.number, read.previous, read.changed) == (1, locked.digest, ("decision.alpha",))
    assert (read.reason, read.author, read.date, read.data_seen) == (WHY, "Anna Ek", date(2022, 3, 1), False)
    assert plan_of(read.plan).digest == read.plan_digest == make("decision", alpha="0.10").digest


def test_the_next_follows_the_one_before(make, locked, tmp_path):
    first = amend(make("decision", alpha="0.10"), **SAID)
    second = amend(make("decision", alpha="0.10", small_cell=12), **SAID)
    assert (second.number, second.previous) == (2, first.digest)
    assert second.changed == ("decision.small_cell",)
    assert [one.number for one in chain(tmp_path)] == [1, 2]


def test_lock_and_earlier_amendments_are_left_alone(make, locked, tmp_path):
    amend(make("decision", alpha="0.10"), **SAID)
    before = {f: f.read_bytes() for f in (tmp_path / LOCK_NAME, tmp_path / "amendments" / "0001.json")}
    amend(make("decision", alpha="0.01"), **SAID)
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.parametrize(
    "said", [{"reason": "changed"}, {"reason": " " * 40}, {"reason": "x" * 40}, {"author": ""}]
)
def test_an_amendment_without_a_reason_or_an_author_is_not_written(make, locked, tmp_path, said):
    with pytest.raises(PlanError):
        amend(make("decision", alpha="0.10"), **{**SAID, **said})
    assert not list((tmp_path / "amendments").glob("*"))


def test_nothing_changed_is_nothing_to_amend(make, locked):
    with pytest.raises(PlanError, match="nothing to amend"):
        amend(make(), **SAID)


def test_without_a_lock_there_is_nothing_to_amend(make):
    with pytest.raises(PlanError, match="There is no lock"):
        amend(make(), **SAID)


def test_an_amendment_is_dated_today_when_nothing_is_said(make, locked):
    said = {key: value for key, value in SAID.items() if key != "on"}
    assert amend(make("decision", alpha="0.10"), **said).date == datetime.now().astimezone().date()


@pytest.fixture
def two(make, locked, tmp_path):
    amend(make("decision", alpha="0.10"), **SAID)
    amend(make("decision", alpha="0.10", small_cell=12), **SAID)
    return tmp_path / "amendments"


def edited(**changes):
    def edit(place):
        file = place / "0002.json"
        file.write_bytes(canonical_json({**json.loads(file.read_bytes()), **changes}))

    return edit


def alter_plan(place):
    file = place / "0002.json"
    file.write_bytes(file.read_bytes().replace(b'"small_cell":12', b'"small_cell":11'))


def twice(place):
    file = place / "0002.json"
    file.write_bytes(file.read_bytes().replace(b'{"author"', b'{"number":2,"author"', 1))


def nested(place):
    plan = "x"
    for _ in range(300):
        plan = {"a": plan}
    edited(plan=plan, plan_digest=hashlib.sha256(canonical_json(plan)).hexdigest())(place)


BROKEN = {
    "nested": (nested, "is not what has"),
    "gap": (lambda place: (place / "0001.json").unlink(), "Amendment 1 is missing"),
    "renamed": (lambda place: (place / "0001.json").rename(place / "first.json"), "Amendment 1 is missing"),
    "stranger": (lambda place: (place / "notes.txt").write_text("x"), "notes.txt is no amendment"),
    "folder": (lambda place: (place / "0003.json").mkdir(), "is no amendment"),
    "swapped": (
        lambda place: (place / "0001.json").write_bytes((place / "0002.json").read_bytes()),
        "says that it is",
    ),
    "first edited": (
        lambda place: (place / "0001.json").write_bytes((place / "0001.json").read_bytes() + b" "),
        "0002.json does not follow",
    ),
    "previous": (edited(previous="0" * 64), "does not follow the file before it"),
    "number": (edited(number=3), "says that it is amendment 3"),
    "reason": (edited(reason=""), "too short"),
    "reason of one word": (edited(reason="Nödvändighetsprövningen"), "too short"),
    "author": (edited(author=""), "author"),
    "date": (edited(date="yesterday"), "date"),
    "data_seen": (edited(data_seen="no"), "data_seen"),
    "spec": (edited(spec="ikamendment2"), "ikamendment2"),
    "another key": (edited(more=1), "more"),
    "changed": (edited(changed=["decision.alpha"]), "is not what has"),
    "nothing changed": (edited(changed=[]), "is not what has"),
    "plan": (alter_plan, "does not give the digest"),
    "plan_digest": (edited(plan_digest="0" * 64), "does not give the digest"),
    "key twice": (twice, "stands twice"),
    "no JSON": (lambda place: (place / "0002.json").write_text("{"), "not the JSON"),
    "no number": (lambda place: (place / "0002.json").write_text('{"number":NaN}'), "not the JSON"),
    "a list": (lambda place: (place / "0002.json").write_text("[]"), "wrong shape"),
}


@pytest.mark.parametrize(("spoil", "said"), BROKEN.values(), ids=BROKEN)
def test_a_chain_that_was_touched_is_told(two, tmp_path, spoil, said):
    spoil(two)
    with pytest.raises(PlanError, match=said):
        chain(tmp_path)


def test_a_lock_that_was_replaced_is_told(two, make, tmp_path):
    (tmp_path / LOCK_NAME).unlink()
    lock(make(), now=datetime(2022, 2, 2, tzinfo=UTC)).write(tmp_path / LOCK_NAME)
    with pytest.raises(PlanError, match=r"0001\.json does not follow"):
        chain(tmp_path)


def test_hidden_files_of_a_desktop_are_nobodys_amendment(two, tmp_path):
    (two / ".DS_Store").write_bytes(b"x")
    assert len(chain(tmp_path)) == 2


def test_without_the_locks_content_the_rest_of_the_chain_is_still_held(two, locked):
    contents = {file.name: file.read_bytes() for file in two.iterdir()}
    assert len(chained(contents, lock_digest=locked.digest, locked=None)) == 2
    with pytest.raises(PlanError, match="does not follow"):
        chained(contents, lock_digest="0" * 64, locked=None)
    edited(changed=["decision.alpha"])(two)
    contents = {file.name: file.read_bytes() for file in two.iterdir()}
    with pytest.raises(PlanError, match="is not what has"):
        chained(contents, lock_digest=locked.digest, locked=None)


def made(number, *, seen=False, on="2023-01-01", collected="2023-10-01"):
    return Amendment(
        number=number,
        previous="0" * 64,
        reason=WHY,
        author="Anna Ek",
        date=on,
        data_seen=seen,
        plan={"data": {"follow_up_collected": collected} if collected else {}},
        plan_digest="0" * 64,
        changed=("x",),
    )


LOCKED = {"data": {"follow_up_collected": "2023-10-01"}}


@pytest.mark.parametrize(
    ("amendments", "found"),
    [
        ([], ()),
        ([made(1)], (False,)),
        ([made(1, seen=True)], (True,)),
        ([made(1, on="2023-09-30")], (False,)),
        ([made(1, on="2023-10-01")], (True,)),
        ([made(1, on="2023-12-01", collected="2024-10-01")], (True,)),  # the day is moved after it has come
        ([made(1, on="2023-06-01", collected="2023-05-01")], (True,)),
        ([made(1), made(2, on="2023-11-01", collected="2024-10-01")], (False, True)),
        ([made(1, seen=True), made(2)], (True, True)),
        ([made(1), made(2, seen=True), made(3)], (False, True, True)),
    ],
)
def test_what_counts_as_seen(amendments, found):
    assert is_seen(amendments, locked=LOCKED) == found


@pytest.mark.parametrize("locked_plan", [{}, {"data": 3}, {"data": {"follow_up_collected": "soon"}}])
def test_where_no_day_is_named_the_statement_stands(locked_plan):
    assert is_seen([made(1, on="2030-01-01", collected=None)], locked=locked_plan) == (False,)
    assert is_seen([made(1, on="2030-01-01", collected=None, seen=True)], locked=locked_plan) == (True,)


def test_what_changed_is_told_by_claim():
    before = {"claims": [{"id": "C1", "by": 1}, {"id": "C2", "by": 1}], "data": {"covariates": ["a"]}}
    after = {
        "claims": [{"id": "C1", "by": 2}, {"id": "C3", "by": 1}],
        "data": {"covariates": ["a", "b"]},
        "loan": {},
    }
    assert changes(before, after) == (
        PlanChange(path="claims.C1.by", before=1, after=2),
        PlanChange(path="claims.C2", before={"id": "C2", "by": 1}, after=None),
        PlanChange(path="claims.C3", before=None, after={"id": "C3", "by": 1}),
        PlanChange(path="data.covariates", before=["a"], after=["a", "b"]),
        PlanChange(path="loan", before=None, after={}),
    )


def test_another_order_of_claims_is_a_change():
    one, two = {"id": "C1"}, {"id": "C2"}
    assert changes({"claims": [one, two]}, {"claims": [two, one]}) == (
        PlanChange(path="claims", before=["C1", "C2"], after=["C2", "C1"]),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"x": 1}, {"x": True}),
        ({"x": "1"}, {"x": 1}),
        ({"x": []}, {"x": {}}),
        ({"x": [{"id": 1}]}, {"x": [1]}),
        ({"x": [{"id": "a"}, {"id": "a"}]}, {"x": [{"id": "a"}]}),
    ],
)
def test_a_change_of_kind_is_a_change(before, after):
    assert [change.path for change in changes(before, after)] == ["x"]


leaves = st.one_of(st.booleans(), st.integers(0, 3), st.sampled_from(["", "a", "b"]))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        st.lists(
            st.fixed_dictionaries({"id": st.sampled_from(["p", "q", "r"])}, optional={"v": inner}),
            max_size=3,
            unique_by=lambda item: item["id"],
        ),
    ),
    max_leaves=8,
)
contents = st.dictionaries(st.sampled_from("abcd"), trees, max_size=3)


@settings(max_examples=300, deadline=None)
@given(before=contents, after=contents)
def test_no_change_is_told_only_of_equal_plans(before, after):
    assert (changes(before, after) == ()) == (canonical_json(before) == canonical_json(after))
    paths = [change.path for change in changes(before, after)]
    assert len(paths) == len(set(paths))


def test_the_plan_of_a_chain_knows_its_folder(make, locked, tmp_path):
    one = amend(make("decision", alpha="0.10"), **SAID)
    assert one.amended(folder=tmp_path).folder == tmp_path
    assert isinstance(one.amended(), Plan)


@pytest.mark.parametrize("depth", [100, 450, 700, 900, 950])
def test_what_is_nested_too_deeply_is_no_plan(depth):
    # Written as text: the encoder itself comes to its end at some of these depths.
    deep = ('{"a":' * depth + "1" + "}" * depth).encode()
    record = {
        "spec": "ikamendment1",
        "number": 1,
        "previous": "0" * 64,
        "reason": WHY,
        "author": "A",
        "date": "2022-03-01",
        "data_seen": False,
        "plan": None,
        "plan_digest": hashlib.sha256(deep).hexdigest(),
        "changed": ["a"],
    }
    contents = canonical_json(record).replace(b'"plan":null', b'"plan":' + deep)
    deeper = {"a": json.loads('{"a":' * (depth - 1) + "2" + "}" * (depth - 1))}
    with pytest.raises(PlanError):
        chained({"0001.json": contents}, lock_digest="0" * 64, locked=deeper)
