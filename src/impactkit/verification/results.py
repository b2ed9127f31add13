"""The record of an evaluation as a bundle holds it, and the page that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from impactkit.errors import UnsafeBundleError
from impactkit.evaluation import Evaluation
from impactkit.provenance import canonical_json, json_ready, strict_json
from impactkit.reporting.disclosure import ProtectedClaim, protected_claims
from impactkit.wording import Language

if TYPE_CHECKING:
    from impactkit.carried_out import CarriedOut
    from impactkit.plans import Lock, Plan

Record = dict[str, Any]


def record_of(evaluation: Evaluation, *, shown: Sequence[ProtectedClaim] | None = None) -> Record:
    """Return an evaluation's record, without what would tell about single rows when these are withheld.

    Parameters
    ----------
    evaluation : Evaluation
        The evaluation.
    shown : sequence of ProtectedClaim, optional
        What is told of its claims, where that is known already.

    Returns
    -------
    dict
        As results.json holds it: read back from its own bytes, so that what is compared is what is written.
    """
    record = evaluation.to_record()
    if not evaluation.plan.data.public:
        # A plain digest confirms a guessed file.
        record["data_digests"] = {}
    if not evaluation.plan.data.shows_units:
        claims = shown or protected_claims(evaluation.plan, evaluation.results)
        record["results"] = [claim.to_record() for claim in claims]
        if "payments" in record:
            payments = evaluation.paid_for(claims)
            record["payments"] = None if payments is None else payments.to_record()
        for told, one in zip(record.get("earlier", []), evaluation.earlier, strict=True):
            told["verdicts"] = _protected_verdicts(evaluation.plan, one.carried)
    return read_json(canonical_json(record), "results.json")


def _protected_verdicts(plan: Plan, carried: CarriedOut | None) -> list[Record]:
    """Return what an earlier plan said, as its own record has it, with what tells of few hidden."""
    told = protected_claims(plan, carried.results) if carried else ()
    return [
        {"claim": one.claim.id, "grade": one.grade.value, "verdict": json_ready(one.verdict)} for one in told
    ]


def lock_told(lock: Lock | None, shown: Sequence[ProtectedClaim]) -> Lock | None:
    """Return the lock if it may be passed on.

    Parameters
    ----------
    lock : Lock or None
        The lock.
    shown : sequence of ProtectedClaim
        What is told of the claims.

    Returns
    -------
    Lock or None
        None where there is none, it holds digests of what stays at home, or it counts units that the results
        do not.
    """
    if lock is None or not lock.tells_nothing:
        return None
    if lock.roster is None or lock.roster.n_treated is None:
        return lock
    return None if any({"arms", "units"} & claim.hidden for claim in shown) else lock


def rows_told(shown: Sequence[ProtectedClaim]) -> int | None:
    """Return how many rows the first claim has; None where that would tell of few people.

    Parameters
    ----------
    shown : sequence of ProtectedClaim
        What is told of the claims.

    Returns
    -------
    int or None
        As the manifest holds it.
    """
    first = shown[0]
    return None if {"rows", "left.aside"} & first.hidden else first.study.n_rows


def read_json(content: bytes, name: str) -> Record:
    """Return the object in a JSON file, strictly: no key twice, no nan, nothing but UTF-8.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name in errors.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    UnsafeBundleError
        If it is anything else.
    """
    try:
        found = strict_json(content)
        if not isinstance(found, dict):
            raise ValueError("no object")
        # Numbers beyond all bounds and half letters can be read, but never written.
        canonical_json(found)
    except (ValueError, RecursionError) as error:
        raise UnsafeBundleError(
            "{name} is not the JSON it should be: {reason}.",
            where="{name}",
            mend="Ask for the bundle again, as impactkit seal wrote it; never unpack this one.",
            values={"name": name, "reason": str(error)},
        ) from None
    return found


def rendered(evaluation: Evaluation, language: Language) -> bytes:
    """Return the report as one HTML file.

    Parameters
    ----------
    evaluation : Evaluation
        The evaluation.
    language : {"sv", "en"}
        The report's language.

    Returns
    -------
    bytes
        The file.
    """
    from impactkit.reporting.renderers.html import html

    # A manifest gives versions back in the order of their names.
    told = replace(evaluation, made_with=dict(sorted(evaluation.made_with.items())))
    if not evaluation.plan.data.public:
        told = replace(told, data_digests={})
    return html(told.report(language=language).document())
