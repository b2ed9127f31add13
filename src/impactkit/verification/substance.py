"""The steps about substance: whether all that was promised is there, and all that is said follows."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from impactkit.effects.estimate import Estimate
from impactkit.errors import ImpactkitError
from impactkit.evidence.bar import threshold
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.grade import grade
from impactkit.evidence.signed import limits_at
from impactkit.plans import Plan
from impactkit.provenance import canonical_json, number_from, versions
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.custody import failed, step
from impactkit.verification.difference import Difference
from impactkit.verification.earlier_claims import above_their_bounds
from impactkit.verification.fingerprint import changed_columns
from impactkit.verification.payments_told import odd_payments
from impactkit.verification.plan_rows import row_keys
from impactkit.verification.recompute import Recomputation
from impactkit.verification.results import Record, record_of, rendered
from impactkit.verification.verification import Step
from impactkit.wording import Message


def completeness(bundle: Bundle, plan: Plan | None) -> Step:
    """Ask whether every planned claim is in the results, and every data file of the plan in the bundle.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    plan : Plan or None
        Its plan.

    Returns
    -------
    Step
        Fails when a claim is left out, added or moved, or a file is left out or added.
    """
    if plan is None:
        return step("completeness", "fail", "no_plan")
    planned, told = [claim.id for claim in plan.claims], claims_in(bundle.results)
    if planned != told:
        odd = sorted(set(planned) ^ set(told)) or told
        return step("completeness", "fail", "claims", claims=", ".join(odd[:10]))
    if bundle.manifest.data == "included" and not plan.data.public:
        return step("completeness", "fail", "withheld")
    if bundle.manifest.data == "included" and set(plan.data.files) != bundle.data.keys():
        odd = sorted(set(plan.data.files) ^ bundle.data.keys())
        return step("completeness", "fail", "files", names=", ".join(odd[:10]))
    return step("completeness", "pass", "all", n=len(planned))


def claims_in(results: Record) -> list[str]:
    """Return the ids of the claims that results tell of, in their order.

    Parameters
    ----------
    results : dict
        What results.json says.

    Returns
    -------
    list of str
        The ids; ``?`` for what is no result.
    """
    told = results.get("results")
    return (
        [str(r.get("claim", "?")) if isinstance(r, dict) else "?" for r in told]
        if isinstance(told, list)
        else []
    )


def recomputation(bundle: Bundle, found: Recomputation) -> Step:
    """Ask whether the bundle's plan can be carried out on its data, and these are the rows that were sealed.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        What came of it.

    Returns
    -------
    Step
        Not checked when the data are withheld.
    """
    if bundle.manifest.data == "withheld" and found.plan is not None:
        n = bundle.manifest.rows
        if n is None:
            return step("recompute", "not_checked", "withheld_unsaid")
        return step("recompute", "not_checked", "withheld", n=n)
    if found.evaluation is None:
        return failed("recompute", "broken", found.troubles)
    changed = _changed_rows(bundle, found)
    if changed is not None:
        return changed
    if found.evaluation.results[0].study.n_rows != bundle.manifest.rows:
        return step("recompute", "fail", "other_rows")
    if bundle.manifest.data == "aggregates":
        return step("recompute", "pass", "averages", n=found.evaluation.results[0].study.n_rows)
    return step("recompute", "pass", "done", n=found.evaluation.results[0].study.n_rows)


def _changed_rows(bundle: Bundle, found: Recomputation) -> Step | None:
    """Return the step that names the columns which are not those sealed, or None if all are."""
    sealed, plan = bundle.manifest, found.plan
    here = found.digests
    if here is None or sealed.columns is None or plan is None:
        return None
    if (here.fingerprint, here.columns) == (sealed.fingerprint, sealed.columns):
        return None
    keys = row_keys(plan, here.columns)
    changed = changed_columns(sealed.columns, here.columns, key_columns=keys)
    if not changed:
        return step("recompute", "fail", "other_rows")
    code = "other_keys" if set(changed) & set(keys) else "other_columns"
    return step("recompute", "fail", code, n=len(changed), columns=", ".join(changed[:10]))


def numbers(found: Recomputation, differences: Sequence[Difference], n_compared: int) -> Step:
    """Ask whether every number the bundle claims is the one computed.

    Parameters
    ----------
    found : Recomputation
        What came of computing it again.
    differences : sequence of Difference
        Where the two differ.
    n_compared : int
        How many values were compared.

    Returns
    -------
    Step
        Fails with the first difference.
    """
    if found.evaluation is None:
        return step("numbers", "not_checked", "not_computed")
    wrong = [one for one in differences if not one.is_judgement]
    return _told("numbers", wrong) if wrong else step("numbers", "pass", "agree", n=n_compared)


def verdicts(bundle: Bundle, found: Recomputation, differences: Sequence[Difference]) -> Step:
    """Ask whether every grade and verdict follows from the numbers.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        What came of computing it again.
    differences : sequence of Difference
        Where the two differ.

    Returns
    -------
    Step
        With withheld data, fails when a verdict contradicts the numbers beside it, and is else not checked.
    """
    if found.evaluation is not None:
        wrong = [one for one in differences if one.is_judgement]
        return _told("verdict", wrong) if wrong else step("verdict", "pass", "follow")
    if bundle.manifest.data == "included" or found.plan is None:
        return step("verdict", "not_checked", "not_computed")
    try:
        odd = [
            r["claim"]
            for r in bundle.results["results"]
            if not _hangs_together(r, found.plan, bundle.results)
        ]
        locked = found.lock.plan if found.lock else {}
        odd += above_their_bounds(bundle.results, found.amendments or (), locked=locked)
        odd += odd_payments(bundle.results, found.plan)
    except (ImpactkitError, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return step("verdict", "fail", "unreadable")
    if odd:
        return step("verdict", "fail", "contradicts", claims=", ".join(dict.fromkeys(odd)))
    return step("verdict", "not_checked", "consistent")


def report(bundle: Bundle, found: Recomputation) -> Step:
    """Ask whether the report is, byte for byte, the one that plan and data give.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        What came of computing it again.

    Returns
    -------
    Step
        A report made with other versions that differs fails too, and the sentence names them. Where nothing
        but the drawing of the figures differs, and versions do, the figures are not checked: the numbers they
        show stand in the report's tables and words, which are.
    """
    if found.evaluation is None:
        return step("report", "not_checked", "not_computed")
    again = rendered(replace(found.evaluation, made_with=bundle.manifest.versions), bundle.manifest.language)
    sealed = bundle.members[names.REPORT]
    if again == sealed:
        return step("report", "pass", "same")
    here, there = versions(), bundle.manifest.versions
    other = sorted(name for name in here if here[name] != there.get(name))
    if other:
        told = ", ".join(f"{name} {there.get(name, '–')} / {here[name]}" for name in other)
        if _without_drawings(again) == _without_drawings(sealed):
            return step("report", "not_checked", "only_figures_differ", versions=told)
        return step("report", "fail", "differs_with_versions", versions=told)
    return step("report", "fail", "differs")


def _without_drawings(page: bytes) -> bytes:
    """Return a report without the lines its figures draw; titles, descriptions and labels stay."""

    def words(figure: re.Match[bytes]) -> bytes:
        told = re.findall(rb"<(title|desc|text)\b[^>]*>(.*?)</\1>", figure[0], flags=re.DOTALL)
        return b"\n".join(text for _, text in told)

    return re.sub(rb"<svg\b.*?</svg>", words, page, flags=re.DOTALL)


def record_again(found: Recomputation) -> Record:
    """Return the record of the recomputed evaluation, as a bundle would hold it.

    Parameters
    ----------
    found : Recomputation
        What came of computing it again.

    Returns
    -------
    dict
        Empty when nothing was computed.
    """
    return record_of(found.evaluation) if found.evaluation else {}


def _told(name: str, wrong: Sequence[Difference]) -> Step:
    first = wrong[0]
    values = {"where": first.where, "claimed": _plain(first.claimed), "recomputed": _plain(first.recomputed)}
    return step(name, "fail", "differ", n=len(wrong), **values)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else canonical_json(value).decode()


def _hangs_together(result: dict[str, Any], plan: Plan, results: Record) -> bool:
    """Return whether a grade and a verdict could follow from the numbers recorded beside them."""
    estimate, verdict = Estimate.from_record(result["estimate"]), result["verdict"]
    checks = [
        CheckResult(
            name=check["name"],
            passed=check["passed"],
            statistic=number_from(check["statistic"]),
            sentence=Message.from_record(check["sentence"]),
        )
        for check in result["checks"]
    ]
    graded = grade(estimate, checks)
    limits = limits_at(estimate, verdict["level"])
    same_limits = all(
        _close(number_from(verdict[end]), getattr(limits, end), limits.std_error)
        for end in ("point", "low", "high")
    )
    if (graded.value, graded.ceiling) != (
        result["grade"]["value"],
        result["grade"]["ceiling"],
    ) or not same_limits:
        return False
    return verdict["status"] != "supported" or _may_be_supported(result, plan, results)


def _may_be_supported(result: dict[str, Any], plan: Plan, results: Record) -> bool:
    verdict, claim = result["verdict"], plan.claim(result["claim"])
    ends = [claim.direction * number_from(verdict[end]) for end in ("low", "high")]
    size = threshold(claim)
    # A claim in per cent is held against estimates of its own, which the record does not hold.
    clears = claim.relative or min(ends) >= size
    if claim.change == "no_effect" and not claim.relative:
        clears = clears and max(ends) <= -size
    return bool(
        clears
        and number_from(verdict["permutation_p"]) <= (1 - verdict["level"]) / 2 * (1 + 1e-9)
        and result["grade"]["value"] >= 3
        and results["prior"] != "not_prior"
    )


def _close(claimed: float, recomputed: float, error: float) -> bool:
    if not (math.isfinite(claimed) and math.isfinite(recomputed)):
        return claimed == recomputed or (math.isnan(claimed) and math.isnan(recomputed))
    return abs(claimed - recomputed) <= 1e-8 * max(abs(recomputed), error if math.isfinite(error) else 0.0)
