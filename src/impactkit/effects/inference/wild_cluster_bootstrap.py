"""The restricted wild cluster bootstrap: for few clusters, where nothing is known of the errors' shape."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.kernels.wild_bootstrap import WildBootstrap, cluster_moments, wild_bootstrap
from impactkit.effects.linear import LinearProblem
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message


class WildClusterBootstrap(BaseModel):
    """Limits from the restricted wild cluster bootstrap, found by inverting its test.

    Parameters
    ----------
    draws : int
        Random draws; with signs all ``2^G`` patterns are gone through instead where they are no more.
    seed : int
        Where random draws start; a plan sets it from its own digest.
    weights : {"rademacher", "webb"}
        Signs, or Webb's six points (for fewer than about 12 clusters, where signs give few patterns).
    level : float
        Confidence level of the limits.

    Notes
    -----
    Statistics are studentised by CR1; p-values compare sizes, count ties as extreme and are never 0. With G
    clusters signs cannot give a p-value under ``2 / 2^G``: with five clusters no effect is ever significant
    at 5 %, and the limits are then infinite. With one or two treated clusters of many the test hardly ever
    rejects; the interval is then wide, not wrong.

    References
    ----------
    .. [1] Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for inference
       with clustered errors. *Review of Economics and Statistics*, 90(3).
    .. [2] MacKinnon, J. G., & Webb, M. D. (2018). The wild bootstrap for few (treated) clusters.
       *Econometrics Journal*, 21(2).
    .. [3] Webb, M. D. (2023). Reworking wild bootstrap-based inference for clustered errors. *Canadian
       Journal of Economics*, 56(3).

    Examples
    --------
    >>> WildClusterBootstrap(draws=1999, seed=1).weights
    'rademacher'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["wild_cluster_bootstrap"] = "wild_cluster_bootstrap"
    draws: int = Field(default=9999, ge=99, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    weights: Literal["rademacher", "webb"] = "rademacher"
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer(
        self, problem: LinearProblem, fit: LeastSquares, *, test: PermutationTest | None = None
    ) -> Uncertainty:
        """Return intervals for every effect of a linear problem.

        Parameters
        ----------
        problem : LinearProblem
            The regression.
        fit : LeastSquares
            Its solution.
        test : PermutationTest, optional
            Not used here; it stands beside.

        Returns
        -------
        Uncertainty
            The standard error is CR1's and only scales the statistic; the limits are the bootstrap's.
        """
        G = problem.n_clusters
        n, k = problem.n_rows, problem.n_parameters
        factor = G / (G - 1) * (n - 1) / (n - k) if G > 1 and n > k else math.nan
        reason, points = self._why_undefined(problem, fit, factor), problem.points(fit)
        moments = None
        if reason is None:
            moments = cluster_moments(problem, fit, n_clusters=G, factor=factor)
        found = [
            None
            if moments is None or math.isnan(point)
            else wild_bootstrap(
                moments, target[fit.kept], weights=self.weights, draws=self.draws, seed=self.seed
            )
            for target, point in zip(problem.targets, points, strict=True)
        ]
        exact = "exact" if found[-1] is not None and found[-1].is_exact else "drawn"
        n_draws = self.draws if found[-1] is None else found[-1].n_draws
        return Uncertainty.of_limits(
            tuple(
                self._interval(float(point), one, reason) for point, one in zip(points, found, strict=True)
            ),
            words=Message(f"inference.wild_bootstrap.{exact}", {"clusters": G, "draws": n_draws}),
            bootstrap=found[-1 if problem.contrasts is None else 0],
        )

    def _why_undefined(self, problem: LinearProblem, fit: LeastSquares, factor: float) -> Message | None:
        treated, comparison = problem.cluster_treated, problem.cluster_comparison
        if treated < 2 or (comparison is not None and comparison < 2):
            return Message("estimate.one_cluster", {"treated": treated, "comparison": comparison or 0})
        if not factor > 0:
            return Message("estimate.no_residual_degrees_of_freedom")
        if not fit.stands_out(problem.outcome_scale):
            return Message("estimate.no_variation")
        return None

    def _interval(self, point: float, found: WildBootstrap | None, reason: Message | None) -> Interval:
        if found is None or not found.std_error > 0:
            why = reason or Message("estimate.no_standard_error")
            return Interval.undefined(point, level=self.level, reason=why)
        low, high = found.limits(self.level)
        return Interval(
            point=point,
            std_error=math.nan,
            df=math.nan,
            level=self.level,
            low=low,
            high=high,
            p_value=found.p_value(),
        )
