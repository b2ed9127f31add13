"""The ledger: what was done to a plan and when, each line bound to the one before.

Alone it proves nothing: whoever writes it can write it anew. It is worth something once its head, 64 digits,
lies with somebody else: whatever comes later must then go on from there.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StrictInt

from impactkit.errors import PlanError, UsageError
from impactkit.plans.project import Text
from impactkit.plans.roster import Digest
from impactkit.plans.strict_file import read_strictly
from impactkit.provenance import canonical_json, write_whole
from impactkit.schema import Written
from impactkit.verification.manifest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

LEDGER_NAME = "plan.ledger.jsonl"
Kind = Literal["lock", "amend", "seal"]


class Entry(Written):
    """One thing that was done.

    Parameters
    ----------
    spec : "ikledger1"
        The form of the line.
    seq : int
        1 for the first.
    prev : str, optional
        SHA-256 of the line before, without its line break; None for the first.
    kind : {"lock", "amend", "seal"}
        What was done.
    digest : str
        SHA-256 of the file it made.
    time : datetime
        When, in UTC, by this computer's clock.
    actor : str
        Who, as stated.
    """

    spec: Literal["ikledger1"] = "ikledger1"
    seq: Annotated[StrictInt, Field(ge=1)]
    prev: Digest | None
    kind: Kind
    digest: Digest
    time: datetime
    actor: Text

    def line(self) -> bytes:
        """Return its line, without the line break."""
        return canonical_json(self.model_dump(mode="json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What was done to a plan, in order.

    Parameters
    ----------
    entries : tuple of Entry
        The first is number 1; each names the one before.
    """

    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> Ledger:
        """Read a ledger, strictly; a file that is not there is an empty one."""
        file = Path(path)
        return cls.of(file.read_bytes(), file=file.name) if file.is_file() else cls()

    @classmethod
    def of(cls, content: bytes, *, file: str = LEDGER_NAME) -> Ledger:
        """Return the ledger that a file's bytes hold.

        Parameters
        ----------
        content : bytes
            The file.
        file : str
            Its name in errors.

        Returns
        -------
        Ledger
            Empty when there is no line.

        Raises
        ------
        PlanError
            If a line is not the one that would have been written, or does not follow the one before it.
        """
        *lines, rest = content.split(b"\n")
        entries: list[Entry] = []
        prev = None
        for number, line in enumerate(lines, start=1):
            entry = read_strictly(line, Entry, f"{file}:{number}")
            if (entry.seq, entry.prev) != (number, prev) or entry.line() != line:
                raise _broken(file, number)
            entries.append(entry)
            prev = digest(line)
        if rest:
            raise _broken(file, len(lines) + 1)
        return cls(entries=tuple(entries))

    def to_bytes(self) -> bytes:
        """Return the file: a line an entry."""
        return b"".join(entry.line() + b"\n" for entry in self.entries)

    @property
    def heads(self) -> tuple[str, ...]:
        """The head after each entry: SHA-256 of its line."""
        return tuple(digest(entry.line()) for entry in self.entries)

    @property
    def head(self) -> str | None:
        """What to hand over: the last head; None when nothing was done."""
        return self.heads[-1] if self.entries else None

    def extends(self, head: str) -> bool:
        """Return whether it goes on from, or ends at, a head that somebody else has kept."""
        return head.strip().lower() in self.heads

    def digests(self, kind: Kind) -> tuple[str, ...]:
        """Return the digests of the files of one kind, in order."""
        return tuple(entry.digest for entry in self.entries if entry.kind == kind)


def head(path: str | Path) -> str | None:
    """Return the head of a ledger's file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    str or None
        64 hexadecimal digits; None when nothing was done yet.
    """
    return Ledger.read(path).head


def append(path: str | Path, *, kind: Kind, digest: str, actor: str, now: datetime | None = None) -> Ledger:
    """Write one more line.

    Parameters
    ----------
    path : str or Path
        The ledger; made when it is not there.
    kind : {"lock", "amend", "seal"}
        What was done.
    digest : str
        SHA-256 of the file it made.
    actor : str
        Who.
    now : datetime, optional
        When; the clock's time when left out.

    Returns
    -------
    Ledger
        As it stands in the file, which is replaced whole or not at all.

    Raises
    ------
    UsageError
        If somebody else is writing.
    PlanError
        If the ledger is broken.
    """
    file = Path(path)
    with _alone(file):
        before = Ledger.read(file)
        entry = Entry(
            seq=len(before.entries) + 1,
            prev=before.head,
            kind=kind,
            digest=digest,
            time=(now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0),
            actor=actor,
        )
        made = Ledger(entries=(*before.entries, entry))
        write_whole(file, made.to_bytes())
    return made


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep every other writer out: a file that only one can make."""
    guard = file.with_name(file.name + ".lock")
    try:
        handle = os.open(guard, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        raise UsageError(
            "Another program is writing {file}.",
            where="{guard}",
            mend="Try again. If no other program is running, one broke off: remove {guard} and try again.",
            values={"file": file.name, "guard": guard.name},
        ) from None
    os.close(handle)
    try:
        yield
    finally:
        guard.unlink(missing_ok=True)


def _broken(file: str, line: int) -> PlanError:
    return PlanError(
        "Line {line} of {file} does not follow the one before it.",
        where="{file}, line {line}",
        mend="Fetch the ledger again from where it was handed over; it is only ever added to.",
        values={"file": file, "line": line},
    )
