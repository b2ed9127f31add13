"""The manifest: what a bundle holds, with a digest of everything and without a clock."""

from __future__ import annotations

import hashlib
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
REQUIRED = frozenset({PLAN, RESULTS, REPORT, ENVIRONMENT})


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
    data : {"included", "withheld"}
        Whether the rows are in the bundle; they are when the plan says that they are public.
    rows : int or None
        How many rows the plan's data have; None where that would tell of few people.
    fingerprint : str, optional
        ``ikfp1`` of the rows; None when they are withheld, because a digest without a key would tell
        who guesses a row that the guess is right.
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
    data: Literal["included", "withheld"]
    rows: StrictInt | None
    fingerprint: Digest | None
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
