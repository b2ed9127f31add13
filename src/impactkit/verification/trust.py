"""Whom a reviewer trusts: OpenSSH's file of allowed signers, given by the reviewer, never by a bundle."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from impactkit.errors import UsageError, VerificationError
from impactkit.verification.signature import Signature, is_private, namespace_of

_MOST_BYTES = 2**20
_TIME = re.compile(r"(\d{8}|\d{12}|\d{14})(Z?)")
_FORMS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_LIST_OF_REVOKED = b"SSHKRL\n\x00"
_PUBLIC_ONLY = "Give a file with public keys only; a private key never leaves its owner."
_AS_OPENSSH = "Write each line as OpenSSH does: name@example.org ssh-ed25519 AAAA…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a reviewer brings along to tell friend from stranger.

    Parameters
    ----------
    signers : str or Path, optional
        A file of allowed signers.
    revoked : str or Path, optional
        A file of public keys that are trusted no longer, one a line.
    timestamp_roots : str or Path, optional
        The certificates of trusted time-stamping authorities, in PEM.
    """

    signers: str | Path | None = None
    revoked: str | Path | None = None
    timestamp_roots: str | Path | None = None

    @classmethod
    def of(cls, given: Trust | str | Path | None) -> Trust:
        """Return the trust that was given: a path is a file of allowed signers."""
        return given if isinstance(given, Trust) else cls(signers=given)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """One line of a file of allowed signers.

    Parameters
    ----------
    who : str
        The names or patterns of names that the line is about.
    key : bytes
        The public key, as OpenSSH encodes it.
    namespaces : str, optional
        Patterns of what the key may sign for; anything when None.
    valid_after, valid_before : datetime, optional
        When it is trusted; both ends count in.
    """

    who: str
    key: bytes
    namespaces: str | None = None
    valid_after: datetime | None = None
    valid_before: datetime | None = None


def trusted_keys(path: str | Path) -> tuple[TrustedKey, ...]:
    """Read a file of allowed signers.

    Parameters
    ----------
    path : str or Path
        The file, as ``ssh-keygen -Y verify -f`` reads it.

    Returns
    -------
    tuple of TrustedKey
        One for each line.

    Raises
    ------
    UsageError
        If there is no such file, it is none, or it holds a private key or a certificate authority. Lines are
        named by their number; nothing of them is repeated.
    """
    file = Path(path)
    return tuple(_trusted(line, number, file.name) for number, line in _lines(file))


def revoked_keys(path: str | Path) -> frozenset[bytes]:
    """Read a file of public keys that are trusted no longer.

    Parameters
    ----------
    path : str or Path
        The file: a public key a line, as ``ssh-keygen -Y verify -r`` reads it.

    Returns
    -------
    frozenset of bytes
        The keys, as OpenSSH encodes them.

    Raises
    ------
    UsageError
        If it is something else, such as a binary list of revoked keys.
    """
    file = Path(path)
    return frozenset(
        _key(parts[0], parts[1] if len(parts) > 1 else "", number, file.name)
        for number, line in _lines(file)
        if (parts := line.split())
    )


def trusted(
    signature: Signature, keys: Sequence[TrustedKey], revoked: frozenset[bytes], *, now: datetime
) -> TrustedKey:
    """Return the line by which a signature's key is trusted.

    Parameters
    ----------
    signature : Signature
        The signature; whether it fits the bundle is asked elsewhere.
    keys : sequence of TrustedKey
        Whom the reviewer trusts.
    revoked : frozenset of bytes
        Keys trusted no longer.
    now : datetime
        The time at which trust is asked: a signature carries none that could be believed.

    Returns
    -------
    TrustedKey
        The first that allows key, role and time, as with ``ssh-keygen -Y verify``.

    Raises
    ------
    VerificationError
        If none does, with the reason.
    """
    named = {"file": signature.file, "key": signature.fingerprint, "role": signature.role}
    if signature.key in revoked:
        raise _untrusted("The key {key} in {file} has been revoked.", named)
    of_key = [one for one in keys if one.key == signature.key]
    if not of_key:
        raise _untrusted("The key {key} in {file} is not in the trust file.", named)
    namespace = namespace_of(signature.role)
    of_role = [one for one in of_key if one.namespaces is None or fits(namespace, one.namespaces)]
    if not of_role:
        raise _untrusted("The key {key} in {file} is trusted, but not as {role}.", named)
    begun = [one for one in of_role if one.valid_after is None or one.valid_after <= now]
    if not begun:
        raise _untrusted("The key {key} in {file} is not trusted yet.", named)
    for one in begun:
        if one.valid_before is None or now <= one.valid_before:
            return one
    raise _untrusted("The key {key} in {file} is trusted no longer: its time is out.", named)


def fits(text: str, patterns: str) -> bool:
    """Return whether a text fits a list of patterns, as OpenSSH reads them.

    Parameters
    ----------
    text : str
        The text.
    patterns : str
        Patterns with commas between; ``*`` stands for anything, ``?`` for one sign, and one that begins with
        ``!`` refuses what it fits, whatever the others say.

    Returns
    -------
    bool
        Whether one fits and none refuses.

    Examples
    --------
    >>> fits("anna@a.se", "*@a.se"), fits("anna@a.se", "*@a.se,!anna@*")
    (True, False)
    """
    found = False
    for pattern in patterns.split(","):
        wanted = re.escape(pattern.removeprefix("!")).replace(r"\*", ".*").replace(r"\?", ".")
        if re.fullmatch(wanted, text, flags=re.DOTALL):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Return the lines that say something, with their numbers."""
    if not file.is_file():
        raise _usage("There is no file {name}.", file.name, mend="Check the name and the folder.")
    with file.open("rb") as stream:
        content = stream.read(_MOST_BYTES + 1)
    if is_private(content):
        raise _usage("{name} looks like a private key.", file.name, mend=_PUBLIC_ONLY)
    if content.startswith(_LIST_OF_REVOKED):
        what = "{name} is a binary list of revoked keys, which is not read."
        raise _usage(what, file.name, mend="Write the revoked public keys in a text file, one a line.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if len(content) > _MOST_BYTES or "\0" in text:
        raise _usage("{name} is no file of public keys.", file.name, mend=_AS_OPENSSH)
    for number, line in enumerate(re.split(r"\r?\n", text), start=1):
        if (said := line.strip(" \t")) and not said.startswith("#"):
            yield number, said


def _trusted(line: str, number: int, name: str) -> TrustedKey:
    from sshsig.allowed_signers import load_allowed_signers_file

    try:
        (parsed,) = load_allowed_signers_file(io.StringIO(line))
    except (ValueError, IndexError, NotImplementedError):
        raise _bad_line(number, name) from None
    options = parsed.options or {}
    if "cert-authority" in options:
        raise _usage(
            "Line {line} of {name} trusts a certificate authority, whose certificates are not checked.",
            name,
            mend="Write the public key of each signer on a line of its own.",
            line=number,
        )
    return TrustedKey(
        who=parsed.principals,
        key=_key(parsed.key_type, parsed.base64_key, number, name),
        namespaces=options.get("namespaces"),
        valid_after=_time(options.get("valid-after"), number, name),
        valid_before=_time(options.get("valid-before"), number, name),
    )


def _key(kind: str, encoded: str, number: int, name: str) -> bytes:
    """Return a public key's bytes, if they are of the kind that stands before them."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise _bad_line(number, name) from None
    said = kind.encode("utf-8")
    if not said or not key.startswith(len(said).to_bytes(4, "big") + said):
        raise _bad_line(number, name)
    return key


def _time(text: str | None, number: int, name: str) -> datetime | None:
    """Return a point in time as OpenSSH writes it: of this computer's zone, or of UTC with a Z."""
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        day = datetime.strptime(found[1], _FORMS[len(found[1])])
        return day.replace(tzinfo=UTC) if found[2] else day.astimezone()
    except (ValueError, OverflowError, OSError):
        raise _bad_line(number, name) from None


def _bad_line(number: int, name: str) -> UsageError:
    return _usage("Line {line} of {name} is not understood.", name, mend=_AS_OPENSSH, line=number)


def _usage(what: str, name: str, *, mend: str, **values: str | int) -> UsageError:
    return UsageError(what, where="{name}", mend=mend, values={"name": name, **values})


def _untrusted(what: str, values: dict[str, str]) -> VerificationError:
    return VerificationError(
        what,
        where="{file}",
        mend="Ask the signer by another way, such as a telephone call, which key is theirs.",
        values=values,
    )
