"""When the choice of the treated was made, as a plan declares it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.data.period_value import period_value
from impactkit.evidence.circumstances import Declared

Floats = npt.NDArray[np.float64]


def selection_code(periods: Floats, declared: Declared | None) -> int | None:
    """Return the place of the period on whose values the choice rested.

    Parameters
    ----------
    periods : ndarray, shape (T,)
        The study's periods, in order.
    declared : Declared, optional
        What a plan says.

    Returns
    -------
    int or None
        None where nothing was said, or the period is not among them.

    Examples
    --------
    >>> selection_code(np.array([2019.0, 2020.0]), None) is None
    True
    """
    when = None if declared is None else declared.circumstances.selection_period
    if when is None:
        return None
    at = int(np.searchsorted(periods, period_value(when)))
    return at if at < len(periods) and periods[at] == period_value(when) else None
