"""Doubly robust effects: outcome regressions corrected by weighted residuals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.effects.kernels.arm_weights import EstimatedIndex, Target
from impactkit.effects.kernels.arrays import Flags, Floats
from impactkit.effects.kernels.outcome_model import OutcomeModel
from impactkit.effects.kernels.weighted_contrast import RowEffect


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observed:
    """What was seen.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        The outcome.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    weights : ndarray, shape (n,)
        Positive weights of the rows.
    """

    outcome: Floats
    treated: Flags
    weights: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nuisances:
    """What is learnt before the effect.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
        Of being treated, given the covariates.
    if_treated, if_not : ndarray, shape (n,)
        Expected outcome of each row with and without treatment.
    """

    probabilities: Floats
    if_treated: Floats
    if_not: Floats


def augmented(rows: Observed, nuisances: Nuisances, *, target: Target) -> RowEffect:
    """Return the doubly robust effect.

    Parameters
    ----------
    rows : Observed
        The rows.
    nuisances : Nuisances
        Chances and expected outcomes, best from rows other than those they are used on.
    target : {"att", "ate", "overlap"}
        Whose effect.

    Returns
    -------
    RowEffect
        The contributions are the efficient influence function; errors of the nuisances count only as far as
        their product does (`with_models` counts them wholly).

    Notes
    -----
    The effect is the sum of ``terms`` over the sum of ``masses``. With ``p`` the probability and ``e1``,
    ``e0`` the residuals from each regression: everyone ``m1 - m0 + d e1 / p - (1 - d) e0 / (1 - p)`` over 1
    [1]_; the treated ``(d - (1 - d) p / (1 - p)) e0`` over ``d``; overlap ``d (1 - p) e1 - (1 - d) p e0 +
    (d - p)^2 (m1 - m0)`` over ``(d - p)^2``, the efficient influence function of [2]_ solved for the effect.

    References
    ----------
    .. [1] Robins, J. M., Rotnitzky, A., & Zhao, L. P. (1994). Estimation of regression coefficients when some
       regressors are not always observed. *Journal of the American Statistical Association*, 89(427).
    .. [2] Crump, R. K., Hotz, V. J., Imbens, G. W., & Mitnik, O. A. (2006). Moving the goalposts: addressing
       limited overlap in the estimation of average treatment effects. NBER Technical Working Paper 330.

    Examples
    --------
    >>> rows = Observed(outcome=np.array([5.0, 7, 2, 4]), treated=np.arange(4) < 2, weights=np.ones(4))
    >>> learnt = Nuisances(probabilities=np.full(4, 0.5), if_treated=np.full(4, 6.0), if_not=np.full(4, 3.0))
    >>> augmented(rows, learnt, target="ate").point
    3.0
    """
    terms, masses = (rows.weights * part for part in _parts(rows, nuisances, target))
    total = float(masses.sum())
    point = float(terms.sum()) / total
    high = _treated_mean(rows, nuisances, target)
    return RowEffect(point=point, influence=(terms - point * masses) / total, means=(high, high - point))


def _parts(rows: Observed, learnt: Nuisances, target: Target) -> tuple[Floats, Floats]:
    y, treated = rows.outcome, rows.treated
    p, d = learnt.probabilities, treated.astype(np.float64)
    above, below = y - learnt.if_treated, y - learnt.if_not
    gap = learnt.if_treated - learnt.if_not
    if target == "att":
        return below * np.where(treated, 1.0, -p / (1 - p)), d
    if target == "ate":
        return gap + np.where(treated, above / p, -below / (1 - p)), np.ones(len(y))
    masses = (d - p) ** 2
    return np.where(treated, (1 - p) * above, -p * below) + masses * gap, masses


def _treated_mean(rows: Observed, learnt: Nuisances, target: Target) -> float:
    """Return what those the effect is about have with treatment."""
    y, treated, base = rows.outcome, rows.treated, rows.weights
    if target == "att":
        return float(base[treated] @ y[treated] / base[treated].sum())
    p = learnt.probabilities
    if target == "ate":
        corrected = learnt.if_treated + np.where(treated, (y - learnt.if_treated) / p, 0.0)
        return float(base @ corrected / base.sum())
    share = base * np.where(treated, 1 - p, 0.0)
    return float(share @ y / share.sum())


def with_models(
    found: RowEffect,
    rows: Observed,
    nuisances: Nuisances,
    *,
    models: tuple[OutcomeModel, OutcomeModel],
    index: EstimatedIndex,
    target: Target,
) -> RowEffect:
    """Count the estimation of parametric nuisances, which stays valid where one of the models is wrong.

    Parameters
    ----------
    found : RowEffect
        Of `augmented`, on the same rows the models were fitted on.
    rows : Observed
        The rows.
    nuisances : Nuisances
        What the models predict.
    models : tuple of OutcomeModel
        Regressions of the treated and of the others.
    index : EstimatedIndex
        The log odds of the probabilities; its ``slopes`` are not used.
    target : {"att", "ate", "overlap"}
        Whose effect.

    Returns
    -------
    RowEffect
        The same point, with the contributions of the stacked estimating equations.
    """
    above, below = models
    by_treated, by_others, by_index = _derivatives(found.point, rows, nuisances, target)
    masses = _parts(rows, nuisances, target)[1]
    share = rows.weights / float(rows.weights @ masses)
    tilt = (share * by_index) @ above.X
    influence = found.influence + above.carried(share * by_treated) + below.carried(share * by_others)
    influence += index.scores * (above.X @ (index.inverse @ tilt))
    return replace(found, influence=influence)


def _derivatives(
    point: float, rows: Observed, learnt: Nuisances, target: Target
) -> tuple[Floats, Floats, Floats]:
    """Return how each row's part moves with either regression and with the log odds."""
    p, d, treated = learnt.probabilities, rows.treated.astype(np.float64), rows.treated
    e1, e0 = rows.outcome - learnt.if_treated, rows.outcome - learnt.if_not
    if target == "att":
        odds = np.where(treated, 0.0, p / (1 - p))
        return np.zeros(len(p)), odds - d, -odds * e0
    if target == "ate":
        by_index = -np.where(treated, e1 * (1 - p) / p, e0 * p / (1 - p))
        return 1 - d / p, (1 - d) / (1 - p) - 1, by_index
    masses, gap = (d - p) ** 2, learnt.if_treated - learnt.if_not - point
    by_index = -p * (1 - p) * (np.where(treated, e1, e0) + 2 * (d - p) * gap)
    return masses - d * (1 - p), (1 - d) * p - masses, by_index
