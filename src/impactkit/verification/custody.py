"""The steps about custody: whether the bundle is as it was sealed, and its plan the one handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from impactkit.errors import ImpactkitError, Trouble
from impactkit.evidence.rules_digest import rules_digest
from impactkit.plans import Lock, Plan
from impactkit.plans.amendment import plan_of
from impactkit.plans.roster import roster
from impactkit.provenance import canonical_json
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.descriptors import described
from impactkit.verification.manifest import digest
from impactkit.verification.recompute import Recomputation
from impactkit.verification.safe_zip import write_archive
from impactkit.verification.verification import State, Step
from impactkit.wording import Message, MessageValue

if TYPE_CHECKING:
    import pandas as pd


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


def failed(name: str, code: str, troubles: Sequence[Trouble]) -> Step:
    """Return a step that failed with the errors that stopped it.

    Parameters
    ----------
    name : str
        The step's slug.
    code : str
        Which of its sentences.
    troubles : sequence of Trouble
        The errors.

    Returns
    -------
    Step
        The step.
    """
    sentence = Message(f"verify.{name}.{code}")
    return Step(name=name, state="fail", sentence=sentence, troubles=tuple(troubles))


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


def descriptions(bundle: Bundle, plan: Plan | None) -> Step:
    """Ask whether the descriptions for archives are those of this bundle.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    plan : Plan or None
        Its plan.

    Returns
    -------
    Step
        Fails with the description that says something else than plan and files.
    """
    if plan is None:
        return step("descriptions", "not_checked", "no_plan")
    beside = {names.MANIFEST, *names.DESCRIPTORS}
    held = {name: content for name, content in bundle.members.items() if name not in beside}
    again = described(plan, held, bundle.manifest.versions)
    odd = sorted(name for name, content in again.items() if bundle.members[name] != content)
    if bundle.manifest.project != plan.project.name:
        odd.append(names.MANIFEST)
    if odd:
        return step("descriptions", "fail", "differ", names=", ".join(odd))
    return step("descriptions", "pass", "same", names=", ".join(sorted(again)))


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
    if found.amendments is None:
        return failed("lock", "broken_chain", found.troubles)
    if found.amendments and found.amendments[-1].plan_digest != plan.digest:
        return step("lock", "fail", "changed_since_amended")
    if names.LOCK not in bundle.members:
        withheld = bundle.manifest.lock_digest
        return (
            step("lock", "not_checked", "withheld", digest=withheld)
            if withheld
            else step("lock", "not_checked", "none")
        )
    if lock is None:
        return failed("lock", "unsound", found.troubles)
    if not found.amendments and lock.plan_digest != plan.digest:
        return step("lock", "fail", "changed_plan")
    return _locked_data(bundle, found, plan, lock)


def _locked_data(bundle: Bundle, found: Recomputation, plan: Plan, lock: Lock) -> Step:
    changed = [
        file.name
        for file in lock.files
        if file.name in bundle.data and digest(bundle.data[file.name]) != file.sha256
    ]
    # The baseline of two files is finished when the plan is locked; a single file grows with its follow-up.
    if plan.data.baseline in changed:
        return step("lock", "fail", "changed_baseline", name=str(plan.data.baseline))
    on = lock.locked_on.date().isoformat()
    if bundle.manifest.data == "withheld" and (lock.roster or lock.files):
        return step("lock", "not_checked", "kept", on=on)
    rows = found.averaged if bundle.manifest.data == "aggregates" else None
    if not any(_takes_in(one, lock, rows) for one in _readings(plan, lock)):
        return step("lock", "fail", "other_roster")
    if changed:
        return step("lock", "not_checked", "grown", name=changed[0], on=on)
    if lock.rules_digest != rules_digest():
        return step("lock", "not_checked", "other_rules", on=on)
    if bundle.manifest.data == "aggregates":
        return step("lock", "pass", "same_areas", on=on)
    if bundle.amendments:
        return step("lock", "pass", "amended", on=on, n=len(bundle.amendments))
    return step("lock", "pass", "same", on=on)


def _readings(plan: Plan, lock: Lock) -> Iterator[Plan]:
    """Give the ways to read who takes part: by the roles of the plan as it was locked, and as it is now."""
    yield plan
    if lock.plan_digest != plan.digest:
        try:
            yield plan_of(lock.plan, folder=plan.folder)
        except ImpactkitError:
            return


def _takes_in(plan: Plan, lock: Lock, rows: pd.DataFrame | None) -> bool:
    """Return whether everyone on the locked roster is still in the data, in the same group and periods."""
    if lock.roster is None:
        return True
    try:
        now = roster(plan.rows() if rows is None else rows, plan.data)
    except Exception:
        # Rows that cannot be read hold nobody.
        return False
    same = now is not None and (now.treated, now.comparison) == (lock.roster.treated, lock.roster.comparison)
    return now is not None and same and set(lock.roster.periods) <= set(now.periods)
