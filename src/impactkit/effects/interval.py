"""From a standard error to t, p and limits: the one place where it is done."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from impactkit.errors import EstimationError
from impactkit.provenance import json_ready, number_from
from impactkit.wording import Facts, Message, Shown

Alternative = Literal["two-sided", "greater", "less"]
Floats = npt.NDArray[np.float64]
_NORMAL = 1e12  # so many degrees of freedom are the normal distribution's


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Shown):
    """An effect with its uncertainty.

    Parameters
    ----------
    point : float
        The estimated effect, in the outcome's unit.
    std_error : float
        Its standard error, in the outcome's unit; nan where there is none.
    df : float
        Degrees of freedom of the t distribution; nan where none is used.
    level : float
        Confidence level of the limits, such as 0.95.
    low, high : float
        The limits; nan where the uncertainty is unknown.
    p_value : float
        Two-sided p-value of no effect; nan where unknown, never 0.
    reason : Message, optional
        Why the uncertainty is unknown.

    See Also
    --------
    Interval.from_std_error : the usual way to make one.
    """

    point: float
    std_error: float
    df: float
    level: float
    low: float
    high: float
    p_value: float
    reason: Message | None = None

    @classmethod
    def from_std_error(cls, point: float, std_error: float, *, df: float, level: float = 0.95) -> Interval:
        """Make the t interval of an estimate.

        Parameters
        ----------
        point, std_error : float
            The estimate and its standard error, in the outcome's unit.
        df : float
            Degrees of freedom; ``inf`` for the normal distribution.
        level : float
            Confidence level.

        Returns
        -------
        Interval
            With nan limits and a reason when the standard error or the degrees of freedom are not positive.

        Raises
        ------
        EstimationError
            If the level is not between 0 and 1.

        Examples
        --------
        >>> interval = Interval.from_std_error(2.0, 1.0, df=10)
        >>> round(interval.low, 4), round(interval.high, 4), round(interval.p_value, 4)
        (-0.2281, 4.2281, 0.0734)
        """
        one = (np.array([value], dtype=float) for value in (point, std_error, df))
        return t_intervals(*one, level=level)[0]

    @classmethod
    def undefined(cls, point: float, *, level: float, reason: Message) -> Interval:
        """Make the interval of an estimate whose uncertainty cannot be known, with the reason."""
        nan = math.nan
        return cls(
            point=point, std_error=nan, df=nan, level=level, low=nan, high=nan, p_value=nan, reason=reason
        )

    @property
    def statistic(self) -> float:
        """The estimate divided by its standard error; nan where there is none."""
        return self.point / self.std_error if self.std_error > 0 else math.nan

    def limits(self) -> Message:
        """Return the limits in words, or the reason why there are none."""
        if self.reason is not None:
            return self.reason
        return Message("estimate.limits", {"low": self.low, "high": self.high, "level": self.level})

    def _facts(self) -> Facts:
        effect = (Message("estimate.row.effect"), Message("estimate.effect", {"point": self.point}))
        return Facts(
            title=Message("shown.interval.title"),
            rows=[effect, (Message("estimate.row.interval"), self.limits())],
        )

    def at(self, level: float) -> Interval:
        """Return the same estimate with t limits at another level.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        Interval
            The interval at that level.

        Raises
        ------
        EstimationError
            If this interval has no standard error (a permutation interval is asked for at its level from
            the start).
        """
        _check_level(level)
        if level == self.level or self.reason is not None:
            return self
        if not self.std_error > 0:
            raise EstimationError(
                "An interval without a standard error has no limits at another level.",
                where="Interval.at",
                mend="Ask the permutation test for its interval at that level.",
            )
        return Interval.from_std_error(self.point, self.std_error, df=self.df, level=level)

    def p_value_against(self, effect: float, *, alternative: Alternative = "two-sided") -> float:
        """Return the p-value of the hypothesis that the effect is (at most, at least) a given one.

        Parameters
        ----------
        effect : float
            The hypothesised effect, in the outcome's unit.
        alternative : {"two-sided", "greater", "less"}
            What speaks against the hypothesis; ``greater`` tests "at most this effect".

        Returns
        -------
        float
            The p-value; nan where the uncertainty is unknown.
        """
        if not self.std_error > 0:
            return math.nan
        return t_p_value((self.point - effect) / self.std_error, self.df, alternative=alternative)

    def to_record(self) -> dict[str, Any]:
        """Return the fields, ready for JSON."""
        record: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("point", "std_error", "df", "level", "low", "high", "p_value")
        }
        record["reason"] = self.reason
        return dict(json_ready(record))

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Interval:
        """Return the interval a record holds."""
        reason = Message.from_record(record["reason"]) if record["reason"] else None
        numbers = {key: number_from(value) for key, value in record.items() if key != "reason"}
        return cls(**numbers, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intervals(Sequence[Interval]):
    """Intervals of many estimates: the numbers of all, of which each is made into one when it is asked for.

    Parameters
    ----------
    points, std_errors, df, low, high, p_values : ndarray, shape (M,)
        See `Interval`.
    level : float
        Confidence level of the limits.
    reasons : mapping of int to Message
        Why the uncertainty of those in these places is unknown.
    """

    points: Floats
    std_errors: Floats
    df: Floats
    low: Floats
    high: Floats
    p_values: Floats
    level: float
    reasons: Mapping[int, Message]

    def without(self, reasons: Mapping[int, Message]) -> Intervals:
        """Return the intervals without those of some places, for the reasons given."""
        return replace(self, reasons={**self.reasons, **reasons}) if reasons else self

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self._made(slice(None)))

    @overload
    def __getitem__(self, place: int) -> Interval: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Interval]: ...
    def __getitem__(self, place: int | slice) -> Interval | Sequence[Interval]:
        if isinstance(place, slice):
            return self._made(place)
        at = range(len(self))[place]
        return self._made(slice(at, at + 1))[0]

    def _made(self, places: slice) -> list[Interval]:
        columns = (self.points, self.std_errors, self.df, self.low, self.high, self.p_values)
        level, reasons = self.level, self.reasons
        found = [
            Interval(point=b, std_error=se, df=df, level=level, low=low, high=high, p_value=p)
            for b, se, df, low, high, p in zip(*(each[places].tolist() for each in columns), strict=True)
        ]
        for k, at in enumerate(range(len(self))[places]) if reasons else ():
            if at in reasons:
                found[k] = Interval.undefined(found[k].point, level=level, reason=reasons[at])
        return found


def t_intervals(points: Floats, std_errors: Floats, df: Floats, *, level: float) -> Intervals:
    """Make the t intervals of many estimates at once.

    Parameters
    ----------
    points, std_errors : ndarray, shape (M,)
        Estimates and their standard errors, in the outcome's unit.
    df : ndarray, shape (M,)
        Degrees of freedom; ``inf`` for the normal distribution.
    level : float
        Confidence level.

    Returns
    -------
    Intervals
        As `Interval.from_std_error` makes them one by one.

    Raises
    ------
    EstimationError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> two = {"points": np.array([2.0, 1.0]), "std_errors": np.array([1.0, 0.0])}
    >>> one, other = t_intervals(**two, df=np.array([10.0, 10.0]), level=0.95)
    >>> one == Interval.from_std_error(2.0, 1.0, df=10), other.reason.code
    (True, 'estimate.no_standard_error')
    """
    _check_level(level)
    known = np.isfinite(points) & (std_errors > 0) & np.isfinite(std_errors) & (df > 0)
    free = np.minimum(df, _NORMAL)
    alike = len(free) > 0 and bool((free == free[0]).all())  # one quantile is enough
    with np.errstate(divide="ignore", invalid="ignore"):
        half = std_errors * stdtrit(free[:1] if alike else free, 0.5 + level / 2)
        p = np.clip(2 * stdtr(free, -np.abs(points / std_errors)), 5e-324, 1.0)
    why = Message("estimate.no_standard_error")
    return Intervals(
        points=points,
        std_errors=std_errors,
        df=df,
        low=points - half,
        high=points + half,
        p_values=p,
        level=level,
        reasons={} if known.all() else dict.fromkeys(np.flatnonzero(~known).tolist(), why),
    )


def t_quantile(probability: float, df: float) -> float:
    """Return a quantile of Student's t.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    df : float
        Degrees of freedom, ``inf`` for the normal distribution.

    Returns
    -------
    float
        The quantile.

    Examples
    --------
    >>> round(t_quantile(0.975, 10), 4)
    2.2281
    """
    return float(stdtrit(min(df, _NORMAL), probability))


def t_p_value(statistic: float, df: float, *, alternative: Alternative = "two-sided") -> float:
    """Return the p-value of a t statistic.

    Parameters
    ----------
    statistic : float
        The statistic.
    df : float
        Degrees of freedom, ``inf`` for the normal distribution.
    alternative : {"two-sided", "greater", "less"}
        The direction that speaks against the hypothesis.

    Returns
    -------
    float
        The p-value, at least the smallest positive number.

    Examples
    --------
    >>> round(t_p_value(2.0, 10), 4)
    0.0734
    """
    df = min(df, _NORMAL)
    tails = {"two-sided": (2.0, -abs(statistic)), "greater": (1.0, -statistic), "less": (1.0, statistic)}
    factor, tail = tails[alternative]
    return max(min(1.0, factor * float(stdtr(df, tail))), 5e-324)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise EstimationError(
            "Confidence level {level} is not between 0 and 1.",
            where="level",
            mend="Use a share such as 0.95.",
            values={"level": level},
        )
