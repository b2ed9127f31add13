"""Drawn but not taking part: the effect on those whom the lot moved, beside that of being drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from impactkit.data.columns import Columns, Floats
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.further_terms import FurtherTerm, with_terms
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.interval import Interval, t_quantile
from impactkit.effects.kernels.fieller import RatioLimits, fieller
from impactkit.effects.trial_problem import TrialDesign, trial_problem
from impactkit.wording import Message, MessageValue

COMPLIERS = "complier effect"
_PER_CENT = 100.0
_NOBODY = 1e-9  # of the largest takeup: a difference no larger is rounding


def with_compliers(
    estimate: Estimate, columns: Columns, how: TrialDesign, *, inference: ClusterRobust
) -> Estimate:
    """Add the effect on those who took part because they were drawn.

    Parameters
    ----------
    estimate : Estimate
        The effect of being drawn, the headline.
    columns : Columns
        The rows of two arms; with ``takeup``, or the estimate is returned as it is.
    how : TrialDesign
        How the arms are compared.
    inference : ClusterRobust
        The standard errors.

    Returns
    -------
    Estimate
        With one more effect, and how many more of those drawn took part.

    Notes
    -----
    The effect of being drawn over the difference in takeup is the average effect of taking part on those whom
    the lot moved, if being drawn changes the outcome by taking part only and keeps nobody from it [1]_. It is
    two-stage least squares with the lot for an instrument. An effect ``b`` is inside Anderson and Rubin's
    limits when ``outcome - b takeup`` does not differ between the arms [2]_: the limits hold however few the
    lot moved, and have no end on a side where the data give none. With one instrument they are never empty.
    The p-value is that of the effect of being drawn.

    References
    ----------
    .. [1] Angrist, J. D., Imbens, G. W., & Rubin, D. B. (1996). Identification of causal effects using
       instrumental variables. *Journal of the American Statistical Association*, 91(434).
    .. [2] Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a
       complete system of stochastic equations. *Annals of Mathematical Statistics*, 20(1).
    """
    if columns.takeup is None or columns.treated is None:
        return estimate
    intervals, influence = _both(columns, how, inference)
    effect, moved = intervals
    largest = float(np.abs(columns.takeup).max())
    if not abs(moved.point) > _NOBODY * largest:
        return with_terms(estimate, [], warnings=[Message("estimate.nobody_moved")])
    point = effect.point / moved.point
    if effect.reason is not None:
        found = Interval.undefined(point, level=effect.level, reason=effect.reason)
        return with_terms(estimate, [_term(found)], warnings=[_first_stage(columns, moved)])
    limits = _limits(effect, moved, influence)
    low, high = (limits.low, limits.high) if limits.shape != "outside" else (-math.inf, math.inf)
    found = replace(effect, point=point, std_error=math.nan, df=math.nan, low=low, high=high)
    told = [_first_stage(columns, moved), *_unbounded(limits, effect.level)]
    return with_terms(estimate, [_term(found)], warnings=told)


def _both(
    columns: Columns, how: TrialDesign, inference: ClusterRobust
) -> tuple[tuple[Interval, Interval], Floats]:
    """Return the effects on outcome and takeup, and each cluster's contribution to their errors, (G, 2)."""
    assert columns.takeup is not None
    found = []
    for outcome in (columns.outcome, columns.takeup):
        problem = trial_problem(replace(columns, outcome=outcome), how)
        found.append(inference.infer(problem, problem.fit()))
    influence: Floats = np.column_stack([each.contributions.matrix[:, -1] for each in found])
    return (found[0].intervals[-1], found[1].intervals[-1]), influence


def _limits(effect: Interval, moved: Interval, influence: Floats) -> RatioLimits:
    """Return Anderson and Rubin's limits: degrees of freedom are the design's, whatever is the outcome."""
    variances = influence.T @ influence
    critical = t_quantile(0.5 + effect.level / 2, effect.df)
    return fieller(
        effect.point,
        moved.point,
        variances=np.diag(variances),
        covariance=float(variances[0, 1]),
        critical=float(critical),
    )


def _term(interval: Interval) -> FurtherTerm:
    return FurtherTerm(term=Term(name=COMPLIERS, interval=interval))


def _first_stage(columns: Columns, moved: Interval) -> Message:
    assert columns.takeup is not None and columns.treated is not None
    weight = np.ones(len(columns.takeup)) if columns.weight is None else columns.weight
    arms = (columns.treated, ~columns.treated)
    means = [float(np.average(columns.takeup[arm], weights=weight[arm])) for arm in arms]
    is_share = bool(((columns.takeup == 0) | (columns.takeup == 1)).all())
    scale = _PER_CENT if is_share else 1.0
    values: dict[str, MessageValue] = {
        "treated": means[0],
        "comparison": means[1],
        "more": scale * moved.point,
    }
    if moved.reason is not None:
        return Message(f"estimate.first_stage.{'share' if is_share else 'dose'}", values)
    values |= {"low": scale * moved.low, "high": scale * moved.high, "level": moved.level}
    return Message(f"estimate.first_stage.{'share' if is_share else 'dose'}_limits", values)


def _unbounded(limits: RatioLimits, level: float) -> tuple[Message, ...]:
    """Say it where the limits of the effect on those moved have no end on some side."""
    if limits.shape == "interval":
        return ()
    values: dict[str, MessageValue] = {"level": level}
    values |= {end: at for end, at in (("low", limits.low), ("high", limits.high)) if math.isfinite(at)}
    return (Message(f"estimate.compliers.{limits.shape}", values),)
