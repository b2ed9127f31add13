"""The leads and lags of an estimate, as sensitivity analyses need them."""

from __future__ import annotations

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.honest_bounds import EventStudy
from impactkit.errors import EstimationError


def event_study(estimate: Estimate, *, event_time: float | None = None) -> EventStudy:
    """Return the coefficients before and after the reference period, with their covariance.

    Parameters
    ----------
    estimate : Estimate
        ``DifferenceInDifferences(event_study=True)``, or ``aggregate("dynamic")`` of a staggered estimate
        with ``base="universal"``.
    event_time : float, optional
        The effect asked about; default: the mean of all from the start on.

    Returns
    -------
    EventStudy
        The reference is the time left out before the start; it need not be the last one.

    Raises
    ------
    EstimationError
        If there are no leads or lags, no reference period in common, or no known covariance.
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
    after = times > _reference(times)
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


def _reference(times: np.ndarray) -> float:
    """Return the event time left out: the latest gap before the start, in the usual step."""
    step = float(np.diff(times).min())
    expected = np.arange(times[0], step / 2, step)
    missing = [float(time) for time in expected if time < 0 and not np.isclose(times, time).any()]
    return missing[-1] if missing else float(times[times < 0].max())
