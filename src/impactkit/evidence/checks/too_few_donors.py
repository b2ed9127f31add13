"""Are there donors enough to tell an effect from chance: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFewDonors:
    """As many donors as the level of the limits needs, or the grade is lowered.

    Parameters
    ----------
    designs : frozenset of str
        The estimators that rank against donors.

    Notes
    -----
    The treated unit ranked first of ``D + 1`` has a p-value of ``1 / (D + 1)``. Limits at 95 % are two tests
    at 2.5 %, and need 39 donors; with several treated units the choices among donors count instead.

    Examples
    --------
    >>> TooFewDonors().name
    'too_few_donors'
    """

    name: Literal["too_few_donors"] = "too_few_donors"
    designs: frozenset[str] = DONOR_DESIGNS

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the smallest p-value that ranks can give with the level.

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
            The statistic is the number of donors.
        """
        donors = estimate.sample.n_units - estimate.sample.n_treated
        alpha = (1 - estimate.interval.level) / 2
        test = estimate.permutation
        choices = math.comb(donors, max(estimate.sample.n_treated, 1)) + 1
        smallest = 1 / choices if test is None else test.smallest_p
        needed = math.ceil(1 / alpha - 1e-9) - 1
        passed = smallest <= alpha * (1 + 1e-12)
        values = {"donors": donors, "needed": needed, "smallest": smallest, "alpha": alpha}
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=float(donors),
            sentence=Message(f"check.too_few_donors.{'enough' if passed else 'few'}", values),
        )
