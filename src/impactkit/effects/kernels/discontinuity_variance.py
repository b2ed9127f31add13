"""The variance of what weights on rows give near a cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.local_polynomial import Window, on_rows
from impactkit.effects.kernels.nearest_values import NearestPart, NearestResiduals, nearest_residuals

Variance: TypeAlias = Literal["nearest", "hc0", "hc1", "hc2", "hc3", "cr1", "cr2", "cr3"]

_LEAST = 1e-8  # 1 less a leverage is taken to be at least this


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """Rows on one side of the cutoff.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Distances from the cutoff, in rising order.
    columns : ndarray, shape (n, d)
        The outcome, treatment received if it matters, then covariates.
    weights : ndarray, shape (n,), optional
        Rows' own weights, above 0.
    clusters : ndarray of int, shape (n,), optional
        Codes that mean the same on both sides.
    variance : str
        How residuals are made: ``"nearest"`` from the nearest rows, ``"hc0"`` to ``"hc3"`` from the fit,
        ``"cr1"`` to ``"cr3"`` from the fit, summed by cluster.
    nearest : NearestResiduals, optional
        For ``"nearest"``; a part of them for rows that are a part.
    """

    x: Floats
    columns: Floats
    weights: Floats | None
    clusters: Labels | None
    variance: Variance
    nearest: NearestResiduals | NearestPart | None

    def part(self, rows: slice) -> Side:
        """Return some of the rows when there are no others.

        Parameters
        ----------
        rows : slice
            From the cutoff outward.

        Returns
        -------
        Side
            With clusters' codes as they are.
        """
        return Side(
            x=self.x[rows],
            columns=self.columns[rows],
            weights=None if self.weights is None else self.weights[rows],
            clusters=None if self.clusters is None else self.clusters[rows],
            variance=self.variance,
            nearest=self._nearest(rows),
        )

    def scores(self, weights: Floats, rows: slice, fit: tuple[Window, int], s: Floats) -> Floats:
        """Return what each row or cluster adds to the estimate's error.

        Parameters
        ----------
        weights : ndarray, shape (m,)
            Of the rows of ``rows``.
        rows : slice
            At least the rows of the fit's window.
        fit : Window and its order
            Whose residuals and leverages count.
        s : ndarray, shape (d,)
            The combination of columns that is estimated.

        Returns
        -------
        ndarray, shape (m,) or (clusters,)
            Their squares add up to the variance.
        """
        residuals = self._residuals(rows, fit, s)
        if self.clusters is None:
            return np.asarray(weights * residuals)
        codes = self.clusters[rows]
        total = np.bincount(codes, weights=weights * residuals, minlength=int(self.clusters.max()) + 1)
        if self.variance == "cr1":
            n, k, G = len(codes), fit[1] + 1, len(np.unique(codes))
            factor = np.sqrt((n - 1) / (n - k) * G / (G - 1)) if G > 1 else np.nan
            return np.asarray(total * factor)
        return np.asarray(total + self._leverage_part(weights, rows, fit, residuals))

    def _nearest(self, rows: slice) -> NearestResiduals | NearestPart | None:
        if not isinstance(self.nearest, NearestResiduals) or (rows.start == 0 and rows.stop == len(self.x)):
            return self.nearest
        return self.nearest.part(rows.start, rows.stop)

    def _residuals(self, rows: slice, fit: tuple[Window, int], s: Floats) -> Floats:
        nearest = self._nearest(rows)
        if nearest is not None:
            return nearest.combined(s)
        near, order = fit
        beta = near.coefficients(order, self.columns[near.rows]) @ s
        R = _powers(self.x[rows] / near.bandwidth, order)
        e = np.asarray(self.columns[rows] @ s - R @ beta)
        if self.variance == "hc1":
            return e * float(np.sqrt(len(e) / (len(e) - order - 1)))
        if self.variance in ("hc2", "hc3"):
            left = np.maximum(1 - on_rows(near.leverages(order), near.rows, rows), _LEAST)
            return np.asarray(e / (np.sqrt(left) if self.variance == "hc2" else left))
        return e

    def _leverage_part(self, weights: Floats, rows: slice, fit: tuple[Window, int], e: Floats) -> Floats:
        """Return what ``(I - H) ** -1/2`` or ``** -1`` adds to each cluster, by its block of the fit."""
        assert self.clusters is not None
        near, order = fit
        R = _powers(self.x[rows] / near.bandwidth, order)
        w = on_rows(near.weights, near.rows, rows)
        G = int(self.clusters.max()) + 1
        codes = self.clusters[rows]
        order_by = np.argsort(codes, kind="stable")
        present, starts = np.unique(codes[order_by], return_index=True)

        def by_cluster(values: Floats) -> Floats:
            return np.asarray(np.add.reduceat(values[order_by], starts, axis=0))

        root = np.linalg.cholesky(near.inverse(order))  # the inverse is root root'
        block = by_cluster(R[:, :, None] * (R * w[:, None])[:, None, :])
        values, vectors = np.linalg.eigh(root.T @ block @ root)
        values = np.maximum(values, 0.0)
        left = np.maximum(1 - values, _LEAST)
        power = 1 / np.sqrt(left) if self.variance == "cr2" else 1 / left
        factor = np.where(values < 1e-14, 0.0, (power - 1) / np.where(values < 1e-14, 1.0, values))
        one = by_cluster(weights[:, None] * R) @ root
        two = by_cluster((w * e)[:, None] * R) @ root
        turned = [np.einsum("gk,gkj->gj", part, vectors) for part in (one, two)]
        found = np.zeros(G)
        found[present] = np.sum(turned[0] * factor * turned[1], axis=1)
        return found


def side(
    x: Floats,
    columns: Floats,
    *,
    variance: Variance,
    weights: Floats | None = None,
    clusters: Labels | None = None,
    matches: int = 3,
) -> Side:
    """Gather one side of the cutoff.

    Parameters
    ----------
    x, columns, weights, clusters, variance
        See `Side`.
    matches : int
        Nearest rows each is compared with.

    Returns
    -------
    Side
        With residuals from nearest rows, if they are to be used, made once.
    """
    nearest = nearest_residuals(x, columns, matches=matches) if variance == "nearest" else None
    return Side(x=x, columns=columns, weights=weights, clusters=clusters, variance=variance, nearest=nearest)


def _powers(u: Floats, order: int) -> Floats:
    return np.asarray(u[:, None] ** np.arange(order + 1))
