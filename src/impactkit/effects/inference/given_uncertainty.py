"""The uncertainty that came with the numbers: standard errors of means and shares, as surveys give."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.linear import LinearProblem
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


class GivenUncertainty(BaseModel):
    """Uncertainty carried over from the standard errors that the study's numbers came with.

    Parameters
    ----------
    level : float
        Confidence level of the limits.

    Notes
    -----
    Every effect is a weighted sum of the rows' numbers, and their samples are taken to be independent: the
    variance is the sum of squared weights times squared standard errors, and limits are those of the normal
    distribution. It holds with a single treated and a single comparison area, where nothing else does, but
    tells only what comes of asking some and not all. That areas would have changed differently anyway is not
    in it, so that no claim is called supported on it alone: the permutation test must agree.

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> frame = pd.DataFrame({"area": list("aabb"), "year": [1, 2] * 2, "y": [50.0, 58, 51, 53]})
    >>> frame["start"], frame["se"] = [2, 2, 0, 0], 2.0
    >>> study = ik.Study(
    ...     frame, outcome="y", unit="area", time="year", first_treated="start", std_error="se"
    ... )
    >>> found = ik.DifferenceInDifferences(inference=GivenUncertainty()).estimate(study)
    >>> round(found.interval.point, 6), round(found.interval.std_error, 6)
    (6.0, 4.0)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["given_uncertainty"] = "given_uncertainty"
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer(
        self, problem: LinearProblem, fit: LeastSquares, *, test: PermutationTest | None = None
    ) -> Uncertainty:
        """Return intervals for every effect of a linear problem.

        Parameters
        ----------
        problem : LinearProblem
            The regression, with the variances that its rows came with.
        fit : LeastSquares
            Its solution.
        test : PermutationTest, optional
            Not used here; it stands beside.

        Returns
        -------
        Uncertainty
            One interval an effect; a row's influence is its weight times its standard error.

        Raises
        ------
        EstimationError
            If the study's numbers came without standard errors.
        """
        if problem.given_variance is None:
            raise EstimationError(
                "The study's numbers came without standard errors.",
                where="inference",
                mend="Give the study std_error=, or use ClusterRobust().",
            )
        influence = self._influence(problem, fit)
        covariance = influence.T @ influence
        return Uncertainty(
            intervals=tuple(
                self._interval(float(fit.coefficients[place]), float(covariance[k, k]))
                for k, place in enumerate(problem.effects)
            ),
            contributions=Contributions.of(influence),
            covariance=covariance,
            words=Message("inference.given"),
            warnings=(Message("estimate.only_given_uncertainty"),),
        )

    def _influence(self, problem: LinearProblem, fit: LeastSquares) -> Floats:
        """Return each row's weight in each effect times its standard error; nan where none is identified."""
        assert problem.given_variance is not None
        inverse = np.linalg.inv(fit.root)
        kept = np.flatnonzero(fit.kept)
        parts = []
        for piece in problem.pieces:
            block = problem.build(piece).block()
            weights = fit.regressors(block) @ (inverse @ inverse.T)
            every = np.full((len(block.y), len(fit.kept)), np.nan)
            every[:, kept] = weights * np.sqrt(problem.given_variance[piece])[:, None]
            parts.append(every[:, list(problem.effects)])
        return np.vstack(parts)

    def _interval(self, point: float, variance: float) -> Interval:
        std_error = float(np.sqrt(variance))
        return Interval.from_std_error(point, std_error, df=np.inf, level=self.level)
