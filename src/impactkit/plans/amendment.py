"""An amendment: a plan changed after it was locked, with the reason, in a file that follows the lock."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
)

from impactkit.errors import PlanError, Trouble, Value
from impactkit.plans.changes import changes
from impactkit.plans.lock import LOCK_NAME, Lock, Priority
from impactkit.plans.plan import Plan
from impactkit.plans.project import Text
from impactkit.plans.roster import Digest
from impactkit.plans.strict_file import bytes_of, read_strictly
from impactkit.provenance import canonical_json, write_whole
from impactkit.schema import Written, fault, troubles_of

FOLDER = "amendments"
_NAME = re.compile(r"\d{4}\.json")
_MEND = "Fetch the amendments again from where they were handed over; one that is written is never edited."


def _a_sentence(value: object) -> object:
    if isinstance(value, str) and (len(value.strip()) < 20 or " " not in value.strip()):
        what = 'The reason "{value}" is too short to be one.'
        mend = "Write at least a sentence: what made the change necessary, and who decided it."
        raise fault(Trouble(what, "", mend, {"value": value.strip()[:80]}))
    return value


Reason = Annotated[str, BeforeValidator(_a_sentence), StringConstraints(strip_whitespace=True)]


class Amendment(Written):
    """A plan changed after it was locked.

    Parameters
    ----------
    spec : "ikamendment1"
        The form of the file.
    number : int
        1 for the first.
    previous : str
        SHA-256 of the bytes of the file before: the lock, or the amendment before.
    reason : str
        Why, in at least a sentence.
    author : str
        Who says so.
    date : date
        When. A statement, not a proof.
    data_seen : bool
        Whether anything of the follow-up had been seen by then.
    plan : dict
        All the amended plan says.
    plan_digest : str
        SHA-256 of that content as canonical JSON.
    changed : tuple of str
        Which keys differ from the plan before; computed from the two.
    """

    spec: Literal["ikamendment1"] = "ikamendment1"
    number: Annotated[StrictInt, Field(ge=1, le=9999)]
    previous: Digest
    reason: Reason
    author: Text
    date: date
    data_seen: StrictBool
    plan: dict[str, Any]
    plan_digest: Digest
    changed: tuple[str, ...]
    _read: bytes | None = PrivateAttr(default=None)

    def to_bytes(self) -> bytes:
        """Return the file's bytes: those read, else canonical JSON."""
        return self._read or canonical_json(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes: what the next amendment and a receipt name."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def file_name(self) -> str:
        """Its place beside the plan, such as ``amendments/0001.json``."""
        return f"{FOLDER}/{self.number:04d}.json"

    def amended(self, *, folder: Path | None = None) -> Plan:
        """Return the amended plan, reading its data from a folder."""
        return plan_of(self.plan, folder=folder)


def plan_of(content: Mapping[str, Any], *, folder: Path | None = None) -> Plan:
    """Return the plan that a lock or an amendment holds.

    Parameters
    ----------
    content : mapping
        All it says.
    folder : Path, optional
        Where its data lie; the current folder when left out.

    Returns
    -------
    Plan
        The plan.
    """
    plan = Plan.of(dict(content))
    plan._path = None if folder is None else folder / "plan.toml"
    return plan


def read_amendments(folder: str | Path, lock: Lock) -> tuple[Amendment, ...]:
    """Read the amendments beside a plan, in order, each held against the file before.

    Parameters
    ----------
    folder : str or Path
        The folder of the plan.
    lock : Lock
        What they amend.

    Returns
    -------
    tuple of Amendment
        Empty when there are none.

    Raises
    ------
    PlanError
        If one is missing between others, does not follow the file before it, gives no reason, has a key
        twice, or holds a plan that does not give the digest beside it.
    """
    place = Path(folder) / FOLDER
    files = (
        sorted(file.name for file in place.iterdir() if not file.name.startswith("."))
        if place.is_dir()
        else []
    )
    contents = {
        name: bytes_of(place / name, what="{file} is no amendment.", mend="Move it elsewhere.")
        for name in files
    }
    return chained(contents, lock_digest=lock.digest, locked=lock.plan)


def chained(
    contents: Mapping[str, bytes], *, lock_digest: str, locked: Mapping[str, Any] | None
) -> tuple[Amendment, ...]:
    """Return the amendments that files hold, each held against the one before.

    Parameters
    ----------
    contents : mapping of str to bytes
        Each file by its name, ``0001.json`` and on.
    lock_digest : str
        What the first must name.
    locked : mapping or None
        The content of the locked plan; None when the lock itself is not at hand, so that what the first
        amendment says it changed cannot be compared.

    Returns
    -------
    tuple of Amendment
        In order.

    Raises
    ------
    PlanError
        As `read_amendments`.
    """
    found: list[Amendment] = []
    previous, before = lock_digest, locked
    for place, name in enumerate(sorted(contents), start=1):
        if not _NAME.fullmatch(name):
            raise _broken("{file} is no amendment.", name, mend="Move it elsewhere.")
        if name != f"{place:04d}.json":
            raise _broken("Amendment {number} is missing.", name, number=place)
        one = read_strictly(contents[name], Amendment, name)
        one._read = contents[name]
        _refuse_unsound(one, name, place=place, previous=previous)
        if before is not None and one.changed != _changed(before, one.plan):
            raise _broken("What {file} says has changed is not what has.", name)
        found.append(one)
        previous, before = one.digest, one.plan
    return tuple(found)


def amend(
    plan: Plan | str | Path,
    *,
    reason: str,
    author: str,
    data_seen: bool,
    on: date | None = None,
) -> Amendment:
    """Amend a locked plan: write down what changed, why, and whether the follow-up had been seen.

    Parameters
    ----------
    plan : Plan or path
        The edited plan, with its lock beside it.
    reason : str
        Why, in at least a sentence.
    author : str
        Who says so.
    data_seen : bool
        Whether anything of the follow-up had been seen. Then the amendment can lower a verdict, never raise
        it.
    on : date, optional
        The date to state; today when left out.

    Returns
    -------
    Amendment
        As it was written beside the plan; the lock and earlier amendments stay as they are.

    Raises
    ------
    PlanError
        If there is no lock, the chain is broken, the reason is too short, or nothing has changed.
    """
    plan = plan if isinstance(plan, Plan) else Plan.read(plan)
    lock = Lock.read(plan.folder / LOCK_NAME)
    earlier = read_amendments(plan.folder, lock)
    before: Lock | Amendment = earlier[-1] if earlier else lock
    changed = _changed(before.plan, plan.content())
    if not changed:
        raise PlanError(
            "The plan says what it said before, so there is nothing to amend.",
            where="{file}",
            mend="Edit the plan first, then write the amendment.",
            values={"file": plan.file_name},
        )
    said = {
        "number": len(earlier) + 1,
        "previous": before.digest,
        "reason": reason,
        "author": author,
        "date": (on or datetime.now().astimezone().date()).isoformat(),
        "data_seen": data_seen,
        "plan": plan.content(),
        "plan_digest": plan.digest,
        "changed": changed,
    }
    try:
        made = Amendment.model_validate(said)
    except ValidationError as error:
        raise PlanError.of(troubles_of(error, Amendment, "amendment")) from None
    file = plan.folder / made.file_name
    file.parent.mkdir(exist_ok=True)
    write_whole(file, made.to_bytes())
    return made


def is_seen(amendments: Sequence[Amendment], *, locked: Mapping[str, Any]) -> tuple[bool, ...]:
    """Return, for each amendment, whether it counts as made after the follow-up was seen.

    Parameters
    ----------
    amendments : sequence of Amendment
        In order.
    locked : mapping
        The content of the locked plan.

    Returns
    -------
    tuple of bool
        True when it says so; when its date is not before the day the follow-up was collected, the earliest
        that the plans up to and including it name; and when one before it counts as seen: nobody unsees a
        follow-up.
    """
    days = [collected_in(content) for content in (locked, *(one.plan for one in amendments))]
    found: list[bool] = []
    for place, one in enumerate(amendments, start=1):
        named = [day for day in days[: place + 1] if day is not None]
        late = bool(named) and one.date >= min(named)
        found.append(one.data_seen or late or (bool(found) and found[-1]))
    return tuple(found)


def planned_groups(
    plan: Plan, lock: Lock | None, amendments: Sequence[Amendment], *, prior: Priority
) -> frozenset[str]:
    """Return the columns of groups that a plan declared before the follow-up was seen.

    Parameters
    ----------
    plan : Plan
        The plan as it is now.
    lock : Lock or None
        Its lock.
    amendments : sequence of Amendment
        What has changed since.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan was made before the follow-up.

    Returns
    -------
    frozenset of str
        Those of the plan that stood when the follow-up was seen, and that the plan still has; none where it
        did not come first.

    Examples
    --------
    >>> from importlib.resources import files
    >>> plan = Plan.read(str(files("impactkit.examples") / "norrgarden"))
    >>> planned_groups(plan, None, (), prior="claimed_prior")
    frozenset()
    """
    if prior == "not_prior":
        return frozenset()
    declared = frozenset(plan.data.subgroups)
    if lock is None or not amendments:
        return declared
    contents = [lock.plan, *(one.plan for one in amendments)]
    data = contents[is_seen(amendments, locked=lock.plan).count(False)].get("data")
    stood = data.get("subgroups", ()) if isinstance(data, Mapping) else ()
    return declared & frozenset(stood)


def collected_in(content: Mapping[str, Any]) -> date | None:
    """Return the day a plan says that its follow-up was collected.

    Parameters
    ----------
    content : mapping
        All the plan says.

    Returns
    -------
    date or None
        None where it does not say.

    Examples
    --------
    >>> collected_in({"data": {"follow_up_collected": "2025-10-01"}})
    datetime.date(2025, 10, 1)
    """
    said = content.get("data")
    try:
        return date.fromisoformat(said["follow_up_collected"]) if isinstance(said, Mapping) else None
    except (KeyError, TypeError, ValueError):
        return None


def _refuse_unsound(one: Amendment, name: str, *, place: int, previous: str) -> None:
    if one.number != place:
        raise _broken("{file} says that it is amendment {number}.", name, number=one.number)
    if one.previous != previous:
        raise _broken("{file} does not follow the file before it.", name)
    if hashlib.sha256(canonical_json(one.plan)).hexdigest() != one.plan_digest:
        raise _broken("The plan in {file} does not give the digest written beside it.", name)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the paths of what differs; None where a stranger's file is nested too deeply to be a plan."""
    try:
        return tuple(change.path for change in changes(before, after))
    except RecursionError:
        return None


def _broken(what: str, file: str, *, mend: str = _MEND, **values: Value) -> PlanError:
    return PlanError(what, where="{file}", mend=mend, values={"file": f"{FOLDER}/{file}", **values})
