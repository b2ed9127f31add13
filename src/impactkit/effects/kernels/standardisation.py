"""Effect by regressions of the outcome in each arm, averaged over those it is asked for."""

from __future__ import annotations

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.outcome_model import OutcomeModel
from impactkit.effects.kernels.weighted_contrast import RowEffect


def standardised(treated: OutcomeModel, comparison: OutcomeModel, population: Floats) -> RowEffect:
    """Average the difference of two regressions.

    Parameters
    ----------
    treated, comparison : OutcomeModel
        Regressions fitted in each arm.
    population : ndarray, shape (n,)
        What each row weighs in the average; 0 for rows that are not asked about.

    Returns
    -------
    RowEffect
        The contributions count both regressions and the rows averaged over, as the stacked estimating
        equations do [1]_.

    References
    ----------
    .. [1] Sjölander, A. (2016). Regression standardization with the R package stdReg. *European Journal of
       Epidemiology*, 31.

    Examples
    --------
    >>> import numpy as np
    >>> from impactkit.effects.kernels.outcome_model import outcome_model
    >>> y, d = np.array([5.0, 7, 2, 4]), np.array([True, True, False, False])
    >>> arms = [outcome_model(np.ones((4, 1)), y, rows=rows, weights=np.ones(4)) for rows in (d, ~d)]
    >>> standardised(*arms, np.ones(4)).point
    3.0
    """
    shares = population / population.sum()
    gaps = treated.predicted - comparison.predicted
    high, low = float(shares @ treated.predicted), float(shares @ comparison.predicted)
    influence = shares * (gaps - (high - low)) + treated.carried(shares) - comparison.carried(shares)
    return RowEffect(point=high - low, influence=influence, means=(high, low))
