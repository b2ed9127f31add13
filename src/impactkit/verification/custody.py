"""The steps about custody: whether the bundle is as it was sealed, and its plan the one handed over."""

from __future__ import annotations

from impactkit.plans import Lock, Plan
from impactkit.plans.roster import roster
from impactkit.provenance import canonical_json
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.manifest import digest
from impactkit.verification.recompute import Recomputation
from impactkit.verification.safe_zip import write_archive
from impactkit.verification.verification import State, Step
from impactkit.wording import Message, MessageValue


def step(name: str, state: State, code: str, /, **values: MessageValue) -> Step:
    """Return a step with its sentence, ``verify.<name>.<code>``.

    Parameters
    ----------
    name : str
        The step's slug.
    state : {"pass", "fail", "not_checked"}
        The answer.
    code : str
        Which of its sentences.
    **values : str, int, float or Message
        What the sentence names.

    Returns
    -------
    Step
        The step.
    """
    return Step(name=name, state=state, sentence=Message(f"verify.{name}.{code}", values))


def structure(bundle: Bundle) -> Step:
    """Ask whether the archive, the manifest and the results have the one form that sealing gives them.

    Parameters
    ----------
    bundle : Bundle
        The bundle.

    Returns
    -------
    Step
        Fails when a byte that no file's digest covers has been changed.
    """
    if write_archive(bundle.members) != bundle.archive:
        return step("structure", "fail", "repacked")
    plain = {names.MANIFEST: bundle.manifest.model_dump(mode="json"), names.RESULTS: bundle.results}
    odd = [name for name, record in plain.items() if canonical_json(record) != bundle.members[name]]
    if odd:
        return step("structure", "fail", "rewritten", name=odd[0])
    return step("structure", "pass", "sound", n=len(bundle.members))


def digests(bundle: Bundle) -> Step:
    """Ask whether every file is the one the manifest names.

    Parameters
    ----------
    bundle : Bundle
        The bundle.

    Returns
    -------
    Step
        Fails with the names of the files that are not.
    """
    manifest = bundle.manifest
    changed = [
        member.path
        for member in manifest.members
        if digest(bundle.members[member.path]) != member.sha256
        or len(bundle.members[member.path]) != member.size
    ]
    if digest(bundle.members[names.RESULTS]) != manifest.results_digest:
        changed.append("results_digest")
    if names.LOCK in bundle.members and digest(bundle.members[names.LOCK]) != manifest.lock_digest:
        changed.append("lock_digest")
    if changed:
        return step("digests", "fail", "changed", names=", ".join(dict.fromkeys(changed)))
    return step("digests", "pass", "match", n=len(manifest.members))


def locked(bundle: Bundle, found: Recomputation) -> Step:
    """Ask whether the plan is the one that was locked, and the data those that were there then.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        Its plan and lock.

    Returns
    -------
    Step
        Not checked when there is no lock in the bundle.
    """
    plan, lock = found.plan, found.lock
    if plan is None or plan.digest != bundle.manifest.plan_digest:
        return step("lock", "fail", "other_plan")
    if names.LOCK not in bundle.members:
        withheld = bundle.manifest.lock_digest
        return (
            step("lock", "not_checked", "withheld", digest=withheld)
            if withheld
            else step("lock", "not_checked", "none")
        )
    if lock is None:
        return Step(
            name="lock", state="fail", sentence=Message("verify.lock.unsound"), troubles=found.troubles
        )
    if lock.plan_digest != plan.digest:
        return step("lock", "fail", "changed_plan")
    return _locked_data(bundle, plan, lock)


def _locked_data(bundle: Bundle, plan: Plan, lock: Lock) -> Step:
    changed = [
        file.name
        for file in lock.files
        if file.name in bundle.data and digest(bundle.data[file.name]) != file.sha256
    ]
    # The baseline of two files is finished when the plan is locked; a single file grows with its follow-up.
    if plan.data.baseline in changed:
        return step("lock", "fail", "changed_baseline", name=str(plan.data.baseline))
    if not _takes_in(plan, lock):
        return step("lock", "fail", "other_roster")
    on = lock.locked_on.date().isoformat()
    if changed:
        return step("lock", "not_checked", "grown", name=changed[0], on=on)
    return step("lock", "pass", "same", on=on)


def _takes_in(plan: Plan, lock: Lock) -> bool:
    """Return whether everyone on the locked roster is still in the data, in the same group and periods."""
    if lock.roster is None:
        return True
    try:
        now = roster(plan.rows(), plan.data)
    except Exception:
        # Rows that cannot be read hold nobody.
        return False
    same = now is not None and (now.treated, now.comparison) == (lock.roster.treated, lock.roster.comparison)
    return now is not None and same and set(lock.roster.periods) <= set(now.periods)


def handed_over(bundle: Bundle, known_plan_digest: str | None) -> Step:
    """Ask whether the plan is the one whose digest the reviewer was given.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    known_plan_digest : str or None
        What the reviewer was given: the digest of the lock, or of the plan.

    Returns
    -------
    Step
        Not checked when none was given.
    """
    if known_plan_digest is None:
        known = bundle.manifest.lock_digest or bundle.manifest.plan_digest
        return step("handed_over", "not_checked", "not_given", digest=known)
    given = known_plan_digest.strip().lower()
    if given in (bundle.manifest.lock_digest, bundle.manifest.plan_digest):
        return step("handed_over", "pass", "same")
    return step("handed_over", "fail", "other", given=given[:64])


def prior_to_data(bundle: Bundle, found: Recomputation) -> Step:
    """Ask whether the plan came before the follow-up.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        Its plan and lock.

    Returns
    -------
    Step
        Never a pass in this version: it reads no receipt from the lender, which alone would prove a date.
    """
    if found.plan is None:
        return step("prior", "not_checked", "no_plan")
    claimed = found.evaluation.prior if found.evaluation else str(bundle.results.get("prior"))
    collected = found.plan.data.follow_up_collected
    if claimed == "not_prior" or collected is None:
        return step("prior", "not_checked", "not_prior")
    dates = [day for day in (found.plan.decision.decided, found.lock and found.lock.locked_on.date()) if day]
    stated = min(dates).isoformat() if dates else "–"
    return step("prior", "not_checked", "claimed", stated=stated, collected=collected.isoformat())
