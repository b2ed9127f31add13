"""A claim with all that its chances are found from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.verdict_chances import Rule
from impactkit.errors import PlanError
from impactkit.evidence import Claim
from impactkit.evidence.grade import EvidenceGrade, needs_baseline
from impactkit.plans.claim_power import MULTIPLES
from impactkit.plans.planned_study import PlannedStudy
from impactkit.plans.power_draws import Chain, Drawn
from impactkit.plans.power_formula import Precision
from impactkit.plans.power_grades import NEEDED, Graded

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

_RULES: dict[str, Rule] = {"no_harm": "no_harm", "no_effect": "no_effect"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """A claim with all that its chances are found from.

    Parameters
    ----------
    chain : Chain
        What the claim goes through.
    size : float
        What is claimed, above 0, in the outcome's unit.
    alpha : float
        The claim's share of the level, two-sided.
    grades : Graded
        The grade it can count on.
    precision : Precision, optional
        Where it can be written down; or
    found : Drawn, optional
        estimates of follow-ups without effect.
    """

    chain: Chain
    size: float
    alpha: float
    grades: Graded
    precision: Precision | None
    found: Drawn | None

    @property
    def claim(self) -> Claim:
        """The claim."""
        return self.chain.claim

    @property
    def rule(self) -> Rule:
        """The kind of claim."""
        return rule_of(self.claim)

    @property
    def m(self) -> float:
        """What the limits are held against, plus is good."""
        return -self.size if self.rule == "no_harm" else self.size

    @property
    def level(self) -> float:
        """Confidence level of the limits."""
        return 1 - self.alpha

    @property
    def first(self) -> Estimate:
        """One estimate of the design: its sample and its tests rest on the design alone."""
        return self.grades.cases[self.grades.goal][0].estimate

    @property
    def grade(self) -> EvidenceGrade:
        """The grade it can count on when the claim is true."""
        return self.grades.grade

    @property
    def drawn(self) -> Drawn:
        """The estimates, where there is no formula."""
        assert self.found is not None
        return self.found

    @property
    def can_be_told(self) -> bool:
        """Whether the permutation test can reject at all."""
        test = self.first.permutation
        return test is not None and test.smallest_p <= self.alpha / 2 * (1 + 1e-12)

    @property
    def has_baseline(self) -> bool:
        """Whether what the design rests on was recorded."""
        return self.chain.plan.data.baseline_kind != "none" or not needs_baseline(self.first)

    @property
    def is_assessable(self) -> bool:
        """Whether the design can tell an effect at all."""
        return self.grade.ceiling >= NEEDED and self.has_baseline

    @property
    def high_share(self) -> float:
        """How often the grade is high enough when the claim should be supported."""
        return self.grades.high_share(self.grades.goal, alpha=self.alpha)


def rule_of(claim: Claim) -> Rule:
    """Return the kind of a claim.

    Parameters
    ----------
    claim : Claim
        The claim.

    Returns
    -------
    {"improvement", "no_harm", "no_effect"}
        Which verdicts lie where.
    """
    return _RULES.get(claim.change, "improvement")


def goal_of(claim: Claim) -> float:
    """Return at which true effect a claim should be supported: at twice it, at none for a margin.

    Parameters
    ----------
    claim : Claim
        The claim.

    Returns
    -------
    float
        2 or 0, in claims.
    """
    return 2.0 if rule_of(claim) == "improvement" else 0.0


def size_of(claim: Claim, planned: PlannedStudy) -> float:
    """Return what is claimed in the outcome's unit.

    Parameters
    ----------
    claim : Claim
        The claim.
    planned : PlannedStudy
        The study to come; a claim in per cent is one of the treated mean before the start.

    Returns
    -------
    float
        Above 0.

    Raises
    ------
    PlanError
        If a claim in per cent has no baseline to be a share of.
    """
    size = float(claim.minimum_effect)
    if not claim.relative:
        return size
    treated = planned.study.columns.treated
    rows = planned.usable if treated is None else planned.usable & treated
    mean = float(planned.outcome[rows].mean()) if rows.any() else math.nan
    if planned.is_invented or not mean > 0:
        raise PlanError(
            'Claim "{claim}" is in per cent, and there is no baseline to take it of.',
            where='{file}, claim "{claim}"',
            mend="Put the baseline of those that are to get the project in the file.",
            values={"claim": claim.id, "file": "plan.toml"},
        )
    return size / 100 * mean


def effects_of(claim: Claim, size: float) -> Mapping[float, float]:
    """Return the true effects asked about, signed as the outcome moves, by multiple of the claim.

    Parameters
    ----------
    claim : Claim
        The claim; a margin is overstepped on the wrong side.
    size : float
        What is claimed, in the outcome's unit.

    Returns
    -------
    mapping of float to float
        At 0, half, one, one and a half and two times the claim.
    """
    sign = -1 if rule_of(claim) == "no_harm" else 1
    return {float(k): sign * claim.direction * k * size + 0.0 for k in np.asarray(MULTIPLES)}


def share_of(plan: Plan, claim: Claim) -> float:
    """Return the smallest share of alpha that a claim may have to do with.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.

    Returns
    -------
    float
        Alpha over the number of claims of its family; all of alpha outside.
    """
    alpha, everyone = float(plan.decision.alpha), plan.decision.family == "all"
    family = [each for each in plan.claims if everyone or each.role == "primary"]
    return alpha / len(family) if claim in family else alpha
