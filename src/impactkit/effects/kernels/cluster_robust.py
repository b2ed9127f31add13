"""Covariance of least-squares coefficients: classical, robust by row and robust by cluster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.linalg import solve_triangular

from impactkit.effects.kernels.arrays import Floats
from impactkit.effects.kernels.clusters import Spectra, Spectrum, kept_if_small, score_sums
from impactkit.effects.kernels.least_squares import Blocks, LeastSquares

Kind: TypeAlias = Literal["HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"]
Undefined: TypeAlias = Literal[
    "one_cluster", "no_residual_degrees_of_freedom", "one_cluster_determines_a_direction"
]

_POWERS = {"0": 0.0, "1": 0.0, "2": -0.5, "3": -1.0}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassicalCovariance:
    """Covariance under independent errors of one variance.

    Parameters
    ----------
    covariance : ndarray, shape (k, k)
        ``s^2 (X'X)^-1``; nan for dropped columns. In the outcome's unit squared.
    residual_degrees_of_freedom : int
        Rows minus parameters.
    undefined_reason : str or None
        Why the covariance is nan, if it is.
    """

    covariance: Floats
    residual_degrees_of_freedom: int
    undefined_reason: Undefined | None = None

    def variance(self, contrast: Floats) -> float:
        """Return the variance of a contrast (k,) of the coefficients; nan if it involves a dropped one."""
        return _variance(self.covariance, contrast)

    def degrees_of_freedom(self, contrast: Floats) -> float:
        """Return the degrees of freedom for a t test of a contrast (k,)."""
        undefined = self.undefined_reason or np.isnan(_variance(self.covariance, contrast))
        return float("nan") if undefined else float(self.residual_degrees_of_freedom)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterCovariance:
    """Covariance that allows any dependence within clusters.

    Parameters
    ----------
    kind : str
        ``"HC0"`` .. ``"HC3"`` or ``"CR0"`` .. ``"CR3"``.
    influence : ndarray, shape (G, k)
        Each cluster's (adjusted) contribution to the error of the coefficients; nan for dropped columns.
    factor : float
        Small-sample factor: ``covariance = factor * influence' influence``.
    covariance : ndarray, shape (k, k)
        In the outcome's unit squared; nan for dropped columns, or everywhere if undefined.
    n_clusters : int
        Clusters that have rows.
    fit : LeastSquares
        The solution whose coefficients these are.
    n_parameters : int
        Parameters, with those of absorbed effects that are not nested in clusters.
    spectra : re-iterable of Spectrum
        Leverage of each cluster, kept when small and otherwise worked out again when asked for.
    undefined_reason : str or None
        Why the covariance is nan, if it is.
    """

    kind: Kind
    influence: Floats
    factor: float
    covariance: Floats
    n_clusters: int
    fit: LeastSquares
    n_parameters: int
    spectra: Iterable[Spectrum]
    undefined_reason: Undefined | None

    def variance(self, contrast: Floats) -> float:
        """Return the variance of a contrast (k,) of the coefficients; nan if it involves a dropped one."""
        return _variance(self.covariance, contrast)

    def degrees_of_freedom(self, contrast: Floats) -> float:
        """Return the degrees of freedom for a t test of a contrast.

        Parameters
        ----------
        contrast : ndarray, shape (k,)
            Weights of the coefficients.

        Returns
        -------
        float
            ``n - n_parameters`` for HC0, HC1 and HC3; ``G - 1`` for CR0, CR1 and CR3; Satterthwaite's for HC2
            and CR2; nan if the covariance is undefined.

        Notes
        -----
        Satterthwaite's degrees of freedom take independent errors of one variance as the working model
        [1]_ [2]_. With rows multiplied by root weights ``w`` that is a variance of ``1/w`` for the original
        rows.

        References
        ----------
        .. [1] Bell, R. M., & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression
           with multi-stage samples. *Survey Methodology*, 28(2).
        .. [2] Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
           estimation and hypothesis testing in fixed effects models. *JBES*, 36(4).
        """
        if np.isnan(self.variance(contrast)):
            return float("nan")
        if self.kind in ("HC2", "CR2"):
            return _satterthwaite(self.spectra, self.fit, contrast[self.fit.kept])
        if self.kind.startswith("HC"):
            return float(self.fit.n_rows - self.n_parameters)
        return float(self.n_clusters - 1)

    def determined_share(self, contrast: Floats) -> float:
        """Return how much of a contrast single clusters determine alone.

        Parameters
        ----------
        contrast : ndarray, shape (k,)
            Weights of the coefficients.

        Returns
        -------
        float
            Between 0 and 1. Residuals are exactly zero in such directions, so no robust variance sees their
            error: above about 1e-8 every kind understates it (one treated cluster is the common case). A
            cluster's own fixed effects leave 0 for the coefficients of other regressors.
        """
        if np.isnan(self.variance(contrast)):
            return float("nan")
        p = solve_triangular(self.fit.root, contrast[self.fit.kept], trans="T")
        share = 0.0
        for spectrum in self.spectra:
            along = (p @ spectrum.factors)[spectrum.is_determined()]
            share += float(along @ along)
        return share / float(p @ p)


def cluster_robust(
    blocks: Blocks, fit: LeastSquares, *, kind: Kind, n_parameters: int | None = None
) -> ClusterCovariance:
    """Return the heteroskedasticity- or cluster-robust covariance of least-squares coefficients.

    Parameters
    ----------
    blocks : re-iterable of Block
        The rows that were fitted.
    fit : LeastSquares
        Their solution.
    kind : str
        ``"HC0"`` .. ``"HC3"`` treat every row as its own cluster; ``"CR0"`` .. ``"CR3"`` use the clusters.
    n_parameters : int, optional
        Parameters counted by HC1 and CR1. Default: the kept columns; give more when effects not nested in
        the clusters, or the grand mean, were absorbed.

    Returns
    -------
    ClusterCovariance
        Covariance, influence by cluster and degrees of freedom.

    Raises
    ------
    UsageError
        If a cluster has rows in two blocks (CR2 and CR3; the others do not need whole clusters).

    Notes
    -----
    Scores of cluster ``g`` are adjusted by a power of ``I - H_gg``, its block of the residual-maker matrix:

    ======== ========== =============================== ==========================================
    kind     power      factor                          same as
    ======== ========== =============================== ==========================================
    HC0, CR0 0          1                               sandwich HC0; clubSandwich CR0
    HC1      0          n / (n - p)                     Stata ``robust``
    CR1      0          G / (G - 1) * (n - 1) / (n - p) Stata ``cluster``; clubSandwich CR1S
    HC2, CR2 -1/2       1                               sandwich HC2; clubSandwich CR2 [1]_
    HC3, CR3 -1         1                               sandwich HC3; clubSandwich CR3
    ======== ========== =============================== ==========================================

    CR3 and HC3 leave out one cluster at a time, about the estimate with all of them. Where one cluster alone
    determines a direction (``1 - leverage <= 1e-10``), CR2 uses the Moore-Penrose inverse; CR3 would divide
    by zero and is nan, as its ``undefined_reason`` says. No matrix is larger than the number of columns.

    References
    ----------
    .. [1] Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
       estimation and hypothesis testing in fixed effects models. *JBES*, 36(4).

    Examples
    --------
    >>> from impactkit.effects.kernels.least_squares import Block, least_squares
    >>> blocks = [Block(X=np.ones((4, 1)), y=np.array([1.0, 1, -1, -1]), clusters=np.array([0, 0, 1, 1]))]
    >>> cluster_robust(blocks, least_squares(blocks), kind="CR1").covariance
    array([[1.]])
    """
    parameters = fit.rank if n_parameters is None else n_parameters
    spectra: Iterable[Spectrum] = Spectra(blocks=blocks, fit=fit, by_row=kind.startswith("HC"))
    determined = False
    if kind in ("CR0", "CR1"):
        sums, n_clusters = score_sums(blocks, fit)
        scores = solve_triangular(fit.root, sums.T, trans="T").T
    elif kind in ("HC0", "HC1"):
        scores, n_clusters = _row_scores(blocks, fit), fit.n_rows
    else:
        spectra = kept_if_small(spectra)
        scores, n_clusters, determined = _adjusted_scores(spectra, _POWERS[kind[2]], fit.rank)
    reason = _undefined_reason(
        kind, n_clusters=n_clusters, residual=fit.n_rows - parameters, determined=determined
    )
    factor = _factor(kind, n_clusters=n_clusters, n_rows=fit.n_rows, n_parameters=parameters)
    influence = np.full((len(scores), len(fit.kept)), np.nan)
    influence[:, fit.kept] = solve_triangular(fit.root, scores.T).T
    return ClusterCovariance(
        kind=kind,
        influence=influence,
        factor=factor,
        covariance=factor * influence.T @ influence
        if reason is None
        else np.full((len(fit.kept),) * 2, np.nan),
        n_clusters=n_clusters,
        fit=fit,
        n_parameters=parameters,
        spectra=spectra,
        undefined_reason=reason,
    )


def classical_covariance(fit: LeastSquares, *, n_parameters: int | None = None) -> ClassicalCovariance:
    """Return the covariance of least-squares coefficients under independent errors of one variance.

    Parameters
    ----------
    fit : LeastSquares
        The solution.
    n_parameters : int, optional
        Parameters, with absorbed ones. Default: the kept columns.

    Returns
    -------
    ClassicalCovariance
        Covariance and degrees of freedom.

    Examples
    --------
    >>> from impactkit.effects.kernels.least_squares import Block, least_squares
    >>> fit = least_squares([Block(X=np.ones((4, 1)), y=np.array([1.0, 2, 3, 6]), clusters=np.arange(4))])
    >>> classical_covariance(fit).covariance.round(12)
    array([[1.16666667]])
    """
    residual = fit.n_rows - (fit.rank if n_parameters is None else n_parameters)
    covariance = np.full((len(fit.kept),) * 2, np.nan)
    if residual > 0:
        inverse = solve_triangular(fit.root, np.eye(fit.rank))
        variance = fit.residual_sum_of_squares / residual
        covariance[np.ix_(fit.kept, fit.kept)] = variance * inverse @ inverse.T
    return ClassicalCovariance(
        covariance=covariance,
        residual_degrees_of_freedom=residual,
        undefined_reason=None if residual > 0 else "no_residual_degrees_of_freedom",
    )


def _row_scores(blocks: Blocks, fit: LeastSquares) -> Floats:
    scores, start = np.empty((fit.n_rows, fit.rank)), 0
    for block in blocks:
        rows = slice(start, start + len(block.y))
        scores[rows] = fit.regressors(block) * fit.residuals(block)[:, None]
        start = rows.stop
    return np.asarray(solve_triangular(fit.root, scores.T, trans="T").T)


def _adjusted_scores(spectra: Iterable[Spectrum], power: float, rank: int) -> tuple[Floats, int, bool]:
    """Return adjusted scores (G, r), the number of clusters, and whether a cluster determines a direction."""
    found = [(s.clusters, s.scores(power), bool(s.is_determined().any())) for s in spectra]
    codes = np.concatenate([codes for codes, _, _ in found])
    scores = np.zeros((int(codes.max()) + 1, rank))
    scores[codes] = np.concatenate([batch for _, batch, _ in found])
    return scores, len(codes), any(determined for _, _, determined in found)


def _undefined_reason(kind: Kind, *, n_clusters: int, residual: int, determined: bool) -> Undefined | None:
    if kind.startswith("CR") and n_clusters < 2:
        return "one_cluster"
    if residual <= 0:
        return "no_residual_degrees_of_freedom"
    if determined and kind in ("HC3", "CR3"):
        return "one_cluster_determines_a_direction"
    return None


def _factor(kind: Kind, *, n_clusters: int, n_rows: int, n_parameters: int) -> float:
    if n_rows <= n_parameters or n_clusters < 2:
        return 1.0
    if kind == "HC1":
        return n_rows / (n_rows - n_parameters)
    if kind == "CR1":
        return n_clusters / (n_clusters - 1) * (n_rows - 1) / (n_rows - n_parameters)
    return 1.0


def _variance(covariance: Floats, contrast: Floats) -> float:
    used = np.flatnonzero(contrast)
    return float(contrast[used] @ covariance[np.ix_(used, used)] @ contrast[used])


def _satterthwaite(spectra: Iterable[Spectrum], fit: LeastSquares, contrast: Floats) -> float:
    """Return Satterthwaite's degrees of freedom for CR2 (or HC2) under the identity working model.

    The variance estimate is ``sum_g (z_g'u)^2`` with ``z_g = (I - H) A_g Q_g p``, ``p = R^-T c``, so that
    ``z_g'z_h = [g = h] p'Q_g'A_g^2 Q_g p - b_g'b_h`` with ``b_g = Q_g'A_g Q_g p``. The sum over all pairs of
    ``(b_g'b_h)^2`` is the squared norm of the small matrix ``sum_g b_g b_g'``: no G x G matrix is needed.
    """
    p = solve_triangular(fit.root, contrast, trans="T")
    trace = on_diagonal = own = 0.0
    outer = np.zeros((fit.rank, fit.rank))
    for spectrum in spectra:
        weighted = spectrum.weights(-0.5) * (p @ spectrum.factors)
        b = (spectrum.factors @ weighted[:, :, None])[:, :, 0]
        b_squared = np.sum(b * b, axis=1)
        diagonal = np.sum(weighted * weighted, axis=1) - b_squared
        trace += float(diagonal.sum())
        on_diagonal += float(diagonal @ diagonal)
        own += float(b_squared @ b_squared)
        outer += b.T @ b
    expected_square = on_diagonal + float(np.sum(outer * outer)) - own
    return trace * trace / expected_square if trace > 0 and expected_square > 0 else float("nan")
