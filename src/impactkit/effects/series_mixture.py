"""What is known of effects when the covariance of errors is uncertain: a mixture of t distributions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.effects.interval import Alternative, Interval
from impactkit.effects.kernels.restricted_likelihood import RestrictedFits
from impactkit.effects.kernels.t_mixture import TMixture, matching_df
from impactkit.effects.series_effects import SeriesEffects, shocks, with_reasons
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_NEGLIGIBLE = 1e-7  # of the largest weight
_USUAL = 0.95  # the level at which degrees of freedom are told
_SMALLEST = 5e-324


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixtureTest:
    """The test of any supposed size of the headline effect.

    Parameters
    ----------
    mixture : TMixture
        Of one effect.
    """

    mixture: TMixture

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the p-value of "at most" (``greater``) or "at least" (``less``) this effect."""
        at = np.array([value])
        tail = self.mixture.below(at) if alternative == "greater" else self.mixture.above(at)
        return max(float(tail[0]), _SMALLEST)

    def limits(self, level: float) -> tuple[float, float]:
        """Return the effects that are not rejected at a level."""
        low, high = self.mixture.quantiles(_ends(level))[:, 0]
        return float(low), float(high)


def mixed_uncertainty(
    fits: RestrictedFits, log_prior: Floats, effects: SeriesEffects, *, level: float, words: Message
) -> Uncertainty:
    """Return intervals of effects averaged over the error covariances.

    Parameters
    ----------
    fits : RestrictedFits
        Under each covariance.
    log_prior : ndarray, shape (R,)
        Logarithm of the prior mass of each.
    effects : SeriesEffects
        What the coefficients amount to.
    level : float
        Confidence level.
    words : Message
        How it was found.

    Returns
    -------
    Uncertainty
        The standard error is the root of the average variance; the degrees of freedom are those whose t
        limits are as wide as the mixture's at 95 %.
    """
    weights = fits.weights(log_prior)
    kept = weights > _NEGLIGIBLE * weights.max()
    fits, weights = fits.take(kept), weights[kept] / weights[kept].sum()
    points, gradients = effects.points(fits.coefficients), effects.gradients(fits.coefficients)
    mixture = TMixture(weights=weights, centres=points, scales=fits.spreads(gradients), df=fits.df)
    covariance = _covariance(mixture, fits, gradients)
    first = TMixture(weights=weights, centres=points[:, :1], scales=mixture.scales[:, :1], df=fits.df)
    return Uncertainty(
        intervals=_intervals(mixture, level),
        contributions=shocks(covariance),
        covariance=covariance,
        words=words,
        bootstrap=MixtureTest(mixture=first),
        coefficients=weights @ fits.coefficients,
    )


def _intervals(mixture: TMixture, level: float) -> tuple[Interval, ...]:
    means, errors, none = mixture.means, mixture.spreads, np.zeros(len(mixture.means))
    known = np.isfinite(means) & (errors > 0)
    own = TMixture(
        weights=mixture.weights,
        centres=mixture.centres[:, known],
        scales=mixture.scales[:, known],
        df=mixture.df,
    )
    ends = own.quantiles(_ends(level))
    wide = ends if level == _USUAL else own.quantiles(_ends(_USUAL))
    half = (wide[1] - wide[0]) / 2 / errors[known]
    low, high, df = (np.full(len(means), np.nan) for _ in range(3))
    low[known], high[known] = ends
    df[known] = matching_df(half, 0.5 + _USUAL / 2, mixture.df)
    p = none.copy()
    p[known] = np.clip(2 * np.minimum(own.below(none[known]), own.above(none[known])), _SMALLEST, 1.0)
    numbers = zip(*(x.tolist() for x in (means, errors, df, low, high, p, known)), strict=True)
    why = Message("estimate.no_standard_error")
    return with_reasons(
        tuple(
            Interval(point=b, std_error=se, df=k, level=level, low=below, high=above, p_value=p_value)
            if is_known
            else Interval.undefined(b, level=level, reason=why)
            for b, se, k, below, above, p_value, is_known in numbers
        )
    )


def _covariance(mixture: TMixture, fits: RestrictedFits, gradients: Floats) -> Floats:
    """Return the average covariance, and how the centres lie apart."""
    apart = mixture.centres - mixture.means
    shares = mixture.weights * fits.variances
    if gradients.ndim == 2:
        inner = np.einsum("r,rij->ij", shares, fits.inverses)
        within = gradients @ inner @ gradients.T
    else:
        within = ((gradients @ fits.inverses) @ gradients.transpose(0, 2, 1) * shares[:, None, None]).sum(0)
    return np.asarray(within + (apart * mixture.weights[:, None]).T @ apart)


def _ends(level: float) -> Floats:
    return np.array([(1 - level) / 2, (1 + level) / 2])
