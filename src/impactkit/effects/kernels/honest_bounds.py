"""Limits of an effect when trends may differ by a bounded amount: the conditional least-favourable test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import log_ndtr, ndtri

from impactkit.effects.kernels.arrays import Flags, Floats

_DRAWS = 10_000
_GRID = 400
_WIDTH = 12.0
_MOST_WIDENINGS = 8
_NO_SPREAD = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restriction:
    """Bounds on differences of trends: ``-U d - b <= D d <= U d + b`` for the violations ``d``.

    Parameters
    ----------
    differences : ndarray, shape (P, N)
        ``D``: one row a period after the reference; its last P columns are invertible.
    slack : ndarray, shape (P, N)
        ``U``: what of the periods before the reference bounds them; its last P columns are 0.
    bound : ndarray, shape (P,)
        ``b``, in the outcome's unit.
    """

    differences: Floats
    slack: Floats
    bound: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStudy:
    """Coefficients of an event study, in order of time without the reference.

    Parameters
    ----------
    points : ndarray, shape (N,)
        In the outcome's unit.
    covariance : ndarray, shape (N, N)
        In its square.
    n_before : int
        How many come before the reference.
    weights : ndarray, shape (P,)
        What each later coefficient weighs in the effect asked about.
    """

    points: Floats
    covariance: Floats
    n_before: int
    weights: Floats

    @property
    def std_error(self) -> float:
        """Standard error of the effect if trends were parallel."""
        own = self.covariance[self.n_before :, self.n_before :]
        return float(np.sqrt(self.weights @ own @ self.weights))

    @property
    def point(self) -> float:
        """The effect if trends were parallel."""
        return float(self.weights @ self.points[self.n_before :])


def relative_magnitudes(n_before: int, n_after: int, *, bound: float) -> tuple[Restriction, ...]:
    """Return the cases of "no step after the reference exceeds ``bound`` times the largest step before it".

    Parameters
    ----------
    n_before, n_after : int
        Coefficients before and after the reference.
    bound : float
        How many times.

    Returns
    -------
    tuple of Restriction
        One for each step before the reference and sign, as the largest; a trend is allowed if any allows it.

    References
    ----------
    .. [1] Rambachan, A., & Roth, J. (2023). A more credible approach to parallel trends. *Review of Economic
       Studies*, 90(5), section 2.4.1.
    """
    steps = _steps(n_before, n_after)
    after = steps[n_before:]
    return tuple(
        Restriction(
            differences=after,
            slack=np.repeat(sign * bound * steps[s][None, :], n_after, axis=0),
            bound=np.zeros(n_after),
        )
        for s in range(n_before)
        for sign in (1.0, -1.0)
    )


def smoothness(n_before: int, n_after: int, *, bound: float) -> tuple[Restriction, ...]:
    """Return the case of "the slope changes by at most ``bound`` from one period to the next".

    Parameters
    ----------
    n_before, n_after : int
        Coefficients before and after the reference.
    bound : float
        In the outcome's unit.

    Returns
    -------
    tuple of Restriction
        A single one.

    References
    ----------
    .. [1] Rambachan, A., & Roth, J. (2023). A more credible approach to parallel trends. *Review of Economic
       Studies*, 90(5), section 2.4.2.
    """
    steps = _steps(n_before, n_after)
    bends = np.diff(steps, axis=0)[n_before - 1 :]
    return (Restriction(differences=bends, slack=np.zeros(bends.shape), bound=np.full(n_after, bound)),)


def _steps(n_before: int, n_after: int) -> Floats:
    """Return the matrix from violations to their steps from period to period; the reference's is 0."""
    with_reference = np.insert(np.eye(n_before + n_after), n_before, 0.0, axis=0)
    return np.diff(with_reference, axis=0)


def honest_limits(
    study: EventStudy, restrictions: tuple[Restriction, ...], *, level: float = 0.95
) -> tuple[float, float]:
    """Return the limits of an effect when trends may differ as any of some restrictions allows.

    Parameters
    ----------
    study : EventStudy
        What was estimated.
    restrictions : tuple of Restriction
        Their limits are put together.
    level : float
        Confidence level.

    Returns
    -------
    low, high : float
        In the outcome's unit.

    Notes
    -----
    Each supposed effect is tested by the hybrid of the conditional and the least-favourable test of moment
    inequalities [1]_, with a tenth of alpha spent on the latter. The rows of a restriction come in pairs of
    opposite signs, so the dual of its linear programme has only P + 2 vertices, which are known in closed
    form: one for each pair, and two along ``D^-T w``. No programme is solved. Ends are found on a grid and
    then by bisection.

    References
    ----------
    .. [1] Andrews, I., Roth, J., & Pakes, A. (2023). Inference for linear conditional moment inequalities.
       *Review of Economic Studies*, 90(6).
    .. [2] Rambachan, A., & Roth, J. (2023). A more credible approach to parallel trends. *Review of Economic
       Studies*, 90(5), section 3.

    Examples
    --------
    >>> study = EventStudy(points=np.array([0.0, 1.0]), covariance=0.01 * np.eye(2), n_before=1,
    ...                    weights=np.ones(1))
    >>> low, high = honest_limits(study, relative_magnitudes(1, 1, bound=0.0))
    >>> 0.8 < low < 0.82 and 1.18 < high < 1.2
    True
    """
    ends = [_limits(_Test.of(study, restriction, 1 - level), study) for restriction in restrictions]
    return min(low for low, _ in ends), max(high for _, high in ends)


def leaves_out(
    study: EventStudy, restrictions: tuple[Restriction, ...], effect: float, *, level: float = 0.95
) -> bool:
    """Return whether the limits leave out an effect, without finding them.

    Parameters
    ----------
    study : EventStudy
        What was estimated.
    restrictions : tuple of Restriction
        As for `honest_limits`.
    effect : float
        In the outcome's unit.
    level : float
        Confidence level.

    Returns
    -------
    bool
        Whether all effects that are not rejected lie on one side of it.

    Examples
    --------
    >>> study = EventStudy(points=np.array([0.0, 1.0]), covariance=0.01 * np.eye(2), n_before=1,
    ...                    weights=np.ones(1))
    >>> leaves_out(study, relative_magnitudes(1, 1, bound=0.0), 0.0)
    True
    """
    room = _WIDTH * max(study.std_error, 1e-300)
    ends = min(study.point, effect) - room, max(study.point, effect) + room
    grid = np.sort(np.append(np.linspace(*ends, _GRID), effect))
    below = above = False
    for restriction in restrictions:
        accepted = _Test.of(study, restriction, 1 - level).accepts(grid)
        below = below or bool(accepted[grid <= effect].any())
        above = above or bool(accepted[grid >= effect].any())
        if below and above:
            return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Test:
    """The moments at the vertices, ``constant - effect * slope``, with their covariance."""

    constant: Floats
    slope: Floats
    covariance: Floats
    alpha: float
    kappa: float
    least_favourable: float

    @classmethod
    def of(cls, study: EventStudy, restriction: Restriction, alpha: float) -> _Test:
        """Reduce a restriction to its vertices."""
        D, U = restriction.differences, restriction.slack
        P, after = len(D), slice(study.n_before, None)
        rows = np.vstack([D - U, -D - U])
        sd = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", rows, study.covariance, rows), 0.0))
        along = np.linalg.solve(D[:, after].T, study.weights)
        pairs = np.hstack([np.eye(P), np.eye(P)])
        up, down = np.maximum(along, 0.0), np.maximum(-along, 0.0)
        vertices = np.vstack([pairs, np.append(up, down), np.append(down, up)])
        vertices /= (vertices @ sd)[:, None]
        bounds = np.tile(restriction.bound, 2)
        aim = study.weights / (study.weights @ study.weights)
        seen = vertices @ rows
        covariance = seen @ study.covariance @ seen.T
        kappa = alpha / 10
        return cls(
            constant=vertices @ (rows @ study.points - bounds),
            slope=vertices @ (rows[:, after] @ aim),
            covariance=covariance,
            alpha=alpha,
            kappa=kappa,
            least_favourable=_largest_quantile(covariance, 1 - kappa),
        )

    def accepts(self, effects: Floats) -> Flags:
        """Return which supposed effects are not rejected."""
        moments = self.constant - np.asarray(effects)[:, None] * self.slope
        top = moments.argmax(axis=1)
        eta = moments[np.arange(len(top)), top]
        variance = np.diag(self.covariance)[top]
        known = variance <= _NO_SPREAD * max(float(np.diag(self.covariance).max()), 1e-300)
        safe = np.where(known, 1.0, variance)
        tilt = self.covariance[top] / safe[:, None]
        rest, room = moments - tilt * eta[:, None], 1 - tilt
        with np.errstate(divide="ignore", invalid="ignore"):
            cross = rest / room
        low = np.where(room > 1e-9, cross, -np.inf).max(axis=1)
        high = np.where(room < -1e-9, cross, np.inf).min(axis=1)
        high = np.minimum(high, self.least_favourable)
        size = (self.alpha - self.kappa) / (1 - self.kappa)
        critical = np.maximum(0.0, _truncated_quantile(1 - size, low, high, np.sqrt(safe)))
        accepted: Flags = (eta <= self.least_favourable) & np.where(known, eta <= 0, eta <= critical)
        return accepted


def _largest_quantile(covariance: Floats, probability: float) -> float:
    """Return a quantile of the largest of jointly normal numbers, from a fixed set of draws."""
    normal = fixed_normal(len(covariance))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    # Draws along the last axis: a maximum over few numbers at a time is slow.
    return float(np.quantile((root @ normal.T).max(axis=0), probability))


@lru_cache(maxsize=4)
def fixed_normal(columns: int) -> Floats:
    """Return independent normal numbers, the same every time.

    Parameters
    ----------
    columns : int
        How many side by side.

    Returns
    -------
    ndarray, shape (10000, columns)
        From the raw stream of PCG64, so that they are the same with every version of numpy.
    """
    raw = np.random.PCG64(20230501).random_raw(_DRAWS * columns)
    return np.asarray(ndtri((raw.astype(np.float64) + 0.5) / 2.0**64).reshape(_DRAWS, columns))


def _truncated_quantile(probability: float, low: Floats, high: Floats, sd: Floats) -> Floats:
    """Return quantiles of normal distributions of mean 0 between two ends."""
    a, b = low / sd, high / sd
    # In the tail that both ends share probabilities would round to 1: reflect it.
    flip = a > 0
    lower, upper = np.where(flip, -b, a), np.where(flip, -a, b)
    share = np.where(flip, 1 - probability, probability)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_upper, log_lower = log_ndtr(upper), log_ndtr(lower)
        gap = np.exp(np.minimum(log_lower - log_upper, 0.0))
        mass = np.exp(log_upper) * (gap + share * (1 - gap))
        found = ndtri(np.clip(mass, 0.0, 1.0))
    found = np.clip(np.where(np.isfinite(found), found, upper), lower, upper)
    return np.asarray(np.where(flip, -found, found) * sd)


def _limits(test: _Test, study: EventStudy) -> tuple[float, float]:
    """Return the smallest and the largest effect accepted; nan, nan reversed where none is."""
    centre, step = study.point, max(study.std_error, 1e-300)
    width = _WIDTH
    for _ in range(_MOST_WIDENINGS):
        grid = centre + step * np.linspace(-width, width, _GRID)
        accepted = test.accepts(grid)
        if not (accepted[0] or accepted[-1]):
            break
        width *= 3
    inside = np.flatnonzero(accepted)
    if not len(inside):
        return np.inf, -np.inf
    first, last = int(inside[0]), int(inside[-1])
    low = -np.inf if first == 0 else _turn(test, grid[first - 1], grid[first])
    high = np.inf if last == len(grid) - 1 else _turn(test, grid[last + 1], grid[last])
    return low, high


def _turn(test: _Test, outside: float, inside: float) -> float:
    """Return where a rejected effect turns into an accepted one."""
    for _ in range(8):
        between = np.linspace(outside, inside, 33)
        accepted = test.accepts(between)
        at = int(np.argmax(accepted))
        outside, inside = float(between[at - 1]), float(between[at])
        if abs(inside - outside) <= 1e-9 * max(abs(inside), abs(outside)):
            break
    return inside
