"""Round numbers at even steps, for the marks along an axis."""

from __future__ import annotations

import math


def even_places(low: float, high: float, *, most: int, whole: bool = False) -> list[float]:
    """Return round numbers at even steps of 1, 2 or 5 between two.

    Parameters
    ----------
    low, high : float
        The limits, apart.
    most : int
        How many steps there may be.
    whole : bool
        Whether they are to be whole numbers.

    Returns
    -------
    list of float
        In order.

    Examples
    --------
    >>> even_places(0.0, 1.0, most=5), even_places(-1.4, 1.4, most=7, whole=True)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [-1.0, 0.0, 1.0])
    """
    least = (high - low) / most
    size = math.floor(math.log10(least))
    step, decimals = next(
        (each * 10.0**power, max(0, -power))
        for power in (size, size + 1)
        for each in (1, 2, 5)
        if each * 10.0**power >= least * (1 - 1e-9) and (power >= 0 or not whole)
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, decimals) for k in range(first, last + 1)]
