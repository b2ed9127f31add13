"""Standard errors of the lot itself: Neyman's, within strata, pairs and clusters."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.kernels.lottery_means import LotteryMeans, by_cluster, lottery_means
from impactkit.effects.linear import LinearProblem
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message


class Neyman(BaseModel):
    """Standard errors that only the lot makes: no model of outcomes, and effects may differ.

    Parameters
    ----------
    level : float
        Confidence level of the limits.

    Notes
    -----
    The people are taken as given, and only who drew what as chance [1]_. In each stratum the variance of an
    arm's mean is that of its outcomes over their number; strata are added with their squared shares. Pairs,
    and other strata in which an arm has one unit, are judged by how unlike the strata are [2]_. Where whole
    clusters were drawn it is the clusters' totals that vary. Degrees of freedom are Satterthwaite's.

    References
    ----------
    .. [1] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*, chapters 6, 9 and 10.
    .. [2] Pashley, N. E., & Miratrix, L. W. (2021). Insights on variance estimation for blocked and matched
       pairs designs. *Journal of Educational and Behavioral Statistics*, 46(3).

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> frame = pd.DataFrame({"y": [3.0, 1, 8, 4, 6, 5], "arm": [1, 0] * 3, "pair": [1, 1, 2, 2, 3, 3]})
    >>> study = ik.Study(frame, outcome="y", treated="arm", stratum="pair")
    >>> found = ik.RandomisedTrial(inference=Neyman()).estimate(study).interval
    >>> round(found.point, 6), round(found.std_error, 6), round(found.df, 6)
    (2.333333, 0.881917, 2.0)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["neyman"] = "neyman"
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer(
        self, problem: LinearProblem, fit: LeastSquares, *, test: PermutationTest | None = None
    ) -> Uncertainty:
        """Return the interval of the last effect, a difference of the arms' means.

        Parameters
        ----------
        problem : LinearProblem
            The regression, with what was drawn by lot.
        fit : LeastSquares
            Its solution.
        test : PermutationTest, optional
            Not used here; it stands beside.

        Returns
        -------
        Uncertainty
            Of one effect.

        Raises
        ------
        EstimationError
            If the effect is adjusted for covariates.
        """
        if problem.drawn is None:
            raise EstimationError(
                "Neyman's standard error is that of means that nothing is adjusted for.",
                where="inference",
                mend="Use adjustment='none', or ClusterRobust(), which is design-based for adjustment='lin'.",
            )
        drawn = problem.drawn()
        found = lottery_means(drawn)
        influence = by_cluster(drawn, found.influence @ [[1.0], [-1.0]])
        alone = Message("estimate.alone_in_strata", {"n": found.n_alone})
        return Uncertainty(
            intervals=(self._interval(problem, found),),
            contributions=Contributions.of(influence),
            covariance=np.array([[found.std_error**2]]),
            words=Message("inference.neyman"),
            warnings=(alone,) if found.n_alone else (),
        )

    def _interval(self, problem: LinearProblem, found: LotteryMeans) -> Interval:
        point, error = found.difference, found.std_error
        if math.isnan(error):
            counts = {"treated": problem.cluster_treated, "comparison": problem.cluster_comparison or 0}
            few = min(counts.values()) < 2
            code = "estimate.one_cluster" if few else "estimate.one_stratum_decides"
            return Interval.undefined(point, level=self.level, reason=Message(code, counts if few else {}))
        if not error > 1e-12 * problem.outcome_scale:
            return Interval.undefined(point, level=self.level, reason=Message("estimate.no_variation"))
        return Interval.from_std_error(point, error, df=found.df, level=self.level)
