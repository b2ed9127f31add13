"""Permutation of the real assignment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.linear import LinearProblem
from impactkit.effects.permutation_test import PermutationTest, permutation_interval
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message


class Permutation(BaseModel):
    """Compare the effect with all other assignments that could have been drawn.

    Parameters
    ----------
    draws : int
        Random assignments; all of them are gone through instead when there are at most 20,000.
    seed : int
        Where the random assignments start; a plan sets it from its own digest.
    level : float
        Confidence level of limits found by inverting the test.

    Notes
    -----
    What is permuted is what was assigned: clusters where treatment is constant within clusters, else units
    or rows, within strata and with as many treated in each. Needs no large numbers, but takes the effect to
    be the same for all: it can reject too often when the treated vary more than the comparison.

    References
    ----------
    .. [1] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*,
       chapter 5.

    Examples
    --------
    >>> Permutation(draws=999).draws
    999
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["permutation"] = "permutation"
    draws: int = Field(default=9999, ge=99, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer(
        self, problem: LinearProblem, fit: LeastSquares, *, test: PermutationTest | None = None
    ) -> Uncertainty:
        """Return limits by inversion for the headline effect (the last column).

        Parameters
        ----------
        problem : LinearProblem
            The regression.
        fit : LeastSquares
            Its solution.
        test : PermutationTest, optional
            The test to invert; without one the uncertainty is unknown.

        Returns
        -------
        Uncertainty
            An interval for the last effect; the others are undefined, with the reason.
        """
        points = fit.coefficients[list(problem.effects)]
        reason = Message("estimate.no_permutation_interval")
        intervals = [Interval.undefined(float(x), level=self.level, reason=reason) for x in points]
        if test is not None and math.isfinite(points[-1]):
            intervals[-1] = permutation_interval(float(points[-1]), test, self.level)
        return Uncertainty.of_limits(
            tuple(intervals),
            words=Message("inference.permutation"),
        )


def headline_only(points: Sequence[float], test: PermutationTest | None, level: float) -> Uncertainty:
    """Return limits by inversion for the first effect, and a reason why the others have none.

    Parameters
    ----------
    points : sequence of float
        The effects, in the outcome's unit.
    test : PermutationTest, optional
        The test of the first effect.
    level : float
        Confidence level.

    Returns
    -------
    Uncertainty
        Without influence.
    """
    reason = Message("estimate.no_permutation_interval")
    intervals = [Interval.undefined(float(x), level=level, reason=reason) for x in points]
    if test is not None and math.isfinite(points[0]):
        intervals[0] = permutation_interval(float(points[0]), test, level)
    return Uncertainty.of_limits(
        tuple(intervals),
        words=Message("inference.permutation"),
    )
