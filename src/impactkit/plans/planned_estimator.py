"""The plan's estimator, with the level and the seed that the plan fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from impactkit.evidence import Claim

if TYPE_CHECKING:
    from pydantic import BaseModel

    from impactkit.effects.estimator import Estimator
    from impactkit.plans.plan import Plan


def planned_estimator(plan: Plan, claim: Claim) -> Estimator:
    """Return the plan's estimator with the level and the seed that the plan fixes.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        The claim it is to estimate the effect for.

    Returns
    -------
    Estimator
        So that nobody chooses a seed.
    """
    settings = plan.estimator
    fixed = {"level": 1 - float(plan.decision.alpha), "seed": plan.seed_for(claim.id)}
    parts = {name: getattr(settings, name, None) for name in ("inference", "permutation")}
    planned = {name: _with(part, fixed) for name, part in parts.items() if part is not None}
    return cast("Estimator", _with(settings, fixed).model_copy(update=planned))


def _with(settings: BaseModel, fixed: dict[str, float]) -> BaseModel:
    """Return settings with those of the fixed values that they have a place for."""
    known = type(settings).model_fields
    return settings.model_copy(update={name: value for name, value in fixed.items() if name in known})
