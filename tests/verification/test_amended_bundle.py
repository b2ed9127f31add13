"""Bundles of amended plans: the chain, the verdicts before, the receipt and the ledger."""

import hashlib
import json
from datetime import UTC, date, datetime

import pytest

from impactkit.errors import PlanError, UsageError
from impactkit.evaluation import LOCK_NAME, evaluate
from impactkit.plans import Plan, lock
from impactkit.plans.amendment import Amendment, amend
from impactkit.plans.changes import changes
from impactkit.plans.receipt import Receipt, receipt
from impactkit.provenance import canonical_json
from impactkit.verification import custody
from impactkit.verification.earlier_claims import above_their_bounds
from impactkit.verification.ledger import LEDGER_NAME, Ledger, append
from impactkit.verification.manifest import digest
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from impactkit.wording import say

LOCKED_ON = datetime(2022, 9, 1, tzinfo=UTC)
NOW = datetime(2022, 9, 2, 10, tzinfo=UTC)
WHY = "The committee decided this after a hearing with the tenants."


def step_of(found, name):
    return next(step for step in found.steps if step.name == name)


def told(found, name):
    step = step_of(found, name)
    return step.state, step.sentence.code.rpartition(".")[2]


def failing(found):
    return {step.name for step in found.steps if step.state == "fail"}


@pytest.fixture
def folder(project):
    return project().plan.folder


def edit(folder, old='effect = "5"', new='effect = "4"'):
    file = folder / "plan.toml"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def amended(folder, *, seen=True, on=date(2026, 1, 1), new='effect = "4"', old='effect = "5"'):
    edit(folder, old, new)
    return amend(folder, reason=WHY, author="Anna Ek", data_seen=seen, on=on)


EARLY = date(2022, 10, 1)


def sealed_from(folder, tmp_path):
    return seal(evaluate(folder), tmp_path / "bundle.zip")


def forged_from(bundle, opened, resealing, change):
    members = opened(bundle)
    change(members)
    bundle.write_bytes(resealing(members))
    return bundle


def test_an_amended_bundle_holds(folder, short_reports, tmp_path, opened):
    made = amended(folder)
    bundle = sealed_from(folder, tmp_path)
    assert opened(bundle)["amendments/0001.json"] == made.to_bytes()
    found = verify(bundle)
    assert failing(found) == set()
    assert told(found, "lock") == ("pass", "amended")
    assert told(found, "verdict") == ("pass", "follow")


def test_without_a_step_the_amendments_are_told_in_the_real_report(folder, tmp_path, opened):
    amended(folder)
    bundle = sealed_from(folder, tmp_path)
    page = opened(bundle)["report.html"].decode()
    assert page.index('id="amendments"') < page.index('id="summary"')
    assert WHY in page
    assert "claims.C1.minimum_effect" in page
    assert told(verify(bundle), "report") == ("pass", "same")


def in_json(name, change):
    def spoil(members):
        record = json.loads(members[name])
        change(record)
        members[name] = canonical_json(record)

    return spoil


FIRST = "amendments/0001.json"
TAMPERED = {
    "reason reworded": (
        in_json(FIRST, lambda r: r.update(reason="A better reason than the true one.")),
        "numbers",
    ),
    "seen turned into not seen": (in_json(FIRST, lambda r: r.update(data_seen=False)), "numbers"),
    "moved back in time": (in_json(FIRST, lambda r: r.update(data_seen=False, date="2022-10-01")), "numbers"),
    "what changed": (in_json(FIRST, lambda r: r.update(changed=["decision.alpha"])), "lock"),
    "another plan": (in_json(FIRST, lambda r: r["plan"]["claims"][0].update(minimum_effect="1")), "lock"),
    "another lock": (in_json(FIRST, lambda r: r.update(previous="0" * 64)), "lock"),
    "taken out": (lambda members: members.pop(FIRST), "lock"),
    "renumbered": (lambda members: members.update({"amendments/0002.json": members.pop(FIRST)}), "lock"),
    "a stranger": (lambda members: members.update({"amendments/notes.txt": b"{}"}), None),
    "the first verdict": (
        in_json(
            "results.json",
            lambda r: r["earlier"][0]["verdicts"][0]["verdict"].update(status="supported"),
        ),
        "verdict",
    ),
    "the first verdict's limits": (
        in_json("results.json", lambda r: r["earlier"][0]["verdicts"][0]["verdict"].update(low=1.0)),
        "verdict",
    ),
    "the verdicts before": (in_json("results.json", lambda r: r.pop("earlier")), "verdict"),
    "the chain in the results": (in_json("results.json", lambda r: r.pop("amendments")), "numbers"),
    "the failed check": (in_json("results.json", lambda r: r["results"][0]["checks"].pop()), "numbers"),
}


@pytest.mark.parametrize(("change", "step"), TAMPERED.values(), ids=TAMPERED)
def test_a_chain_that_was_touched_fails(folder, short_reports, tmp_path, opened, resealing, change, step):
    amended(folder)
    bundle = forged_from(sealed_from(folder, tmp_path), opened, resealing, change)
    found = verify(bundle)
    if step is None:
        assert found.exit_code == 4
    else:
        assert found.exit_code == 1
        assert step in failing(found)


def test_a_plan_edited_after_its_last_amendment_fails(folder, short_reports, tmp_path, opened, resealing):
    amended(folder)

    def change(members):
        members["plan/plan.toml"] = members["plan/plan.toml"].replace(b'effect = "4"', b'effect = "3"')

    bundle = sealed_from(folder, tmp_path)
    members = opened(bundle)
    change(members)
    (folder / "plan.toml").write_bytes(members["plan/plan.toml"])
    bundle.write_bytes(resealing(members, {"plan_digest": Plan.read(folder).digest}))
    assert told(verify(bundle), "lock") == ("fail", "changed_since_amended")


def test_an_amendment_of_an_unknown_form_is_unsupported(folder, short_reports, tmp_path, opened, resealing):
    amended(folder)
    change = in_json(FIRST, lambda r: r.update(spec="ikamendment2"))
    assert verify(forged_from(sealed_from(folder, tmp_path), opened, resealing, change)).exit_code == 5


def test_amendments_without_a_lock_do_not_belong(sealed, opened, resealing, tmp_path):
    bundle = sealed(locked=False)
    members = opened(bundle)
    members[FIRST] = b'{"spec":"ikamendment1"}'
    bundle.write_bytes(resealing(members))
    assert verify(bundle).exit_code == 4


def test_withheld_rows_leave_the_amendments_in(project, short_reports, tmp_path, opened):
    folder = project(change=lambda text: text.replace("public = true", "public = false")).plan.folder
    amended(folder)
    bundle = sealed_from(folder, tmp_path)
    assert FIRST in opened(bundle)
    found = verify(bundle)
    assert (found.exit_code, told(found, "lock")) == (3, ("not_checked", "kept"))


def earlier(*statuses, first=0, counts=True):
    return [
        {"number": place, "counts": counts, "verdicts": [{"claim": "C1", "verdict": {"status": status}}]}
        for place, status in enumerate(statuses, start=first)
    ]


def results(status, before, *, claim="C1"):
    return {"results": [{"claim": claim, "verdict": {"status": status}}], "earlier": before}


@pytest.mark.parametrize(
    ("seen", "status", "before", "odd"),
    [
        ([], "supported", [], []),
        ([True], "supported", earlier("supported"), []),
        ([True], "supported", earlier("partly_supported"), ["C1"]),
        ([True], "contradicted", earlier("partly_supported"), []),
        ([True], "not_assessable", earlier("contradicted"), ["C1"]),
        ([True], "inconclusive", [{"number": 0, "counts": True, "verdicts": []}], ["C1"]),
        ([True], "not_assessable", [{"number": 0, "counts": True, "verdicts": []}], []),
        ([True], "contradicted", [], ["C1"]),
        ([True], "contradicted", earlier("supported", counts=False), ["C1"]),
        ([False], "supported", earlier("inconclusive", counts=False), []),
        ([False], "supported", [], ["C1"]),
        ([False, True], "supported", earlier("supported", first=1), ["C1"]),
        (
            [False, True],
            "supported",
            earlier("inconclusive", counts=False) + earlier("supported", first=1),
            [],
        ),
        ([True, True], "supported", earlier("supported", "contradicted"), ["C1"]),
        ([True, True], "supported", earlier("supported"), ["C1"]),
    ],
)
def test_told_verdicts_keep_to_their_bounds_where_nothing_is_computed(make_chain, seen, status, before, odd):
    assert above_their_bounds(results(status, before), make_chain(seen), locked={}) == odd


def test_the_day_that_the_lock_names_makes_an_amendment_count(make_chain):
    told_as = results("supported", earlier("inconclusive", counts=False))
    day = {"data": {"follow_up_collected": EARLY.isoformat()}}
    assert above_their_bounds(told_as, make_chain([False]), locked={}) == []
    assert above_their_bounds(told_as, make_chain([False]), locked=day) == ["C1"]


@pytest.fixture
def make_chain():
    def made(seen):
        return [
            Amendment(
                number=place,
                previous="0" * 64,
                reason=WHY,
                author="A",
                date=EARLY,
                data_seen=one,
                plan={},
                plan_digest="0" * 64,
                changed=("x",),
            )
            for place, one in enumerate(seen, start=1)
        ]

    return made


def test_a_withheld_verdict_above_the_first_plans_fails(project, short_reports, tmp_path, opened, resealing):
    folder = project(change=lambda text: text.replace("public = true", "public = false")).plan.folder
    amended(folder)
    change = in_json("results.json", lambda r: r.pop("earlier"))
    found = verify(forged_from(sealed_from(folder, tmp_path), opened, resealing, change))
    assert (found.exit_code, told(found, "verdict")) == (1, ("fail", "contradicts"))


def test_a_personal_number_in_a_reason_is_not_sealed(folder, short_reports, tmp_path):
    edit(folder)
    amend(folder, reason="Asked for by 19121212-1212 at the hearing.", author="A", data_seen=True)
    with pytest.raises(Exception, match="personal identity number"):
        sealed_from(folder, tmp_path)


def test_the_roster_is_read_by_the_roles_it_was_locked_with(folder, short_reports, tmp_path):
    """An amendment that names another unit column does not make strangers of those who take part."""
    rows = folder / "data.csv"
    header, *lines = rows.read_text("utf-8").splitlines()
    text = [header + ";grupp", *(f"{line};g{line.split(';')[0]}" for line in lines)]
    rows.write_text("\n".join(text) + "\n", "utf-8")
    (folder / LOCK_NAME).unlink()
    lock(Plan.read(folder), now=LOCKED_ON).write(folder / LOCK_NAME)
    amended(folder, seen=False, on=EARLY, old='unit = "område"', new='unit = "grupp"')
    assert told(verify(sealed_from(folder, tmp_path)), "lock") == ("pass", "amended")


def test_a_lock_of_no_plan_does_not_say_who_takes_part(folder, short_reports, tmp_path, opened, resealing):
    """Whoever wrote lock and amendment anew, about others than those in the data, is told from the roster."""
    amended(folder, seen=False, on=EARLY)
    bundle = sealed_from(folder, tmp_path)
    members = opened(bundle)
    locked, first = (json.loads(members[name]) for name in ("plan/plan.lock.json", FIRST))
    locked["plan"] = {"impactkit": 1}
    locked["plan_digest"] = hashlib.sha256(canonical_json(locked["plan"])).hexdigest()
    locked["roster"]["periods"].append("1066")
    members["plan/plan.lock.json"] = canonical_json(locked)
    first["previous"] = digest(members["plan/plan.lock.json"])
    first["changed"] = [change.path for change in changes(locked["plan"], first["plan"])]
    members[FIRST] = canonical_json(first)
    bundle.write_bytes(resealing(members))
    assert told(verify(bundle), "lock") == ("fail", "other_roster")


def test_other_rules_than_when_it_was_locked_are_told(sealed, monkeypatch):
    bundle = sealed()
    monkeypatch.setattr(custody, "rules_digest", lambda: "0" * 64)
    found = verify(bundle)
    assert (found.exit_code, told(found, "lock")) == (3, ("not_checked", "other_rules"))


def test_an_exploratory_run_is_never_sealed(folder, tmp_path):
    with pytest.raises(UsageError, match="An exploratory run is never sealed"):
        seal(evaluate(folder, exploratory=True), tmp_path / "bundle.zip")
    assert not (tmp_path / "bundle.zip").exists()


class TestReceipt:
    def received(self, folder, tmp_path, on=date(2022, 9, 5), **kwargs):
        made = receipt(folder, received_by="The lender", received_on=on, **kwargs)
        return made.write(tmp_path / "receipt.json")

    def test_reads_back_what_was_written(self, folder, tmp_path):
        file = self.received(folder, tmp_path, ledger_head="a" * 64)
        read = Receipt.read(file)
        assert file.read_bytes() == canonical_json(json.loads(file.read_bytes())) == read.to_bytes()
        plan = Plan.read(folder)
        assert read.model_dump(exclude={"lock_digest"}) == {
            "spec": "ikreceipt1",
            "project": plan.project.name,
            "borrower": plan.project.borrower,
            "loan_sek": 98_000_000,
            "plan_digest": plan.digest,
            "amendment_head": None,
            "ledger_head": "a" * 64,
            "locked_on": LOCKED_ON,
            "received_on": date(2022, 9, 5),
            "received_by": "The lender",
        }

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_the_page_for_the_archive_holds_every_digest(self, folder, tmp_path, language):
        made = Receipt.read(self.received(folder, tmp_path))
        page = made.page(language)
        assert say("receipt.title", language) in page
        for text in (made.lock_digest, made.plan_digest, made.digest, "2022-09-05", "The lender"):
            assert text in page
        assert page.count(say("receipt.none", language) + "\n") == 2

    def test_is_never_replaced(self, folder, tmp_path):
        file = self.received(folder, tmp_path)
        assert self.received(folder, tmp_path) == file
        with pytest.raises(PlanError, match="says something else"):
            self.received(folder, tmp_path, on=date(2022, 9, 6))

    def test_of_a_plan_that_is_not_locked_or_has_changed_is_refused(self, folder):
        edit(folder)
        with pytest.raises(PlanError, match="not the one that was locked"):
            receipt(folder, received_by="The lender")
        (folder / LOCK_NAME).unlink()
        with pytest.raises(PlanError, match="no lock"):
            receipt(folder, received_by="The lender")

    def test_is_of_today_when_no_day_is_given(self, folder):
        assert receipt(folder, received_by="x").received_on == datetime.now().astimezone().date()

    @pytest.mark.parametrize("text", ["", "{}", '{"spec":"ikreceipt2"}'])
    def test_what_is_no_receipt_is_refused(self, tmp_path, text, sealed):
        (tmp_path / "receipt.json").write_text(text)
        with pytest.raises(PlanError):
            verify(sealed(), receipt=tmp_path / "receipt.json")
        with pytest.raises(PlanError, match="no receipt"):
            Receipt.read(tmp_path / "nowhere.json")

    def test_proves_that_the_plan_came_first(self, folder, short_reports, tmp_path):
        file = self.received(folder, tmp_path)
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "handed_over") == ("pass", "received")
        assert told(found, "prior") == ("pass", "proved")
        assert "The lender" in step_of(found, "prior").text("en")

    def test_given_with_the_digest_both_must_hold(self, folder, short_reports, tmp_path):
        file, bundle = self.received(folder, tmp_path), sealed_from(folder, tmp_path)
        known = evaluate(folder).lock.digest
        assert told(verify(bundle, receipt=file, known_plan_digest=known), "handed_over") == (
            "pass",
            "received",
        )
        found = verify(bundle, receipt=file, known_plan_digest="0" * 64)
        assert told(found, "handed_over") == ("fail", "other")
        assert told(found, "prior") == ("not_checked", "claimed")

    def test_from_the_day_of_the_follow_up_proves_nothing(self, folder, short_reports, tmp_path):
        collected = Plan.read(folder).data.follow_up_collected
        file = self.received(folder, tmp_path, on=collected)
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "handed_over") == ("pass", "received")
        assert told(found, "prior") == ("not_checked", "received_late")

    def test_from_before_the_lock_proves_nothing(self, folder, short_reports, tmp_path):
        file = self.received(folder, tmp_path)
        written = {**json.loads(file.read_bytes()), "received_on": "2022-08-30"}
        file.write_bytes(canonical_json(written))
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "prior") == ("not_checked", "received_before_lock")
        assert "2022-08-30" in step_of(found, "prior").text("sv")
        assert "2022-09-01" in step_of(found, "prior").text("sv")

    def test_of_the_day_before_the_lock_is_another_clock(self, folder, short_reports, tmp_path):
        file = self.received(folder, tmp_path, on=date(2022, 8, 31))
        assert told(verify(sealed_from(folder, tmp_path), receipt=file), "prior") == ("pass", "proved")

    def test_is_not_made_of_a_day_before_the_lock(self, folder):
        with pytest.raises(PlanError, match="locked on 2022-09-01, after the day"):
            receipt(folder, received_by="The lender", received_on=date(2022, 8, 30))

    @pytest.mark.parametrize("key", ["lock_digest", "plan_digest"])
    def test_of_another_plan_fails(self, folder, short_reports, tmp_path, key):
        file = self.received(folder, tmp_path)
        file.write_bytes(canonical_json({**json.loads(file.read_bytes()), key: "0" * 64}))
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert (found.exit_code, told(found, "handed_over")) == (1, ("fail", "other_receipt"))
        assert told(found, "prior") == ("not_checked", "claimed")

    def test_of_a_lock_that_was_left_out_is_known_by_its_plan(self, folder, short_reports, tmp_path):
        file = self.received(folder, tmp_path)
        (folder / LOCK_NAME).unlink()
        assert told(verify(sealed_from(folder, tmp_path), receipt=file), "handed_over") == (
            "pass",
            "received",
        )

    def test_a_withheld_lock_with_another_plan_does_not_pass_by_its_digest(
        self, project, short_reports, tmp_path, opened, resealing
    ):
        folder = project(change=lambda text: text.replace("public = true", "public = false")).plan.folder
        file = self.received(folder, tmp_path)
        edit(folder)
        (folder / LOCK_NAME).unlink()
        lock(Plan.read(folder), now=LOCKED_ON).write(folder / LOCK_NAME)
        bundle = sealed_from(folder, tmp_path)
        digest = json.loads(file.read_bytes())["lock_digest"]
        bundle.write_bytes(resealing(opened(bundle), {"lock_digest": digest}))
        assert told(verify(bundle, receipt=file), "handed_over") == ("fail", "other_receipt")

    def test_of_the_plan_before_an_amendment_made_afterwards_still_proves_it(
        self, folder, short_reports, tmp_path
    ):
        file = self.received(folder, tmp_path)
        amended(folder)
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "handed_over") == ("pass", "received_and_amended")
        assert told(found, "prior") == ("pass", "proved")

    def test_of_the_plan_before_an_amendment_said_to_be_in_time_does_not(
        self, folder, short_reports, tmp_path
    ):
        file = self.received(folder, tmp_path)
        amended(folder, seen=False, on=EARLY)
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "prior") == ("not_checked", "amended_since")

    def test_of_the_amended_plan_proves_that_too(self, folder, short_reports, tmp_path):
        amended(folder, seen=False, on=EARLY)
        file = self.received(folder, tmp_path, on=date(2022, 11, 1))
        amended(folder, old='effect = "4"', new='effect = "3"')
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "handed_over") == ("pass", "received_and_amended")
        assert told(found, "prior") == ("pass", "proved")

    def test_names_an_amendment_that_was_hidden(self, folder, short_reports, tmp_path):
        amended(folder, seen=False, on=EARLY)
        file = self.received(folder, tmp_path)
        edit(folder, 'effect = "4"', 'effect = "5"')
        (folder / FIRST).unlink()
        found = verify(sealed_from(folder, tmp_path), receipt=file)
        assert told(found, "handed_over") == ("fail", "amendment_gone")

    def test_the_follow_up_is_the_earliest_that_any_plan_names(self, folder, short_reports, tmp_path):
        collected = Plan.read(folder).data.follow_up_collected.isoformat()
        amended(folder, old=f"follow_up_collected = {collected}", new="follow_up_collected = 2029-01-01")
        file = self.received(folder, tmp_path, on=date(2028, 1, 1))
        assert told(verify(sealed_from(folder, tmp_path), receipt=file), "prior") == (
            "not_checked",
            "received_late",
        )


class TestLedger:
    def kept(self, folder, *kinds, digest=None):
        made = digest or evaluate(folder).lock.digest
        for kind in kinds:
            append(folder / LEDGER_NAME, kind=kind, digest=made, actor="Anna Ek", now=NOW)
        return Ledger.read(folder / LEDGER_NAME)

    def test_goes_on_from_the_head_that_was_given(self, folder, short_reports, tmp_path, opened):
        head = self.kept(folder, "lock").head
        self.kept(folder, "seal")
        bundle = sealed_from(folder, tmp_path)
        assert opened(bundle)["ledger.jsonl"] == (folder / LEDGER_NAME).read_bytes()
        assert told(verify(bundle, known_head=f" {head.upper()}\n"), "ledger") == ("pass", "extends")
        assert told(verify(bundle), "ledger") == ("not_checked", "no_head")
        found = verify(bundle, known_head="0" * 64)
        assert (found.exit_code, told(found, "ledger")) == (1, ("fail", "other_head"))

    def test_the_receipts_head_is_held_to(self, folder, short_reports, tmp_path):
        head = self.kept(folder, "lock").head
        file = receipt(folder, received_by="x", received_on=EARLY, ledger_head=head).write(
            tmp_path / "r.json"
        )
        bundle = sealed_from(folder, tmp_path)
        assert told(verify(bundle, receipt=file), "ledger") == ("pass", "extends")
        assert told(verify(bundle, receipt=file, known_head="0" * 64), "ledger") == ("fail", "other_head")

    def test_a_ledger_that_was_left_out_fails_whoever_has_its_head(self, folder, short_reports, tmp_path):
        bundle = sealed_from(folder, tmp_path)
        assert told(verify(bundle), "ledger") == ("not_checked", "none")
        assert told(verify(bundle, known_head="0" * 64), "ledger") == ("fail", "gone")

    def test_of_another_lock_fails(self, folder, short_reports, tmp_path):
        head = self.kept(folder, "lock", digest="0" * 64).head
        assert told(verify(sealed_from(folder, tmp_path), known_head=head), "ledger") == (
            "fail",
            "other_lock",
        )

    def test_an_amendment_that_was_hidden_is_told(self, folder, short_reports, tmp_path):
        self.kept(folder, "lock")
        head = self.kept(folder, "amend", digest="1" * 64).head
        assert told(verify(sealed_from(folder, tmp_path), known_head=head), "ledger") == (
            "fail",
            "amendment_gone",
        )

    def test_an_amendment_that_is_there_is_not_missed(self, folder, short_reports, tmp_path):
        made = amended(folder)
        head = self.kept(folder, "amend", digest=made.digest).head
        found = verify(sealed_from(folder, tmp_path), known_head=head)
        assert told(found, "ledger") == ("pass", "extends")

    @pytest.mark.parametrize(
        "spoil", [lambda text: text[:-1], lambda text: text + b"{}\n", lambda text: b"x\n"]
    )
    def test_a_broken_one_fails(self, folder, short_reports, tmp_path, opened, resealing, spoil):
        self.kept(folder, "lock", "seal")

        def change(members):
            members["ledger.jsonl"] = spoil(members["ledger.jsonl"])

        found = verify(forged_from(sealed_from(folder, tmp_path), opened, resealing, change))
        assert told(found, "ledger") == ("fail", "broken")
        assert step_of(found, "ledger").troubles
        assert found.completeness == "fail"

    def test_a_broken_one_is_not_sealed(self, folder, short_reports, tmp_path):
        (folder / LEDGER_NAME).write_text("{}\n")
        with pytest.raises(PlanError):
            sealed_from(folder, tmp_path)


class TestWithLittleToGoBy:
    """What the steps say where a bundle's plan, day or lock is not there."""

    def test_a_plan_that_cannot_be_read_is_said_to_be(
        self, folder, short_reports, tmp_path, opened, resealing
    ):
        def change(members):
            members["plan/plan.toml"] = members["plan/plan.toml"].replace(b"[project]", b"[projekt]")

        found = verify(forged_from(sealed_from(folder, tmp_path), opened, resealing, change))
        assert told(found, "prior") == ("not_checked", "no_plan")

    def test_without_a_day_for_the_follow_up_no_receipt_proves_anything(
        self, project, short_reports, tmp_path
    ):
        def change(text):
            return "".join(line for line in text.splitlines(True) if "follow_up_collected" not in line)

        folder = project(change=change).plan.folder
        kept = receipt(folder, received_by="x", received_on=EARLY).write(tmp_path / "receipt.json")
        found = verify(sealed_from(folder, tmp_path), receipt=kept)
        assert told(found, "handed_over") == ("pass", "received")
        assert told(found, "prior") == ("not_checked", "not_prior")

    def test_a_plan_decided_afterwards_is_not_called_prior(self, project, short_reports, tmp_path):
        folder = project(
            locked=False, change=lambda text: text.replace("decided = 2022-09-01", "")
        ).plan.folder
        assert told(verify(sealed_from(folder, tmp_path)), "prior") == ("not_checked", "not_prior")

    def test_a_withheld_lock_with_amendments_since_the_receipt(self, project, short_reports, tmp_path):
        folder = project(change=lambda text: text.replace("public = true", "public = false")).plan.folder
        kept = receipt(folder, received_by="x", received_on=EARLY).write(tmp_path / "receipt.json")
        amended(folder)
        found = verify(sealed_from(folder, tmp_path), receipt=kept)
        assert told(found, "handed_over") == ("pass", "received_and_amended")
        assert told(found, "prior") == ("pass", "proved")


def test_given_lock_and_amendments_are_found_beside_the_plan(folder):
    amended(folder)
    standing = evaluate(folder)
    again = evaluate(folder, lock=standing.lock)
    assert again.to_record() == standing.to_record()
