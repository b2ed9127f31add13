"""How strong must something unmeasured be to explain the effect away: a check that informs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALIKE_DESIGNS
from impactkit.evidence.unmeasured import unmeasured
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenBias:
    """What something unmeasured would have to do; no number of it proves that there is no such thing.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    Of the measures of ``ik.robustness.hidden_bias`` it tells the smaller ones: those that bring the limit
    nearest to no effect there, not the estimate. No limit is set: how strong a cause is plausible depends on
    the field, so it never fails.

    References
    ----------
    .. [1] VanderWeele, T. J., & Ding, P. (2017). Sensitivity analysis in observational research: introducing
       the E-value. *Annals of Internal Medicine*, 167(4).
    .. [2] Cinelli, C., & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias.
       *Journal of the Royal Statistical Society B*, 82(1).

    Examples
    --------
    >>> HiddenBias().name
    'hidden_bias'
    """

    name: Literal["hidden_bias"] = "hidden_bias"
    designs: frozenset[str] = ALIKE_DESIGNS | {
        "difference_in_differences",
        "extended_two_way_fixed_effects",
        "randomised_trial",
    }

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Tell how strong something unmeasured would have to be.

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
            Never passed or failed; the statistic is the E-value of the limit nearest to no effect.
        """
        found = unmeasured(study, estimate)
        if found is None or math.isnan(found.e_value_of_limit):
            return self._told("unknown", math.nan, {})
        values = {"e": found.e_value_of_limit, "gamma": found.gamma, "share": found.robustness_of_limit}
        if found.e_value_of_limit == 1:
            return self._told("nothing_needed", 1.0, {})
        kind = "ratio" if math.isnan(found.robustness) else "ranks" if found.gamma > 1 else "needed"
        return self._told(kind, found.e_value_of_limit, values)

    def _told(self, kind: str, statistic: float, values: dict[str, float]) -> CheckResult:
        sentence = Message(f"check.hidden_bias.{kind}", values)
        return CheckResult(name=self.name, passed=None, statistic=statistic, sentence=sentence)
