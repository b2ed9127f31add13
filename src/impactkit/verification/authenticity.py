"""The steps about authenticity: who stands behind a bundle, and since when it has been as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from impactkit.errors import ImpactkitError, Trouble, UsageError, VerificationError
from impactkit.verification import manifest as names
from impactkit.verification import timestamp as stamps
from impactkit.verification.attestation import MOST_ATTESTED, SUFFIX, Attestation
from impactkit.verification.bundle import Bundle
from impactkit.verification.custody import failed, step
from impactkit.verification.signature import (
    MOST_BYTES,
    ROLES,
    Signature,
    check_signature,
    read_signature,
)
from impactkit.verification.trust import Trust, TrustedKey, revoked_keys, trusted, trusted_keys
from impactkit.verification.verification import Step
from impactkit.wording import Message, MessageValue

_STAMP = ".tsr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What lies beside a bundle and what the reviewer holds against it.

    Parameters
    ----------
    path : Path
        The bundle.
    signatures : tuple of Path
        Signatures given beside those found by name.
    timestamp : Path, optional
        A time stamp given instead of one found by name.
    attestation : Path, optional
        An auditor's attestation given instead of one found by name.
    trust : Trust
        Whom the reviewer trusts.
    now : datetime
        When it is asked.
    """

    path: Path
    signatures: tuple[Path, ...] = ()
    timestamp: Path | None = None
    attestation: Path | None = None
    trust: Trust
    now: datetime

    @classmethod
    def of(cls, path: Path, given: Sequence[Path], *, trust: Trust, now: datetime) -> Beside:
        """Return what lies beside a bundle, each file told apart by how its name ends."""
        stamped = [file for file in given if file.name.endswith(_STAMP)]
        attested = [file for file in given if file.name.endswith(SUFFIX)]
        signed = [file for file in given if not file.name.endswith((_STAMP, SUFFIX, SUFFIX + ".sig"))]
        return cls(
            path=path,
            signatures=tuple(signed),
            timestamp=stamped[-1] if stamped else None,
            attestation=attested[-1] if attested else None,
            trust=trust,
            now=now,
        )

    def signature_files(self) -> tuple[Path, ...]:
        """Return the signatures given, and those that lie beside the bundle under its name."""
        beside = (self.path.with_name(f"{self.path.name}.{role}.sig") for role in ROLES)
        there = [*self.signatures, *(file for file in beside if file.is_file())]
        return tuple({file.resolve(): file for file in there}.values())

    def timestamp_file(self) -> Path | None:
        """Return the time stamp given, else the one that lies beside the bundle under its name."""
        beside = self.path.with_name(f"{self.path.name}{_STAMP}")
        return self.timestamp or (beside if beside.is_file() else None)


def signature(bundle: Bundle, beside: Beside) -> Step:
    """Ask who signed the bundle, in which role, and whether the reviewer trusts them.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    beside : Beside
        Its signatures and the reviewer's trust.

    Returns
    -------
    Step
        Fails when any signature is bad or of nobody trusted. Not checked when there is none, or nobody said
        whom to trust.

    Raises
    ------
    UsageError
        If a file that was given is not there, or the trust file cannot be read.
    """
    keys = trusted_keys(beside.trust.signers) if beside.trust.signers is not None else None
    revoked = revoked_keys(beside.trust.revoked) if beside.trust.revoked is not None else frozenset()
    read: list[Signature] = []
    told: list[Message] = []
    troubles: list[Trouble] = []
    for file in beside.signature_files():
        try:
            found = _sound(file, bundle.members[names.MANIFEST])
            by = trusted(found, keys, revoked, now=beside.now) if keys is not None else None
        except VerificationError as error:
            troubles += error.troubles
            continue
        read.append(found)
        told.append(_told(found, by))
    troubles += _twice(read)
    if troubles:
        return failed("signature", "bad", troubles)
    if not read:
        return step("signature", "not_checked", "none")
    if keys is None:
        return step("signature", "not_checked", "no_trust", signers=_listed(told))
    return step("signature", "pass", "trusted", signers=_listed(told))


def timestamp(bundle: Bundle, beside: Beside) -> Step:
    """Ask whether somebody outside saw the bundle's manifest, and when.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    beside : Beside
        Its time stamp and the certificates that the reviewer trusts.

    Returns
    -------
    Step
        Not checked when there is none, or nothing to check it with.

    Raises
    ------
    UsageError
        If a file that was given is not there, or the certificates cannot be read.
    """
    file, roots = beside.timestamp_file(), beside.trust.timestamp_roots
    if file is None:
        return step("timestamp", "not_checked", "none")
    if not stamps.can_be_read():
        return step("timestamp", "not_checked", "not_installed")
    token = content_of(file, most=stamps.MOST_BYTES)
    try:
        if roots is None:
            return step("timestamp", "not_checked", "no_roots", at=_written(stamps.claimed_at(token)))
        certificates = content_of(Path(roots), most=stamps.MOST_BYTES)
        at = stamps.stamped_at(bundle.members[names.MANIFEST], token, certificates)
    except VerificationError as error:
        return failed("timestamp", "bad", error.troubles)
    return step("timestamp", "pass", "stamped", at=_written(at))


def attestation(bundle: Bundle, beside: Beside) -> Step:
    """Ask whether somebody on the premises computed the bundle again from the rows.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    beside : Beside
        Their attestation, its signature and the reviewer's trust.

    Returns
    -------
    Step
        Not checked when there is none, or it is not signed by an auditor whom the reviewer trusts; it fails
        when it is of another bundle, was altered, or says that something does not hold.

    Raises
    ------
    UsageError
        If a file that was given is not there, or the trust file cannot be read.
    """
    lying = beside.path.with_name(beside.path.name + SUFFIX)
    file = beside.attestation or (lying if lying.is_file() else None)
    if file is None:
        return step("attestation", "not_checked", "none")
    content = content_of(file, most=MOST_ATTESTED)
    signed = file.with_name(file.name + ".sig")
    try:
        found = Attestation.read(content, file.name)
        by = _attested_by(signed, content, beside) if signed.is_file() else None
    except ImpactkitError as error:
        return failed("attestation", "bad", error.troubles)
    told: dict[str, str | int] = {"auditor": found.auditor, "on": found.on.isoformat(), "n": found.values}
    if found.manifest_sha256 != names.digest(bundle.members[names.MANIFEST]):
        return step("attestation", "fail", "other_bundle", **told)
    if not found.holds:
        return step("attestation", "fail", "fails", **told)
    if by is None:
        return step("attestation", "not_checked", "unsigned", **told)
    return step("attestation", "pass", "holds", **told)


def _attested_by(signed: Path, content: bytes, beside: Beside) -> TrustedKey | None:
    """Return who signed an attestation as auditor; None where nobody said whom to trust."""
    found = read_signature(content_of(signed, most=MOST_BYTES), signed.name)
    if found.role != "auditor":
        raise VerificationError(
            "{file} is signed as {role}, and its name says {named}.",
            where="{file}",
            mend="Ask for a signature in the right role; the role is a part of what is signed.",
            values={"file": signed.name, "role": found.role, "named": "auditor"},
        )
    check_signature(found, content)
    if beside.trust.signers is None:
        return None
    keys, gone = trusted_keys(beside.trust.signers), beside.trust.revoked
    return trusted(found, keys, revoked_keys(gone) if gone is not None else frozenset(), now=beside.now)


def content_of(file: Path, *, most: int) -> bytes:
    """Return a small file's content.

    Parameters
    ----------
    file : Path
        The file.
    most : int
        How many bytes are read, and one more.

    Returns
    -------
    bytes
        The content; longer than `most` if the file is.

    Raises
    ------
    UsageError
        If there is no such file.
    """
    if not file.is_file():
        raise UsageError(
            "There is no file {name}.",
            where="{folder}",
            mend="Check the name and the folder.",
            values={"name": file.name, "folder": str(file.parent)},
        )
    with file.open("rb") as stream:
        return stream.read(most + 1)


def _sound(file: Path, manifest: bytes) -> Signature:
    found = read_signature(content_of(file, most=MOST_BYTES), file.name)
    named = next((role for role in ROLES if file.name.endswith(f".{role}.sig")), found.role)
    if named != found.role:
        raise VerificationError(
            "{file} is signed as {role}, and its name says {named}.",
            where="{file}",
            mend="Ask for a signature in the right role; the role is a part of what is signed.",
            values={"file": file.name, "role": found.role, "named": named},
        )
    check_signature(found, manifest)
    return found


def _twice(read: Sequence[Signature]) -> list[Trouble]:
    """Return what is wrong when one key has signed in two roles: nobody vouches for themselves."""
    roles: dict[bytes, Signature] = {}
    found = []
    for one in read:
        first = roles.setdefault(one.key, one)
        if first.role != one.role:
            found.append(
                Trouble(
                    "The same key {key} has signed as {first} and as {role}.",
                    "{file}",
                    "Two roles need two people, each with a key of their own.",
                    {"file": one.file, "key": one.fingerprint, "first": first.role, "role": one.role},
                )
            )
    return found


def _told(found: Signature, by: TrustedKey | None) -> Message:
    role = Message(f"verify.role.{found.role}")
    if by is None:
        return Message("verify.signature.stranger", {"key": found.fingerprint, "role": role})
    values: dict[str, MessageValue] = {"who": by.who, "key": found.fingerprint, "role": role, "until": ""}
    if by.valid_before is not None:
        values["until"] = Message("verify.signature.until", {"on": _written(by.valid_before)})
    return Message("verify.signature.signer", values)


def _listed(told: Sequence[Message]) -> Message:
    """Return several signers as one message, so that they can be told in either language."""
    first, *more = told
    return Message("verify.signature.and", {"first": first, "second": _listed(more)}) if more else first


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
