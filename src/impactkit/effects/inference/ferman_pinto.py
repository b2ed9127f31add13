"""One to five treated units of unequal size: the test of Ferman and Pinto."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.few_treated import FewTreated, UnitContrasts, few_treated
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.linear import LinearProblem
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message


class FermanPinto(BaseModel):
    """Residuals of the comparison units, scaled to the treated units' size, stand for those of the treated.

    Parameters
    ----------
    draws : int
        Random choices of residuals; all are gone through instead when there are at most 20,000.
    seed : int
        Where random choices start; a plan sets it from its own digest.
    level : float
        Confidence level of the limits.

    Notes
    -----
    For difference in differences of a balanced panel without covariates, with one to five treated units and
    many comparison units. A unit's size is the study's weight; with equal weights this is the test of Conley
    and Taber. It takes the variance of a unit's change to be ``a + b / size`` for treated and comparison
    units alike: large units vary less, and a small treated unit is not compared with the calm of large ones.
    No p-value is smaller than 1 over the comparison units and one.

    References
    ----------
    .. [1] Ferman, B., & Pinto, C. (2019). Inference in differences-in-differences with few treated groups and
       heteroskedasticity. *Review of Economics and Statistics*, 101(3).
    .. [2] Conley, T. G., & Taber, C. R. (2011). Inference with "difference in differences" with a small
       number of policy changes. *Review of Economics and Statistics*, 93(1).

    Examples
    --------
    >>> FermanPinto(draws=999).draws
    999
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["ferman_pinto"] = "ferman_pinto"
    draws: int = Field(default=9999, ge=99, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer(
        self, problem: LinearProblem, fit: LeastSquares, *, test: PermutationTest | None = None
    ) -> Uncertainty:
        """Return the interval of a comparison of units' changes.

        Parameters
        ----------
        problem : LinearProblem
            One number a unit.
        fit : LeastSquares
            Its solution.
        test : PermutationTest, optional
            Not used here; it stands beside.

        Returns
        -------
        Uncertainty
            With the assumption that it rests on among its warnings.

        Raises
        ------
        EstimationError
            If the regression is no comparison of units' changes, or clusters hold both groups.
        """
        units = _by_cluster(problem)
        counts = {"treated": int(units.treated.sum()), "comparison": int((~units.treated).sum())}
        point = float(problem.points(fit)[-1])
        reason, found = None, None
        if counts["comparison"] < 2:
            reason = Message("estimate.one_cluster", counts)
        else:
            found = few_treated(units, draws=self.draws, seed=self.seed)
            reason = None if found.varies else Message("estimate.no_variation")
        sized = "sized" if found is not None and not _is_equal(units.sizes) else "equal"
        draws = {"draws": self.draws if found is None else found.n_draws}
        return Uncertainty.of_limits(
            (self._interval(point, found, reason),),
            words=Message(f"inference.ferman_pinto.{sized}", counts | draws),
            warnings=(Message(f"inference.stands_for.{sized}", counts),),
            bootstrap=found if reason is None else None,
        )

    def _interval(self, point: float, found: FewTreated | None, reason: Message | None) -> Interval:
        if found is None or reason is not None:
            return Interval.undefined(
                point, level=self.level, reason=reason or Message("estimate.no_standard_error")
            )
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


def _by_cluster(problem: LinearProblem) -> UnitContrasts:
    """Return the clusters' mean changes, weights, sizes and groups."""
    if problem.sizes is None:
        raise EstimationError(
            "The test of Ferman and Pinto compares units' changes in a balanced panel without covariates; "
            "this regression is another.",
            where="inference",
            mend="Use Permutation(), or DifferenceInDifferences on units seen in every period.",
        )
    G = problem.n_clusters
    moved, weights, sizes, treated, comparison = (np.zeros(G) for _ in range(5))
    for piece in problem.pieces:
        rows = problem.build(piece)
        rooted = rows.others[:, 0]
        moved += np.bincount(rows.clusters, rooted * rows.outcome, G)
        weights += np.bincount(rows.clusters, rooted**2, G)
        sizes += np.bincount(rows.clusters, problem.sizes[piece], G)
        treated += np.bincount(rows.clusters, rows.treated, G)
        comparison += np.bincount(rows.clusters, ~rows.treated, G)
    if bool(((treated > 0) & (comparison > 0)).any()):
        raise EstimationError(
            "Some clusters hold both treated and comparison units, whose residuals then belong together.",
            where="inference",
            mend="Give the study the cluster in which treatment was decided, or use Permutation().",
        )
    return UnitContrasts(values=moved / weights, weights=weights, sizes=sizes, treated=treated > 0)


def _is_equal(sizes: np.ndarray) -> bool:
    return bool(np.allclose(sizes, sizes[0], rtol=1e-12))
