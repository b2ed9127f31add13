"""From a study to a verdict as an evaluation goes, but asking only what can still change the verdict.

Checks can only lower a verdict. So those that cap a design are asked first, and the others only where the
verdict would be "supported". The permutation test, slow among what is left, is asked only where the limits
leave no effect out: below that the verdict does not rest on it. `in_full` asks everything, as `evaluate`
does; the two always give the same verdicts, and every run asks some draws both ways to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from impactkit.effects.estimate import Estimate
from impactkit.evidence.case import Case
from impactkit.evidence.check import asked_of
from impactkit.evidence.check_result import Check, CheckResult
from impactkit.evidence.examine import examine
from impactkit.evidence.grade import capping, grade
from impactkit.evidence.judge import judge_together
from impactkit.evidence.signed import SignedEffect
from impactkit.evidence.verdict import STATUSES, Status, Verdict
from impactkit.simulation.cell import Cell, Promise

ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One claim, carried from its study to its verdict.

    Parameters
    ----------
    promise : Promise
        The claim and its study.
    estimate : Estimate
        The effect.
    checks : tuple of CheckResult
        What was asked of its assumptions.
    value, ceiling : int
        Its grade, and the highest the design allows; lowered only by what was asked.
    unlowered : str
        The verdict before the checks that lower were asked.
    verdict : Verdict
        What may be said.
    """

    promise: Promise
    estimate: Estimate
    checks: tuple[CheckResult, ...]
    value: int
    ceiling: int
    unlowered: Status
    verdict: Verdict

    @property
    def failed(self) -> tuple[str, ...]:
        """The checks that failed among those that were asked."""
        return tuple(found.name for found in self.checks if found.passed is False)

    @property
    def is_named(self) -> bool:
        """Whether a reason against the verdict is told with it: a failed check, or one nobody could make."""
        return any(found.passed is False or found.is_open for found in self.checks)


def lazily(cell: Cell, promises: Sequence[Promise]) -> tuple[Judged, ...]:
    """Carry out one plan, asking only what can still change a verdict.

    Parameters
    ----------
    cell : Cell
        What the plan says.
    promises : sequence of Promise
        Its claims, with their studies.

    Returns
    -------
    tuple of Judged
        In the order of the claims.
    """
    estimates = [cell.estimator.estimate(promise.study) for promise in promises]
    parts, caps = asked_of(cell.estimator.method), capping()
    pairs = list(zip(promises, estimates, strict=True))
    asked = [{part.name: _ask(part, cell, pair) for part in parts if part.name in caps} for pair in pairs]
    first = _judge(cell, promises, estimates, asked)
    if all(verdict.status != "supported" for verdict in first):
        return _told(promises, estimates, asked, (first, first))
    for place, verdict in enumerate(first):
        if verdict.status == "supported":
            held = asked[place]
            asked[place] = {
                part.name: held[part.name] if part.name in held else _ask(part, cell, pairs[place])
                for part in parts
            }
    return _told(promises, estimates, asked, (first, _judge(cell, promises, estimates, asked)))


def in_full(cell: Cell, promises: Sequence[Promise]) -> tuple[Judged, ...]:
    """Carry out one plan, asking everything, as `impactkit.evaluate` does.

    Parameters
    ----------
    cell : Cell
        What the plan says.
    promises : sequence of Promise
        Its claims, with their studies.

    Returns
    -------
    tuple of Judged
        In the order of the claims.
    """
    found = [
        examine(promise.study, cell.estimator, declared=cell.declared(promise.claim)) for promise in promises
    ]
    cases = [
        Case(claim=promise.claim, estimate=one.estimate, grade=one.grade)
        for promise, one in zip(promises, found, strict=True)
    ]
    verdicts = judge_together(cases, alpha=ALPHA, prior=cell.prior)
    return tuple(
        Judged(
            promise=promise,
            estimate=one.estimate,
            checks=one.checks,
            value=one.grade.value,
            ceiling=one.grade.ceiling,
            unlowered=verdict.status,
            verdict=verdict,
        )
        for promise, one, verdict in zip(promises, found, verdicts, strict=True)
    )


def best(judged: Sequence[Judged]) -> Judged:
    """Return the claim with the most favourable verdict, the first of several.

    Parameters
    ----------
    judged : sequence of Judged
        All that was tried.

    Returns
    -------
    Judged
        One of them.
    """
    return min(judged, key=lambda one: STATUSES.index(one.verdict.status))


def _ask(part: Check, cell: Cell, pair: tuple[Promise, Estimate]) -> CheckResult:
    promise, estimate = pair
    return part.check(promise.study, estimate, declared=cell.declared(promise.claim))


def _judge(
    cell: Cell,
    promises: Sequence[Promise],
    estimates: Sequence[Estimate],
    asked: Sequence[dict[str, CheckResult]],
) -> tuple[Verdict, ...]:
    """Judge by the grades that the checks asked so far leave."""
    cases = [
        Case(claim=promise.claim, estimate=estimate, grade=grade(estimate, tuple(found.values())))
        for promise, estimate, found in zip(promises, estimates, asked, strict=True)
    ]
    if not any(_may_rest_on_permutation(case, len(cases)) for case in cases):
        cases = [replace(case, estimate=replace(case.estimate, permutation=None)) for case in cases]
    return judge_together(cases, alpha=ALPHA, prior=cell.prior)


def _may_rest_on_permutation(case: Case, n_claims: int) -> bool:
    """Return whether a verdict may depend on the permutation test.

    It does not where limits by t, at the level that Holm gives the first of all claims, reach down to no
    effect and to the claim: the first step then fails with any permutation p-value, as all levels after it.
    """
    effect = SignedEffect.of(case.claim, case.estimate, 1 - ALPHA / n_claims)
    if not effect.is_known:
        return n_claims > 1
    if not case.estimate.interval.std_error > 0 or case.estimate.bootstrap is not None:
        return True
    margin = float(case.claim.minimum_effect) if case.claim.change == "no_harm" else 0.0
    return effect.low > -margin


def _told(
    promises: Sequence[Promise],
    estimates: Sequence[Estimate],
    asked: Sequence[dict[str, CheckResult]],
    verdicts: tuple[tuple[Verdict, ...], tuple[Verdict, ...]],
) -> tuple[Judged, ...]:
    first, last = verdicts
    told = []
    for place, promise in enumerate(promises):
        checks = tuple(asked[place].values())
        graded = grade(estimates[place], checks)
        told.append(
            Judged(
                promise=promise,
                estimate=estimates[place],
                checks=checks,
                value=graded.value,
                ceiling=graded.ceiling,
                unlowered=first[place].status,
                verdict=last[place],
            )
        )
    return tuple(told)
