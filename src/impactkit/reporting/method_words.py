"""How the effect and its uncertainty were found, in plain words."""

from __future__ import annotations

import math

from impactkit.effects.estimate import Estimate
from impactkit.effects.permutation_test import PermutationTest
from impactkit.reporting.blocks import CheckLine
from impactkit.reporting.claim_report import GradeTold, MethodTold
from impactkit.reporting.evaluated import Telling
from impactkit.wording import Message, format_number

_COMPARED_CHANGES = ("parallel", "no_other_event", "no_anticipation", "no_spillover", "same_measure")
_LIKE_DONORS = ("donors_alike", "donors_untouched", "no_anticipation", "no_spillover", "same_measure")
_ALIKE = ("all_measured", "somebody_alike", "measured_before", "no_spillover", "same_measure")
_ASSUMPTIONS = {
    "augmented_synthetic_control": ("correction_holds", *_LIKE_DONORS),
    "before_after": ("nothing_else", "same_measure"),
    "continuous_dose": ("parallel", "doses_alike", *_COMPARED_CHANGES[1:]),
    "difference_in_differences": _COMPARED_CHANGES,
    "doubly_robust": (_ALIKE[0], "either_model", *_ALIKE[1:]),
    "extended_two_way_fixed_effects": _COMPARED_CHANGES,
    "g_computation": (_ALIKE[0], "outcome_model", *_ALIKE[1:]),
    "imputation": _COMPARED_CHANGES,
    "instrumental_variable": (
        "instrument_alone",
        "instrument_drawn",
        "instrument_one_way",
        "no_spillover",
        "same_measure",
    ),
    "matching": _ALIKE,
    "interrupted_time_series": ("same_course", "nothing_else_then", "no_anticipation", "same_measure"),
    "mixed_model": ("all_measured", "measured_before", "no_spillover", "same_measure"),
    "stacked_difference_in_differences": _COMPARED_CHANGES,
    "structural_time_series": ("same_course", "nothing_else_then", "no_anticipation", "same_measure"),
    "sun_abraham": _COMPARED_CHANGES,
    "synthetic_control": _LIKE_DONORS,
    "synthetic_difference_in_differences": ("weighted_parallel", *_LIKE_DONORS[1:]),
    "switching_difference_in_differences": _COMPARED_CHANGES,
    "staggered_difference_in_differences": _COMPARED_CHANGES,
    "weighting": _ALIKE,
    "triple_difference": ("gap_parallel", "no_spillover_within", *_COMPARED_CHANGES[1:]),
    "penalised_synthetic_control": _LIKE_DONORS,
    "randomised_trial": ("lot_kept", "dropout_alike", "no_spillover", "same_measure"),
    "regression_discontinuity": ("smooth_without", "score_not_moved", "nothing_else_there", "same_measure"),
}
_COUNTABLE = 10**9
_TURNED = ("inference.law.signs_of_rows", "inference.law.signs_of_clusters")
"""Tests that turn signs instead of giving the intervention to others."""


def method_told(telling: Telling) -> MethodTold:
    """Return how the effect was found.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    MethodTold
        Method, assumptions, inference and warnings.
    """
    estimate = telling.result.estimate
    return MethodTold(
        name=telling.say(f"method.{estimate.method}.name"),
        sentences=_sentences(telling),
        assumptions=tuple(telling.say(f"assumption.{name}") for name in _assumptions(telling)),
        inference=_inference(telling),
        warnings=tuple(message.text(telling.language) for message in estimate.warnings),
    )


def estimand(telling: Telling) -> str:
    """Return what is estimated, with the indicator's name in place of the column's.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    str
        A sentence.
    """
    found = telling.result.estimate.estimand
    name = telling.say("quoted", name=telling.name)
    return Message(found.code, {**found.values, "outcome": name}).text(telling.language) + "."


def grade_told(telling: Telling) -> GradeTold:
    """Return how far the estimate can be trusted.

    Parameters
    ----------
    telling : Telling
        The claim.

    Returns
    -------
    GradeTold
        With every check.
    """
    found, language = telling.result.grade, telling.language
    return GradeTold(
        value=found.value,
        title=Message("grade.title", {"value": found.value}).text(language),
        reasons=tuple(reason.text(language) for reason in found.reasons),
        checks=tuple(
            CheckLine(
                title=check.title.text(language),
                state=check.state.text(language),
                sentence=check.sentence.text(language),
                passed=check.passed,
            )
            for check in telling.result.checks
        ),
    )


def _assumptions(telling: Telling) -> tuple[str, ...]:
    method, study = telling.result.estimate.method, telling.result.study
    takes_part = method == "randomised_trial" and study.takeup is not None
    return (*_ASSUMPTIONS[method], *(("only_by_taking_part",) if takes_part else ()))


def _sentences(telling: Telling) -> tuple[str, ...]:
    estimate, study = telling.result.estimate, telling.result.study
    told = [telling.say(f"method.{estimate.method}.how")]
    if study.stratum is not None and estimate.method == "randomised_trial":
        told.append(telling.say("method.strata", column=study.stratum))
    if study.probability is not None and estimate.method == "randomised_trial":
        told.append(telling.say("method.chances", column=study.probability))
    if study.cluster is not None:
        told.append(telling.say("method.clusters", column=study.cluster))
    if study.weight is not None:
        told.append(telling.say("method.weights", column=study.weight))
    if estimate.adjusted_for:
        told.append(telling.say("method.adjusted", names=", ".join(estimate.adjusted_for)))
    return tuple(told)


def _inference(telling: Telling) -> tuple[str, ...]:
    estimate = telling.result.estimate
    told = [estimate.inference.text(telling.language) + "."]
    if math.isfinite(estimate.interval.df):
        df = format_number(estimate.interval.df, telling.language, decimals=int(estimate.interval.df < 30))
        told.append(telling.say("inference.df", df=df))
    told.append(telling.say("inference.level", level=telling.measure.percent(telling.result.verdict.level)))
    decided = telling.plan.decision
    family = [claim for claim in telling.plan.claims if decided.family == "all" or claim.role == "primary"]
    if len(family) > 1 and telling.result.claim in family:
        of = "_of_all" if decided.family == "all" else ""
        told.append(telling.say(f"inference.{decided.multiplicity}{of}", n=len(family)))
    return (*told, *_permutation(telling, estimate))


def _permutation(telling: Telling, estimate: Estimate) -> tuple[str, ...]:
    test, law = estimate.permutation, telling.result.law
    if test is None or law is None:
        return (telling.say("inference.no_permutation"),)
    turned = "_of_signs" if law.code in _TURNED else ""
    told = [
        telling.say(f"inference.permutation{turned}", law=law.text(telling.language)),
        _assignments(telling, test, telling.result.n_assignments),
    ]
    told.append(telling.say("inference.p_none", p=telling.result.p_value))
    one_sided = telling.result.verdict.permutation_p
    if not math.isnan(one_sided):
        kinds = {"no_harm": "p_margin", "no_effect": "p_margin_of_change"}
        kind = kinds.get(telling.result.claim.change, "p_claim")
        told.append(telling.say(f"inference.{kind}", p=one_sided))
    return tuple(told)


def _assignments(telling: Telling, test: PermutationTest, n_assignments: int | None) -> str:
    if n_assignments is None:
        return telling.say("inference.hidden_exact" if test.is_exact else "inference.hidden_drawn")
    if test.is_exact:
        return telling.say("inference.exact", n=n_assignments)
    if n_assignments > _COUNTABLE:
        return telling.say("inference.drawn_of_very_many", draws=test.draws)
    return telling.say("inference.drawn", draws=test.draws, n=n_assignments)
