"""Are there enough independent groups to tell an effect from chance: a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALIKE_DESIGNS
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFewClusters:
    """At least 5 treated and 10 comparison clusters, or the grade is lowered.

    Parameters
    ----------
    treated, comparison : int
        The fewest that pass.

    Examples
    --------
    >>> TooFewClusters().treated
    5
    """

    name: Literal["too_few_clusters"] = "too_few_clusters"
    designs: frozenset[str] = ALIKE_DESIGNS | {
        "difference_in_differences",
        "instrumental_variable",
        "mixed_model",
        "randomised_trial",
        "regression_discontinuity",
        "staggered_difference_in_differences",
        "imputation",
        "sun_abraham",
        "switching_difference_in_differences",
        "extended_two_way_fixed_effects",
        "stacked_difference_in_differences",
        "triple_difference",
        "continuous_dose",
    }
    treated: int = 5
    comparison: int = 10

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Count the clusters that hold treated and comparison rows.

        Parameters
        ----------
        study : Study
            The study.
        estimate : Estimate
            What was estimated on it.
        declared : Declared, optional
            What a plan says beside the data.

        Returns
        -------
        CheckResult
            The statistic is the number of treated clusters.
        """
        n_treated = estimate.sample.n_treated_clusters
        n_comparison = estimate.sample.n_comparison_clusters
        passed = n_treated >= self.treated and n_comparison >= self.comparison
        values: dict[str, int] = {
            "treated": n_treated,
            "comparison": n_comparison,
            "needed_treated": self.treated,
            "needed_comparison": self.comparison,
        }
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=float(n_treated),
            sentence=Message(
                f"check.too_few_clusters.{'enough' if passed else 'few'}{_counted(estimate)}", values
            ),
        )


def _counted(estimate: Estimate) -> str:
    """Return which words count the clusters: single rows are not called groups."""
    return "_rows" if estimate.sample.n_clusters == estimate.sample.n_rows else ""
