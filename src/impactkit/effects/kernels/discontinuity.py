"""The jump of an outcome at a cutoff: estimate, bias, and weights of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.discontinuity_bandwidths import (
    Bandwidths,
    Target,
    combination,
    covariate_slopes,
)
from impactkit.effects.kernels.discontinuity_variance import Side
from impactkit.effects.kernels.local_polynomial import Window, corrected_weights, joint_rows, on_rows, window


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
class _Fitted:
    """One side with its windows, and weights of rows for the estimate without and with its bias taken out."""

    side: Side
    near: Window
    wide: Window
    rows: slice
    own: Floats
    corrected: Floats

    def of_column(self, column: int) -> _Fitted:
        """Return the same of one of outcome and treatment received, and the covariates."""
        kept = [column, *range(2, self.side.columns.shape[1])]
        nearest = self.side.nearest
        if nearest is not None:
            nearest = nearest.of_columns(kept)
        return replace(self, side=replace(self.side, columns=self.side.columns[:, kept], nearest=nearest))

    def levels(self) -> Floats:
        """Return the estimates of all columns, shape (2, d): without and with their bias taken out."""
        D = self.side.columns[self.rows]
        return np.asarray(np.stack([self.own, self.corrected]) @ D)


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
    return _jump(*_both(sides, widths, target), target)


def jumps(sides: tuple[Side, Side], widths: Bandwidths, target: Target) -> tuple[Jump, Jump, Jump]:
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
    ratio, outcome, received : Jump
        See `jump`.

    Raises
    ------
    EstimationError
        If a side has too few distinct values of the running variable within a bandwidth.
    """
    below, above = _both(sides, widths, target)
    plain = replace(target, ratio=False)
    outcome, received = (_jump(below.of_column(column), above.of_column(column), plain) for column in (0, 1))
    return _jump(below, above, target), outcome, received


def _both(sides: tuple[Side, Side], widths: Bandwidths, target: Target) -> tuple[_Fitted, _Fitted]:
    below, above = (
        _fitted(side, target, near, wide)
        for side, near, wide in zip(sides, widths.near, widths.wide, strict=True)
    )
    return below, above


def _jump(below: _Fitted, above: _Fitted, target: Target) -> Jump:
    p, sides = target.order, (below.side, above.side)
    found = [below.levels(), above.levels()]
    slopes = covariate_slopes(list(sides), [below.near, above.near], p, target.ratio)
    plain, corrected = found[1] - found[0]
    s = combination(plain, slopes, target.ratio)
    point = _effect(plain, slopes, target.ratio)
    by_fit = []
    for each in (below, above):
        own = each.side.scores(each.own, each.rows, (each.near, p), s)
        better = each.side.scores(each.corrected, each.rows, (each.wide, p + 1), s)
        by_fit.append((own, better))
    return Jump(
        point=point,
        std_error=_error(by_fit[0][0], by_fit[1][0], sides),
        corrected=point - float(s @ (plain - corrected)),
        robust_error=_error(by_fit[0][1], by_fit[1][1], sides),
        scores=(-by_fit[0][1], by_fit[1][1]),
        own_scores=(-by_fit[0][0], by_fit[1][0]),
        weights=(-below.corrected, above.corrected),
        rows=(below.rows, above.rows),
        levels=np.stack([found[0][0], found[1][0]]),
        slopes=slopes,
        n_near=(len(below.near.weights), len(above.near.weights)),
    )


def _fitted(side: Side, target: Target, near: float, wide: float) -> _Fitted:
    p, v = target.order, target.derivative
    close = window(side.x, near, order=p, kernel=target.kernel, weights=side.weights)
    far = window(side.x, wide, order=p + 1, kernel=target.kernel, weights=side.weights)
    rows = joint_rows(close, far)
    return _Fitted(
        side=side,
        near=close,
        wide=far,
        rows=rows,
        own=on_rows(close.row_weights(p, v), close.rows, rows),
        corrected=corrected_weights(close, far, order=p, derivative=v),
    )


def _effect(levels: Floats, slopes: Floats, ratio: bool) -> float:
    first = 2 if ratio else 1
    adjusted = levels[:first] - levels[first:] @ slopes
    return float(adjusted[0] / adjusted[1]) if ratio else float(adjusted[0])


def _error(below: Floats, above: Floats, sides: tuple[Side, Side]) -> float:
    if sides[0].clusters is None:
        return float(np.sqrt(below @ below + above @ above))
    n = max(len(below), len(above))
    return float(np.linalg.norm(np.pad(above, (0, n - len(above))) - np.pad(below, (0, n - len(below)))))
