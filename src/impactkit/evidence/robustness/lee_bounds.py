"""The effect on those who stay, were the arm that lost less cut by its excess."""

from __future__ import annotations

from impactkit.data.study import Study
from impactkit.effects.kernels.lee_uncertainty import lee_bounds_with_errors
from impactkit.evidence.partly_known import Arms, PartlyKnown


def lee_bounds(study: Study, *, level: float = 0.95) -> PartlyKnown:
    """Return Lee's bounds of a lottery's effect on those who stay whether drawn or not.

    Parameters
    ----------
    study : Study
        A cross section with ``treated``; rows without an outcome are those lost.
    level : float
        Confidence level of the limits.

    Returns
    -------
    PartlyKnown
        Bounds of the difference in means, limits by Imbens and Manski, and ``in_words()``.

    Raises
    ------
    EstimationError
        If the study has periods, weights, chances of assignment or strata of which different shares were
        drawn, or lacks an arm.

    Notes
    -----
    They suppose that being drawn moves nobody both to stay and to leave [1]_. Strata are not looked
    at beyond that: each must have drawn the same share. The limits hold the effect with the level's
    chance, wherever it lies between the bounds [2]_.

    References
    ----------
    .. [1] Lee, D. S. (2009). Training, wages, and sample selection: estimating sharp bounds on treatment
       effects. *Review of Economic Studies*, 76(3).
    .. [2] Imbens, G. W., & Manski, C. F. (2004). Confidence intervals for partially identified parameters.
       *Econometrica*, 72(6).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> after = [5.0, 7, 6, 8, 3, 4, np.nan, 5]
    >>> frame = pd.DataFrame({"y": after, "drawn": [1, 1, 1, 1, 0, 0, 0, 0]})
    >>> found = lee_bounds(Study(frame, outcome="y", treated="drawn"))
    >>> round(found.low, 6), round(found.high, 6)
    (2.0, 3.0)
    """
    arms = Arms.of(study)
    y, d = arms.outcome, arms.treated
    return arms.told(lee_bounds_with_errors(y[d], y[~d], drawn=arms.drawn), "lee", level)
