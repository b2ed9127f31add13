"""The whole chain on one page: from a plan to verdicts. Everything is validated before anything is run."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.errors import ImpactkitError, PlanError, StudyError, Trouble
from impactkit.evidence.case import Case
from impactkit.evidence.case_of import case_of
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.claim import Claim
from impactkit.evidence.conclusion import Conclusion, conclude
from impactkit.evidence.examine import examine
from impactkit.evidence.family import Multiplicity
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.judge import judge_together
from impactkit.evidence.treated_after import treated_after
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Lock, Plan, prior
from impactkit.plans.declared import declared
from impactkit.plans.lock import Priority
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.plans.subgroup_rows import subgroup_rows
from impactkit.provenance import file_digest, json_ready, versions
from impactkit.wording import Language, Message, card

if TYPE_CHECKING:
    from impactkit.reporting.report import Report

LOCK_NAME = "plan.lock.json"


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
    """

    claim: Claim
    study: Study
    estimate: Estimate
    checks: tuple[CheckResult, ...]
    grade: EvidenceGrade
    verdict: Verdict

    def to_record(self) -> dict[str, Any]:
        """Return every number and reason, ready for JSON."""
        return dict(
            json_ready(
                {
                    "claim": self.claim.id,
                    "estimate": self.estimate,
                    "checks": self.checks,
                    "grade": self.grade,
                    "verdict": self.verdict,
                }
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A plan carried out: every claim with its verdict, and where the numbers come from.

    Parameters
    ----------
    plan : Plan
        What was promised.
    lock : Lock, optional
        The lock that stood beside the plan.
    prior : {"proved_prior", "claimed_prior", "not_prior"}
        Whether the plan was made before the follow-up.
    results : tuple of ClaimResult
        In the order of the plan's claims.
    conclusion : Conclusion
        What the primary claims say together.
    data_digests : dict of str to str
        SHA-256 of each data file.
    made_with : dict of str to str
        Versions.
    """

    plan: Plan
    lock: Lock | None
    prior: Priority
    results: tuple[ClaimResult, ...]
    conclusion: Conclusion
    data_digests: dict[str, str]
    made_with: dict[str, str]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts in the order of the claims."""
        return tuple(result.verdict for result in self.results)

    def report(self, *, language: Language | None = None) -> Report:
        """Return the report.

        Parameters
        ----------
        language : {"sv", "en"}, optional
            Its language; the plan's when left out.

        Returns
        -------
        Report
            Structured; `render` writes it.
        """
        from impactkit.reporting.report import report_of

        return report_of(self, language or self.plan.language)

    def to_record(self) -> dict[str, Any]:
        """Return every number and reason that a reviewer recomputes, ready for JSON."""
        return {
            "spec": "ikresults1",
            "plan_digest": self.plan.digest,
            "prior": self.prior,
            "results": [result.to_record() for result in self.results],
            "conclusion": json_ready(self.conclusion),
            "data_digests": self.data_digests,
        }

    def _repr_html_(self) -> str:
        rows = [(f"{v.claim} ({v.name})", v.reasons[0] if v.reasons else "") for v in self.verdicts]
        return card(Message("evaluation.title", {"project": self.plan.project.name}), rows)


def evaluate(plan: Plan | str | Path, *, lock: Lock | None = None) -> Evaluation:
    """Carry out a plan: read its data, estimate, check, grade and judge every claim.

    Parameters
    ----------
    plan : Plan or path
        The plan.
    lock : Lock, optional
        The plan's lock; the one beside the plan when left out.

    Returns
    -------
    Evaluation
        With a verdict for every claim.

    Raises
    ------
    ImpactkitError
        With every fault at once: of the data files, of the roles, or because the lock holds another plan.
        Nothing is estimated before all of it is right.
    """
    plan = plan if isinstance(plan, Plan) else Plan.read(plan)
    lock = lock or _lock_beside(plan)
    studies = _studies(plan)
    cases, checked = [], []
    for claim, (study, others) in zip(plan.claims, studies, strict=True):
        case, found = _case(plan, claim, study, others)
        cases.append(case)
        checked.append(found)
    when, alpha = prior(plan, lock), float(plan.decision.alpha)
    verdicts = judge_together(cases, alpha=alpha, prior=when, multiplicity=_multiplicity(plan))
    results = tuple(
        ClaimResult(
            claim=case.claim,
            study=study,
            estimate=case.estimate,
            checks=found,
            grade=case.grade,
            verdict=verdict,
        )
        for case, (study, _), found, verdict in zip(cases, studies, checked, verdicts, strict=True)
    )
    rule = plan.decision.conclusion or "all"
    return Evaluation(
        plan=plan,
        lock=lock,
        prior=when,
        results=results,
        conclusion=conclude(cases, verdicts, rule=rule, alpha=alpha, prior=when),
        data_digests={name: file_digest(plan.folder / name) for name in plan.data.files},
        made_with=versions(),
    )


def _case(
    plan: Plan, claim: Claim, study: Study, others: Study | None
) -> tuple[Case, tuple[CheckResult, ...]]:
    estimator = planned_estimator(plan, claim)
    found = examine(study, estimator, declared=declared(plan, claim))
    has_baseline = plan.data.baseline_kind != "none"
    case = case_of(claim, study, estimator, examined=found, others=others, has_baseline=has_baseline)
    return _without_small_level(plan, case, study), found.checks


def _without_small_level(plan: Plan, case: Case, study: Study) -> Case:
    """Return a case without the level of so few that it would tell of single ones."""
    asked = case.reached is not None or case.claim.relative
    if not asked or plan.data.public or plan.decision.disclosure_off is not None:
        return case
    columns, rows = study.columns, treated_after(study, start=case.estimate.start)
    last = rows if columns.period is None else rows & (columns.time == columns.time[rows].max())
    if int(last.sum()) >= plan.decision.small_cell:
        return case
    # A share of what would have been gives the level away as well.
    hidden = None if case.reached is None else replace(case.reached, level=math.nan)
    return replace(case, reached=hidden, relative_point=math.nan)


def _studies(plan: Plan) -> list[tuple[Study, Study | None]]:
    """Return every claim's study and that of its comparison, or one error with all their faults."""
    studies: list[tuple[Study, Study | None]] = []
    troubles: list[Trouble] = []
    try:
        frame = plan.frame()
    except PlanError as error:
        frame, troubles = plan.rows(), list(error.troubles)
    for claim in plan.claims:
        roles = plan.roles(claim.id)
        try:
            rows, others = subgroup_rows(claim, frame, file=plan.file_name)
            compared = None if others is None else Study(others, **roles)
            studies.append((Study(rows, **roles), compared))
        except StudyError as error:
            troubles += [trouble for trouble in error.troubles if trouble not in troubles]
    if troubles:
        raise StudyError.of(troubles)
    return studies


def _multiplicity(plan: Plan) -> Multiplicity:
    decided = plan.decision
    seed = plan.seed_for(plan.claims[0].id)
    return Multiplicity(method=decided.multiplicity, family=decided.family or "primary", seed=seed)


def _lock_beside(plan: Plan) -> Lock | None:
    path = plan.folder / LOCK_NAME
    if not path.is_file():
        return None
    lock = Lock.read(path)
    if lock.plan_digest != plan.digest:
        raise PlanError(
            "The plan has changed since it was locked.",
            where="{file} and {lock}",
            mend="Restore the locked plan, or write an amendment that gives the reason.",
            values={"file": plan.file_name, "lock": LOCK_NAME},
        )
    return lock


def problems(plan: Plan) -> tuple[Trouble, ...]:
    """Return all that keeps a plan from being evaluated, without estimating anything.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of Trouble
        Empty when it can be evaluated.
    """
    try:
        _lock_beside(plan)
        _studies(plan)
    except ImpactkitError as error:
        return error.troubles
    return ()
