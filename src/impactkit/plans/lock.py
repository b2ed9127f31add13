"""The lock: a plan fixed as bytes before the follow-up is known, with a digest that can be handed over."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import PrivateAttr, StrictInt

from impactkit.errors import DataError, PlanError
from impactkit.evidence.rules_digest import rules_digest
from impactkit.plans.plan import Plan
from impactkit.plans.project_key import project_key
from impactkit.plans.roster import Digest, Roster, roster
from impactkit.plans.strict_file import bytes_of, read_strictly
from impactkit.provenance import canonical_json, file_digest, keyed_digest, write_whole
from impactkit.schema import Written
from impactkit.wording import Facts, Message, Shown, one_line

SPEC: Literal["ikplan1"] = "ikplan1"
LOCK_NAME = "plan.lock.json"
Priority = Literal["proved_prior", "claimed_prior", "not_prior"]


class LockedFile(Written):
    """A data file as it was when the plan was locked.

    Parameters
    ----------
    name : str
        Its name beside the plan.
    sha256 : str, optional
        Digest of its bytes, when the rows are public.
    hmac : str, optional
        Keyed digest of its bytes, when they are not: a plain one would tell who guesses the file that the
        guess is right. None where there is no key.
    bytes : int
        Its size.
    """

    name: str
    sha256: Digest | None = None
    hmac: Digest | None = None
    bytes: StrictInt


class Lock(Shown, Written):
    """A plan fixed as bytes.

    Parameters
    ----------
    spec : "ikplan1"
        The form of the lock.
    plan : dict
        All the plan says.
    plan_digest : str
        SHA-256 of that content as canonical JSON.
    files : tuple of LockedFile
        The data files that were there; a follow-up not yet collected is not.
    roster : Roster, optional
        Who takes part, when the rows could be read.
    rules_digest : str
        SHA-256 of the rules that grades and verdicts follow and that no plan chooses: ceilings, the limits of
        the checks, the fewest clusters. A later version with other rules is then seen as one.
    locked_on : datetime
        When, in UTC. A statement of this computer's clock, not a proof.
    """

    spec: Literal["ikplan1"] = SPEC
    plan: dict[str, Any]
    plan_digest: Digest
    files: tuple[LockedFile, ...] = ()
    roster: Roster | None = None
    rules_digest: Digest
    locked_on: datetime
    _read: bytes | None = PrivateAttr(default=None)

    def __repr__(self) -> str:
        return one_line("Lock", repr(self._project), f"locked {self.locked_on:%Y-%m-%d}", self.digest[:12])

    @property
    def _project(self) -> str:
        return str(self.plan["project"]["name"])

    def _facts(self) -> Facts:
        names = ", ".join(one.name for one in self.files)
        return Facts(
            title=Message("shown.lock.title", {"project": self._project}),
            rows=[
                (Message("receipt.locked_on"), self.locked_on.isoformat()),
                (Message("shown.lock.digest"), self.digest),
                (Message("shown.plan.digest"), self.plan_digest),
                (Message("shown.lock.files"), names or Message("shown.lock.none")),
                (Message("shown.lock.roster"), _counted(self.roster)),
            ],
            warnings=[Message("shown.lock.states")],
        )

    def to_bytes(self) -> bytes:
        """Return the file's bytes: those read, else canonical JSON."""
        return self._read or canonical_json(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes: what to hand to the lender."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def tells_nothing(self) -> bool:
        """Whether it may be passed on: it holds no plain digest of what only those at home may know."""
        public = bool(self.plan["data"].get("public"))
        shows_units = public or self.plan["data"].get("aggregate_by") is not None
        named = self.roster is not None and self.roster.treated is not None
        plain = [one.sha256 for one in self.files if one.sha256 is not None]
        return public or not (plain or (named and not shows_units and not self.is_keyed))

    @property
    def is_keyed(self) -> bool:
        """Whether its digests are those of a key that is kept at home."""
        return any(one.hmac is not None for one in self.files)

    def locks_the_same(self, other: Lock) -> bool:
        """Return whether another lock holds the same plan, files and roster, whenever it was made.

        Nor does it matter which version of the rules was there: the first lock says which, and stands.
        """
        made = {"locked_on": other.locked_on, "rules_digest": other.rules_digest}
        return self.model_copy(update=made).model_dump() == other.model_dump()

    def write(self, path: str | Path) -> Lock:
        """Write the lock, whole or not at all; an equal lock that stands is left as it is.

        Parameters
        ----------
        path : str or Path
            The file, usually ``plan.lock.json``.

        Returns
        -------
        Lock
            The lock that stands in the file: the first one, when an equal one was there.

        Raises
        ------
        PlanError
            If another lock stands there.
        """
        file = Path(path)
        if file.exists():
            standing = Lock.read(file)
            if self.locks_the_same(standing):
                return standing
            raise PlanError(
                "{file} locks another version of the plan or its data.",
                where="{file}",
                mend="Write an amendment that gives the reason, or start in a new folder.",
                values={"file": file.name},
            )
        write_whole(file, self.to_bytes())
        return self

    @classmethod
    def read(cls, path: str | Path) -> Lock:
        """Read a lock and check that it agrees with itself.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Lock
            The lock; its digest is that of the bytes read.

        Raises
        ------
        PlanError
            If it is missing, malformed, or its plan does not give its digest.
        """
        file = Path(path)
        mend = "Lock the plan first: impactkit lock plan.toml."
        content = bytes_of(file, what="There is no lock.", mend=mend)
        lock = read_strictly(content, cls, file.name)
        lock._read = content
        if hashlib.sha256(canonical_json(lock.plan)).hexdigest() != lock.plan_digest:
            raise _altered(file.name)
        return lock


def lock(plan: Plan, *, now: datetime | None = None, key: bytes | None = None) -> Lock:
    """Fix a plan, with digests of the data files that are there.

    Parameters
    ----------
    plan : Plan
        The plan.
    now : datetime, optional
        The time to state; the clock's when left out.
    key : bytes, optional
        The project's key, for data about people; the one beside the plan when left out.

    Returns
    -------
    Lock
        Ready to be written.
    """
    there = [plan.folder / name for name in plan.data.files if (plan.folder / name).is_file()]
    key = None if plan.data.public else key or project_key(plan.folder)
    return Lock(
        plan=plan.content(),
        plan_digest=plan.digest,
        files=tuple(locked_file(file, public=plan.data.public, key=key) for file in there),
        roster=_roster_if_readable(plan, key),
        rules_digest=rules_digest(),
        locked_on=(now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0),
    )


def locked_file(file: Path, *, public: bool, key: bytes | None) -> LockedFile:
    """Return a data file as a lock holds it.

    Parameters
    ----------
    file : Path
        The file.
    public : bool
        Whether its rows are.
    key : bytes or None
        The project's key.

    Returns
    -------
    LockedFile
        With a plain digest, a keyed one, or none.
    """
    size = file.stat().st_size
    if public:
        return LockedFile(name=file.name, sha256=file_digest(file), bytes=size)
    hmac = None if key is None else keyed_digest(key, file.read_bytes())
    return LockedFile(name=file.name, hmac=hmac, bytes=size)


def prior(plan: Plan, lock: Lock | None, *, received: date | None = None) -> Priority:
    """Return whether the plan came before the follow-up.

    Parameters
    ----------
    plan : Plan
        The plan, with the date it says it was decided.
    lock : Lock or None
        Its lock, with the date of this computer's clock.
    received : date, optional
        The day somebody else wrote down that they got the lock's digest, from their own books.

    Returns
    -------
    {"proved_prior", "claimed_prior", "not_prior"}
        ``claimed_prior`` when either of the plan's own dates is before the day the follow-up was collected:
        nobody can check it. ``proved_prior`` when the lock holds this plan and somebody else had it before
        that day. On the same day is not before.

    Notes
    -----
    A bundle carries no receipt yet, so an evaluation never gives ``proved_prior`` by itself: whoever holds
    the receipt can.

    Examples
    --------
    >>> from importlib.resources import files
    >>> from impactkit.plans import Plan
    >>> plan = Plan.read(str(files("impactkit.examples") / "norrgarden"))
    >>> prior(plan, None), prior(plan, None, received=date(2022, 9, 2))
    ('claimed_prior', 'claimed_prior')
    """
    collected = plan.data.follow_up_collected
    vouched = lock is not None and lock.plan_digest == plan.digest and received is not None
    if vouched and received and collected and received < collected:
        return "proved_prior"
    stated = [day for day in (plan.decision.decided, lock.locked_on.date() if lock else None) if day]
    if collected is None or not stated:
        return "not_prior"
    return "claimed_prior" if min(stated) < collected else "not_prior"


def _roster_if_readable(plan: Plan, key: bytes | None) -> Roster | None:
    try:
        return roster(plan.rows(), plan.data, key=key)
    except DataError:
        # A plan is locked before its follow-up exists; what can be read then is only what is there.
        return None


def _altered(file: str) -> PlanError:
    return PlanError(
        "The plan in {file} does not give the digest written beside it.",
        where="{file}",
        mend="Fetch the lock again from where it was handed over; a lock is never edited.",
        values={"file": file},
    )


def _counted(roster: Roster | None) -> Message:
    if roster is None:
        return Message("shown.lock.none")
    if roster.n_treated is None or roster.n_comparison is None:
        return Message("shown.lock.roster_hidden")
    counts = {"treated": roster.n_treated, "comparison": roster.n_comparison}
    return Message("shown.lock.roster_known", counts)
