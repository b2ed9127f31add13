"""amend, receipt and the ledger from the command line, and an exploratory run."""

import json
from datetime import UTC, datetime

import pytest

from impactkit.evaluation import LOCK_NAME
from impactkit.plans import Plan, lock
from impactkit.plans.receipt import Receipt
from impactkit.provenance import file_digest
from impactkit.verification.ledger import LEDGER_NAME, Ledger, append

WHY = "The board moved the survey to May."


@pytest.fixture
def locked(run, project):
    file = project()
    assert run("lock", file).code == 0
    return file


@pytest.fixture
def locked_in_time(project):
    """Return a plan that was locked before its follow-up, with a ledger."""
    file, then = project(), datetime(2022, 9, 1, tzinfo=UTC)
    made = lock(Plan.read(file), now=then)
    made.write(file.parent / LOCK_NAME)
    append(file.parent / LEDGER_NAME, kind="lock", digest=made.digest, actor="Anna Ek", now=then)
    return file


def edited(file, old='effect = "5"', new='effect = "4"'):
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return file


def amend(run, file, *more, seen="yes"):
    return run("amend", file, "--reason", WHY, "--author", "Anna Ek", "--data-seen", seen, *more)


def ledger(file):
    return Ledger.read(file.parent / LEDGER_NAME)


@pytest.mark.parametrize(("language", "said"), [("sv", "aldrig höja"), ("en", "never raise")])
def test_amend_writes_what_changed_and_says_what_follows(run, locked, language, said):
    told = amend(run, edited(locked), "--lang", language)
    assert (told.code, told.err) == (0, "")
    assert "claims.C1.minimum_effect" in told.out
    assert said in told.out
    file = locked.parent / "amendments" / "0001.json"
    assert file_digest(file) in told.out
    assert ledger(locked).digests("amend") == (file_digest(file),)
    assert ledger(locked).entries[-1].actor == "Anna Ek"


def test_amend_as_json(run, locked):
    record = json.loads(amend(run, edited(locked), "--json", seen="no").out)
    assert (record["ok"], record["number"], record["data_seen"]) == (True, 1, False)
    assert record["changed"] == ["claims.C1.minimum_effect"]


@pytest.mark.parametrize(
    "words",
    [
        ("--reason", WHY, "--author", "A"),
        ("--reason", WHY, "--author", "A", "--data-seen", "perhaps"),
        ("--reason", "because", "--author", "A", "--data-seen", "no"),
    ],
)
def test_amend_is_refused_with_a_word_missing(run, locked, words):
    told = run("amend", edited(locked), *words)
    assert told.code == 2
    assert not (locked.parent / "amendments").exists()


def test_lock_amend_and_seal_add_a_line_each_and_locking_again_none(run, locked, tmp_path):
    assert run("lock", locked).code == 0
    amend(run, edited(locked))
    assert run("seal", locked, "--output", tmp_path / "b.zip").code == 0
    kept = ledger(locked)
    assert [entry.kind for entry in kept.entries] == ["lock", "amend", "seal"]
    assert kept.digests("lock") == (file_digest(locked.parent / "plan.lock.json"),)
    assert kept.digests("seal") == (file_digest(tmp_path / "b.zip"),)


@pytest.mark.parametrize(("language", "said"), [("sv", "KVITTO"), ("en", "RECEIPT")])
def test_receipt_writes_a_file_and_a_page(run, locked_in_time, language, said):
    words = ("--received-by", "The lender", "--date", "2022-09-05", "--lang", language)
    told = run("receipt", locked_in_time, *words)
    assert (told.code, told.err) == (0, "")
    made = Receipt.read(locked_in_time.parent / "receipt.json")
    assert (made.received_by, made.received_on.isoformat()) == ("The lender", "2022-09-05")
    assert made.ledger_head == ledger(locked_in_time).head
    page = (locked_in_time.parent / "receipt.txt").read_text("utf-8")
    assert said in page and made.lock_digest in page


def test_receipt_as_json_elsewhere(run, locked, tmp_path):
    told = run("receipt", locked, "--received-by", "x", "--output", tmp_path / "kvitto.json", "--json")
    record = json.loads(told.out)
    assert record["file"] == str(tmp_path / "kvitto.json")
    assert record["spec"] == "ikreceipt1"
    assert (tmp_path / "kvitto.txt").is_file()


def test_receipt_of_a_day_that_is_none_is_refused(run, locked):
    told = run("receipt", locked, "--received-by", "x", "--date", "in May", "--lang", "en")
    assert told.code == 2
    assert "is not a date" in told.err
    assert not (locked.parent / "receipt.json").exists()


def test_verify_takes_the_receipt_and_the_head(run, locked_in_time, tmp_path):
    run("receipt", locked_in_time, "--received-by", "The lender", "--date", "2022-09-05")
    bundle = tmp_path / "b.zip"
    run("seal", locked_in_time, "--output", bundle)
    words = ("--receipt", locked_in_time.parent / "receipt.json", "--json")
    steps = {step["name"]: step["state"] for step in json.loads(run("verify", bundle, *words).out)["steps"]}
    assert (steps["handed_over"], steps["prior"], steps["ledger"]) == ("pass", "pass", "pass")
    told = run("verify", bundle, "--known-head", "0" * 64)
    assert told.code == 1


def test_evaluate_tells_amendments_first_and_the_locked_verdict_beside(run, locked):
    amend(run, edited(locked))
    told = run("evaluate", locked, "--lang", "en")
    assert told.code == 0
    assert told.out.index("AFTER the follow-up was seen") < told.out.index("C1")
    assert "As locked" in told.out
    swedish = run("evaluate", locked, "--lang", "sv").out
    assert "Som låst" in swedish


def test_evaluate_says_when_a_claim_was_not_there_or_cannot_be_asked(run, project):
    file = project(plan=lambda text: text.replace('id = "C2"', 'id = "C9"'))
    run("lock", file)
    amend(run, edited(file, 'id = "C9"', 'id = "C2"'))
    assert "did not hold this claim" in run("evaluate", file, "--lang", "en").out


def test_evaluate_says_when_the_locked_plan_no_longer_fits(run, project):
    file = project(plan=lambda text: text.replace('outcome = "omflyttning"', 'outcome = "flyttade"'))
    run("lock", file)
    amend(run, edited(file, 'outcome = "flyttade"', 'outcome = "omflyttning"'))
    assert "can no longer be carried out" in run("evaluate", file, "--lang", "en").out


@pytest.mark.parametrize(("language", "said"), [("sv", "UTFORSKANDE"), ("en", "EXPLORATORY")])
def test_an_exploratory_run_is_marked(run, locked, tmp_path, language, said):
    page = tmp_path / "r.html"
    told = run("evaluate", edited(locked), "--exploratory", "--report", page, "--lang", language)
    assert told.code == 0
    assert told.out.startswith(said)
    assert said in page.read_text("utf-8")
    record = json.loads(run("evaluate", locked, "--exploratory", "--json").out)
    assert record["exploratory"] is True
