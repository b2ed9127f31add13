"""The manifest: what a bundle holds, with a digest of everything and without a clock."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Literal

from pydantic import StrictInt

from impactkit.plans.roster import Digest
from impactkit.schema import Written
from impactkit.wording import Language

SPEC: Literal["ikbundle1"] = "ikbundle1"
MANIFEST = "MANIFEST.json"
PLAN = "plan/plan.toml"
LOCK = "plan/plan.lock.json"
RESULTS = "results.json"
REPORT = "report.html"
ENVIRONMENT = "environment.json"
DATA = "data/"
AVERAGES = "averages/"
COMMITMENT = "commitment.json"
Held = Literal["included", "aggregates", "withheld"]
RO_CRATE = "ro-crate-metadata.json"
DATA_PACKAGE = "datapackage.json"
DESCRIPTORS = frozenset({RO_CRATE, DATA_PACKAGE})
REQUIRED = frozenset({PLAN, RESULTS, REPORT, ENVIRONMENT}) | DESCRIPTORS
AMENDMENTS = "amendments/"
LEDGER = "ledger.jsonl"


class Member(Written):
    """One file in a bundle.

    Parameters
    ----------
    path : str
        Its name in the archive.
    sha256 : str
        Digest of its bytes.
    size : int
        How many bytes.
    """

    path: str
    sha256: Digest
    size: StrictInt


class Manifest(Written):
    """What a bundle holds.

    Parameters
    ----------
    spec : "ikbundle1"
        The form of the bundle.
    project : str
        The project's name.
    language : {"sv", "en"}
        The language of its report.
    data : {"included", "aggregates", "withheld"}
        Whether the rows are in the bundle; they may be when the plan says that they are public. Else the
        averages over areas that the numbers are computed from, or none of it.
    rows : int or None
        How many rows the plan's data have; None where that would tell of few people.
    fingerprint : str, optional
        ``ikfp1`` of the rows; None when they are withheld, because a digest without a key would tell
        who guesses a row that the guess is right.
    columns : dict of str to str, optional
        A digest of each column beside those that tell rows apart; None when the rows are withheld.
    plan_digest : str
        SHA-256 of the plan's content.
    lock_digest : str, optional
        SHA-256 of the lock's bytes: what was handed to the lender.
    results_digest : str
        SHA-256 of results.json.
    versions : dict of str to str
        What the numbers were made with.
    members : tuple of Member
        Every other file, in order.
    """

    spec: Literal["ikbundle1"] = SPEC
    project: str
    language: Language
    data: Held
    rows: StrictInt | None
    fingerprint: Digest | None
    columns: dict[str, Digest] | None
    plan_digest: Digest
    lock_digest: Digest | None
    results_digest: Digest
    versions: dict[str, str]
    members: tuple[Member, ...]


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes.

    Parameters
    ----------
    content : bytes
        The bytes.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> digest(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def members_of(contents: Mapping[str, bytes]) -> tuple[Member, ...]:
    """Return what a manifest says of its files.

    Parameters
    ----------
    contents : mapping of str to bytes
        Content by name.

    Returns
    -------
    tuple of Member
        Sorted by name.
    """
    return tuple(
        Member(path=name, sha256=digest(contents[name]), size=len(contents[name]))
        for name in sorted(contents)
    )


def prose(contents: Mapping[str, bytes]) -> str:
    """Return what people wrote in a bundle's files, the plan first.

    Parameters
    ----------
    contents : mapping of str to bytes
        Content by name.

    Returns
    -------
    str
        Plan, amendments and ledger, one after the other, without digests.

    Raises
    ------
    UnicodeDecodeError
        If one is not UTF-8.
    """
    told = [name for name in sorted(contents) if name.startswith(AMENDMENTS) or name == LEDGER]
    text = "\n".join(contents[name].decode("utf-8-sig") for name in (PLAN, *told))
    # A digest is nobody's number, and may look like one.
    return re.sub(r"\b[0-9a-f]{64}\b", "", text)
