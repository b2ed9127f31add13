"""The steps about what the reviewer was given before: a digest, a receipt, the head of a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from impactkit.errors import ImpactkitError
from impactkit.plans.amendment import Amendment, collected_in, is_seen
from impactkit.plans.receipt import Receipt
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.custody import failed, step
from impactkit.verification.ledger import Ledger
from impactkit.verification.recompute import Recomputation
from impactkit.verification.verification import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the reviewer has of their own; nothing of it comes from the bundle.

    Parameters
    ----------
    plan_digest : str, optional
        The digest of the lock, or of the plan.
    receipt : Receipt, optional
        What was stored on the day.
    head : str, optional
        The head of the ledger.
    """

    plan_digest: str | None = None
    receipt: Receipt | None = None
    head: str | None = None


def handed_over(bundle: Bundle, found: Recomputation, given: Given) -> Step:
    """Ask whether the plan is the one that the reviewer was told of.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        Its plan and amendments.
    given : Given
        What the reviewer has.

    Returns
    -------
    Step
        Fails when a digest or a receipt is of another plan; not checked when neither was given.
    """
    manifest = bundle.manifest
    told = None if given.plan_digest is None else given.plan_digest.strip().lower()
    if told is not None and told not in (manifest.lock_digest, manifest.plan_digest):
        return step("handed_over", "fail", "other", given=told[:64])
    if given.receipt is not None:
        return _received(bundle, found, given.receipt)
    if told is None:
        known = manifest.lock_digest or manifest.plan_digest
        return step("handed_over", "not_checked", "not_given", digest=known)
    return step("handed_over", "pass", "same")


def prior_to_data(bundle: Bundle, found: Recomputation, given: Given) -> Step:
    """Ask whether the plan came before the follow-up.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        Its plan, lock and amendments.
    given : Given
        What the reviewer has.

    Returns
    -------
    Step
        Passes only by the reviewer's own receipt: of this plan, from before the follow-up, and with no
        amendment since that is said to have been made before the follow-up too.
    """
    if found.plan is None:
        return step("prior", "not_checked", "no_plan")
    claimed = found.evaluation.prior if found.evaluation else str(bundle.results.get("prior"))
    collected = _collected(found)
    if collected is None:
        return step("prior", "not_checked", "not_prior")
    receipt = given.receipt
    if receipt is not None and handed_over(bundle, found, given).state == "pass":
        days = {"received": receipt.received_on.isoformat(), "collected": collected.isoformat()}
        if receipt.is_before_lock:
            locked = receipt.locked_on.date().isoformat()
            return step("prior", "not_checked", "received_before_lock", locked=locked, **days)
        if receipt.received_on >= collected:
            return step("prior", "not_checked", "received_late", **days)
        if _amended_since(found, receipt):
            return step("prior", "not_checked", "amended_since", **days)
        return step("prior", "pass", "proved", by=receipt.received_by, **days)
    if claimed == "not_prior":
        return step("prior", "not_checked", "not_prior")
    dates = [day for day in (found.plan.decision.decided, found.lock and found.lock.locked_on.date()) if day]
    stated = min(dates).isoformat() if dates else "–"
    return step("prior", "not_checked", "claimed", stated=stated, collected=collected.isoformat())


def ledger(bundle: Bundle, found: Recomputation, given: Given) -> Step:
    """Ask whether the bundle's ledger goes on from the head that the reviewer was given.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        Its amendments.
    given : Given
        What the reviewer has.

    Returns
    -------
    Step
        Fails when the ledger is broken, is of another lock, tells of an amendment that is not in the bundle,
        or does not hold the head; or when there is a head and no ledger.
    """
    head = given.head or (given.receipt.ledger_head if given.receipt else None)
    if names.LEDGER not in bundle.members:
        return step("ledger", "fail", "gone") if head else step("ledger", "not_checked", "none")
    try:
        kept = Ledger.of(bundle.members[names.LEDGER], file=names.LEDGER)
    except ImpactkitError as error:
        return failed("ledger", "broken", error.troubles)
    locks, amends = kept.digests("lock"), kept.digests("amend")
    if locks and bundle.manifest.lock_digest not in locks:
        return step("ledger", "fail", "other_lock")
    if set(amends) - {one.digest for one in found.amendments or ()}:
        return step("ledger", "fail", "amendment_gone")
    if head is None:
        return step("ledger", "not_checked", "no_head", head=kept.head or "–")
    if not kept.extends(head):
        return step("ledger", "fail", "other_head", head=head.strip()[:64])
    return step("ledger", "pass", "extends", n=len(kept.entries))


def _received(bundle: Bundle, found: Recomputation, receipt: Receipt) -> Step:
    """Ask whether a receipt is of the bundle's lock, or else of its plan, and of its amendments."""
    manifest = bundle.manifest
    other = step("handed_over", "fail", "other_receipt", by=receipt.received_by)
    if manifest.lock_digest not in (None, receipt.lock_digest):
        return other
    chain = found.amendments or ()
    if receipt.amendment_head is not None and receipt.amendment_head not in {one.digest for one in chain}:
        return step("handed_over", "fail", "amendment_gone", by=receipt.received_by)
    if _in_force(bundle, found, receipt) not in (None, receipt.plan_digest):
        return other
    n = len(_since(chain, receipt))
    on = receipt.received_on.isoformat()
    if n:
        return step("handed_over", "pass", "received_and_amended", by=receipt.received_by, on=on, n=n)
    return step("handed_over", "pass", "received", by=receipt.received_by, on=on)


def _in_force(bundle: Bundle, found: Recomputation, receipt: Receipt) -> str | None:
    """Return the digest of the plan in force at a receipt, by the bundle; None where that cannot be told."""
    chain = found.amendments or ()
    if not _since(chain, receipt):
        return bundle.manifest.plan_digest
    if receipt.amendment_head is None:
        return found.lock.plan_digest if found.lock else None
    return next(one.plan_digest for one in chain if one.digest == receipt.amendment_head)


def _since(chain: tuple[Amendment, ...], receipt: Receipt) -> tuple[Amendment, ...]:
    """Return the amendments that came after a receipt."""
    heads = [None, *(one.digest for one in chain)]
    return chain[heads.index(receipt.amendment_head) :]


def _amended_since(found: Recomputation, receipt: Receipt) -> bool:
    """Return whether an amendment after the receipt would count as made before the follow-up was seen.

    One made afterwards can only lower a verdict, so that the plan that was received is the one that counts.
    """
    chain = found.amendments or ()
    seen = is_seen(chain, locked=found.lock.plan if found.lock else {})
    return not all(seen[len(chain) - len(_since(chain, receipt)) :])


def _collected(found: Recomputation) -> date | None:
    """Return the day the follow-up was collected, the earliest that lock, amendments or plan name."""
    plans = [found.lock.plan if found.lock else {}, *(one.plan for one in found.amendments or ())]
    days = [day for day in (collected_in(plan) for plan in plans) if day]
    if found.plan is not None and found.plan.data.follow_up_collected is not None:
        days.append(found.plan.data.follow_up_collected)
    return min(days, default=None)
