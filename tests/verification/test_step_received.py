"""What each step about a digest, a receipt or a head says, in the words of its sentence and what fills it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from impactkit.plans.amendment import Amendment
from impactkit.verification import received
from impactkit.verification.bundle import Bundle
from impactkit.verification.ledger import Entry, Kind, Ledger
from impactkit.verification.received import Given
from impactkit.verification.recompute import Recomputation
from verification import in_memory as held
from verification.in_memory import OTHER, Said

NOBODY = Given()
ON = {"by": "The lender", "on": "2022-09-05"}
DAYS = {"received": "2022-09-05", "collected": "2025-10-01"}
COLLECTED = date(2025, 10, 1)


def handed_over(given: Given, found: Recomputation | None = None, bundle: Bundle | None = None) -> Said:
    step = received.handed_over(bundle or held.bundle(), found or held.found(), given)
    return held.said("handed_over", step)


def prior(given: Given, found: Recomputation | None = None, bundle: Bundle | None = None) -> Said:
    step = received.prior_to_data(bundle or held.bundle(), found or held.found(), given)
    return held.said("prior", step)


def receipt(**values: Any) -> Given:
    return Given(receipt=held.receipt(**values))


def amended(*chain: Amendment | str) -> Recomputation:
    """Return what was found with amendments: texts stand for their plans' digests."""
    made = [
        held.amendment(place, plan_digest=one) if isinstance(one, str) else one
        for place, one in enumerate(chain, start=1)
    ]
    return replace(held.found(), amendments=tuple(made))


def test_nothing_is_given_unless_it_is() -> None:
    assert (NOBODY.plan_digest, NOBODY.receipt, NOBODY.head) == (None, None, None)


class TestDigestHandedOver:
    def test_none_was_given_so_the_locks_own_is_asked_about(self) -> None:
        manifest = held.bundle().manifest
        assert handed_over(NOBODY) == ("not_checked", "not_given", {"digest": manifest.lock_digest})
        unlocked = held.with_manifest(lock_digest=None)
        assert handed_over(NOBODY, bundle=unlocked) == (
            "not_checked",
            "not_given",
            {"digest": manifest.plan_digest},
        )

    @pytest.mark.parametrize("which", ["lock_digest", "plan_digest"])
    def test_that_of_the_lock_or_the_plan_is_the_same(self, which: str) -> None:
        known = getattr(held.bundle().manifest, which)
        assert handed_over(Given(plan_digest=f"\n{known.upper()} ")) == ("pass", "same", {})

    def test_another_is_told_and_not_at_any_length(self) -> None:
        assert handed_over(Given(plan_digest="AB")) == ("fail", "other", {"given": "ab"})
        long = "0123456789abcdef" * 5
        assert handed_over(Given(plan_digest=long)) == ("fail", "other", {"given": long[:64]})

    def test_another_fails_whatever_the_receipt_says(self) -> None:
        both = Given(plan_digest=OTHER, receipt=held.receipt())
        assert handed_over(both)[:2] == ("fail", "other")
        right = Given(plan_digest=held.locked().digest, receipt=held.receipt())
        assert handed_over(right)[:2] == ("pass", "received")


class TestReceipt:
    def test_of_this_plan(self) -> None:
        assert handed_over(receipt()) == ("pass", "received", ON)

    @pytest.mark.parametrize("which", ["lock_digest", "plan_digest"])
    def test_of_another(self, which: str) -> None:
        told = handed_over(receipt(**{which: OTHER}))
        assert told == ("fail", "other_receipt", {"by": "The lender"})

    def test_without_a_lock_in_the_manifest_the_plan_is_what_it_is_of(self) -> None:
        unlocked = held.with_manifest(lock_digest=None)
        assert handed_over(receipt(lock_digest=OTHER), bundle=unlocked)[:2] == ("pass", "received")
        assert handed_over(receipt(plan_digest=OTHER), bundle=unlocked)[:2] == ("fail", "other_receipt")

    def test_amendments_since_are_counted(self) -> None:
        found = amended(OTHER, held.plan().digest)
        bundle = held.with_manifest(plan_digest="1" * 64)
        assert handed_over(receipt(), found, bundle) == ("pass", "received_and_amended", {**ON, "n": 2})
        assert found.amendments is not None
        first, last = (one.digest for one in found.amendments)
        after = handed_over(receipt(plan_digest=OTHER, amendment_head=first), found, bundle)
        assert after == ("pass", "received_and_amended", {**ON, "n": 1})
        latest = handed_over(receipt(plan_digest="1" * 64, amendment_head=last), found, bundle)
        assert latest == ("pass", "received", ON)

    def test_the_plan_in_force_on_the_day_is_the_one_it_must_be_of(self) -> None:
        found = amended(OTHER, held.plan().digest)
        assert found.amendments is not None
        first, last = (one.digest for one in found.amendments)
        this = held.plan().digest
        assert handed_over(receipt(plan_digest=OTHER), found)[1] == "other_receipt"
        assert handed_over(receipt(plan_digest=this, amendment_head=first), found)[1] == "other_receipt"
        assert handed_over(receipt(plan_digest=OTHER, amendment_head=last), found)[1] == "other_receipt"

    def test_a_lock_that_is_not_there_cannot_tell_the_plan_in_force(self) -> None:
        found = replace(amended(OTHER), lock=None)
        assert handed_over(receipt(plan_digest="1" * 64), found)[:2] == ("pass", "received_and_amended")

    @pytest.mark.parametrize("chain", [None, ()], ids=["broken", "none"])
    def test_an_amendment_it_names_must_be_there(self, chain: tuple[Amendment, ...] | None) -> None:
        found = replace(held.found(), amendments=chain)
        gone = handed_over(receipt(amendment_head=OTHER), found)
        assert gone == ("fail", "amendment_gone", {"by": "The lender"})
        assert handed_over(receipt(), found)[:2] == ("pass", "received")


class TestPrior:
    def test_a_receipt_from_before_the_follow_up_proves_it(self) -> None:
        assert prior(receipt()) == ("pass", "proved", {"by": "The lender", **DAYS})

    def test_one_from_more_than_a_day_before_its_lock_does_not(self) -> None:
        days = {"received": "2022-08-30", "locked": "2022-09-01", "collected": DAYS["collected"]}
        assert prior(receipt(received_on=date(2022, 8, 30))) == ("not_checked", "received_before_lock", days)
        assert prior(receipt(received_on=date(2022, 8, 31)))[:2] == ("pass", "proved")

    @pytest.mark.parametrize(
        ("day", "code"),
        [(date(2025, 9, 30), "proved"), (COLLECTED, "received_late"), (date(2025, 10, 2), "received_late")],
        ids=str,
    )
    def test_one_from_the_same_day_or_later_does_not(self, day: date, code: str) -> None:
        state, told, values = prior(receipt(received_on=day))
        assert (state, told) == ("pass" if code == "proved" else "not_checked", code)
        assert {key: values[key] for key in DAYS} == {**DAYS, "received": day.isoformat()}
        assert ("by" in values) is (code == "proved")

    def test_one_of_another_plan_is_no_receipt_of_this(self) -> None:
        claimed = {"stated": "2022-09-01", "collected": "2025-10-01"}
        assert prior(receipt(plan_digest=OTHER)) == ("not_checked", "claimed", claimed)

    def test_a_digest_alone_proves_no_day(self) -> None:
        assert prior(Given(plan_digest=held.locked().digest))[:2] == ("not_checked", "claimed")

    @pytest.mark.parametrize(
        ("seen", "on", "code"),
        [
            (False, date(2022, 10, 1), "amended_since"),
            (False, date(2025, 9, 30), "amended_since"),
            (False, COLLECTED, "proved"),
            (True, date(2022, 10, 1), "proved"),
        ],
        ids=["unseen", "unseen the day before", "too late", "seen"],
    )
    def test_an_amendment_since_that_would_count_takes_the_proof_away(
        self, seen: bool, on: date, code: str
    ) -> None:
        found = amended(held.amendment(data_seen=seen, date=on))
        state, told, values = prior(receipt(), found)
        assert (state, told) == ("pass" if code == "proved" else "not_checked", code)
        assert {key: values[key] for key in DAYS} == DAYS

    def test_an_amendment_that_the_receipt_holds_does_not(self) -> None:
        one = held.amendment()
        own = {"amendment_head": one.digest, "plan_digest": one.plan_digest}
        assert prior(receipt(**own), amended(one))[1] == "proved"
        late = held.amendment(2, data_seen=True)
        assert prior(receipt(**own), amended(one, late))[1] == "proved"
        unseen = held.amendment(2)
        assert prior(receipt(**own), amended(one, unseen))[1] == "amended_since"

    def test_the_day_in_the_lock_makes_an_amendment_late(self) -> None:
        """By the amendment's own plan the follow-up came later than by the locked one."""
        later = held.amendment(date=COLLECTED, plan={"data": {"follow_up_collected": "2029-01-01"}})
        assert prior(receipt(), amended(later))[1] == "proved"
        assert prior(receipt(), replace(amended(later), lock=None))[1] == "amended_since"

    def test_a_broken_chain_holds_nothing_that_came_since(self) -> None:
        assert prior(receipt(), replace(held.found(), amendments=None))[1] == "proved"


class TestPriorAsClaimed:
    def collected_on(self, day: date | None, *, in_lock: str | None = None) -> Recomputation:
        data = {} if in_lock is None else {"follow_up_collected": in_lock}
        lock = held.locked().model_copy(update={"plan": {"data": data}})
        return replace(held.found(), plan=held.other_plan({"follow_up_collected": day}), lock=lock)

    def test_without_a_plan_nothing_is_said(self) -> None:
        assert prior(receipt(), replace(held.found(), plan=None)) == ("not_checked", "no_plan", {})

    def test_without_a_day_for_the_follow_up_nothing_came_before_it(self) -> None:
        assert prior(receipt(), self.collected_on(None)) == ("not_checked", "not_prior", {})

    @pytest.mark.parametrize(
        ("lock", "amendment", "plan"),
        [
            ("2024-01-01", "2024-02-01", date(2024, 3, 1)),
            ("2024-02-01", "2024-01-01", date(2024, 3, 1)),
            ("2024-03-01", "2024-02-01", date(2024, 1, 1)),
            ("2024-01-01", None, None),
            (None, "2024-01-01", None),
            (None, None, date(2024, 1, 1)),
        ],
        ids=["lock", "amendment", "plan", "lock only", "amendment only", "plan only"],
    )
    def test_the_earliest_day_named_is_the_one(
        self, lock: str | None, amendment: str | None, plan: date | None
    ) -> None:
        said = {} if amendment is None else {"data": {"follow_up_collected": amendment}}
        found = replace(
            self.collected_on(plan, in_lock=lock), amendments=(held.amendment(plan=said, data_seen=True),)
        )
        assert prior(NOBODY, found)[2]["collected"] == "2024-01-01"

    def test_without_lock_and_chain_the_plan_names_the_day(self) -> None:
        alone = replace(held.found(), lock=None, amendments=None)
        assert prior(NOBODY, alone)[2]["collected"] == "2025-10-01"

    def test_what_was_computed_says_whether_it_is_claimed(self) -> None:
        assert prior(NOBODY) == (
            "not_checked",
            "claimed",
            {"stated": "2022-09-01", "collected": "2025-10-01"},
        )
        late = replace(held.found(), evaluation=replace(held.evaluation(), prior="not_prior"))
        assert prior(NOBODY, late) == ("not_checked", "not_prior", {})

    @pytest.mark.parametrize(
        ("said", "code"), [("not_prior", "not_prior"), ("claimed_prior", "claimed"), (None, "claimed")]
    )
    def test_where_nothing_was_computed_the_results_say_it(self, said: str | None, code: str) -> None:
        bundle = held.with_results(lambda results: results.update(prior=said))
        assert prior(NOBODY, replace(held.found(), evaluation=None), bundle)[1] == code

    @pytest.mark.parametrize(
        ("decided", "locked_on", "stated"),
        [
            (date(2022, 8, 1), datetime(2022, 9, 1, tzinfo=UTC), "2022-08-01"),
            (date(2022, 10, 1), datetime(2022, 9, 1, tzinfo=UTC), "2022-09-01"),
            (None, datetime(2022, 9, 1, tzinfo=UTC), "2022-09-01"),
            (date(2022, 8, 1), None, "2022-08-01"),
            (None, None, "–"),
        ],
        ids=["decided first", "locked first", "only locked", "only decided", "neither"],
    )
    def test_the_earlier_of_the_plans_own_days_is_stated(
        self, decided: date | None, locked_on: datetime | None, stated: str
    ) -> None:
        decision = held.plan().decision.model_copy(update={"decided": decided})
        lock = held.locked().model_copy(update={"locked_on": locked_on}) if locked_on else None
        found = replace(held.found(), plan=held.other_plan(decision=decision), lock=lock)
        assert prior(NOBODY, found)[1:] == ("claimed", {"stated": stated, "collected": "2025-10-01"})


def kept(*entries: tuple[Kind, str]) -> Ledger:
    """Return a ledger of what was done, each a kind and a digest."""
    made = Ledger()
    for number, (kind, digest) in enumerate(entries, start=1):
        day = datetime(2022, 9, number, tzinfo=UTC)
        entry = Entry(seq=number, prev=made.head, kind=kind, digest=digest, time=day, actor="Anna Ek")
        made = Ledger(entries=(*made.entries, entry))
    return made


class TestLedger:
    def said(self, given: Given, ledger: Ledger | None, found: Recomputation | None = None) -> Said:
        content = None if ledger is None else ledger.to_bytes()
        bundle = held.with_members(ledger_jsonl=content)
        return held.said("ledger", received.ledger(bundle, found or held.found(), given))

    def honest(self) -> Ledger:
        return kept(("lock", held.locked().digest), ("seal", OTHER))

    def test_goes_on_from_the_head_given(self) -> None:
        ledger = self.honest()
        for head in ledger.heads:
            assert self.said(Given(head=head), ledger) == ("pass", "extends", {"n": 2})
        assert self.said(receipt(ledger_head=ledger.head), ledger) == ("pass", "extends", {"n": 2})

    def test_does_not_hold_another_head(self) -> None:
        long = "0123456789abcdef" * 5
        told = self.said(Given(head=f" {long}"), self.honest())
        assert told == ("fail", "other_head", {"head": long[:64]})

    def test_the_head_given_goes_before_the_receipts(self) -> None:
        ledger = self.honest()
        both = Given(head=OTHER, receipt=held.receipt(ledger_head=ledger.head))
        assert self.said(both, ledger) == ("fail", "other_head", {"head": OTHER})

    def test_without_a_head_its_own_is_told(self) -> None:
        ledger = self.honest()
        assert self.said(NOBODY, ledger) == ("not_checked", "no_head", {"head": ledger.head})
        assert self.said(receipt(), ledger) == ("not_checked", "no_head", {"head": ledger.head})
        assert self.said(NOBODY, Ledger()) == ("not_checked", "no_head", {"head": "–"})

    def test_is_missed_only_by_whoever_has_a_head(self) -> None:
        assert self.said(NOBODY, None) == ("not_checked", "none", {})
        assert self.said(receipt(), None) == ("not_checked", "none", {})
        assert self.said(Given(head=OTHER), None) == ("fail", "gone", {})
        assert self.said(receipt(ledger_head=OTHER), None) == ("fail", "gone", {})

    def test_of_another_lock_fails(self) -> None:
        assert self.said(NOBODY, kept(("lock", OTHER))) == ("fail", "other_lock", {})
        again = kept(("lock", OTHER), ("lock", held.locked().digest))
        assert self.said(NOBODY, again)[1] == "no_head"
        assert self.said(NOBODY, kept(("seal", OTHER)))[1] == "no_head"

    def test_tells_of_an_amendment_that_is_gone(self) -> None:
        one = held.amendment()
        ledger = kept(("amend", one.digest))
        assert self.said(NOBODY, ledger) == ("fail", "amendment_gone", {})
        assert self.said(NOBODY, ledger, replace(held.found(), amendments=None))[1] == "amendment_gone"
        assert self.said(NOBODY, ledger, amended(one))[1] == "no_head"

    def test_broken_is_told_with_its_line(self) -> None:
        content = self.honest().to_bytes().replace(b"Anna", b"Eva ", 1)
        step = received.ledger(held.with_members(ledger_jsonl=content), held.found(), NOBODY)
        assert held.said("ledger", step) == ("fail", "broken", {})
        assert [one.values for one in step.troubles] == [{"line": 2, "file": "ledger.jsonl"}]
