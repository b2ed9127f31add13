"""Does the effect in a group differ from that among the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import Interval
from impactkit.evidence.multiplicity import Effect, joint_correlation
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """The effect in a group less that among the others.

    Parameters
    ----------
    difference : Interval
        With its limits, in the outcome's unit.
    others : float
        The effect among the others.
    correlation : {"known", "unknown", "none"}
        Whether the two errors share clusters and it is known how they go together; where it is not known
        the widest limits that any correlation gives are taken.
    """

    difference: Interval
    others: float
    correlation: Literal["known", "unknown", "none"]

    @property
    def sentence(self) -> Message:
        """What it says of the difference."""
        found = self.difference
        values: dict[str, str | int | float | Message] = {
            "difference": found.point,
            "low": found.low,
            "high": found.high,
            "others": self.others,
        }
        if np.isnan(found.low):
            return Message("verdict.reason.interaction_unknown")
        is_shown = found.low > 0 or found.high < 0
        return Message(f"verdict.reason.interaction_{'shown' if is_shown else 'not_shown'}", values)


def interaction(group: Estimate, others: Estimate, *, share_clusters: bool) -> Interaction:
    """Return how the effect in a group differs from that among the others.

    Parameters
    ----------
    group, others : Estimate
        The effect in each, by the same estimator.
    share_clusters : bool
        Whether both have rows in the same clusters, so that their errors may go together.

    Returns
    -------
    Interaction
        By the standard errors of both, and the smaller degrees of freedom.

    Notes
    -----
    That one group's effect is shown and the other's is not says nothing of a difference [1]_.

    References
    ----------
    .. [1] Gelman, A., & Stern, H. (2006). The difference between "significant" and "not significant" is not
       itself statistically significant. *The American Statistician*, 60(4).
    """
    one, two = group.interval, others.interval
    point = one.point - two.point
    errors = (one.std_error, two.std_error)
    if not all(error > 0 for error in errors):
        reason = one.reason or two.reason or Message("estimate.no_standard_error")
        found = Interval.undefined(point, level=one.level, reason=reason)
        return Interaction(difference=found, others=two.point, correlation="unknown")
    kind: Literal["known", "unknown", "none"] = "none"
    shared = 0.0
    if share_clusters:
        joint = joint_correlation([Effect("group", group, 0), Effect("others", others, 0)])
        kind = "unknown" if joint is None else "known"
        shared = -1.0 if joint is None else float(joint[0, 1])
    variance = errors[0] ** 2 + errors[1] ** 2 - 2 * shared * errors[0] * errors[1]
    # The correlation is an estimate too: errors that cancel wholly are not believed.
    floor = (errors[0] - errors[1]) ** 2 + 1e-12 * max(errors) ** 2
    error = float(np.sqrt(max(variance, floor)))
    found = Interval.from_std_error(point, error, df=min(one.df, two.df), level=one.level)
    return Interaction(difference=found, others=two.point, correlation=kind)
