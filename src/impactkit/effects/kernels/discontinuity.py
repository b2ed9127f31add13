"""The jump of an outcome at a cutoff: estimate, bias, and weights of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.discontinuity_bandwidths import (
    Bandwidths,
    Target,
    combination,
    covariate_slopes,
)
from impactkit.effects.kernels.discontinuity_variance import Side
from impactkit.effects.kernels.local_polynomial import (
    Window,
    corrected_weights,
    joint_rows,
    on_rows,
    rows_within,
    window,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Jump:
    """What jumps at a cutoff, above less below.

    Parameters
    ----------
    point, std_error : float
        Conventional: the local polynomials' difference, and its standard error.
    corrected, robust_error : float
        Less the estimated bias, and the standard error of that.
    scores, own_scores : tuple of 2 ndarrays
        What rows (or clusters) below and above add to the error of ``corrected`` and of ``point``, signs
        included.
    weights : tuple of 2 ndarrays
        What each row below and above weighs in ``corrected``, signs included.
    rows : tuple of 2 slices
        The rows below and above that ``weights`` (and ``scores``, where there are no clusters) are of.
    levels : ndarray, shape (2, d)
        What is estimated of each column below and above, conventionally.
    slopes : ndarray, shape (z, 1 or 2)
        Of the outcome (and treatment received) on the covariates.
    n_near : tuple of 2 ints
        Rows below and above that have weight.
    """

    point: float
    std_error: float
    corrected: float
    robust_error: float
    scores: tuple[Floats, Floats]
    own_scores: tuple[Floats, Floats]
    weights: tuple[Floats, Floats]
    rows: tuple[slice, slice]
    levels: Floats
    slopes: Floats
    n_near: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartJump:
    """The jump of one of the two that a ratio is of, above less below.

    Parameters
    ----------
    corrected : float
        Less the estimated bias.
    scores : tuple of 2 ndarrays
        What rows (or clusters) below and above add to its error, signs included.
    """

    corrected: float
    scores: tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fitted:
    """Rows of one side within either bandwidth, and what they weigh in the estimate and in that less bias.

    ``levels``, shape (2, d), are the estimates of all columns, without and with their bias taken out.
    """

    side: Side
    near: Window
    wide: Window
    rows: slice
    own: Floats
    corrected: Floats
    levels: Floats

    def own_scores(self, s: Floats, order: int) -> Floats:
        """Return what rows or clusters add to the error of a combination."""
        return self.side.scores(self.own, slice(0, len(self.own)), (self.near, order), s)

    def scores(self, s: Floats, order: int) -> Floats:
        """Return the same with its bias taken out."""
        return self.side.scores(self.corrected, slice(0, len(self.own)), (self.wide, order + 1), s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sides:
    """Both sides, with slopes on covariates that are common to them."""

    below: _Fitted
    above: _Fitted
    order: int
    slopes: Floats

    def jump(self, s: Floats, point: float, slopes: Floats) -> Jump:
        """Return the jump of a combination of columns, whose conventional estimate is ``point``."""
        below, above = self.below, self.above
        own_below, own_above = (each.own_scores(s, self.order) for each in (below, above))
        better_below, better_above = (each.scores(s, self.order) for each in (below, above))
        clustered = below.side.clusters is not None
        plain, corrected = above.levels - below.levels
        return Jump(
            point=point,
            std_error=_error(own_below, own_above, clustered),
            corrected=point - float(s @ (plain - corrected)),
            robust_error=_error(better_below, better_above, clustered),
            scores=(-better_below, better_above),
            own_scores=(-own_below, own_above),
            weights=(-below.corrected, above.corrected),
            rows=(below.rows, above.rows),
            levels=np.stack([below.levels[0], above.levels[0]]),
            slopes=slopes,
            n_near=(len(below.near.weights), len(above.near.weights)),
        )

    def effect(self, ratio: bool) -> Jump:
        """Return the jump of the outcome, over that of the second column for a ratio."""
        plain = self.above.levels[0] - self.below.levels[0]
        s = combination(plain, self.slopes, ratio)
        return self.jump(s, _effect(plain, self.slopes, ratio), self.slopes)

    def of_column(self, column: int) -> PartJump:
        """Return the jump of the outcome or of treatment received, where both are there."""
        s = np.r_[np.eye(2)[column], -self.slopes[:, column]]
        below, above = (each.scores(s, self.order) for each in (self.below, self.above))
        corrected = float(s @ (self.above.levels[1] - self.below.levels[1]))
        return PartJump(corrected=corrected, scores=(-below, above))


def jump(sides: tuple[Side, Side], widths: Bandwidths, target: Target) -> Jump:
    """Estimate a jump with its robust bias-corrected standard error.

    Parameters
    ----------
    sides : Side, Side
        Below and above the cutoff.
    widths : Bandwidths
        For the estimate and for its bias.
    target : Target
        What is estimated.

    Returns
    -------
    Jump
        Above less below; for a ratio, the outcome's jump over that of treatment received, with the bias and
        the error of the ratio to first order.

    Raises
    ------
    EstimationError
        If a side has too few distinct values of the running variable within a bandwidth.

    Notes
    -----
    A cluster with rows on both sides counts once: what it adds below is taken from what it adds above.

    References
    ----------
    .. [1] Calonico, S., Cattaneo, M. D., & Titiunik, R. (2014). Robust nonparametric confidence intervals for
       regression-discontinuity designs. *Econometrica*, 82(6).
    .. [2] Calonico, S., Cattaneo, M. D., Farrell, M. H., & Titiunik, R. (2019). Regression discontinuity
       designs using covariates. *Review of Economics and Statistics*, 101(3).

    Examples
    --------
    >>> from impactkit.effects.kernels.discontinuity_variance import side
    >>> x = np.linspace(-1, 1, 41)[:-1] + 0.025
    >>> y = 1 + x + 2.0 * (x >= 0)
    >>> halves = tuple(side(x[part], y[part, None], variance="nearest") for part in (x < 0, x >= 0))
    >>> found = jump(halves, Bandwidths(near=(0.5, 0.5), wide=(0.5, 0.5)),
    ...              Target(order=1, derivative=0, kernel="triangular", ratio=False))
    >>> round(found.point, 12), round(found.corrected, 12)
    (2.0, 2.0)
    """
    return _sides(sides, widths, target).effect(target.ratio)


def jumps(
    sides: tuple[Side, Side], widths: Bandwidths, target: Target
) -> tuple[Jump, tuple[PartJump, PartJump]]:
    """Estimate a ratio of jumps, and the two it is the ratio of, within the same bandwidths.

    Parameters
    ----------
    sides : Side, Side
        Below and above the cutoff.
    widths : Bandwidths
        For the estimates and for their biases.
    target : Target
        A ratio.

    Returns
    -------
    ratio : Jump
        See `jump`.
    parts : tuple of 2 PartJump
        Of the outcome and of treatment received.

    Raises
    ------
    EstimationError
        If a side has too few distinct values of the running variable within a bandwidth.
    """
    both = _sides(sides, widths, target)
    return both.effect(True), (both.of_column(0), both.of_column(1))


def _sides(sides: tuple[Side, Side], widths: Bandwidths, target: Target) -> _Sides:
    below, above = (
        _fitted(side, target, near, wide)
        for side, near, wide in zip(sides, widths.near, widths.wide, strict=True)
    )
    slopes = covariate_slopes([below.side, above.side], [below.near, above.near], target.order, target.ratio)
    return _Sides(below=below, above=above, order=target.order, slopes=slopes)


def _fitted(side: Side, target: Target, near: float, wide: float) -> _Fitted:
    p, v, kernel = target.order, target.derivative, target.kernel
    rows = rows_within(side.x, max(near, wide), closed=kernel == "uniform")
    side = side.part(rows)
    close = window(side.x, near, order=p, kernel=kernel, weights=side.weights)
    far = window(side.x, wide, order=p + 1, kernel=kernel, weights=side.weights)
    own = on_rows(close.row_weights(p, v), close.rows, joint_rows(close, far))
    corrected = corrected_weights(close, far, own, order=p, derivative=v)
    return _Fitted(
        side=side,
        near=close,
        wide=far,
        rows=rows,
        own=own,
        corrected=corrected,
        levels=np.stack([own @ side.columns, corrected @ side.columns]),
    )


def _effect(levels: Floats, slopes: Floats, ratio: bool) -> float:
    first = 2 if ratio else 1
    adjusted = levels[:first] - levels[first:] @ slopes
    return float(adjusted[0] / adjusted[1]) if ratio else float(adjusted[0])


def _error(below: Floats, above: Floats, clustered: bool) -> float:
    if not clustered:
        return float(np.sqrt(below @ below + above @ above))
    n = max(len(below), len(above))
    return float(np.linalg.norm(np.pad(above, (0, n - len(above))) - np.pad(below, (0, n - len(below)))))
