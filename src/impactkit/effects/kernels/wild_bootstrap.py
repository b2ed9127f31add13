"""The restricted wild cluster bootstrap from one small matrix a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels
from impactkit.effects.kernels.least_squares import Blocks, LeastSquares
from impactkit.errors import EstimationError

Weights: TypeAlias = Literal["rademacher", "webb"]
Alternative: TypeAlias = Literal["two-sided", "greater", "less"]

TIE = 1e-10
"""Statistics closer than this share are equal, and so as extreme: the sample itself is one of the draws."""

_WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
_MOST_BYTES = 1 << 30
_FARTHEST = 1e6  # standard errors from the estimate within which a limit is looked for
_CHUNK_NUMBERS = 1 << 21


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterMoments:
    """Products of regressors and outcome within each cluster.

    Parameters
    ----------
    grams : ndarray, shape (G, k, k)
        ``X_g'X_g``.
    moments : ndarray, shape (G, k)
        ``X_g'y_g``.
    factor : float
        Small-sample factor of the CR1 variance.
    """

    grams: Floats
    moments: Floats
    factor: float


def cluster_moments(blocks: Blocks, fit: LeastSquares, *, n_clusters: int, factor: float) -> ClusterMoments:
    """Gather the products of each cluster's rows.

    Parameters
    ----------
    blocks : re-iterable of Block
        The rows that were fitted.
    fit : LeastSquares
        Their solution; its kept columns are used.
    n_clusters : int
        How many clusters.
    factor : float
        Small-sample factor of the CR1 variance.

    Returns
    -------
    ClusterMoments
        All that the bootstrap needs of the rows.

    Raises
    ------
    EstimationError
        If there are so many clusters and columns that they do not fit in memory.
    """
    k = fit.rank
    if 8 * n_clusters * k * k > _MOST_BYTES:
        raise EstimationError(
            "The bootstrap of {clusters} clusters and {columns} columns needs more than a gigabyte.",
            where="inference",
            mend="Use ClusterRobust(): with so many clusters no bootstrap is needed.",
            values={"clusters": n_clusters, "columns": k},
        )
    grams, moments = np.zeros((n_clusters, k, k)), np.zeros((n_clusters, k))
    for block in blocks:
        order = np.argsort(block.clusters, kind="stable")
        codes = block.clusters[order]
        X, y = fit.regressors(block)[order], block.y[order]
        edges = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
        for start, end in zip(edges, np.append(edges[1:], len(codes)), strict=True):
            own = X[start:end]
            grams[codes[start]] += own.T @ own
            moments[codes[start]] += own.T @ y[start:end]
    return ClusterMoments(grams=grams, moments=moments, factor=factor)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WildBootstrap:
    """The distribution of the t statistic under any supposed value ``r`` of the coefficient.

    Parameters
    ----------
    point, std_error : float
        The coefficient and its CR1 standard error.
    top : ndarray, shape (2, B)
        The draws' coefficients less ``r``, as ``top[0] + d top[1]`` with ``d = r - point``.
    bottom : ndarray, shape (3, B)
        Their variances, as ``bottom[0] + d bottom[1] + d^2 bottom[2]``.
    is_exact : bool
        Whether all sign patterns were gone through.

    Notes
    -----
    Residuals that respect the supposed value are affine in it, so that one set of draws serves the p-value of
    every value, and limits are found by bisection without drawing again.
    """

    point: float
    std_error: float
    top: Floats
    bottom: Floats
    is_exact: bool

    @property
    def n_draws(self) -> int:
        """How many draws were gone through."""
        return int(self.top.shape[1])

    @property
    def smallest_p(self) -> float:
        """The smallest two-sided p-value there can be: the sample and its mirror image are always extreme."""
        return 2 / self.n_draws if self.is_exact else 1 / (1 + self.n_draws)

    def statistics(self, value: float) -> Floats:
        """Return the t statistics of the draws under a supposed value, shape (B,)."""
        away = value - self.point
        variance = self.bottom[0] + away * (self.bottom[1] + away * self.bottom[2])
        top = self.top[0] + away * self.top[1]
        scale = self.std_error**2
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = top / np.sqrt(np.maximum(variance, 0.0))
        # A draw without residual variation says nothing against the hypothesis: it counts as extreme.
        return np.where(variance > 1e-20 * scale, found, np.inf * np.sign(top))

    def p_value(self, value: float = 0.0, *, alternative: Alternative = "two-sided") -> float:
        """Return the p-value of the hypothesis that the coefficient is (at most, at least) a value.

        Parameters
        ----------
        value : float
            The supposed value.
        alternative : {"two-sided", "greater", "less"}
            What speaks against it; two-sided compares sizes.

        Returns
        -------
        float
            ``k / B`` over all sign patterns, ``(1 + k) / (1 + B)`` over random ones; ties are extreme, so
            that it is never 0.
        """
        t, observed = self.statistics(value), (self.point - value) / self.std_error
        if alternative == "two-sided":
            t, observed = np.abs(t), abs(observed)
        elif alternative == "less":
            t, observed = -t, -observed
        k = int(np.count_nonzero(~(t < observed - TIE * max(abs(observed), 1.0))))
        return k / self.n_draws if self.is_exact else (1 + k) / (1 + self.n_draws)

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits, which compare sizes."""
        half = self.p_value(value) / 2
        is_beyond = self.point > value if alternative == "greater" else self.point < value
        return half if is_beyond else 1 - half

    def limits(self, level: float) -> tuple[float, float]:
        """Return the ends of the values that are not rejected.

        Parameters
        ----------
        level : float
            Confidence level, such as 0.95.

        Returns
        -------
        low, high : float
            Infinite where no value can be rejected.
        """
        low, high = (self._limit(1 - level, direction) for direction in (-1.0, 1.0))
        return low, high

    def _limit(self, alpha: float, direction: float) -> float:
        if self.smallest_p > alpha:
            return direction * np.inf
        step = direction * self.std_error
        inside, outside = self.point, self.point + 2 * step
        for _ in range(60):
            if self.p_value(outside) <= alpha:
                break
            inside, outside = outside, self.point + 2 * (outside - self.point)
            if abs(outside - self.point) > _FARTHEST * self.std_error:
                return direction * np.inf
        for _ in range(80):
            middle = (inside + outside) / 2
            if middle in (inside, outside) or abs(outside - inside) < 1e-10 * self.std_error:
                break
            if self.p_value(middle) <= alpha:
                outside = middle
            else:
                inside = middle
        return float(inside)


def wild_bootstrap(
    moments: ClusterMoments, contrast: Floats, *, weights: Weights = "rademacher", draws: int, seed: int
) -> WildBootstrap:
    """Draw the restricted wild cluster bootstrap of a combination of coefficients.

    Parameters
    ----------
    moments : ClusterMoments
        Products within clusters.
    contrast : ndarray, shape (k,)
        What each coefficient weighs in it.
    weights : {"rademacher", "webb"}
        Signs, or six points (for very few clusters, where signs give few patterns).
    draws : int
        Random draws; with signs all ``2^G`` patterns are gone through instead where they are no more.
    seed : int
        Where random draws start.

    Returns
    -------
    WildBootstrap
        Tests and limits.

    Notes
    -----
    With ``S_g = X_g'X_g`` and ``s_g = X_g'y_g``, scores of the restricted residuals are
    ``u_g(r) = s_g - S_g b(r)``. A draw ``v`` moves the coefficients by ``d = S^-1 sum v_g u_g`` and the score
    of cluster ``g`` in the coefficient's direction is ``c'(v_g u_g - S_g d)`` with ``c`` the coefficient's
    row of ``S^-1``. All of it costs G k numbers a draw [1]_ [2]_. The restricted coefficients of a
    combination ``c'b = r`` are ``b + (r - c'b) S^-1 c / (c'S^-1 c)``.

    References
    ----------
    .. [1] Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for inference
       with clustered errors. *Review of Economics and Statistics*, 90(3).
    .. [2] Roodman, D., MacKinnon, J. G., Nielsen, M. Ø., & Webb, M. D. (2019). Fast and wild: bootstrap
       inference in Stata using boottest. *Stata Journal*, 19(1).

    Examples
    --------
    >>> from impactkit.effects.kernels.least_squares import Block, least_squares
    >>> y = np.array([1.0, 2, 4, 1, -1, 2])
    >>> block = Block(X=np.ones((6, 1)), y=y, clusters=np.arange(6))
    >>> fit = least_squares([block])
    >>> found = wild_bootstrap(
    ...     cluster_moments([block], fit, n_clusters=6, factor=1.2), np.ones(1), draws=999, seed=1)
    >>> found.p_value(), found.is_exact
    (0.125, True)
    """
    S, s = moments.grams, moments.moments
    G = len(s)
    inverse = np.linalg.inv(S.sum(axis=0))
    b, row = inverse @ s.sum(axis=0), inverse @ contrast
    u = np.stack([s - S @ b, -(S @ row) / (contrast @ row)])
    direct, moved, slopes = u @ row, u @ inverse, S @ row  # (2, G), (2, G, k), (G, k)
    sums = np.hstack([*moved, *(direct[:, :, None] * slopes)])
    own = np.stack([direct[0] ** 2, 2 * direct[0] * direct[1], direct[1] ** 2], axis=1)
    spread = slopes.T @ slopes
    tops, bottoms = [], []
    is_exact = weights == "rademacher" and draws >= 2**G
    for V in _draws(G, weights=weights, draws=2**G if is_exact else draws, seed=seed, is_exact=is_exact):
        steps, crosses = np.split((V @ sums).reshape(len(V), 4, -1), 2, axis=1)
        squares = own.sum(axis=0) if weights == "rademacher" else V**2 @ own
        # The sample and its mirror image keep their residuals whatever is supposed, to the last digit.
        same = (V[:, :1] == V).all(axis=1)
        tops.append((steps @ contrast).T)
        bottoms.append(_variances(steps, crosses, spread=spread, squares=squares, same=same))
    scores = (s - S @ b) @ row
    return WildBootstrap(
        point=float(contrast @ b),
        std_error=float(np.sqrt(moments.factor * (scores @ scores))),
        top=np.concatenate(tops, axis=1),
        bottom=moments.factor * np.concatenate(bottoms, axis=1),
        is_exact=is_exact,
    )


def _variances(steps: Floats, crosses: Floats, *, spread: Floats, squares: Floats, same: Flags) -> Floats:
    """Return the draws' sums of squared scores, by powers of the supposed value, shape (3, c).

    A score is ``v_g a_g - slopes_g d``, so that no array of draws by clusters is needed: ``sum a^2``, less
    twice ``d`` times ``sum v a slopes``, plus the form of ``d``.
    """
    turned = steps @ spread
    form = [(turned[:, i] * steps[:, j]).sum(axis=1) for i, j in ((0, 0), (0, 1), (1, 1))]
    cross = [(steps[:, i] * crosses[:, j]).sum(axis=1) for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
    doubled = [2 * cross[0], 2 * (cross[1] + cross[2]), 2 * cross[3]]
    found = squares.T.reshape(3, -1) - np.stack(doubled) + np.stack([form[0], 2 * form[1], form[2]])
    found[1:, same] = 0.0
    return np.asarray(found)


def _draws(G: int, *, weights: Weights, draws: int, seed: int, is_exact: bool) -> Iterable[Floats]:
    """Yield the weights of the clusters, shape (c, G), in chunks."""
    step = max(1, _CHUNK_NUMBERS // G)
    stream = np.random.PCG64(seed)
    words = -(-G // 64)
    for start in range(0, draws, step):
        c = min(step, draws - start)
        if is_exact:
            patterns = np.arange(start, start + c, dtype=np.int64)[:, None] >> np.arange(G)
            signs = (patterns & 1).astype(np.float64)
            yield 1.0 - 2.0 * signs
        elif weights == "rademacher":
            bits = stream.random_raw(c * words).astype("<u8").view(np.uint8).reshape(c, 8 * words)
            signs = np.unpackbits(bits, axis=1, count=G, bitorder="little").astype(np.float64)
            yield 1.0 - 2.0 * signs
        else:
            raw = stream.random_raw(c * G).reshape(c, G)
            point: Labels = ((raw >> np.uint64(1)) % np.uint64(3)).astype(np.int64)
            signs = (raw & np.uint64(1)).astype(np.float64)
            yield _WEBB[point] * (1.0 - 2.0 * signs)
