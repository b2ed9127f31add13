"""An evaluation of which everything may be shown: what reports, figures and bundles are made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.interval import Interval
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.claim import Claim
from impactkit.evidence.grade import EvidenceGrade
from impactkit.evidence.group_effects import ColumnEffects
from impactkit.evidence.treated_after import treated_after
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Plan
from impactkit.provenance import json_ready
from impactkit.reporting.disclosure.claim_cells import claim_cells
from impactkit.reporting.disclosure.claim_people import period_key
from impactkit.reporting.disclosure.figures import Figures
from impactkit.reporting.disclosure.protection import hidden_cells
from impactkit.reporting.disclosure.rules import is_small
from impactkit.reporting.disclosure.sentences import Hiding
from impactkit.reporting.disclosure.shown import (
    Disclosure,
    ShownAccount,
    ShownLeftOut,
    ShownMean,
    ShownSample,
)
from impactkit.reporting.disclosure.told_claim import Measured, ToldClaim
from impactkit.wording import Message

_LADDER = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""p-values are told as at most one of these where their fraction would tell how many units there are."""


class Carried(Measured, Protocol):
    """One claim carried from its study to its verdict."""

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """What was asked of its assumptions."""

    @property
    def grade(self) -> EvidenceGrade:
        """How far to trust it."""

    @property
    def verdict(self) -> Verdict:
        """What may be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedClaim:
    """One claim of which everything may be shown.

    Parameters
    ----------
    claim : Claim
        What was promised.
    study : Study
        For the names of its columns and periods only: its rows are not shown.
    estimate : Estimate
        The effect. What it says of means and sample is not shown: ``means`` and ``sample`` are.
    kept : tuple of int
        Which of its terms go into a record: effects of a start that few share do not.
    checks : tuple of CheckResult
        With what tells of few hidden.
    grade : EvidenceGrade
        With the same in its reasons.
    verdict : Verdict
        Likewise.
    means : tuple of ShownMean
        The groups' means.
    sample : ShownSample
        Rows, units and clusters.
    account : ShownAccount
        Rows read and left out.
    law : Message, optional
        What the permutation test drew, in words; None without one.
    n_assignments : int, optional
        How many assignments there were; None when hidden or without such a test.
    p_value : float
        The test's two-sided p-value of no effect; nan without one.
    hidden : frozenset of str
        The names of the cells that are hidden.
    groups : tuple of ColumnEffects
        The effect in declared groups; of those hidden nothing but their names.
    """

    claim: Claim
    study: Study
    estimate: Estimate
    kept: tuple[int, ...]
    checks: tuple[CheckResult, ...]
    grade: EvidenceGrade
    verdict: Verdict
    means: tuple[ShownMean, ...]
    sample: ShownSample
    account: ShownAccount
    law: Message | None
    n_assignments: int | None
    p_value: float
    hidden: frozenset[str]
    groups: tuple[ColumnEffects, ...] = ()

    @property
    def has_clusters(self) -> bool:
        """Whether its independent groups are neither its rows nor its units."""
        sample = self.estimate.sample
        return sample.n_clusters not in {sample.n_rows, sample.n_units}

    def to_record(self) -> dict[str, Any]:
        """Return every number and reason that may be shown, ready for JSON; what is hidden is None."""
        record = self.estimate.to_record()
        record |= {"influence": [], "means": json_ready(self.means), "sample": json_ready(self.sample)}
        kept = self.kept
        record["terms"] = [record["terms"][k] for k in kept]
        if record["covariance"]:
            record["covariance"] = [[record["covariance"][j][k] for k in kept] for j in kept]
        test = record["permutation"]
        if test is not None and self.law is not None:
            test |= {"law": self.law.to_record(), "p_value": self.p_value}
            if self.n_assignments is None:
                test |= {"n_assignments": None, "extreme": None}
        told: dict[str, Any] = {"checks": self.checks, "grade": self.grade, "verdict": self.verdict}
        if self.groups:
            told["groups"] = self.groups
        return {"claim": self.claim.id, "estimate": record, **json_ready(told)}


def protected_claims(plan: Plan, results: Sequence[Carried]) -> tuple[ProtectedClaim, ...]:
    """Return the claims of an evaluation with all hidden that would tell of single people.

    Parameters
    ----------
    plan : Plan
        The plan; it says whether the rows are public and what the smallest count shown is.
    results : sequence of Carried
        Every claim of it: they are protected together.

    Returns
    -------
    tuple of ProtectedClaim
        In the same order.
    """
    rule = Disclosure.of(plan)
    told = [ToldClaim.of(result) for result in results]
    hidden = hidden_names(told, rule.smallest)
    return tuple(_protected(result, rule, _of_claim(hidden, k), told[k]) for k, result in enumerate(results))


def hidden_names(told: Sequence[ToldClaim], threshold: int) -> frozenset[str]:
    """Return the cells of claims that are hidden.

    Parameters
    ----------
    told : sequence of ToldClaim
        All claims of a plan.
    threshold : int
        The smallest count shown; 0 hides nothing.

    Returns
    -------
    frozenset of str
        Names as `claim_cells` gives them, and ``<claim>.away`` where few came or went.
    """
    if not threshold:
        return frozenset()
    figures = Figures.of(*claim_cells(told))
    gone = hidden_cells(figures, threshold)
    few = figures.too_small(threshold) & ~figures.published
    away = {
        f"{name.split('|')[0]}.away"
        for name, is_few in zip(figures.names, few, strict=True)
        if is_few and "|away|" in name
    }
    return frozenset({name for name, is_gone in zip(figures.names, gone, strict=True) if is_gone} | away)


def _of_claim(hidden: frozenset[str], k: int) -> frozenset[str]:
    return frozenset(name.removeprefix(f"{k}.") for name in hidden if name.startswith(f"{k}."))


def _protected(result: Carried, rule: Disclosure, hidden: frozenset[str], told: ToldClaim) -> ProtectedClaim:
    estimate, study = result.estimate, result.study
    hiding = _hiding(result, rule, hidden, told)
    means, account = _means(told, hidden), _account(result, told, hidden)
    test = estimate.permutation
    coarse = hiding.arms and test is not None and test.is_exact
    verdict = _verdict(result.verdict, hiding, is_relative=result.claim.relative, is_coarse=coarse)
    p = math.nan if test is None else test.p_value()
    return ProtectedClaim(
        claim=result.claim,
        study=study,
        estimate=_estimate(estimate, hiding, any_hidden=any(mean.is_hidden for mean in means)),
        kept=_kept(estimate, study, rule.smallest),
        checks=tuple(map(hiding.check, result.checks)),
        grade=_grade(result.grade, hiding),
        verdict=verdict,
        means=means,
        sample=_sample(estimate, hiding, hidden, account),
        account=account,
        law=None if test is None else hiding.sentence(test.law),
        n_assignments=None if test is None or hiding.arms else test.n_assignments,
        p_value=_at_most(p, result.verdict.level) if coarse else p,
        hidden=hidden,
        groups=_groups(result, rule, hidden),
    )


def _groups(result: Carried, rule: Disclosure, hidden: frozenset[str]) -> tuple[ColumnEffects, ...]:
    if not rule.smallest:
        return result.groups
    return tuple(
        column.protected(
            frozenset(
                group.name for code, group in enumerate(column.groups) if f"groups.{at}.{code}" in hidden
            )
        )
        for at, column in enumerate(result.groups)
    )


def _hiding(result: Carried, rule: Disclosure, hidden: frozenset[str], told: ToldClaim) -> Hiding:
    if not rule.smallest:
        return Hiding()
    sample = result.estimate.sample
    enough = _clusters_hold_enough(result.study, rule.smallest)
    clusters = {sample.n_clusters, sample.n_treated_clusters, sample.n_comparison_clusters}
    return Hiding(
        threshold=rule.smallest,
        arms="arms" in hidden,
        changes=any(name == "away" or name.startswith("left") for name in hidden),
        level=_hides_level(result, told, hidden),
        n_treated=sample.n_treated,
        clusters=frozenset(clusters) if enough else frozenset(),
    )


def _clusters_hold_enough(study: Study, threshold: int) -> bool:
    """Return whether each cluster stands for enough people in each period in which it is seen."""
    columns = study.columns
    if columns.cluster is None:
        return False
    period = np.zeros(len(columns.cluster), dtype=np.int64) if columns.period is None else columns.period
    seen = np.bincount(columns.cluster * (int(period.max(initial=0)) + 1) + period)
    return not bool(is_small(seen, threshold).any())


def _hides_level(result: Carried, told: ToldClaim, hidden: frozenset[str]) -> bool:
    """Return whether the level of the treated in the last period would tell a hidden mean."""
    if result.verdict.reached is None and not result.claim.relative:
        return False
    columns = result.study.columns
    if told.is_of_one_course and any(name.startswith("means.") for name in hidden):
        return True
    if columns.period is None:
        return f"means.{period_key(None)}" in hidden
    rows = treated_after(result.study, start=result.estimate.start)
    return any(f"means.{period_key(time)}" in hidden for time in np.unique(columns.time[rows]).tolist())


def _means(told: ToldClaim, hidden: frozenset[str]) -> tuple[ShownMean, ...]:
    return tuple(
        ShownMean(
            group=mean.group,
            period=mean.period,
            period_name=mean.period_name,
            mean=None if _is_gone(told, mean.period, hidden) else mean.mean,
            n=None if _is_gone(told, mean.period, hidden) else mean.n,
        )
        for mean in told.means
    )


def _is_gone(told: ToldClaim, period: float | None, hidden: frozenset[str]) -> bool:
    return f"means.{'all' if told.is_of_one_course else period_key(period)}" in hidden


def _sample(estimate: Estimate, hiding: Hiding, hidden: frozenset[str], account: ShownAccount) -> ShownSample:
    sample, clusters = estimate.sample, hiding.clusters
    units = "units" in hidden
    # Clusters that are units or rows, or hold few people each, tell as much as units do.
    apart = bool(clusters)
    few = not apart and any(
        is_small(n, hiding.threshold) for n in (sample.n_treated_clusters, sample.n_comparison_clusters)
    )
    arms = hiding.arms or few
    return ShownSample(
        n_rows=None if "rows" in hidden else sample.n_rows,
        n_units=None if units else sample.n_units,
        n_treated=None if hiding.arms else sample.n_treated,
        n_clusters=sample.n_clusters if apart or not (units or few) else None,
        n_treated_clusters=sample.n_treated_clusters if apart or not arms else None,
        n_comparison_clusters=sample.n_comparison_clusters if apart or not arms else None,
        left_out=tuple(item.sentence for item in account.left_out),
    )


def _account(result: Carried, told: ToldClaim, hidden: frozenset[str]) -> ShownAccount:
    study = result.study
    read = study.n_rows + sum(item.n for item in study.left_out)
    left = []
    for k, item in enumerate(study.left_out):
        arms = f"left_arms.{k}" in hidden
        left.append(
            ShownLeftOut(
                reason=item.reason,
                n=None if f"left.{k}" in hidden else item.n,
                n_treated=None if arms else item.n_treated,
                n_comparison=None if arms else item.n_comparison,
            )
        )
    return ShownAccount(
        read=None if "read" in hidden else read,
        used=None if "rows" in hidden else told.n_used,
        has_aside=told.n_aside > 0,
        aside=None if "left.aside" in hidden else told.n_aside,
        left_out=tuple(left),
    )


def _estimate(estimate: Estimate, hiding: Hiding, *, any_hidden: bool) -> Estimate:
    if not hiding.threshold:
        return estimate
    built = estimate.counterfactual
    if built is not None:
        # Donors and placebos are single units: who they are and how they went is for whoever holds the rows.
        built = None if any_hidden else replace(built, weights=(), placebos=(), predictors=())
    alike = estimate.comparability
    if alike is not None:
        alike = alike.without_sizes(lambda n: is_small(n, hiding.threshold), hidden=any_hidden)
    return replace(
        estimate,
        comparability=alike,
        estimand=hiding.sentence(estimate.estimand),
        inference=hiding.sentence(estimate.inference),
        warnings=tuple(map(hiding.sentence, estimate.warnings)),
        terms=tuple(replace(term, interval=_interval(term.interval, hiding)) for term in estimate.terms),
        counterfactual=built,
    )


def _interval(found: Interval, hiding: Hiding) -> Interval:
    return found if found.reason is None else replace(found, reason=hiding.sentence(found.reason))


def _kept(estimate: Estimate, study: Study, threshold: int) -> tuple[int, ...]:
    return tuple(k for k, term in enumerate(estimate.terms) if not _is_of_few(term, study, threshold))


def _is_of_few(term: Term, study: Study, threshold: int) -> bool:
    """Return whether an effect is of a start that few people share: it would tell how these went."""
    columns = study.columns
    if term.group is None or columns.cohort is None:
        return False
    rows = columns.cohort == term.group
    if term.time is not None and columns.period is not None:
        rows &= columns.time == term.time
    return bool(is_small(int(rows.sum()), threshold))


def _grade(grade: EvidenceGrade, hiding: Hiding) -> EvidenceGrade:
    return replace(
        grade,
        reasons=tuple(map(hiding.sentence, grade.reasons)),
        open_questions=tuple(map(hiding.sentence, grade.open_questions)),
    )


def _verdict(verdict: Verdict, hiding: Hiding, *, is_relative: bool, is_coarse: bool) -> Verdict:
    if not hiding.threshold:
        return verdict
    told = replace(verdict, reasons=tuple(map(hiding.sentence, verdict.reasons)))
    if is_coarse:
        told = replace(told, permutation_p=_at_most(verdict.permutation_p, verdict.level))
    if not hiding.level:
        return told
    reached = None if told.reached is None else replace(told.reached, level=math.nan)
    # A share of what would have been gives the level away, and so does what the claim promised of it.
    threshold = math.nan if is_relative else told.threshold
    return replace(told, reached=reached, relative_point=math.nan, threshold=threshold)


def _at_most(p: float, level: float) -> float:
    """Return a round number that a p-value does not exceed, never crossing the level it is held against."""
    if math.isnan(p):
        return p
    return min(step for step in (*_LADDER, (1 - level) / 2) if p <= step * (1 + 1e-9))
