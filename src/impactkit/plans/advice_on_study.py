"""Advice on a study that has its follow-up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from impactkit.data.study import Study
from impactkit.data.study_part import study_with_outcome
from impactkit.errors import EstimationError, ImpactkitError, StudyError
from impactkit.evidence import Claim
from impactkit.evidence.case import Case
from impactkit.evidence.check import check
from impactkit.evidence.checks.series_length import SeriesLength
from impactkit.evidence.checks.too_few_clusters import TooFewClusters
from impactkit.evidence.circumstances import Circumstances, Declared
from impactkit.evidence.examine import Examined
from impactkit.evidence.grade import EvidenceGrade, grade
from impactkit.evidence.judge import judge_together
from impactkit.evidence.treated_after import would_have_been
from impactkit.evidence.verdict import Status
from impactkit.plans.additions import EARLIER, Addition
from impactkit.plans.advice import Advice, Option, ranked
from impactkit.plans.candidates import Candidate, Shape, considered, started
from impactkit.plans.effect_column import effect_column
from impactkit.wording import Message, current_language
from impactkit.wording.message import what_is_wrong

if TYPE_CHECKING:
    from impactkit.effects.estimator import Estimator

_NEEDED_GRADE = 3
_OF_A_PLAN = {"spillover", "displacement", "anticipation", "multiple_looks", "response_rate"}
_OF_THE_EFFECT = {"trend_sensitivity", "placebo_in_time", "attrition_bounds", "influence"}


def advice_on_study(study: Study, claim: Claim | None) -> Advice:
    """Return which designs a study allows, and what each would say of a claim that is true.

    Parameters
    ----------
    study : Study
        With its follow-up.
    claim : Claim, optional
        What designs are held against.

    Returns
    -------
    Advice
        The best design first.
    """
    shape = Shape.of(study)
    options = ranked([_option(candidate, study, shape, claim) for candidate in considered(shape)])
    return Advice(
        claim="" if claim is None else claim.id,
        options=options,
        additions=additions_by_rule(shape, grade=options[0].grade if options else 0),
    )


def additions_by_rule(shape: Shape, *, grade: int) -> tuple[Addition, ...]:
    """Return what is lacking by the house's own limits, the most helpful first.

    Parameters
    ----------
    shape : Shape
        What the study is like.
    grade : int
        The grade its best design can count on.

    Returns
    -------
    tuple of Addition
        With numbers from the checks that would otherwise lower the grade.
    """
    found = []
    fewest = TooFewClusters()
    if not shape.is_series and shape.n_treated and shape.n_comparison < fewest.comparison:
        values = {"has": shape.n_comparison, "needed": fewest.comparison, "donors": 39}
        lone = "one_treated" if shape.n_treated == 1 else "some"
        sentence = Message(f"advice.add.comparison.{lone}", values)
        found.append(Addition(kind="comparison_areas", sentence=sentence, grade=_NEEDED_GRADE))
    if 1 < shape.n_treated < fewest.treated:
        values = {"has": shape.n_treated, "needed": fewest.treated}
        found.append(
            Addition(
                kind="treated_areas",
                sentence=Message("advice.add.treated", values),
                grade=_NEEDED_GRADE,
            )
        )
    if shape.is_series and shape.n_before < SeriesLength().needed:
        values = {"has": shape.n_before, "needed": SeriesLength().needed}
        sentence = Message("advice.add.longer", values)
        found.append(Addition(kind="longer_series", sentence=sentence, grade=2))
    elif shape.is_over_time and 0 < shape.n_before < EARLIER:
        values = {"has": shape.n_before, "needed": EARLIER}
        sentence = Message("advice.add.earlier", values)
        found.append(Addition(kind="earlier_baseline", sentence=sentence, grade=grade))
    if shape.is_series:
        sentence = Message("advice.add.comparison.series")
        found.insert(0, Addition(kind="comparison_areas", sentence=sentence, grade=_NEEDED_GRADE))
    if shape.assignment != "lot" and not shape.is_series:
        found.append(Addition(kind="lottery", sentence=Message("advice.add.lottery"), grade=5))
    return tuple(found)


def refusal(method: str, error: ImpactkitError) -> Option:
    """Return a design that refused, with its reason.

    Parameters
    ----------
    method : str
        The estimator's slug.
    error : ImpactkitError
        What it said.

    Returns
    -------
    Option
        Not allowed.
    """
    why = what_is_wrong(error.troubles[0], current_language())
    return Option(
        method=method,
        is_allowed=False,
        ceiling=0,
        grade=0,
        reasons=(Message("advice.refused", {"why": why}),),
    )


def _option(candidate: Candidate, study: Study, shape: Shape, claim: Claim | None) -> Option:
    lacking = candidate.lacking(shape)
    method = candidate.method
    if lacking is not None:
        return Option(method=method, is_allowed=False, ceiling=0, grade=0, reasons=(lacking,))
    estimator = started(candidate, None, rule=shape.rule)
    verdicts: dict[int, Status] = {}
    try:
        found = _without_effect(study, estimator)
        graded = found.grade
        if claim is not None:
            verdicts, graded = _verdicts(study, estimator, found, claim)
    except (EstimationError, StudyError) as error:
        return refusal(method, error)
    return Option(
        method=method,
        is_allowed=True,
        ceiling=graded.ceiling,
        grade=graded.value,
        at_claim=verdicts.get(1),
        at_twice=verdicts.get(2),
        reasons=graded.reasons[1:] or graded.reasons[:1],
    )


def _without_effect(study: Study, estimator: Estimator) -> Examined:
    """Examine, but leave out checks that tell how large the effect is, or hang on it."""
    estimate = estimator.estimate(study)
    asked = tuple(found for found in check(study, estimate) if found.name not in _OF_THE_EFFECT)
    return Examined(estimate=estimate, checks=asked, grade=grade(estimate, asked))


def _verdicts(
    study: Study, estimator: Estimator, found: Examined, claim: Claim
) -> tuple[dict[int, Status], EvidenceGrade]:
    """Return the verdict should the estimate come out just at one and two times the claim, and the grade."""
    size = _in_unit(claim, study, found)
    plain = claim.model_copy(
        update={"relative": False, "minimum_effect": Decimal(repr(size)), "target": None, "subgroup": None}
    )
    multiples = (0,) if claim.is_of_margin else (1, 2)
    told: dict[int, Status] = {}
    moved = found
    for multiple in multiples:
        moved = _moved(study, estimator, found, claim=plain, effect=claim.direction * multiple * size)
        case = Case(claim=plain, estimate=moved.estimate, grade=moved.grade)
        told[max(multiple, 1)] = judge_together([case])[0].status
    return told, moved.grade


def _in_unit(claim: Claim, study: Study, found: Examined) -> float:
    size = float(claim.minimum_effect)
    if not claim.relative:
        return size
    return abs(would_have_been(study, found.estimate)) * size / 100


def _moved(study: Study, estimator: Estimator, found: Examined, *, claim: Claim, effect: float) -> Examined:
    start = np.nan if found.estimate.start is None else found.estimate.start
    column = effect_column(study, estimator, start)
    by = effect - found.estimate.interval.point
    moved = study_with_outcome(study, study.columns.outcome + by * column)
    return _examined(moved, estimator, claim)


def _examined(study: Study, estimator: Estimator, claim: Claim) -> Examined:
    """Examine as for a claim, but leave out what only a plan could have said."""
    said = Declared(
        circumstances=Circumstances(),
        direction=claim.direction,
        minimum_effect=float(claim.minimum_effect),
        change=claim.change,
    )
    estimate = estimator.estimate(study)
    asked = tuple(found for found in check(study, estimate, declared=said) if found.name not in _OF_A_PLAN)
    return Examined(estimate=estimate, checks=asked, grade=grade(estimate, asked))
