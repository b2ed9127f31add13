"""Mixtures of t distributions: what is known of effects when the covariance of errors is itself uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from impactkit.effects.kernels.arrays import Floats

_STEPS = 60
_CLOSE = 1e-6  # of the spread: the step after it is below rounding, for the error is cubed each time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TMixture:
    """For each of M effects a weighted mixture of R shifted and scaled t distributions.

    Parameters
    ----------
    weights : ndarray, shape (R,)
        Above 0, with sum 1.
    centres, scales : ndarray, shape (R, M)
        Of each part, in the effect's unit; scales above 0.
    df : float
        Degrees of freedom of every part.

    Examples
    --------
    >>> one = TMixture(weights=np.ones(1), centres=np.zeros((1, 1)), scales=np.ones((1, 1)), df=10.0)
    >>> one.quantiles(np.array([0.975])).round(4).tolist()
    [[2.2281]]
    """

    weights: Floats
    centres: Floats
    scales: Floats
    df: float

    @property
    def means(self) -> Floats:
        """Mean of each effect, shape (M,)."""
        return np.asarray(self.weights @ self.centres)

    @property
    def spreads(self) -> Floats:
        """Root of the average squared scale and of how far the centres lie apart, shape (M,)."""
        return np.sqrt(self.weights @ (self.scales**2 + (self.centres - self.means) ** 2))

    def below(self, values: Floats) -> Floats:
        """Return the probability below each value, shape (..., M)."""
        at = (np.asarray(values)[..., None, :] - self.centres) / self.scales
        return np.asarray(np.einsum("r,...rm->...m", self.weights, stdtr(self.df, at)))

    def above(self, values: Floats) -> Floats:
        """Return the probability above each value, shape (..., M), without loss in the far tail."""
        at = (self.centres - np.asarray(values)[..., None, :]) / self.scales
        return np.asarray(np.einsum("r,...rm->...m", self.weights, stdtr(self.df, at)))

    def quantiles(self, probabilities: Floats) -> Floats:
        """Return quantiles of every effect, shape (P, M).

        Parameters
        ----------
        probabilities : ndarray, shape (P,)
            Between 0 and 1.

        Returns
        -------
        ndarray, shape (P, M)
            By Halley's method within brackets: each lies between the smallest and the largest quantile of
            the parts.
        """
        p = np.asarray(probabilities)[:, None]
        quantile = stdtrit(self.df, p)
        parts = self.centres + self.scales * quantile[..., None]
        low, high = parts.min(axis=1), parts.max(axis=1)
        width = np.maximum(self.spreads, np.finfo(float).tiny)
        value = np.clip(self.means + quantile * self.spreads, low, high)
        weighted, nu = self.weights[:, None] / self.scales, self.df
        for _ in range(_STEPS):
            at = (value[:, None, :] - self.centres) / self.scales
            off = np.einsum("r,prm->pm", self.weights, stdtr(nu, at)) - p
            low, high = np.where(off < 0, value, low), np.where(off > 0, value, high)
            density = self._density(at)
            slope = np.einsum("rm,prm->pm", weighted, density)
            bend = -np.einsum("rm,prm->pm", weighted / self.scales, density * at * (nu + 1) / (nu + at**2))
            newton = off / slope
            tried = value - newton / np.clip(1 - newton * bend / (2 * slope), 0.5, 2.0)
            outside = ~((tried >= low) & (tried <= high))
            following = np.where(outside, (low + high) / 2, tried)
            moved, value = np.abs(following - value), following
            if bool((moved <= _CLOSE * width).all()):
                break
        return np.asarray(value)

    def _density(self, at: Floats) -> Floats:
        nu = self.df
        constant = np.exp(gammaln((nu + 1) / 2) - gammaln(nu / 2)) / np.sqrt(nu * np.pi)
        return np.asarray(constant * np.exp(-(nu + 1) / 2 * np.log1p(at**2 / nu)))


def matching_df(ratios: Floats, probability: float, most: float) -> Floats:
    """Return the degrees of freedom at which a t quantile is so many standard errors.

    Parameters
    ----------
    ratios : ndarray, shape (M,)
        Half the width of an interval over the standard error.
    probability : float
        The quantile's, above one half.
    most : float
        The largest number returned.

    Returns
    -------
    ndarray, shape (M,)
        Between 1 and ``most``.

    Examples
    --------
    >>> matching_df(np.array([2.2281, 1.0]), 0.975, 50.0).round(2).tolist()
    [10.0, 50.0]
    """
    low, high = np.zeros(len(ratios)), np.full(len(ratios), np.log(most))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        wide = stdtrit(np.exp(middle), probability) > ratios
        low, high = np.where(wide, middle, low), np.where(wide, high, middle)
    return np.asarray(np.exp(high))
