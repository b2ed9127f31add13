"""Was the follow-up looked at more than once: a check of what the plan says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALL_DESIGNS
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleLooks:
    """A verdict asked for until it comes is not the verdict of one look.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    With no effect at all, one look calls 2.5 % supported; eight half-yearly looks, each with the right to
    stop, 8.6 %.

    References
    ----------
    .. [1] Armitage, P., McPherson, C. K., & Rowe, B. C. (1969). Repeated significance tests on accumulating
       data. *Journal of the Royal Statistical Society A*, 132(2).

    Examples
    --------
    >>> MultipleLooks().name
    'multiple_looks'
    """

    name: Literal["multiple_looks"] = "multiple_looks"
    designs: frozenset[str] = ALL_DESIGNS

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Count the looks that the plan tells of.

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
            The statistic is the number of looks; nan where the plan does not say.
        """
        looks = None if declared is None else declared.circumstances.looks
        if looks is None:
            return CheckResult(
                name=self.name,
                passed=None,
                statistic=math.nan,
                sentence=Message("check.multiple_looks.unknown"),
            )
        state = "once" if looks == 1 else "often"
        sentence = Message(f"check.multiple_looks.{state}", {"n": looks})
        return CheckResult(name=self.name, passed=looks == 1, statistic=float(looks), sentence=sentence)
