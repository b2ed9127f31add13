"""From a linear problem to an Estimate: solve, infer, assemble."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import assignment_of, chosen_in_words, cluster_names, group_means, sample_of
from impactkit.effects.estimate import Estimate, Measure, Term
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.inference import Permutation
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.assignment import AssignmentReduction
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.linear import LinearProblem, assignment_reduction
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
NUMBERS_AT_ONCE = 1 << 15
"""Regressors and outcomes that are built together, so that a block stays in the processor's cache."""


class Label(NamedTuple):
    """How one effect is named in a table.

    Parameters
    ----------
    name : str
        The term.
    event_time : float, optional
        Periods since the start.
    time : float, optional
        The period.
    group : float, optional
        The start of the cohort.
    measure : {"difference", "log_ratio", "ratio"}
        See `Term`.
    """

    name: str
    event_time: float | None = None
    time: float | None = None
    group: float | None = None
    measure: Measure = "difference"

    def term(self, interval: Interval) -> Term:
        """Return the effect of this name."""
        return Term(
            name=self.name,
            interval=interval,
            event_time=self.event_time,
            time=self.time,
            group=self.group,
            measure=self.measure,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One linear problem and the effects wanted from it.

    Parameters
    ----------
    problem : LinearProblem
        The regression.
    labels : tuple of Label
        Names of the last effects; effects before them are adjusted for but not reported.
    """

    problem: LinearProblem
    labels: tuple[Label, ...]


def answer(
    study: Study,
    columns: Columns,
    questions: Sequence[Question],
    *,
    settings: RegressionSettings,
    estimand: Message,
    test: PermutationTest | None,
) -> Estimate:
    """Solve the problems, find their uncertainty and put the estimate together.

    Parameters
    ----------
    study : Study
        The study.
    columns : Columns
        The rows used.
    questions : sequence of Question
        The first one's last effect is the headline.
    settings : RegressionSettings
        The estimator.
    estimand : Message
        What is estimated, in words.
    test : PermutationTest, optional
        The permutation test of the headline.

    Returns
    -------
    Estimate
        Whole and frozen.

    Raises
    ------
    EstimationError
        If the headline effect cannot be told apart from what is adjusted for.
    """
    found = [_solve(question, settings, test if i == 0 else None) for i, question in enumerate(questions)]
    terms = [term for terms, _, _ in found for term in terms]
    if math.isnan(terms[0].interval.point):
        raise EstimationError(
            "The effect cannot be told apart from the covariates or the fixed effects.",
            where="{outcome}",
            mend="Leave out covariates that say who is treated, or add rows where they differ.",
            values={"outcome": study.outcome},
        )
    influence = np.hstack([u.contributions.matrix for _, u, _ in found])
    dropped = dict.fromkeys(name for _, _, names in found for name in names)
    warnings = [*study.notes, *(w for _, u, _ in found for w in u.warnings)]
    warnings += [Message("estimate.dropped", {"name": name}) for name in dropped]
    sample = sample_of(study, columns)
    warnings += chosen_in_words(settings.inference, terms[0].interval, sample=sample, test=test)
    cohort = columns.by_unit.cohort
    start = math.inf if cohort is None else float(cohort.min())
    return Estimate(
        settings=settings.model_dump(mode="json"),
        outcome=study.outcome,
        estimand=estimand,
        terms=tuple(terms),
        inference=found[0][1].words,
        sample=sample,
        means=group_means(columns),
        start=start if math.isfinite(start) else study.start_value,
        adjusted_for=_adjusted_for(study, questions[0].problem, dropped),
        warnings=_distinct(warnings),
        contributions=Contributions.of(influence),
        covariance=_joint_covariance(found, influence),
        permutation=test,
        bootstrap=found[0][1].bootstrap,
        cluster_names=cluster_names(columns),
    )


def _adjusted_for(study: Study, problem: LinearProblem, dropped: Iterable[str]) -> tuple[str, ...]:
    gone = set(dropped)
    possible = (*study.covariates, *([study.pre_outcome] if study.pre_outcome else []))
    return tuple(name for name in possible if name in problem.names and name not in gone)


def _solve(
    question: Question, settings: RegressionSettings, test: PermutationTest | None
) -> tuple[list[Term], Uncertainty, tuple[str, ...]]:
    problem, wanted = question.problem, len(question.labels)
    fit = problem.fit()
    found = settings.inference.infer(problem, fit, test=test)
    intervals = found.intervals[-wanted:]
    terms = [label.term(interval) for label, interval in zip(question.labels, intervals, strict=True)]
    kept = Uncertainty(
        intervals=intervals,
        contributions=Contributions.of(found.contributions.matrix[:, -wanted:]),
        covariance=found.covariance[-wanted:, -wanted:],
        words=found.words,
        warnings=found.warnings,
        bootstrap=found.bootstrap,
    )
    return terms, kept, problem.dropped(fit)


def _joint_covariance(
    found: Sequence[tuple[list[Term], Uncertainty, tuple[str, ...]]], influence: Floats
) -> Floats:
    """Return each problem's own covariance, and between problems the product of their influences."""
    joint: Floats = influence.T @ influence
    at = 0
    for terms, uncertainty, _ in found:
        here = slice(at, at + len(terms))
        joint[here, here] = uncertainty.covariance
        at += len(terms)
    return joint


def _distinct(messages: Sequence[Message]) -> tuple[Message, ...]:
    kept: list[Message] = []
    for message in messages:
        if message not in kept:
            kept.append(message)
    return tuple(kept)


def permutation_in(settings: RegressionSettings) -> Permutation | None:
    """Return the permutation to run: the one that is the inference, or the one beside it.

    Parameters
    ----------
    settings : RegressionSettings
        The estimator.

    Returns
    -------
    Permutation or None
        Draws and seed.
    """
    return settings.inference if isinstance(settings.inference, Permutation) else settings.permutation


def permutation_test(
    columns: Columns, problem: LinearProblem, settings: RegressionSettings, *, base: int = -1
) -> PermutationTest | None:
    """Return the permutation test of one effect of a problem, if the settings ask for one.

    Parameters
    ----------
    columns : Columns
        The rows, in the problem's order.
    problem : LinearProblem
        The regression whose effect is permuted.
    settings : RegressionSettings
        Whether and how many times.
    base : int
        Which effect.

    Returns
    -------
    PermutationTest or None
        Lazy: nothing is drawn until a p-value is asked for.
    """
    if permutation_in(settings) is None:
        return None
    law = assignment_of(columns)
    part = assignment_reduction(problem, law.units, observed=law.treated, strata=law.strata, base=base)
    return drawn_test((part,), settings, law.law)


def drawn_test(
    parts: tuple[AssignmentReduction, ...], settings: RegressionSettings, law: Message
) -> PermutationTest | None:
    """Return a permutation test on reduced parts, if the settings ask for one.

    Parameters
    ----------
    parts : tuple of AssignmentReduction
        Sums by assignment unit.
    settings : RegressionSettings
        Whether and how many times.
    law : Message
        The law of assignment, in words.

    Returns
    -------
    PermutationTest or None
        Lazy: nothing is drawn until a p-value is asked for.
    """
    permuted = permutation_in(settings)
    if permuted is None:
        return None
    return PermutationTest(parts=parts, draws=permuted.draws, seed=permuted.seed, law=law)
