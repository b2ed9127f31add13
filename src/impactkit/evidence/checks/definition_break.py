"""Was the same thing measured before and after: a check of what the plan says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import BASELINE_DESIGNS
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionBreak:
    """An indicator that changed between baseline and follow-up measures two things.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    A comparison across a known break is refused unless the claim accepts it in words. Accepted, it stands,
    with the reason shown and the grade lowered: a comparison group shares the new definition, but nothing
    says that both groups answer to it alike. Only breaks that the catalogue knows are seen.

    References
    ----------
    .. [1] Shadish, W. R., Cook, T. D., & Campbell, D. T. (2002). *Experimental and Quasi-Experimental Designs
       for Generalized Causal Inference*, table 2.4 (instrumentation).

    Examples
    --------
    >>> DefinitionBreak().name
    'definition_break'
    """

    name: Literal["definition_break"] = "definition_break"
    designs: frozenset[str] = BASELINE_DESIGNS

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Tell whether the plan accepts a changed definition, and why.

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
            Nothing is measured: the statistic is nan.
        """
        passed: bool | None = None
        sentence = Message("check.definition_break.not_asked")
        if declared is not None and declared.definition_break is not None:
            passed = False
            sentence = Message("check.definition_break.changed", {"reason": declared.definition_break})
        elif declared is not None:
            passed, sentence = True, Message("check.definition_break.same")
        return CheckResult(name=self.name, passed=passed, statistic=math.nan, sentence=sentence)
