"""A regression over time, and the effects that its coefficients amount to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Interval, t_intervals
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_NOTHING = 1e-10  # of the outcome's own variation: what is left of it is rounding


class SeriesEffects(Protocol):
    """What coefficients amount to; many sets of them at once."""

    def points(self, coefficients: Floats) -> Floats:
        """Return the effects, shape (R, M), of coefficients, shape (R, k)."""

    def gradients(self, coefficients: Floats) -> Floats:
        """Return their derivatives, shape (R, M, k) or, where they are the same for all, (M, k)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelEffects:
    """Effects in the outcome's unit, and perhaps the first of them as a share of what was expected.

    Parameters
    ----------
    matrix : ndarray, shape (M, k)
        What the coefficients weigh in each effect; the first is the average.
    expected : ndarray, shape (k,), optional
        What they weigh in the mean expected over the treated periods; None for no share.
    base : float
        What is added to that.
    """

    matrix: Floats
    expected: Floats | None = None
    base: float = 0.0

    def points(self, coefficients: Floats) -> Floats:
        """Return the effects of each set of coefficients, the share last."""
        found: Floats = coefficients @ self.matrix.T
        if self.expected is None:
            return found
        would = coefficients @ self.expected + self.base
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(would > 0, found[:, 0] / would, np.nan)
        return np.column_stack([found, share])

    def gradients(self, coefficients: Floats) -> Floats:
        """Return the derivatives; those of the share by the delta method."""
        if self.expected is None:
            return self.matrix
        would = (coefficients @ self.expected + self.base)[:, None]
        first = (coefficients @ self.matrix[0])[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(would > 0, self.matrix[0] / would - first / would**2 * self.expected, np.nan)
        every = np.broadcast_to(self.matrix, (len(coefficients), *self.matrix.shape))
        return np.concatenate([every, own[:, None, :]], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateSeriesEffects:
    """Effects on a rate whose logarithm is a regression: rates with the interruption less those without.

    Parameters
    ----------
    X : ndarray, shape (T, k)
        Regressors of the treated periods.
    without : ndarray, shape (T, k)
        The same without the interruption.
    exposure : ndarray, shape (T,)
        What is counted over.
    logs : ndarray, shape (A, k)
        What coefficients weigh in effects on the logarithm: level and slope.

    Notes
    -----
    In order: the average rate difference, the effects on the logarithm, events in all, the rate difference
    of each treated period, and the logarithm of the ratio of all events to those expected.
    """

    X: Floats
    without: Floats
    exposure: Floats
    logs: Floats

    def _means(self, coefficients: Floats) -> tuple[Floats, Floats]:
        seen = self.exposure * np.exp(coefficients @ self.X.T)
        return seen, self.exposure * np.exp(coefficients @ self.without.T)

    def points(self, coefficients: Floats) -> Floats:
        """Return the effects of each set of coefficients."""
        seen, would = self._means(coefficients)
        events = seen - would
        total = events.sum(axis=1)
        ratio = np.log(seen.sum(axis=1) / would.sum(axis=1))
        logs = coefficients @ self.logs.T
        return np.column_stack([total / self.exposure.sum(), logs, total, events / self.exposure, ratio])

    def gradients(self, coefficients: Floats) -> Floats:
        """Return their derivatives."""
        seen, would = self._means(coefficients)
        by_period = seen[:, :, None] * self.X - would[:, :, None] * self.without
        total = by_period.sum(axis=1, keepdims=True)
        share = np.einsum("rt,tk->rk", seen / seen.sum(axis=1, keepdims=True), self.X)
        share = share - np.einsum("rt,tk->rk", would / would.sum(axis=1, keepdims=True), self.without)
        logs = np.broadcast_to(self.logs, (len(coefficients), *self.logs.shape))
        rates = by_period / self.exposure[:, None]
        return np.concatenate([total / self.exposure.sum(), logs, total, rates, share[:, None, :]], axis=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class SeriesProblem:
    """A regression over time whose errors may depend on each other.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors; for counts those of the working regression, scaled by the root of the expected counts.
    y : ndarray, shape (n,)
        Outcome, likewise.
    gaps : ndarray, shape (n,)
        Periods since the row before; ``inf`` where a series begins.
    effects : SeriesEffects
        What the coefficients amount to.
    scale : float
        The outcome's largest size, to tell variation from rounding.
    """

    X: Floats
    y: Floats
    gaps: Floats
    effects: SeriesEffects
    scale: float

    @property
    def df(self) -> int:
        """Rows less regressors."""
        return len(self.y) - int(self.X.shape[1])

    @cached_property
    def coefficients(self) -> Floats:
        """Least-squares coefficients, shape (k,)."""
        return np.asarray(np.linalg.lstsq(self.X, self.y, rcond=None)[0])

    @cached_property
    def residuals(self) -> Floats:
        """Least-squares residuals, shape (n,)."""
        return np.asarray(self.y - self.X @ self.coefficients)

    @property
    def varies(self) -> bool:
        """Whether anything is left once the regression is made."""
        span = float(np.abs(self.y).max())
        return float(np.abs(self.residuals).max()) > max(_NOTHING * span, 1e-13 * self.scale)

    def constant(self, level: float) -> Uncertainty:
        """Return what is known of effects on an outcome that never varies: nothing but their points."""
        points = self.effects.points(self.coefficients[None, :])[0]
        points = np.where(np.abs(points) <= 1e-9 * max(self.scale, 1.0), 0.0, points)
        reason = Message("estimate.no_variation")
        return Uncertainty.of_limits(
            tuple(Interval.undefined(float(b), level=level, reason=reason) for b in points),
            words=Message("inference.series.unknown"),
            coefficients=self.coefficients,
        )


def t_uncertainty(
    problem: SeriesProblem, coefficients: Floats, covariance: Floats, *, df: float, level: float
) -> Uncertainty:
    """Return t intervals of effects from coefficients and their covariance, by the delta method.

    Parameters
    ----------
    problem : SeriesProblem
        The regression.
    coefficients : ndarray, shape (k,)
        Estimates.
    covariance : ndarray, shape (k, k)
        Theirs.
    df : float
        Degrees of freedom.
    level : float
        Confidence level.

    Returns
    -------
    Uncertainty
        Its words are still to be told.
    """
    points = problem.effects.points(coefficients[None, :])[0]
    gradients = problem.effects.gradients(coefficients[None, :])
    gradients = gradients[0] if gradients.ndim == 3 else gradients
    joint = gradients @ covariance @ gradients.T
    errors = np.sqrt(np.maximum(np.diag(joint), 0.0))
    found = t_intervals(points, errors, np.full(len(points), df), level=level)
    unknown = np.flatnonzero(np.isnan(points)).tolist()
    return Uncertainty(
        intervals=found.without(dict.fromkeys(unknown, Message("estimate.no_share"))),
        contributions=shocks(joint),
        covariance=joint,
        words=Message("inference.series.unknown"),
        coefficients=coefficients,
    )


def with_reasons(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return the intervals; a share or a ratio that is no number says why.

    Parameters
    ----------
    intervals : tuple of Interval
        The effects.

    Returns
    -------
    tuple of Interval
        As many.
    """
    why = Message("estimate.no_share")
    return tuple(
        Interval.undefined(one.point, level=one.level, reason=why) if np.isnan(one.point) else one
        for one in intervals
    )


def shocks(covariance: Floats) -> Contributions:
    """Return independent contributions with a given covariance: there are no clusters whose they could be.

    Parameters
    ----------
    covariance : ndarray, shape (M, M)
        Of the effects; rows of nan for those that are not known.

    Returns
    -------
    Contributions
        The symmetric root of it, which is unique.

    Examples
    --------
    >>> shocks(np.array([[4.0, 0.0], [0.0, np.nan]])).matrix.tolist()
    [[2.0, nan], [0.0, nan]]
    """

    def root() -> Floats:
        known = np.isfinite(np.diag(covariance))
        found = np.zeros_like(covariance)
        found[:, ~known] = np.nan
        values, vectors = np.linalg.eigh(covariance[np.ix_(known, known)])
        half = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        found[np.ix_(known, known)] = half
        return found

    return Contributions(root)
