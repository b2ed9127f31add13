"""Were those compared with touched by the investment: a check of what the plan says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import COMPARED_DESIGNS
from impactkit.evidence.threat import threat
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Spillover:
    """Somebody must have judged whether the investment also reached those compared with.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    No statistic of the study shows it: both groups move, and their difference is not the effect. So a plan
    that is silent fails. Where neighbours are known, ``ik.robustness.spillover_ring`` measures what can be.

    References
    ----------
    .. [1] Rubin, D. B. (1980). Randomization analysis of experimental data: the Fisher randomization test.
       Comment. *Journal of the American Statistical Association*, 75(371) (no interference between units).

    Examples
    --------
    >>> "before_after" in Spillover().designs
    False
    """

    name: Literal["spillover"] = "spillover"
    designs: frozenset[str] = COMPARED_DESIGNS

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Tell what the plan says of it.

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
            Failed where it is likely, or the plan does not say.
        """
        if estimate.sample.n_comparison_clusters == 0:
            sentence = Message("check.spillover.nobody")
            return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)
        said = None if declared is None else declared.circumstances.spillover
        return threat(self.name, said, asked=declared is not None, unassessed="fails")
