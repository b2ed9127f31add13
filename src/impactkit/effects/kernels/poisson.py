"""Poisson pseudo-likelihood with levels of groups concentrated out, by Newton's method with step control."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.demean import demean
from impactkit.effects.kernels.least_squares import Block, LeastSquares, least_squares

_DECREMENT = 1e-16  # of the events: the step after it is below rounding, for the error is squared each time
_MOST_STEPS = 60
_WIDEST = 25.0  # log means further apart than this within a group: events are separated


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Poisson:
    """A fitted Poisson regression with a level for each group.

    Parameters
    ----------
    coefficients : ndarray, shape (k,)
        Log ratios; nan for columns that depend on the levels or on those before them.
    kept : ndarray of bool, shape (k,)
        Which columns entered.
    levels : ndarray, shape (G,)
        Rate of each group where the regressors are 0; 0 in a group without events.
    means : ndarray, shape (n,)
        Fitted counts.
    centres : ndarray, shape (G, k)
        Mean of the regressors in each group, weighted by fitted counts; 0 in a group without events.
    root : ndarray, shape (r, r)
        Triangular ``R`` with ``R'R`` the information about the kept coefficients.
    has_converged : bool
        False where the events are separated, so that no finite solution exists.
    """

    coefficients: Floats
    kept: Flags
    levels: Floats
    means: Floats
    centres: Floats
    root: Floats
    has_converged: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """What a Poisson regression is fitted to.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Regressors.
    y : ndarray, shape (n,)
        Counts, or any outcome of at least 0.
    exposure : ndarray, shape (n,)
        What they are counted over, positive.
    weights : ndarray, shape (n,)
        Weights of the rows; 0 for a row that is not fitted.
    groups : ndarray of int, shape (n,)
        Group of each row, coded 0 .. G-1.
    """

    X: Floats
    y: Floats
    exposure: Floats
    weights: Floats
    groups: Labels

    @property
    def events(self) -> Floats:
        """Weighted events of each group, shape (G,)."""
        return np.bincount(self.groups, self.weights * self.y).astype(np.float64)


def poisson(counts: Counts) -> Poisson:
    """Maximise the Poisson pseudo-likelihood of ``y = exposure * level[group] * exp(X b)``.

    Parameters
    ----------
    counts : Counts
        The rows.

    Returns
    -------
    Poisson
        Check ``has_converged``.

    Notes
    -----
    Given ``b`` the level of a group is its events over the sum of ``exposure * exp(X b)``, so that what is
    left is concave in ``b`` alone, and however many groups there are only ``k`` numbers are sought. The
    estimates are those of a Poisson regression with a dummy a group [1]_, and only the mean has to be right
    [2]_. A Newton step is a least-squares problem with weights ``w mu``; it is halved until the likelihood
    does not fall.

    References
    ----------
    .. [1] Hausman, J., Hall, B. H., & Griliches, Z. (1984). Econometric models for count data with an
       application to the patents-R&D relationship. *Econometrica*, 52(4).
    .. [2] Wooldridge, J. M. (1999). Distribution-free estimation of some nonlinear panel data models.
       *Journal of Econometrics*, 90(1).

    Examples
    --------
    >>> counts = Counts(X=np.array([[0.0], [1], [0], [1]]), y=np.array([2.0, 4, 1, 2]), exposure=np.ones(4),
    ...                 weights=np.ones(4), groups=np.array([0, 0, 1, 1]))
    >>> fit = poisson(counts)
    >>> np.exp(fit.coefficients).round(12), fit.levels.round(12).tolist()
    (array([2.]), [2.0, 1.0])
    """
    events = counts.events
    active = (events[counts.groups] > 0) & (counts.weights > 0)
    state = _state(counts, np.zeros(counts.X.shape[1]), events, active)
    step, converged = _newton_step(counts, state, active), False
    for _ in range(_MOST_STEPS):
        direction = np.nan_to_num(step.coefficients)
        decrement = step.decrement
        state = _improved(counts, state, direction, events=events, active=active)
        step = _newton_step(counts, state, active)
        if decrement <= _DECREMENT * events.sum():
            converged = True
            break
    converged = converged and _is_narrow(state.logs[active], counts.groups[active])
    b = state.b.copy()
    b[~step.kept] = np.nan
    return Poisson(
        coefficients=b,
        kept=step.kept,
        levels=state.levels,
        means=state.means,
        centres=_centres(counts, state, active),
        root=step.root,
        has_converged=converged,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _State:
    """Where the search stands."""

    b: Floats
    logs: Floats
    levels: Floats
    means: Floats
    likelihood: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Step:
    """A Newton step, and how much the likelihood would rise by it, twice."""

    coefficients: Floats
    kept: Flags
    root: Floats
    decrement: float


def _state(counts: Counts, b: Floats, events: Floats, active: Flags) -> _State:
    logs = counts.X @ b
    sums = np.bincount(
        counts.groups, np.where(active, counts.weights, 0.0) * counts.exposure * np.exp(logs), len(events)
    )
    levels = np.divide(events, sums, out=np.zeros(len(events)), where=(events > 0) & (sums > 0))
    has = events > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        likelihood = (counts.weights * counts.y)[active] @ logs[active] - events[has] @ np.log(sums[has])
    means = np.where(active, levels[counts.groups] * counts.exposure * np.exp(logs), 0.0)
    return _State(b=b, logs=logs, levels=levels, means=means, likelihood=float(likelihood))


def _improved(counts: Counts, state: _State, direction: Floats, *, events: Floats, active: Flags) -> _State:
    """Return the state after the longest of the halved steps that does not lower the likelihood."""
    size = 1.0
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            tried = _state(counts, state.b + size * direction, events, active)
        if tried.likelihood >= state.likelihood - 1e-12 * events.sum() or size < 1e-6:
            return tried
        size /= 2


def _newton_step(counts: Counts, state: _State, active: Flags) -> _Step:
    X, w = counts.X[active], counts.weights[active]
    mass = w * state.means[active]
    rooted = np.sqrt(mass)
    centred = demean(X, counts.groups[active], weights=mass)
    left = np.divide(w * counts.y[active] - mass, rooted, out=np.zeros(len(mass)), where=rooted > 0)
    block = Block(X=centred * rooted[:, None], y=left, clusters=np.zeros(len(mass), dtype=np.int64))
    if not len(mass):
        k = X.shape[1]
        nothing = np.full(k, np.nan)
        return _Step(
            coefficients=nothing, kept=np.zeros(k, dtype=np.bool_), root=np.zeros((0, 0)), decrement=0.0
        )
    fit: LeastSquares = least_squares([block], norms=np.sqrt(mass @ X**2))
    moved = fit.root @ fit.coefficients[fit.kept]
    return _Step(coefficients=fit.coefficients, kept=fit.kept, root=fit.root, decrement=float(moved @ moved))


def _centres(counts: Counts, state: _State, active: Flags) -> Floats:
    mass = np.where(active, counts.weights * state.means, 0.0)
    total = np.bincount(counts.groups, mass)
    sums = np.column_stack([np.bincount(counts.groups, mass * x) for x in counts.X.T] or [total[:0]])
    return np.divide(
        sums, total[:, None], out=np.zeros((len(total), counts.X.shape[1])), where=total[:, None] > 0
    )


def _is_narrow(logs: Floats, groups: Labels) -> bool:
    """Return whether fitted means within each group are of sizes that data can tell."""
    if not len(logs):
        return True
    n = int(groups.max()) + 1
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, groups, logs)
    np.maximum.at(high, groups, logs)
    seen = np.isfinite(low)
    return bool((high[seen] - low[seen] < _WIDEST).all())
