"""What a plan says of one claim that its checks may need beside the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from impactkit.evidence import Claim
from impactkit.evidence.circumstances import Circumstances, Declared

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan


def declared(plan: Plan, claim: Claim) -> Declared:
    """Return what a plan says of a claim beside the data.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.

    Returns
    -------
    Declared
        What the plan leaves out was not assessed.
    """
    size = float(claim.minimum_effect)
    return Declared(
        circumstances=plan.circumstances or Circumstances(),
        direction=claim.direction,
        minimum_effect=math.nan if claim.relative else size,
        baseline_collected=plan.data.baseline_collected,
        follow_up_collected=plan.data.follow_up_collected,
        definition_break=(claim.accept or {}).get("definition_break"),
        is_public=plan.data.shows_units,
        change=claim.change,
        minimum_share=size / 100 if claim.relative else math.nan,
    )
