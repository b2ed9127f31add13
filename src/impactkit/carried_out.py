"""One plan carried out on its data: every claim estimated, checked, graded and judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.ruled import ruled
from impactkit.errors import PlanError, StudyError, Trouble
from impactkit.evidence.case import Case
from impactkit.evidence.case_of import case_of
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.claim import Claim
from impactkit.evidence.conclusion import Conclusion, conclude
from impactkit.evidence.declared_groups import AskedOf, declared_groups
from impactkit.evidence.examine import examine
from impactkit.evidence.family import Multiplicity
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.group_effects import ColumnEffects
from impactkit.evidence.judge import judge_together
from impactkit.evidence.lowered import (
    Bound,
    amended_after_data,
    is_lowered,
    lowered,
    lowered_conclusion,
    unjudged,
)
from impactkit.evidence.treated_after import treated_after
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Plan
from impactkit.plans.averages import Averages
from impactkit.plans.claim_rows import ClaimRows, claim_rows
from impactkit.plans.declared import declared
from impactkit.plans.lock import Priority
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.provenance import json_ready
from impactkit.wording import Message
from impactkit.wording.progress import progressed


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """One claim, carried from its study to its verdict.

    Parameters
    ----------
    claim : Claim
        What was promised.
    study : Study
        The rows and roles it was measured on.
    estimate : Estimate
        The effect.
    checks : tuple of CheckResult
        What was asked of its assumptions.
    grade : EvidenceGrade
        How far to trust it.
    verdict : Verdict
        What may be said.
    rows : ClaimRows, optional
        What the study was made of.
    groups : tuple of ColumnEffects
        The effect in the groups that the plan declares, for a primary claim about everybody.
    """

    claim: Claim
    study: Study
    estimate: Estimate
    checks: tuple[CheckResult, ...]
    grade: EvidenceGrade
    verdict: Verdict
    rows: ClaimRows | None = None
    groups: tuple[ColumnEffects, ...] = ()

    @property
    def averages(self) -> Averages | None:
        """The averages over areas that the study was made of, where the plan asks for them."""
        return None if self.rows is None else self.rows.averages

    def to_record(self) -> dict[str, Any]:
        """Return every number and reason, ready for JSON."""
        record = {
            "claim": self.claim.id,
            "estimate": self.estimate,
            "checks": self.checks,
            "grade": self.grade,
            "verdict": self.verdict,
        }
        made_of = self.averages
        if made_of is not None:
            counted = {"answers": made_of.n_answers, "missing": made_of.n_missing, "fewest": made_of.fewest}
            record["averaged"] = counted
        if self.groups:
            record["groups"] = self.groups
        return dict(json_ready(record))


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """A plan carried out.

    Parameters
    ----------
    plan : Plan
        What was promised.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan was made before the follow-up.
    results : tuple of ClaimResult
        In the order of the plan's claims.
    cases : tuple of Case
        What each was judged by.
    """

    plan: Plan
    prior: Priority
    results: tuple[ClaimResult, ...]
    cases: tuple[Case, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts in the order of the claims."""
        return tuple(result.verdict for result in self.results)

    @property
    def conclusion(self) -> Conclusion:
        """What the primary claims say together; one that an earlier plan lowers, lowers it too."""
        decided = self.plan.decision
        rule, alpha = decided.conclusion or "all", float(decided.alpha)
        found = conclude(self.cases, self.verdicts, rule=rule, alpha=alpha, prior=self.prior)
        bounds = [
            Bound(status=verdict.status, reason=verdict.reasons[0], harm=verdict.harm)
            for case, verdict in zip(self.cases, self.verdicts, strict=True)
            if rule == "all" and case.claim.role == "primary" and is_lowered(verdict)
        ]
        return lowered_conclusion(found, bounds)

    def bounded(self, bounds: dict[str, Sequence[Bound]]) -> CarriedOut:
        """Return it with no verdict more favourable than the bounds of its claim."""
        told = tuple(
            replace(result, verdict=lowered(result.verdict, bounds[result.claim.id]))
            for result in self.results
        )
        return replace(self, results=told)

    def with_groups(self, planned: frozenset[str]) -> CarriedOut:
        """Return it with effects by declared group, for the primary claims about everybody.

        Parameters
        ----------
        planned : frozenset of str
            The columns that were declared before the follow-up.

        Returns
        -------
        CarriedOut
            The same where the plan declares no groups.
        """
        asked = [r for r in self.results if _is_asked_by_group(self.plan, r.claim)]
        if not asked:
            return self
        found = declared_groups(
            [AskedOf(r.study, planned_estimator(self.plan, r.claim)) for r in asked],
            level=1 - float(self.plan.decision.alpha),
            planned=planned,
        )
        groups = {r.claim.id: columns for r, columns in zip(asked, found, strict=True)}
        told = tuple(replace(r, groups=groups.get(r.claim.id, ())) for r in self.results)
        return replace(self, results=told)

    def unjudged(self) -> CarriedOut:
        """Return it with everything computed and no claim judged: an exploratory run."""
        told = tuple(replace(result, verdict=unjudged(result.verdict)) for result in self.results)
        return replace(self, results=told)


def carry_out(
    plan: Plan,
    *,
    rows: Sequence[ClaimRows],
    prior: Priority,
    shown_by: Plan | None = None,
    n_late: int = 0,
) -> CarriedOut:
    """Estimate, check, grade and judge every claim of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    rows : sequence of ClaimRows
        What each claim is estimated on.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether it was made before the follow-up.
    shown_by : Plan, optional
        The plan that says what may be shown; this one when left out.
    n_late : int
        How many amendments made after the follow-up was seen led to this plan; each claim's grade is one
        lower when there is any.

    Returns
    -------
    CarriedOut
        With a verdict for every claim.

    Raises
    ------
    ImpactkitError
        With every fault at once. Nothing is estimated before all of it is right.
    """
    studies = studies_of(plan, rows)
    shown = shown_by or plan
    cases, checked = [], []
    pairs = zip(plan.claims, studies, strict=True)
    for claim, (study, others) in progressed(pairs, Message("progress.claims"), total=len(studies)):
        case, found = _case(plan, claim, (study, others), shown=shown, n_late=n_late)
        cases.append(case)
        checked.append(found)
    verdicts = judge_together(
        cases, alpha=float(plan.decision.alpha), prior=prior, multiplicity=_multiplicity(plan)
    )
    results = tuple(
        ClaimResult(
            claim=case.claim,
            study=study,
            estimate=case.estimate,
            checks=found,
            grade=case.grade,
            verdict=verdict,
            rows=each,
        )
        for case, (study, _), found, verdict, each in zip(
            cases, studies, checked, verdicts, rows, strict=True
        )
    )
    return CarriedOut(plan=plan, prior=prior, results=results, cases=tuple(cases))


def _case(
    plan: Plan, claim: Claim, studies: tuple[Study, Study | None], *, shown: Plan, n_late: int
) -> tuple[Case, tuple[CheckResult, ...]]:
    study, others = studies
    estimator = planned_estimator(plan, claim)
    said = replace(declared(plan, claim), is_public=shown.data.shows_units)
    found = examine(study, estimator, declared=said)
    if n_late:
        found = amended_after_data(found, n=n_late)
    has_baseline = plan.data.baseline_kind != "none"
    case = case_of(claim, study, estimator, examined=found, others=others, has_baseline=has_baseline)
    return _without_small_level(shown, case, study), found.checks


def _is_asked_by_group(plan: Plan, claim: Claim) -> bool:
    return bool(plan.data.subgroups) and claim.role == "primary" and claim.subgroup is None


def _without_small_level(plan: Plan, case: Case, study: Study) -> Case:
    """Return a case without the level of so few that it would tell of single ones."""
    asked = case.reached is not None or case.claim.relative
    if not asked or plan.data.shows_units or plan.decision.disclosure_off is not None:
        return case
    columns, rows = study.columns, treated_after(study, start=case.estimate.start)
    last = rows if columns.period is None else rows & (columns.time == columns.time[rows].max())
    if int(last.sum()) >= plan.decision.small_cell:
        return case
    # A share of what would have been gives the level away as well.
    hidden = None if case.reached is None else replace(case.reached, level=math.nan)
    return replace(case, reached=hidden, relative_point=math.nan)


def rows_of(plan: Plan, *, number: int | None = None) -> tuple[ClaimRows, ...]:
    """Return what every claim is estimated on, from the plan's files, or one error with all faults.

    Parameters
    ----------
    plan : Plan
        The plan, with its data beside it.
    number : int, optional
        Of an earlier plan; it knows its own files, so that nothing hangs on it here.

    Returns
    -------
    tuple of ClaimRows
        In the order of the claims.

    Raises
    ------
    StudyError
        With every fault.
    """
    found: list[ClaimRows] = []
    troubles: list[Trouble] = []
    try:
        frame = plan.frame()
    except PlanError as error:
        frame, troubles = plan.rows(), list(error.troubles)
    for claim in plan.claims:
        try:
            found.append(claim_rows(plan, claim, frame))
            if troubles:
                _studies(plan, claim, found[-1])
        except StudyError as error:
            troubles += [trouble for trouble in error.troubles if trouble not in troubles]
    if troubles:
        raise StudyError.of(troubles)
    return tuple(found)


def studies_of(plan: Plan, rows: Sequence[ClaimRows]) -> list[tuple[Study, Study | None]]:
    """Return every claim's study and that of its comparison, or one error with all their faults.

    Parameters
    ----------
    plan : Plan
        The plan.
    rows : sequence of ClaimRows
        What each claim is estimated on.

    Returns
    -------
    list of tuple of Study and Study or None
        In the order of the claims.

    Raises
    ------
    StudyError
        With every fault.
    """
    studies: list[tuple[Study, Study | None]] = []
    troubles: list[Trouble] = []
    for claim, each in zip(plan.claims, rows, strict=True):
        try:
            studies.append(_studies(plan, claim, each))
        except StudyError as error:
            troubles += [trouble for trouble in error.troubles if trouble not in troubles]
    if troubles:
        raise StudyError.of(troubles)
    return studies


def _studies(plan: Plan, claim: Claim, rows: ClaimRows) -> tuple[Study, Study | None]:
    roles = plan.roles(claim.id)
    compared = None if rows.others is None else ruled(Study(rows.others, **roles), plan.estimator)
    return ruled(Study(rows.rows, **roles), plan.estimator), compared


def _multiplicity(plan: Plan) -> Multiplicity:
    decided = plan.decision
    seed = plan.seed_for(plan.claims[0].id)
    return Multiplicity(method=decided.multiplicity, family=decided.family or "primary", seed=seed)
