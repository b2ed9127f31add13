"""The restricted wild cluster bootstrap from one small matrix a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

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
_CHUNK_NUMBERS = 1 << 17  # a chunk of draws stays in the processor's cache
_NO_VARIATION = 1e-20  # of the sample's variance
_ROUGH = 2e-3  # standard errors to which a limit is found with all draws, before only those that change
_FINE = 1e-10  # standard errors to which it is found in the end

Words: TypeAlias = npt.NDArray[np.uint64]


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
    sums = np.zeros((n_clusters, k, k + 1))
    for block in blocks:
        codes, X, y = block.clusters, fit.regressors(block), block.y
        if not (codes[1:] >= codes[:-1]).all():
            order = np.argsort(codes, kind="stable")
            codes, X, y = codes[order], X[order], y[order]
        both = np.column_stack([X, y])  # apart from X: a product with itself is slower for so few columns
        edges = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])).tolist()
        for start, end in zip(edges, [*edges[1:], len(codes)], strict=True):
            sums[codes[start]] += X[start:end].T @ both[start:end]
    return ClusterMoments(grams=sums[:, :, :k], moments=sums[:, :, k], factor=factor)


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
        Whether all sign patterns were gone through. Then one of each pair of mirror images is kept: the
        other's statistic is the same with its sign turned.

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
        """How many draws were gone through, mirror images too."""
        return int(self.top.shape[1]) * (2 if self.is_exact else 1)

    @property
    def smallest_p(self) -> float:
        """The smallest two-sided p-value there can be: the sample and its mirror image are always extreme."""
        return 2 / self.n_draws if self.is_exact else 1 / (1 + self.n_draws)

    def statistics(self, value: float) -> Floats:
        """Return the t statistics of the draws under a supposed value, shape (B,); mirror images last."""
        away = value - self.point
        variance = self.bottom[0] + away * (self.bottom[1] + away * self.bottom[2])
        top = self.top[0] + away * self.top[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = top / np.sqrt(np.maximum(variance, 0.0))
        # A draw without residual variation says nothing against the hypothesis: it counts as extreme.
        found = np.where(variance > _NO_VARIATION * self.std_error**2, found, np.inf * np.sign(top))
        return np.concatenate([found, -found]) if self.is_exact else found

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
        if alternative == "two-sided":
            return self._p_of(int(np.count_nonzero(self._are_extreme(value))))
        t, observed = self.statistics(value), (self.point - value) / self.std_error
        if alternative == "less":
            t, observed = -t, -observed
        k = int(np.count_nonzero(~(t < observed - TIE * max(abs(observed), 1.0))))
        return k / self.n_draws if self.is_exact else (1 + k) / (1 + self.n_draws)

    def _p_of(self, k: int) -> float:
        """Return the p-value when ``k`` of the draws that are kept are extreme in size."""
        return 2 * k / self.n_draws if self.is_exact else (1 + k) / (1 + self.n_draws)

    def _are_extreme(self, value: float) -> Flags:
        return np.asarray(_is_extreme(value - self.point, self.std_error, self.top, self.bottom))

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
        inside, outside = self.point, self.point + 2 * direction * self.std_error
        for _ in range(60):
            if self.p_value(outside) <= alpha:
                break
            inside, outside = outside, self.point + 2 * (outside - self.point)
            if abs(outside - self.point) > _FARTHEST * self.std_error:
                return direction * np.inf
        return self._turn(inside, outside, alpha)

    def _turn(self, inside: float, outside: float, alpha: float) -> float:
        """Return where rejection begins between a value that is not rejected and one that is."""

        def rejects(value: float) -> bool:
            return self.p_value(value) <= alpha

        fine = _FINE * self.std_error
        rough = _halved(inside, outside, rejects, width=_ROUGH * self.std_error)
        found = _halved(*rough, self._rejection_within(*rough, alpha), width=fine)
        # A draw that is extreme at both ends and not between was not looked at: all have the last word.
        if rejects(found[0]) or not rejects(found[1]):
            found = _halved(*rough, rejects, width=fine)
        return float(found[0])

    def _rejection_within(self, inside: float, outside: float, alpha: float) -> Callable[[float], bool]:
        """Return the test for values of a short stretch: only the few draws that change are asked anew."""
        before, after = self._are_extreme(inside), self._are_extreme(outside)
        settled, changed = int(np.count_nonzero(before & after)), np.flatnonzero(before != after)
        tops, bottoms = self.top[:, changed].T.tolist(), self.bottom[:, changed].T.tolist()
        draws = list(zip(tops, bottoms, strict=True))

        def rejects(value: float) -> bool:
            away = value - self.point
            more = sum(bool(_is_extreme(away, self.std_error, top, bottom)) for top, bottom in draws)
            return self._p_of(settled + more) <= alpha

        return rejects


def _is_extreme(
    away: float, std_error: float, top: Floats | list[float], bottom: Floats | list[float]
) -> Flags | bool:
    """Return whether draws (or a single one) are as far out as the sample, in size.

    Squares are compared, which needs neither a root nor a quotient for every draw.
    """
    observed = abs(away) / std_error
    least = max(observed - TIE * max(observed, 1.0), 0.0)
    variance = bottom[0] + away * (bottom[1] + away * bottom[2])
    moved = top[0] + away * top[1]
    # A draw without residual variation says nothing against the hypothesis: it counts as extreme.
    return (moved * moved >= least * least * variance) | (variance <= _NO_VARIATION * std_error**2)


def _halved(
    inside: float, outside: float, rejects: Callable[[float], bool], *, width: float
) -> tuple[float, float]:
    """Halve the stretch between a value that is not rejected and one that is until it is short."""
    for _ in range(80):
        middle = (inside + outside) / 2
        if middle in (inside, outside) or abs(outside - inside) < width:
            break
        if rejects(middle):
            outside = middle
        else:
            inside = middle
    return inside, outside


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
    direct, slopes = u @ row, S @ row  # (2, G), (G, k)
    moved = u @ inverse  # (2, G, k)
    crossed = moved @ (slopes.T @ slopes) - 2 * direct[:, :, None] * slopes
    own = np.stack([direct[0] ** 2, 2 * direct[0] * direct[1], direct[1] ** 2])
    sums = np.concatenate([direct.T, *moved, *crossed], axis=1).T
    tops, bottoms = [], []
    is_exact = weights == "rademacher" and draws >= 2**G
    draws = 2 ** (G - 1) if is_exact else draws
    for V in _draws(G, weights=weights, draws=draws, seed=seed, is_exact=is_exact):
        found = sums @ V.T
        squares = own.sum(axis=1)[:, None] if weights == "rademacher" else own @ (V**2).T
        tops.append(found[:2])
        bottoms.append(_variances(found[2:], squares=squares, same=(V[:, :1] == V).all(axis=1)))
    return WildBootstrap(
        point=float(contrast @ b),
        std_error=float(np.sqrt(moments.factor * (direct[0] @ direct[0]))),
        top=np.concatenate(tops, axis=1),
        bottom=moments.factor * np.concatenate(bottoms, axis=1),
        is_exact=is_exact,
    )


def _variances(found: Floats, *, squares: Floats, same: Flags) -> Floats:
    """Return the draws' sums of squared scores, by powers of the supposed value, shape (3, c).

    A score is ``v_g a_g - slopes_g d``, so that no array of draws by clusters is needed: ``sum a^2``, plus
    ``d'(sum slopes slopes' d - 2 sum v a slopes)``. ``found`` holds ``d``, constant and linear, and then
    what stands in the brackets, for every draw.
    """
    d, inner = found.reshape(2, 2, -1, found.shape[1])
    products = [(d[i] * inner[j]).sum(axis=0) for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
    variances = squares + np.stack([products[0], products[1] + products[2], products[3]])
    # The sample and its mirror image keep their residuals whatever is supposed, to the last digit.
    variances[1:, same] = 0.0
    return np.asarray(variances)


def _draws(G: int, *, weights: Weights, draws: int, seed: int, is_exact: bool) -> Iterable[Floats]:
    """Yield the weights of the clusters, shape (c, G), in chunks; all patterns, but one of mirror images."""
    step = max(1, _CHUNK_NUMBERS // G)
    stream = np.random.PCG64(seed)
    for start in range(0, draws, step):
        c = min(step, draws - start)
        if is_exact:
            yield _signs(np.arange(start, start + c, dtype="<u8"), c=c, G=G)
        elif weights == "rademacher":
            yield _signs(stream.random_raw(c * -(-G // 64)).astype("<u8"), c=c, G=G)
        else:
            raw = stream.random_raw(c * G).reshape(c, G)
            point: Labels = ((raw >> np.uint64(1)) % np.uint64(3)).astype(np.int64)
            signs = (raw & np.uint64(1)).astype(np.float64)
            yield _WEBB[point] * (1.0 - 2.0 * signs)


def _signs(words: Words, *, c: int, G: int) -> Floats:
    """Return the lowest G bits of each row of words as signs, shape (c, G)."""
    bits = np.unpackbits(words.view(np.uint8).reshape(c, -1), axis=1, count=G, bitorder="little")
    return 1.0 - 2.0 * bits.astype(np.float64)
