"""The receipt: what somebody else stores on the day they are told which plan there is.

A date in the borrower's own files proves nothing. A receipt in the lender's archive, with the lender's date,
does.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import PrivateAttr, StrictInt

from impactkit.errors import PlanError
from impactkit.plans.amendment import read_amendments
from impactkit.plans.lock import LOCK_NAME, Lock
from impactkit.plans.plan import Plan
from impactkit.plans.project import Text
from impactkit.plans.roster import Digest
from impactkit.plans.strict_file import bytes_of, read_strictly
from impactkit.provenance import canonical_json, write_whole
from impactkit.schema import Written
from impactkit.wording import Facts, Language, Message, Shown, current_language, one_line, say


class Receipt(Shown, Written):
    """What the lender stores on the day.

    Parameters
    ----------
    spec : "ikreceipt1"
        The form of the file.
    project, borrower : str
        Whose plan it is.
    loan_sek : int, optional
        The loan that was granted, in whole kronor.
    lock_digest : str
        SHA-256 of the lock's bytes.
    plan_digest : str
        SHA-256 of the content of the plan that is in force: the locked one, or the last amended.
    amendment_head : str, optional
        SHA-256 of the last amendment's bytes; None when the plan is as it was locked.
    ledger_head : str, optional
        The head of the ledger.
    locked_on : datetime
        When the plan was locked, as the borrower states it.
    received_on : date
        When it was received: a day of the receiver's own.
    received_by : str
        Who received it.
    """

    spec: Literal["ikreceipt1"] = "ikreceipt1"
    project: Text
    borrower: Text
    loan_sek: StrictInt | None
    lock_digest: Digest
    plan_digest: Digest
    amendment_head: Digest | None
    ledger_head: Digest | None
    locked_on: datetime
    received_on: date
    received_by: Text
    _read: bytes | None = PrivateAttr(default=None)

    @classmethod
    def read(cls, path: str | Path) -> Receipt:
        """Read a receipt, strictly.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Receipt
            What it says.

        Raises
        ------
        PlanError
            If it is missing or malformed.
        """
        file = Path(path)
        mend = "Check the name. The receipt is the file that was stored on the day."
        content = bytes_of(file, what="There is no receipt.", mend=mend)
        receipt = read_strictly(content, cls, file.name)
        receipt._read = content
        return receipt

    def to_bytes(self) -> bytes:
        """Return the file's bytes: those read, else canonical JSON."""
        return self._read or canonical_json(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def is_before_lock(self) -> bool:
        """Whether it is said to have been received before the plan was locked: then one of the days is wrong.

        The lock's moment is in UTC and the receiver's day is local, so that a day between them says nothing.
        """
        return self.received_on < self.locked_on.date() - timedelta(days=1)

    def write(self, path: str | Path) -> Path:
        """Write the receipt; one that is there is never replaced.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        PlanError
            If a file of that name says something else.
        """
        file = Path(path)
        if file.exists() and file.read_bytes() != self.to_bytes():
            raise PlanError(
                "There is already a {file}, and it says something else.",
                where="{file}",
                mend="Choose another name with --output: a receipt that was stored is never replaced.",
                values={"file": file.name},
            )
        write_whole(file, self.to_bytes())
        return file

    def page(self, language: Language) -> str:
        """Return the receipt as a page of plain text for the archive.

        Parameters
        ----------
        language : {"sv", "en"}
            The language.

        Returns
        -------
        str
            Lines of at most 100 characters.
        """

        def told(code: str, /, **values: str) -> str:
            return say(f"receipt.{code}", language, **values)

        facts = "\n".join(f"{told(name)}\n    {text}" for name, text in self._lines(language).items())
        return f"{told('title')}\n\n{facts}\n\n{told('means')}\n{told('digest', digest=self.digest)}\n"

    def _lines(self, language: Language) -> dict[str, str]:
        none = say("receipt.none", language)
        return {
            "project": self.project,
            "borrower": self.borrower,
            "loan": none if self.loan_sek is None else f"{self.loan_sek:,} kr".replace(",", "\u00a0"),
            "locked_on": self.locked_on.isoformat(),
            "received_on": self.received_on.isoformat(),
            "received_by": self.received_by,
            "lock_digest": self.lock_digest,
            "plan_digest": self.plan_digest,
            "amendment_head": self.amendment_head or none,
            "ledger_head": self.ledger_head or none,
        }

    def __repr__(self) -> str:
        received = f"received {self.received_on} by {self.received_by}"
        return one_line("Receipt", repr(self.project), received, self.digest[:12])

    def _facts(self) -> Facts:
        lines = self._lines(current_language())
        return Facts(
            title=Message("shown.receipt.title", {"project": self.project}),
            rows=[(Message(f"receipt.{name}"), text) for name, text in lines.items() if name != "project"],
            warnings=[Message("shown.receipt.before_lock")] if self.is_before_lock else (),
        )


def receipt(
    plan: Plan | str | Path,
    *,
    received_by: str,
    received_on: date | None = None,
    ledger_head: str | None = None,
) -> Receipt:
    """Return the receipt of a locked plan.

    Parameters
    ----------
    plan : Plan or path
        The plan, with its lock and amendments beside it.
    received_by : str
        Who received it.
    received_on : date, optional
        When; today when left out.
    ledger_head : str, optional
        The head of the plan's ledger.

    Returns
    -------
    Receipt
        Ready to be written.

    Raises
    ------
    PlanError
        If the plan is not locked, has changed since it was locked or last amended, or was locked later than
        the day it is said to have been received.
    """
    plan = plan if isinstance(plan, Plan) else Plan.read(plan)
    lock = Lock.read(plan.folder / LOCK_NAME)
    chain = read_amendments(plan.folder, lock)
    if (chain[-1] if chain else lock).plan_digest != plan.digest:
        raise PlanError(
            "The plan is not the one that was locked or last amended, so there is nothing to receive.",
            where="{file}",
            mend="Restore the plan, or write an amendment that gives the reason: impactkit amend {file}.",
            values={"file": plan.file_name},
        )
    made = Receipt(
        project=plan.project.name,
        borrower=plan.project.borrower,
        loan_sek=plan.loan.granted_sek if plan.loan else None,
        lock_digest=lock.digest,
        plan_digest=plan.digest,
        amendment_head=chain[-1].digest if chain else None,
        ledger_head=ledger_head,
        locked_on=lock.locked_on,
        received_on=received_on or datetime.now().astimezone().date(),
        received_by=received_by,
    )
    if made.is_before_lock:
        raise PlanError(
            "The plan was locked on {locked}, after the day it is said to have been received, {received}.",
            where="received_on",
            mend="Give the day on which the locked plan was received.",
            values={"locked": lock.locked_on.date().isoformat(), "received": made.received_on.isoformat()},
        )
    return made
