"""Errors that carry over from period to period, by an autocorrelation that is itself uncertain."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.kernels.autoregression import (
    autoregressive_fits,
    autoregressive_grid,
    noisy_fits,
    noisy_grid,
)
from impactkit.effects.series_effects import SeriesProblem
from impactkit.effects.series_mixture import mixed_uncertainty
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message


class AutoregressiveErrors(BaseModel):
    """Errors that carry over, averaged over every autocorrelation and share of noise that the series allows.

    Parameters
    ----------
    noise : bool
        Whether part of each period's error may be its own and not carry over, as what comes of sampling or
        of small counts does not.
    level : float
        Confidence level of the limits.

    Notes
    -----
    Given the errors' covariance, generalised least squares is exact: an effect has a t distribution with
    ``n - k`` degrees of freedom. The autocorrelation is not known, and a short series estimates it too low,
    so that a standard error at its estimate is too small. Here each autocorrelation on a fine grid, and each
    share of noise, counts by its restricted likelihood times a prior that leans to persistence, and limits
    and p-values are those of the mixture of t distributions [1]_. Errors d periods apart have the
    correlation ``share * rho^d``, so that missing periods are no trouble.

    Measured in docs/results/series.md: for autoregressive errors with autocorrelations of 0 to .8 a true
    hypothesis is rejected in at most 6 % at a nominal 5 %. Noise hides persistence: without ``noise`` an
    autocorrelation of .8 under as much noise is rejected in 10 to 16 %, with it in 5 to 8 %.

    The standard error is the root of the average variance; the degrees of freedom are those whose t limits
    are as wide as the mixture's at 95 %.

    References
    ----------
    .. [1] Zellner, A., & Tiao, G. C. (1964). Bayesian analysis of the regression model with autocorrelated
       errors. *Journal of the American Statistical Association*, 59(307).
    .. [2] Harville, D. A. (1974). Bayesian inference for variance components using only error contrasts.
       *Biometrika*, 61(2).

    Examples
    --------
    >>> AutoregressiveErrors().level
    0.95
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["autoregressive_errors"] = "autoregressive_errors"
    noise: bool = True
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer_series(self, problem: SeriesProblem) -> Uncertainty:
        """Return intervals for the effects of a regression over time.

        Parameters
        ----------
        problem : SeriesProblem
            The regression.

        Returns
        -------
        Uncertainty
            One interval an effect.
        """
        if not problem.varies:
            return problem.constant(self.level)
        n, X, y, gaps = len(problem.y), problem.X, problem.y, problem.gaps
        grid = noisy_grid(n) if self.noise else autoregressive_grid(n)
        fits = noisy_fits(X, y, gaps, grid) if self.noise else autoregressive_fits(X, y, gaps, grid.rho)
        rho = float(fits.weights(grid.log_prior) @ grid.neighbours)
        return mixed_uncertainty(
            fits,
            grid.log_prior,
            problem.effects,
            level=self.level,
            words=Message("inference.series.autoregressive", {"rho": rho}),
        )
