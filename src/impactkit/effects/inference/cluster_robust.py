"""Heteroskedasticity- and cluster-robust standard errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.arm_variances import arm_variances, uncertainty_of
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.cluster_robust import ClusterCovariance, Kind, cluster_robust
from impactkit.effects.kernels.clusters import kept_if_small
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.least_squares import LeastSquares
from impactkit.effects.linear import LinearProblem
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

_DETERMINED = 1e-8  # above this share one cluster alone decides the effect, and its residuals hide the error
Floats = npt.NDArray[np.float64]
_POWERS = {"CR0": 0, "CR1": 0, "CR2": 1, "CR3": 2}
_BY_ROW: dict[str, Kind] = {"CR0": "HC0", "CR1": "HC1", "CR2": "HC2", "CR3": "HC3"}


class ClusterRobust(BaseModel):
    """Standard errors that allow any dependence within clusters and any variance.

    Parameters
    ----------
    kind : {"CR2", "CR0", "CR1", "CR3", "HC0", "HC1", "HC2", "HC3"}
        CR2 with Bell-McCaffrey degrees of freedom is the default and right with few clusters. The CR kinds
        use the study's clusters (its units in a panel; its rows, as the HC kind of the same number, where
        there is neither). The HC kinds look at rows and are refused in a panel.
    level : float
        Confidence level of the limits.

    Notes
    -----
    CR1 has Stata's factor ``G/(G-1) (n-1)/(n-k)``, where time effects are counted in ``k`` and unit
    effects, nested in the clusters, are not. Degrees of freedom: Satterthwaite for HC2 and CR2, ``G-1`` for
    CR0, CR1 and CR3, ``n-k`` for HC0, HC1 and HC3. With a single treated or a single comparison cluster no
    kind is defined: the interval is nan, with the reason.

    References
    ----------
    .. [1] Bell, R. M., & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression
       with
       multi-stage samples. *Survey Methodology*, 28(2).
    .. [2] Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
       estimation and
       hypothesis testing in fixed effects models. *JBES*, 36(4).

    Examples
    --------
    >>> ClusterRobust().kind
    'CR2'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["cluster_robust"] = "cluster_robust"
    kind: Kind = "CR2"
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
            One interval an effect.

        Raises
        ------
        EstimationError
            If an HC kind is asked for where rows belong to units over time.
        """
        kind = self._kind_for(problem)
        is_reduced = fit.n_rows != problem.n_rows
        counted = None if is_reduced else problem.n_parameters
        found = cluster_robust(problem, fit, kind=kind, n_parameters=counted)
        found = replace(found, spectra=kept_if_small(found.spectra))  # every effect goes through them
        scale = self._scale(found, problem)
        targets, points = problem.targets, problem.points(fit)
        lost = np.where(np.isnan(points), np.nan, 0.0)
        influence = np.nan_to_num(found.influence) @ targets.T + lost
        covariance = found.factor * scale * influence.T @ influence
        if found.undefined_reason is not None:
            covariance = np.full(covariance.shape, np.nan)
        words = Message(
            f"inference.{'rows' if problem.by_row else 'clusters'}.{kind[-1]}",
            {"kind": kind, "clusters": found.n_clusters},
        )
        return Uncertainty(
            intervals=tuple(
                self._interval(found, problem, target, float(point), scale=scale)
                for target, point in zip(targets, points, strict=True)
            ),
            contributions=Contributions.of(influence * np.sqrt(found.factor * scale)),
            covariance=covariance,
            words=words,
        )

    def infer_influenced(self, effects: InfluencedEffects) -> Uncertainty:
        """Return intervals for effects known by their influence.

        Parameters
        ----------
        effects : InfluencedEffects
            The effects, by cohort.

        Returns
        -------
        Uncertainty
            CR2 corrects each cohort's sum of squares for its number of clusters, with Satterthwaite's degrees
            of freedom; CR1 has the factor ``G / (G - 1)``. Which units started when is taken as given, as
            permutation does: cohorts' shares are not estimates of a population's.

        Raises
        ------
        EstimationError
            If an HC kind is asked for.
        """
        if self.kind not in _POWERS:
            raise EstimationError(
                "{kind} treats rows as independent, but these rows belong to clusters or units.",
                where="inference",
                mend="Use ClusterRobust(kind='CR2').",
                values={"kind": self.kind},
            )
        G = effects.features.n_clusters
        factor = 1.0 if self.kind != "CR1" else G / (G - 1) if G > 1 else np.nan
        found = arm_variances(effects, power=_POWERS[self.kind], factor=factor)
        df = found.degrees_of_freedom if self.kind == "CR2" else np.full(len(effects.points), G - 1.0)
        words = Message(f"inference.clusters.{self.kind[-1]}", {"kind": self.kind, "clusters": G})
        return uncertainty_of(effects, found, df=df, level=self.level, words=words)

    def _kind_for(self, problem: LinearProblem) -> Kind:
        if problem.by_row:
            return _BY_ROW.get(self.kind, self.kind)
        if self.kind.startswith("HC"):
            raise EstimationError(
                "{kind} treats rows as independent, but these rows belong to clusters or units.",
                where="inference",
                mend="Use ClusterRobust(kind='CR2').",
                values={"kind": self.kind},
            )
        return self.kind

    def _scale(self, found: ClusterCovariance, problem: LinearProblem) -> float:
        """Return the correction of the CR1 factor when fewer rows were fitted than were reduced."""
        n, fitted, k = problem.n_rows, found.fit.n_rows, problem.n_parameters
        if found.kind != "CR1" or n == fitted:
            return 1.0
        G = found.n_clusters
        return (G / (G - 1) * (n - 1) / (n - k)) / found.factor

    def _interval(
        self,
        found: ClusterCovariance,
        problem: LinearProblem,
        contrast: Floats,
        point: float,
        *,
        scale: float,
    ) -> Interval:
        reason = _why_undefined(found, problem)
        if reason is not None:
            return Interval.undefined(point, level=self.level, reason=reason)
        if found.determined_share(contrast) > _DETERMINED:
            reason = Message("estimate.one_cluster_determines_a_direction")
            return Interval.undefined(point, level=self.level, reason=reason)
        variance = found.variance(contrast) * scale
        if not (variance > 0 and found.fit.stands_out(problem.outcome_scale)):
            return Interval.undefined(point, level=self.level, reason=Message("estimate.no_variation"))
        df = found.degrees_of_freedom(contrast)
        return Interval.from_std_error(point, float(np.sqrt(variance)), df=df, level=self.level)


def _why_undefined(found: ClusterCovariance, problem: LinearProblem) -> Message | None:
    treated, comparison = problem.cluster_treated, problem.cluster_comparison
    if treated < 2 or (comparison is not None and comparison < 2):
        return Message("estimate.one_cluster", {"treated": treated, "comparison": comparison or 0})
    if found.undefined_reason is not None:
        return Message(f"estimate.{found.undefined_reason}")
    return None
