"""The multiplier bootstrap of many effects at once, drawn in as many dimensions as there are effects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.special import ndtr, ndtri

from impactkit.effects.kernels.arrays import Floats

TIE = 1e-9
"""Probabilities closer than this share are equal."""
_CHUNK_NUMBERS = 1 << 20


def correlation_of(covariance: Floats) -> Floats:
    """Return the correlation that a covariance holds.

    Parameters
    ----------
    covariance : ndarray, shape (M, M)
        With a positive diagonal.

    Returns
    -------
    ndarray, shape (M, M)
        Ones on the diagonal.
    """
    size = np.sqrt(np.diag(covariance))
    found: Floats = covariance / size / size[:, None]
    np.fill_diagonal(found, 1.0)
    return found


def multiplier_draws(correlation: Floats, *, draws: int, seed: int) -> Iterator[Floats]:
    """Draw the errors of effects, each over its standard error, in chunks of bounded memory.

    Parameters
    ----------
    correlation : ndarray, shape (M, M)
        Of the effects' errors.
    draws : int
        How many.
    seed : int
        Where they start.

    Yields
    ------
    ndarray, shape (c, M)
        Draws with unit variance.

    Notes
    -----
    With a normal multiplier ``v_g`` for each cluster and contributions ``psi_g``, the draw
    ``sum_g v_g psi_g`` is normal with covariance ``sum_g psi_g psi_g'`` exactly [1]_. So all draws are one
    product of (draws, M) normals and the symmetric root of an M x M matrix: nothing of the size of the
    clusters is gone through. The symmetric root is unique, whatever signs a library gives its eigenvectors.
    Normals come from the raw 64-bit stream of PCG64 by inversion, M words a draw.

    References
    ----------
    .. [1] Chernozhukov, V., Chetverikov, D., & Kato, K. (2013). Gaussian approximations and multiplier
       bootstrap for maxima of sums of high-dimensional random vectors. *Annals of Statistics*, 41(6).

    Examples
    --------
    >>> (found,) = multiplier_draws(np.array([[1.0, 1.0], [1.0, 1.0]]), draws=3, seed=1)
    >>> bool(np.allclose(found[:, 0], found[:, 1]))
    True
    """
    M = len(correlation)
    values, vectors = np.linalg.eigh(correlation)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    stream = np.random.PCG64(seed)
    step = max(1, _CHUNK_NUMBERS // M)
    for start in range(0, draws, step):
        c = min(step, draws - start)
        words = stream.random_raw(c * M).reshape(c, M) >> np.uint64(11)
        yield ndtri((words.astype(np.float64) + 0.5) * 2.0**-53) @ root


def joint_alpha(
    correlation: Floats, alpha: float, *, draws: int, seed: int, alternative: str = "two-sided"
) -> float:
    """Return the level at which each of several tests makes their smallest p-value reject at ``alpha``.

    Parameters
    ----------
    correlation : ndarray, shape (M, M)
        Of the effects' errors.
    alpha : float
        The joint level.
    draws, seed : int
        As in `multiplier_draws`.
    alternative : {"two-sided", "one-sided"}
        Whether errors count by size or upwards.

    Returns
    -------
    float
        From what independent errors need (Sidak's bound, which normal errors never fall below when sizes
        count; Bonferroni's upwards) to ``alpha`` itself, which a single effect has exactly.

    Notes
    -----
    It is a level and no critical value, so that each effect can be held against the t distribution of its
    own degrees of freedom: the effects' dependence is taken from the draws, and their tails from t.

    Examples
    --------
    >>> joint_alpha(np.eye(1), 0.05, draws=999, seed=1)
    0.05
    """
    M = len(correlation)
    floor = 1 - (1 - alpha) ** (1 / M) if alternative == "two-sided" else alpha / M
    if M == 1:
        return alpha
    chunks = multiplier_draws(correlation, draws=draws, seed=seed)
    two_sided = alternative == "two-sided"
    largest = np.concatenate([(np.abs(z) if two_sided else z).max(axis=1) for z in chunks])
    place = int(np.ceil((1 - alpha) * (draws + 1)))
    if place > draws:
        return floor
    critical = float(np.partition(largest, place - 1)[place - 1])
    tail = float(ndtr(-critical))
    return min(max(2 * tail if two_sided else tail, floor), alpha)


def step_down(
    p_values: Floats, reference: Iterable[Floats], *, is_exact: bool = False, bound: bool = False
) -> Floats:
    """Return p-values adjusted for each other, by the step-down of smallest p-values.

    Parameters
    ----------
    p_values : ndarray, shape (K,)
        One a hypothesis; none nan.
    reference : iterable of ndarray, shape (c, K)
        The p-values that draws under all hypotheses give, the same draw along a row.
    is_exact : bool
        Whether every draw that could be is there, the sample among them.
    bound : bool
        Whether adjusted values stay between the p-value and what Sidak's inequality allows among the
        hypotheses that are left, as they do for normal errors.

    Returns
    -------
    ndarray, shape (K,)
        In the given order; never below the p-values.

    Notes
    -----
    The hypothesis with the j-th smallest p-value is held against the distribution of the smallest among those
    not yet rejected: ``(1 + k) / (1 + B)``, or ``k / B`` of all; ties count [1]_ [2]_.

    References
    ----------
    .. [1] Westfall, P. H., & Young, S. S. (1993). *Resampling-Based Multiple Testing*, algorithm 2.8.
    .. [2] Romano, J. P., & Wolf, M. (2005). Exact and approximate stepdown methods for multiple hypothesis
       testing. *Journal of the American Statistical Association*, 100(469).

    Examples
    --------
    >>> step_down(np.array([0.5, 0.25]), [np.array([[0.5, 0.25], [1.0, 1.0], [0.2, 0.9], [0.9, 0.7]])],
    ...           is_exact=True)
    array([0.5, 0.5])
    """
    K = len(p_values)
    order = np.argsort(p_values, kind="stable")
    held = p_values[order]
    counts, n = np.zeros(K, dtype=np.int64), 0
    for chunk in reference:
        smallest = np.minimum.accumulate(chunk[:, order[::-1]], axis=1)[:, ::-1]
        counts += (smallest <= held * (1 + TIE)).sum(axis=0)
        n += len(chunk)
    adjusted = counts / n if is_exact else (1 + counts) / (1 + n)
    left = K - np.arange(K)
    if bound:
        adjusted = np.minimum(adjusted, -np.expm1(left * np.log1p(-np.minimum(held, 1 - 1e-16))))
    adjusted = np.minimum(np.maximum.accumulate(np.maximum(adjusted, held)), 1.0)
    found = np.empty(K)
    found[order] = adjusted
    return found
