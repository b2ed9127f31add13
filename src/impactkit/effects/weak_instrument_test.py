"""Anderson and Rubin's test of any supposed effect, with the limits that invert it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import fdtrc, fdtri

from impactkit.effects.interval import Alternative, t_p_value
from impactkit.effects.kernels.anderson_rubin import ReducedForms

_MANY = 1e9  # degrees of freedom beyond which F is chi-squared
_LEAST = 5e-324


@dataclass(frozen=True, kw_only=True, eq=False)
class AndersonRubinTest:
    """A test that holds its level however little the instruments move anybody.

    Parameters
    ----------
    forms : ReducedForms
        What the instruments do to outcome and takeup.
    df : float
        Degrees of freedom of the reduced form's errors.
    """

    forms: ReducedForms
    df: float

    @property
    def n_instruments(self) -> int:
        """How many there are."""
        return len(self.forms.outcome)

    @cached_property
    def least(self) -> tuple[float, float]:
        """The effect that is rejected least, and its statistic."""
        return self.forms.smallest()

    def p_value(self, effect: float = 0.0) -> float:
        """Return the two-sided p-value of an effect.

        Parameters
        ----------
        effect : float
            Of one unit more of takeup, in the outcome's unit.

        Returns
        -------
        float
            Never 0.
        """
        q = self.n_instruments
        return max(float(fdtrc(q, min(self.df, _MANY), self.forms.statistic(effect) / q)), _LEAST)

    def disagreement(self) -> float:
        """Return the p-value of the hypothesis that all instruments find the same effect.

        Returns
        -------
        float
            By the least statistic of all effects; nan with one instrument, which cannot disagree.
        """
        q = self.n_instruments
        if q == 1:
            return math.nan
        return float(fdtrc(q - 1, min(self.df, _MANY), max(self.least[1], 0.0) / (q - 1)))

    def one_sided(self, value: float, *, alternative: Alternative) -> float:
        """Return the one-sided p-value that agrees with the limits.

        Parameters
        ----------
        value : float
            The supposed effect.
        alternative : {"greater", "less", "two-sided"}
            What speaks against it; ``greater`` tests "at most this effect".

        Returns
        -------
        float
            With one instrument that of t; with several half the two-sided one, on the side of the effect that
            is rejected least.
        """
        if alternative == "two-sided":
            return self.p_value(value)
        if self.n_instruments > 1:
            half = self.p_value(value) / 2
            is_beyond = value < self.least[0] if alternative == "greater" else value > self.least[0]
            return half if is_beyond else 1.0 - half
        forms = self.forms
        errors = forms.outcome_errors - value * forms.regressor_errors
        beyond = float(forms.outcome[0] - value * forms.regressor[0])
        statistic = math.copysign(1.0, float(forms.regressor[0])) * beyond / float(np.linalg.norm(errors))
        return t_p_value(statistic, self.df, alternative=alternative)

    def parts(self, level: float) -> tuple[tuple[float, float], ...]:
        """Return the sets of effects that are not rejected, in order.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        tuple of (low, high)
            Empty where the instruments contradict each other at every effect.
        """
        q = self.n_instruments
        return self.forms.not_rejected(q * float(fdtri(q, min(self.df, _MANY), level)))

    def limits(self, level: float) -> tuple[float, float]:
        """Return the least and the largest effect that is not rejected.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        low, high : float
            Infinite where there is no end; nan where every effect is rejected.
        """
        parts = self.parts(level)
        return (parts[0][0], parts[-1][1]) if parts else (math.nan, math.nan)
