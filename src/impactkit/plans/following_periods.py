"""The periods that will be measured, from those that were."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FIRST, _LAST, _MONTHS = 1900, 2200, 12
_MOST = 400


def following_periods(times: pd.Series, *, start: Any, by: int, n: int | None = None) -> list[Any]:
    """Return the periods after those measured: through a year, or as many as are asked for.

    Parameters
    ----------
    times : Series
        Periods measured: years, months written 202304, dates, or waves counted 0, 1, 2.
    start : int, float or date
        First treated period.
    by : int
        The year to reach; waves are no years and reach the start.
    n : int, optional
        How many periods from the start on, instead.

    Returns
    -------
    list
        In order, written as the measured ones, each later than all of them.

    Examples
    --------
    >>> import pandas as pd
    >>> following_periods(pd.Series([2020, 2021]), start=2022, by=2024)
    [2022, 2023, 2024]
    >>> following_periods(pd.Series([202210, 202211]), start=202301, by=2023, n=2)
    [202212, 202301, 202302]
    """
    if times.dtype.kind == "M":
        return _dates(times, start, by, n)
    seen = sorted({float(time) for time in times.dropna()})
    if all(_is_month(time) for time in seen):
        counted = [_counted_month(time) for time in seen]
        first = _counted_month(float(start))
        last = by * _MONTHS + _MONTHS - 1
        return [_written_month(at) for at in _further(counted, first, last, n)]
    is_year = all(_FIRST <= time <= _LAST for time in seen)
    found = _further(seen, float(start), float(by) if is_year else float(start), n)
    return [int(at) if at == int(at) else at for at in found]


def _further(seen: list[float], start: float, last: float, n: int | None) -> list[float]:
    step = _step(seen)
    found: list[float] = []
    # One measurement does not tell how often there will be others: the next is at the start.
    at, after = (
        (max(start, seen[0] + step) if len(seen) == 1 else seen[-1] + step),
        sum(time >= start for time in seen),
    )
    while len(found) < _MOST and (at < start or (after < n if n is not None else at <= max(last, start))):
        found.append(at)
        after += at >= start
        at += step
    return found


def _step(seen: list[float]) -> float:
    gaps = [later - earlier for earlier, later in pairwise(seen)]
    return Counter(gaps).most_common(1)[0][0] if gaps else 1.0


def _dates(times: pd.Series, start: Any, by: int, n: int | None) -> list[Any]:
    import pandas as pd

    seen = sorted(pd.Timestamp(time) for time in times.dropna().unique())
    counted = [float(time.year * _MONTHS + time.month - 1) for time in seen]
    months = int(_step(counted)) if len(seen) > 1 else _MONTHS
    first = pd.Timestamp(start)
    found: list[Any] = []
    step = pd.DateOffset(months=months or 1)
    at, after = (
        max(first, seen[-1] + step) if len(seen) == 1 else seen[-1] + step,
        sum(time >= first for time in seen),
    )
    while len(found) < _MOST and (
        at < first or (after < n if n is not None else at.year <= max(by, first.year))
    ):
        found.append(at)
        after += at >= first
        at = at + step
    return found


def _is_month(time: float) -> bool:
    year, month = divmod(time, 100)
    return time == int(time) and _FIRST <= year <= _LAST and 1 <= month <= _MONTHS


def _counted_month(time: float) -> float:
    year, month = divmod(time, 100)
    return year * _MONTHS + month - 1


def _written_month(at: float) -> int:
    year, month = divmod(int(at), _MONTHS)
    return year * 100 + month + 1
