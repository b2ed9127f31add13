"""An estimate as it would have been, had the true effect or the spread been another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import Alternative, Interval
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Resampled


@dataclass(frozen=True, kw_only=True, eq=False)
class MovedTest(PermutationTest):
    """A permutation test of outcomes that were stretched, and to which an effect was added.

    Parameters
    ----------
    original : PermutationTest
        The test of the outcomes as they were.
    by : float
        The effect added to the treated, after stretching.
    times : float
        What all outcomes were multiplied with, above 0.

    Notes
    -----
    A hypothesised effect is taken from the treated before the test, so one that was added moves the
    hypotheses and nothing else.
    """

    original: PermutationTest
    by: float
    times: float

    def p_value(self, effect: float = 0.0, *, alternative: Alternative = "two-sided") -> float:
        """Return the original's p-value of the same hypothesis."""
        return self.original.p_value((effect - self.by) / self.times, alternative=alternative)

    def extreme(self, effect: float = 0.0, *, alternative: Alternative = "two-sided") -> int:
        """Return the original's count at the same hypothesis."""
        return self.original.extreme((effect - self.by) / self.times, alternative=alternative)

    def limits(self, level: float) -> tuple[float, float]:
        """Return the original's limits, moved."""
        low, high = self.original.limits(level)
        return self.times * low + self.by, self.times * high + self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedResampling:
    """A test by resampling, moved as a `MovedTest`.

    Parameters
    ----------
    original : Resampled
        The test of the outcomes as they were.
    by, times : float
        See `MovedTest`.
    """

    original: Resampled
    by: float
    times: float

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the original's p-value of the same hypothesis."""
        return self.original.one_sided((value - self.by) / self.times, alternative=alternative)

    def limits(self, level: float) -> tuple[float, float]:
        """Return the original's limits, moved."""
        low, high = self.original.limits(level)
        return self.times * low + self.by, self.times * high + self.by


def moved_estimate(estimate: Estimate, by: float, *, times: float = 1.0) -> Estimate:
    """Return the estimate of the same outcomes stretched, with an effect added to the treated.

    Parameters
    ----------
    estimate : Estimate
        Of an estimator that is linear in the outcome, as all are except those of counts.
    by : float
        The effect added to every treated outcome after the start, in the outcome's unit.
    times : float
        What all outcomes are multiplied with, above 0.

    Returns
    -------
    Estimate
        With the headline and its tests alone: what a verdict is made from.

    Examples
    --------
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> from impactkit.effects.worlds import RandomisedArms
    >>> world = RandomisedArms()
    >>> found = RandomisedTrial().estimate(world.study(world.draw(1)))
    >>> moved = moved_estimate(found, 2.0)
    >>> round(moved.interval.point - found.interval.point, 9), moved.interval.df == found.interval.df
    (2.0, True)
    """
    test, resampled = estimate.permutation, estimate.bootstrap
    term = replace(estimate.terms[0], interval=_moved(estimate.interval, by, times))
    return Estimate(
        settings=estimate.settings,
        outcome=estimate.outcome,
        estimand=estimate.estimand,
        terms=(term,),
        inference=estimate.inference,
        sample=estimate.sample,
        start=estimate.start,
        adjusted_for=estimate.adjusted_for,
        permutation=None if test is None else _moved_test(test, by, times),
        bootstrap=None if resampled is None else MovedResampling(original=resampled, by=by, times=times),
    )


def _moved_test(test: PermutationTest, by: float, times: float) -> MovedTest:
    return MovedTest(
        parts=test.parts, draws=test.draws, seed=test.seed, law=test.law, original=test, by=by, times=times
    )


def _moved(found: Interval, by: float, times: float) -> Interval:
    point, std_error = times * found.point + by, times * found.std_error
    if found.reason is not None:
        return Interval.undefined(point, level=found.level, reason=found.reason)
    if std_error > 0:
        exact = Interval.from_std_error(point, std_error, df=found.df, level=found.level)
        if math.isfinite(exact.low):
            low, high = times * found.low + by, times * found.high + by
            return replace(exact, low=low, high=high)
    low, high = times * found.low + by, times * found.high + by
    return replace(found, point=point, std_error=std_error, low=low, high=high, p_value=math.nan)
