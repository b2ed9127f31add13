"""Did anything change before the start because it was known to come: a check of what the plan says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import BASELINE_DESIGNS
from impactkit.evidence.threat import threat
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Anticipation:
    """A baseline that had already moved is no baseline, unless the method leaves that time out.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    Failed where the plan says that it is likely and the estimator allows no ``anticipation``. A plan that is
    silent is told so.

    References
    ----------
    .. [1] Callaway, B., & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods.
       *Journal of Econometrics*, 225(2), assumption 3.

    Examples
    --------
    >>> "randomised_trial" in Anticipation().designs
    False
    """

    name: Literal["anticipation"] = "anticipation"
    designs: frozenset[str] = BASELINE_DESIGNS

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Tell what the plan says of it, and whether the method allows for it.

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
            The statistic is the time before the start that the method leaves out, where it matters.
        """
        said = None if declared is None else declared.circumstances.anticipation
        allowed = float(estimate.settings.get("anticipation") or 0.0)
        if said is not None and said.finding == "likely" and allowed > 0:
            values: dict[str, str | int | float | Message] = {"reason": said.reason, "allowed": allowed}
            sentence = Message("check.anticipation.allowed", values)
            return CheckResult(name=self.name, passed=True, statistic=allowed, sentence=sentence)
        return threat(self.name, said, asked=declared is not None, unassessed="informs")
