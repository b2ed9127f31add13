"""Errors that carry over from period to period, by one autocorrelation: estimated, or given."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.kernels.autoregression import autoregressive_fits, autoregressive_grid
from impactkit.effects.series_effects import SeriesProblem, t_uncertainty
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

_STEPS, _CLOSE = 30, 1e-12
_APART = 0.01  # of atanh(rho)
_SLOPE = np.array([1.0, -8, 0, 8, -1]) / 12
_BEND = np.array([-1.0, 16, -30, 16, -1]) / 12


class PraisWinsten(BaseModel):
    """Generalised least squares with one first-order autocorrelation, as Prais and Winsten.

    Parameters
    ----------
    rho : float, optional
        The autocorrelation; 0 for ordinary least squares. Left out, the one of the largest restricted
        likelihood.
    level : float
        Confidence level of the limits.

    Notes
    -----
    The estimate of the autocorrelation is taken for the truth, but for one degree of freedom less. In short
    series it is too low, and limits are too narrow: with 36 points before the start and an autocorrelation of
    .8 a true hypothesis is rejected in about 9 % at a nominal 5 % (docs/results/series.md).
    ``AutoregressiveErrors`` does without that.

    References
    ----------
    .. [1] Prais, S. J., & Winsten, C. B. (1954). *Trend Estimators and Serial Correlation*. Cowles Commission
       Discussion Paper 383.

    Examples
    --------
    >>> PraisWinsten(rho=0.0).rho
    0.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["prais_winsten"] = "prais_winsten"
    rho: float | None = Field(default=None, gt=-1, lt=1)
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
            One interval an effect, with a warning that the autocorrelation is taken for known.

        Raises
        ------
        EstimationError
            If no degree of freedom is left for an autocorrelation that is estimated.
        """
        if not problem.varies:
            return problem.constant(self.level)
        df = problem.df - (self.rho is None)
        if df < 1:
            raise EstimationError(
                "No degree of freedom is left for the autocorrelation.",
                where="inference",
                mend="Give rho=, or drop terms such as the season or the change of slope.",
            )
        rho = _most_likely(problem) if self.rho is None else self.rho
        fit = autoregressive_fits(problem.X, problem.y, problem.gaps, np.array([rho]))
        found = t_uncertainty(
            problem, fit.coefficients[0], fit.inverses[0] * fit.variances[0], df=df, level=self.level
        )
        kind = "given" if self.rho is not None else "estimated"
        return replace(
            found,
            words=Message(f"inference.series.prais_winsten.{kind}", {"rho": float(rho)}),
            warnings=(Message(f"inference.series.too_sure.{kind}", {"rho": float(rho)}),),
        )


def _most_likely(problem: SeriesProblem) -> float:
    """Return the autocorrelation of the largest restricted likelihood, by Newton's method from a grid's best.

    Slopes are taken over five points: the height of a flat top says only half as many digits of where it is.
    """
    grid = np.arctanh(autoregressive_grid(len(problem.y)).rho)
    heights = autoregressive_fits(problem.X, problem.y, problem.gaps, np.tanh(grid)).log_likelihoods
    best = int(np.argmax(heights))
    z, low, high = grid[best], grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    for _ in range(_STEPS):
        around = np.tanh(z + _APART * np.arange(-2, 3))
        L = autoregressive_fits(problem.X, problem.y, problem.gaps, around).log_likelihoods
        slope, bend = _SLOPE @ L / _APART, _BEND @ L / _APART**2
        if not bend < 0:
            break
        moved = float(np.clip(z - slope / bend, low, high))
        if abs(moved - z) < _CLOSE:
            return float(np.tanh(moved))
        z = moved
    return float(np.tanh(z))
