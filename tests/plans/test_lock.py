"""A lock fixes the plan as bytes, never gives way to another, and tells when it was tampered with."""

import copy
import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.errors import PlanError, UsageError
from impactkit.evidence.rules_digest import rules, rules_digest
from impactkit.plans import Lock, Plan, lock, prior
from impactkit.plans.project_key import KEY_NAME, ensured_key, project_key, read_key
from impactkit.plans.roster import digest_of_names
from plans.conftest import SOUND

NOW = datetime(2022, 2, 1, 12, tzinfo=UTC)


def test_a_lock_reads_back_with_the_digest_of_its_bytes(make, tmp_path):
    file = tmp_path / "plan.lock.json"
    made = lock(make(), now=NOW).write(file)
    assert Lock.read(file).model_dump() == made.model_dump()
    assert Lock.read(file).digest == hashlib.sha256(file.read_bytes()).hexdigest() == made.digest


def test_a_lock_holds_plan_files_and_roster(make, tmp_path):
    plan = make("data", public=True)
    made = lock(plan, now=NOW)
    assert made.spec == "ikplan1"
    assert made.plan_digest == plan.digest
    assert Plan.of(made.plan).digest == plan.digest
    data = (tmp_path / "data.csv").read_bytes()
    assert [(f.name, f.bytes, f.sha256) for f in made.files] == [
        ("data.csv", len(data), hashlib.sha256(data).hexdigest())
    ]
    assert (made.roster.n_treated, made.roster.n_comparison) == (1, 1)
    assert made.roster.treated == digest_of_names(["01"])
    assert made.roster.periods == ("2022", "2023")


def test_a_lock_of_data_about_people_holds_no_plain_digest(make, tmp_path):
    plan, data = make(), (tmp_path / "data.csv").read_bytes()
    without = lock(plan, now=NOW)
    assert (without.files[0].sha256, without.files[0].hmac) == (None, None)
    assert (without.roster.n_treated, without.roster.treated, without.roster.comparison) == (None,) * 3
    assert without.tells_nothing
    assert not without.is_keyed
    key = ensured_key(tmp_path)
    keyed = lock(plan, now=NOW)
    assert keyed.files[0].hmac == hmac.new(key, data, "sha256").hexdigest()
    assert keyed.roster.treated == hmac.new(key, b'["01"]', "sha256").hexdigest()
    assert keyed.tells_nothing
    assert keyed.is_keyed
    assert lock(plan, now=NOW, key=b"other").files[0].hmac != keyed.files[0].hmac


def test_a_lock_with_plain_digests_of_people_is_not_passed_on(make):
    keyed = lock(make(), now=NOW, key=b"k")
    plain = keyed.files[0].model_copy(update={"sha256": "0" * 64, "hmac": None})
    assert not keyed.model_copy(update={"files": (plain,)}).tells_nothing
    named = keyed.model_copy(update={"files": (plain.model_copy(update={"sha256": None}),)})
    assert not named.tells_nothing
    assert lock(make("data", public=True), now=NOW).tells_nothing


def test_the_key_is_made_once_and_read_strictly(tmp_path):
    assert project_key(tmp_path) is None
    key = ensured_key(tmp_path)
    assert (len(key), ensured_key(tmp_path), project_key(tmp_path)) == (32, key, key)
    assert (tmp_path / KEY_NAME).stat().st_mode & 0o077 == 0
    for spoilt in ("", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n\n", "å" * 64):
        (tmp_path / "other.key").write_text(spoilt, "utf-8")
        with pytest.raises(UsageError, match="holds no key"):
            read_key(tmp_path / "other.key")
    with pytest.raises(UsageError, match="holds no key"):
        read_key(tmp_path / "nothing.key")


def test_a_plan_is_locked_before_its_data_exist(make):
    made = lock(make(rows=""), now=NOW)
    assert made.files == ()
    assert made.roster is None


def test_locking_again_leaves_the_first_lock(make, tmp_path):
    file = tmp_path / "plan.lock.json"
    first = lock(make(), now=NOW).write(file)
    later = lock(make(), now=datetime(2030, 1, 1, tzinfo=UTC)).write(file)
    assert later.locked_on == first.locked_on == NOW


@pytest.mark.parametrize(
    "change", [{"table": "decision", "alpha": "0.10"}, {"rows": "område;år;insats;trygga\n01;2023;1;9\n"}]
)
def test_a_differing_lock_is_never_overwritten(make, tmp_path, change):
    file = tmp_path / "plan.lock.json"
    lock(make(), now=NOW).write(file)
    before = file.read_bytes()
    with pytest.raises(PlanError, match="amendment"):
        lock(make(**change), now=NOW).write(file)
    assert file.read_bytes() == before


def test_an_edited_plan_inside_a_lock_is_told(make, tmp_path):
    file = tmp_path / "plan.lock.json"
    lock(make(), now=NOW).write(file)
    record = json.loads(file.read_bytes())
    record["plan"]["claims"][0]["minimum_effect"] = "1"
    file.write_text(json.dumps(record), "utf-8")
    with pytest.raises(PlanError, match="does not give the digest"):
        Lock.read(file)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"spec": "ikplan1", "spec": "ikplan1"}', '{"spec": "ikplan9"}']
)
def test_what_is_no_lock_is_refused(tmp_path, text):
    (tmp_path / "plan.lock.json").write_text(text)
    with pytest.raises(PlanError):
        Lock.read(tmp_path / "plan.lock.json")


def test_a_missing_lock_is_told_how_to_make_one(tmp_path):
    with pytest.raises(PlanError, match="impactkit lock"):
        Lock.read(tmp_path / "plan.lock.json")


def test_a_write_that_fails_leaves_nothing_behind(make, tmp_path, monkeypatch):
    def broken(_handle):
        raise OSError("disk full")

    made = lock(make(), now=NOW)
    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        made.write(tmp_path / "plan.lock.json")
    assert [file.name for file in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize(
    ("decided", "collected", "told"),
    [
        ("2022-01-01", "2023-10-01", "claimed_prior"),
        ("2023-10-01", "2023-10-01", "not_prior"),
        ("2024-01-01", "2023-10-01", "not_prior"),
        (None, "2023-10-01", "not_prior"),
        ("2022-01-01", None, "not_prior"),
    ],
)
def test_priority_is_claimed_by_dates_and_never_proved_by_them(sound, decided, collected, told):
    sound["decision"] = {"decided": decided}
    sound["data"]["follow_up_collected"] = collected
    assert prior(Plan.of(sound), None) == told


def test_a_lock_made_in_time_claims_priority(make):
    plan = make("decision", decided=None)
    assert prior(plan, lock(plan, now=NOW)) == "claimed_prior"
    assert prior(plan, lock(plan, now=datetime(2023, 10, 1, tzinfo=UTC))) == "not_prior"


@pytest.mark.parametrize(
    ("received", "told"),
    [("2023-09-30", "proved_prior"), ("2023-10-01", "not_prior"), ("2024-02-01", "not_prior")],
)
def test_somebody_elses_receipt_from_before_the_follow_up_proves_it(make, received, told):
    plan = make()
    late = lock(plan, now=datetime(2023, 12, 1, tzinfo=UTC))
    plan = plan.model_copy(update={"decision": plan.decision.model_copy(update={"decided": None})})
    late = late.model_copy(update={"plan_digest": plan.digest})
    assert prior(plan, late, received=date.fromisoformat(received)) == told


def test_a_receipt_proves_nothing_of_another_plan(make):
    plan = make()
    other = lock(plan, now=NOW).model_copy(update={"plan_digest": "0" * 64})
    assert prior(plan, other, received=date(2022, 1, 1)) == "claimed_prior"
    assert prior(plan, None, received=date(2022, 1, 1)) == "claimed_prior"


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


decimals = st.decimals(min_value="0.001", max_value="99.9", places=3).map(str)


@settings(max_examples=60, deadline=None)
@given(
    size=decimals,
    alpha=st.decimals(min_value="0.001", max_value="0.999", places=3).map(str),
    small=st.integers(5, 50),
    start=st.one_of(st.integers(2000, 2023), st.floats(2000, 2023)),
    selection=st.one_of(st.none(), st.integers(2000, 2022), st.floats(2000, 2022)),
    estimator=st.sampled_from(
        [
            {"method": "difference_in_differences"},
            {"method": "staggered_difference_in_differences", "anticipation": 1},
            {"method": "synthetic_control"},
        ]
    ),
)
def test_a_lock_holds_no_number_that_could_be_rounded(size, alpha, small, start, selection, estimator):
    content = copy.deepcopy(SOUND)
    content["claims"][0]["minimum_effect"] = size
    content["decision"] |= {"alpha": alpha, "small_cell": small}
    content["data"]["start"] = start
    content["estimator"] = estimator
    if selection is not None:
        content["circumstances"] = {"assignment": "need", "selection_period": selection}
    plan = Plan.of(content)
    record = json.loads(lock(plan, now=NOW).to_bytes())
    assert not [value for value in leaves(record) if isinstance(value, float)]
    assert record["plan"]["claims"][0]["minimum_effect"] == format(Decimal(size), "f")
    assert record["plan"]["decision"]["small_cell"] == small
    assert Plan.of(record["plan"]).model_dump(mode="json") == plan.model_dump(mode="json")


def test_a_lock_holds_all_that_decides(make):
    made = lock(make("data", covariates=["ålder"]), now=NOW)
    assert made.plan["estimator"]["method"] == "difference_in_differences"
    assert made.plan["data"]["covariates"] == ["ålder"]
    assert (made.plan["decision"]["multiplicity"], made.plan["decision"]["small_cell"]) == ("holm", 10)
    assert made.rules_digest == rules_digest()


def test_a_lock_made_under_other_rules_stands(make, tmp_path, monkeypatch):
    file = tmp_path / "plan.lock.json"
    first = lock(make(), now=NOW).write(file)
    monkeypatch.setattr(import_module("impactkit.plans.lock"), "rules_digest", lambda: "0" * 64)
    assert lock(make(), now=NOW).write(file).rules_digest == first.rules_digest


class TestRules:
    def test_hold_the_limits_that_no_plan_chooses(self):
        found = rules()
        assert found["rubric"]["ceiling"]["difference_in_differences"] == 3
        assert found["rubric"]["lowers"]["amended_after_data"] == 1
        assert found["checks"]["attrition"] | {"designs": []} == {
            "name": "attrition",
            "designs": [],
            "share": "0.2",
            "gap": "0.05",
        }
        few = found["checks"]["too_few_clusters"]
        assert (few["treated"], few["comparison"]) == (5, 10)
        assert few["designs"] == sorted(few["designs"])
        assert (found["gates"]["grade_needed"], found["gates"]["edge"]) == (3, "1e-06")
        assert not [value for value in leaves(found) if isinstance(value, float)]

    def test_a_changed_limit_changes_the_digest(self, monkeypatch):
        before = rules_digest()
        monkeypatch.setattr("impactkit.evidence.rules_digest.GRADE_NEEDED", 4)
        assert rules_digest() != before
