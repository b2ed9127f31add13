"""The leads and lags of an estimate, as sensitivity analyses need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.honest_bounds import EventStudy
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-8


def event_study(estimate: Estimate, *, event_time: float | None = None, even: bool = False) -> EventStudy:
    """Return the coefficients before and after the reference period, with their covariance.

    Parameters
    ----------
    estimate : Estimate
        ``DifferenceInDifferences(event_study=True)``, or ``aggregate("dynamic")`` of a staggered estimate
        with ``base="universal"``.
    event_time : float, optional
        The effect asked about; default: the mean of all from the start on.
    even : bool
        Whether the periods must be equally far apart.

    Returns
    -------
    EventStudy
        The reference is the time left out before the start; it need not be the last one.

    Raises
    ------
    EstimationError
        If there are no leads or lags, no reference period in common, no known covariance or one with a
        negative direction, or uneven periods where they must be even.
    """
    places = [k for k, t in enumerate(estimate.terms) if t.event_time is not None and t.group is None]
    times = np.array([estimate.terms[k].event_time for k in places], dtype=float)
    if estimate.settings.get("base") == "varying" or not (times < 0).any() or not (times >= 0).any():
        raise EstimationError(
            "A sensitivity analysis needs leads and lags against one reference period.",
            where="estimate",
            mend="Use DifferenceInDifferences(event_study=True), or base='universal' and "
            "aggregate('dynamic').",
        )
    order = np.argsort(times)
    times, places = times[order], [places[i] for i in order]
    points = np.array([estimate.terms[k].interval.point for k in places])
    covariance = estimate.covariance[np.ix_(places, places)]
    if not np.isfinite(covariance).all() or not np.isfinite(points).all():
        raise EstimationError(
            "The uncertainty of some lead or lag is unknown, so nothing can be said of trends.",
            where="estimate",
            mend="Use inference=ClusterRobust() with at least two treated and two comparison clusters.",
        )
    _check_covariance(covariance)
    reference = _reference(estimate, times)
    if even:
        _check_even(np.sort(np.append(times, reference)))
    after = times > reference
    wanted = times[after] >= 0 if event_time is None else times[after] == event_time
    if not wanted.any():
        raise EstimationError(
            "There is no effect at event time {time:g}.",
            where="event_time",
            mend="Choose one of {times}.",
            values={
                "time": float(event_time or 0),
                "times": ", ".join(f"{time:g}" for time in times[times >= 0]),
            },
        )
    return EventStudy(
        points=points, covariance=covariance, n_before=int((~after).sum()), weights=wanted / wanted.sum()
    )


def _check_covariance(covariance: Floats) -> None:
    values = np.linalg.eigvalsh(covariance)
    is_symmetric = np.allclose(covariance, covariance.T, rtol=1e-8, atol=1e-12 * float(values[-1]))
    if not is_symmetric or values[0] < -_ROUNDING * max(float(values[-1]), 0.0) or not values[-1] > 0:
        raise EstimationError(
            "The covariance of leads and lags is no covariance: its smallest eigenvalue is {smallest:.3g}.",
            where="estimate",
            mend="Use inference=ClusterRobust(), or give a covariance that is symmetric and not negative.",
            values={"smallest": float(values[0])},
        )


def _check_even(times: Floats) -> None:
    steps = np.diff(times)
    if not np.allclose(steps, steps[0]):
        raise EstimationError(
            "The periods are not equally far apart, so a slope a period means nothing.",
            where="time",
            mend="Keep equally spaced periods; kind='relative_magnitudes' does not need them.",
        )


def _reference(estimate: Estimate, times: Floats) -> float:
    """Return the event time left out before the start: the period without a term, or the latest gap."""
    if estimate.cohorts is None and estimate.start is not None:
        periods = {mean.period for mean in estimate.means if mean.period is not None}
        missing = sorted(
            period - estimate.start
            for period in periods
            if not np.isclose(times, period - estimate.start).any()
        )
    else:
        step = float(np.diff(times).min())
        expected = np.arange(times[0], step / 2, step)
        missing = [float(time) for time in expected if not np.isclose(times, time).any()]
    missing = [time for time in missing if time < 0]
    if not missing:
        raise EstimationError(
            "No period before the start is left out as the reference.",
            where="estimate",
            mend="Use DifferenceInDifferences(event_study=True), or base='universal' and "
            "aggregate('dynamic').",
        )
    return missing[-1]
