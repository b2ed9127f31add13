"""Verifying a bundle: every number computed again by somebody else, on another machine, offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from impactkit.errors import ImpactkitError, UnsafeBundleError, UnsupportedVersionError
from impactkit.evidence.verdict import Status
from impactkit.plans.receipt import Receipt
from impactkit.verification import authenticity, custody, received, substance
from impactkit.verification.authenticity import Beside
from impactkit.verification.bundle import Bundle, open_bundle
from impactkit.verification.difference import Comparison, compare
from impactkit.verification.disclosed import disclosure
from impactkit.verification.received import Given
from impactkit.verification.recompute import Recomputation, recomputed
from impactkit.verification.results import Record
from impactkit.verification.trust import Trust
from impactkit.verification.verification import UNSAFE, UNSUPPORTED, Step, Verification
from impactkit.wording import Message

__all__ = ["Verification", "verify"]


def verify(
    path: str | Path,
    *,
    known_plan_digest: str | None = None,
    receipt: str | Path | None = None,
    known_head: str | None = None,
    beside: Sequence[str | Path] = (),
    trust: Trust | str | Path | None = None,
) -> Verification:
    """Verify a bundle: its files, its plan, and every number and word that follow from plan and data.

    Parameters
    ----------
    path : str or Path
        The bundle.
    known_plan_digest : str, optional
        What the reviewer was given when the plan was locked: the digest of the lock, or of the plan.
    receipt : str or Path, optional
        The reviewer's own receipt of the plan, never one that came with the bundle.
    known_head : str, optional
        The head of the ledger that the reviewer was given; the receipt's when left out.
    beside : sequence of str or Path
        What came with the bundle, more than is found beside it by name: signatures of its manifest
        (``bundle.zip.preparer.sig``), a time stamp of RFC 3161 (``.tsr``), an auditor's attestation
        (``.attestation.json``).
    trust : Trust, str or Path, optional
        Whom the reviewer trusts: OpenSSH's file of allowed signers, or that and more. Never from the bundle.

    Returns
    -------
    Verification
        Every step with its state, every difference, and an exit code. A malformed or dangerous bundle gives
        exit code 4 and one of an unknown form 5; nothing of it is used then.

    Raises
    ------
    UsageError
        If there is no such file, or the trust that was given cannot be read.
    PlanError
        If the receipt cannot be read.

    Notes
    -----
    Exit code 0 means that the report is what the plan and the data give. It does not mean that the effect is
    real: a bundle whose verdict is *contradicted* verifies as well as any.
    """
    given = Given(
        plan_digest=known_plan_digest,
        receipt=None if receipt is None else Receipt.read(receipt),
        head=known_head,
    )
    try:
        bundle = open_bundle(path)
    except UnsupportedVersionError as error:
        return _refused(error, UNSUPPORTED)
    except UnsafeBundleError as error:
        return _refused(error, UNSAFE)
    came = Beside.of(Path(path), list(map(Path, beside)), trust=Trust.of(trust), now=datetime.now(UTC))
    # Before the long computation: a mistaken file is told at once.
    vouched = tuple(
        ask(bundle, came)
        for ask in (authenticity.signature, authenticity.timestamp, authenticity.attestation)
    )
    with recomputed(bundle) as found:
        return _examined(bundle, found, given, vouched)


def _examined(bundle: Bundle, found: Recomputation, given: Given, vouched: Sequence[Step]) -> Verification:
    again = substance.record_again(found)
    held = compare(bundle.results, again) if again else Comparison(n_compared=0, differences=())
    steps = (
        custody.step("open", "pass", "safe"),
        custody.structure(bundle),
        custody.digests(bundle),
        custody.descriptions(bundle, found.plan),
        *vouched,
        custody.locked(bundle, found),
        received.handed_over(bundle, found, given),
        received.prior_to_data(bundle, found, given),
        received.ledger(bundle, found, given),
        substance.completeness(bundle, found.plan),
        substance.recomputation(bundle, found),
        substance.numbers(found, held.differences, held.n_compared),
        substance.verdicts(bundle, found, held.differences),
        substance.report(bundle, found),
        disclosure(bundle, found),
    )
    return Verification.of(steps, differences=held.differences, verdicts=_verdicts(again or bundle.results))


def _verdicts(record: Record) -> dict[str, str]:
    try:
        told = {str(result["claim"]): result["verdict"]["status"] for result in record["results"]}
        return {claim: status for claim, status in told.items() if status in get_args(Status)}
    except (KeyError, TypeError):
        return {}


def _refused(error: ImpactkitError, exit_code: int) -> Verification:
    code = "unsafe" if exit_code == UNSAFE else "unsupported"
    opened = Step(name="open", state="fail", sentence=Message(f"verify.open.{code}"), troubles=error.troubles)
    return Verification(steps=(opened,), verdicts={}, exit_code=exit_code)
