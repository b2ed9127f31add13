"""Did a problem move rather than go away: a check of what the plan says."""

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
class Displacement:
    """Where the plan says that a problem is likely to have moved, the comparison counts it twice.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    What moves into the comparison group makes the effect look larger than it is, by lot or not. A plan that
    is silent is told so; it fails by the check of spillover, which asks about the same comparison group, and
    is not lowered twice for one silence.

    References
    ----------
    .. [1] Bowers, K. J., & Johnson, S. D. (2003). Measuring the geographical displacement and diffusion of
       benefit effects of crime prevention activity. *Journal of Quantitative Criminology*, 19(3).

    Examples
    --------
    >>> "randomised_trial" in Displacement().designs
    True
    """

    name: Literal["displacement"] = "displacement"
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
            Failed where it is likely.
        """
        if estimate.sample.n_comparison_clusters == 0:
            sentence = Message("check.displacement.nobody")
            return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)
        said = None if declared is None else declared.circumstances.displacement
        return threat(self.name, said, asked=declared is not None, unassessed="informs")
