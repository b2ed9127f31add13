"""Did the donors' average follow the treated unit before the start: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.donor_ranks import DonorRanks
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PoorFit:
    """A gap before the start no larger than twice that of most donors.

    Parameters
    ----------
    most : float
        How many times the donors' median root mean square gap passes.

    Notes
    -----
    Donors are fitted as the treated unit was, each beside the others, so that an effect does not touch the
    rule; against several treated units stand means of as many donors. Without a placebo test there is nothing
    to hold the gap against, and the check only informs.

    Examples
    --------
    >>> PoorFit().most
    2.0
    """

    name: Literal["poor_fit"] = "poor_fit"
    designs: frozenset[str] = DONOR_DESIGNS
    most: float = 2.0

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the gaps before the start with those of donors.

        Parameters
        ----------
        study : Study
            The study.
        estimate : Estimate
            What was estimated on it, with its counterfactual.

        Returns
        -------
        CheckResult
            The statistic is the root mean square gap over the donors' median; nan without placebos.
        """
        built = estimate.counterfactual
        assert built is not None
        own = built.pre_rmspe
        sizes = _placebo_sizes(estimate)
        if not sizes:
            sentence = Message("check.poor_fit.alone", {"gap": own})
            return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)
        usual = float(np.median(sizes))
        # A gap that is rounding alone is none.
        least = _ROUNDING * max(map(abs, built.observed))
        ratio = own / usual if usual > least else math.inf if own > least else 0.0
        passed = ratio <= self.most
        values = {"gap": own, "usual": usual, "ratio": ratio, "most": self.most}
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=ratio,
            sentence=Message(f"check.poor_fit.{'close' if passed else 'far'}", values),
        )


def _placebo_sizes(estimate: Estimate) -> list[float]:
    """Return the root mean square gaps before the start of all placebos."""
    ranks = None if estimate.permutation is None else estimate.permutation.parts[0]
    if isinstance(ranks, DonorRanks):
        return list(map(float, ranks.pre_rmspe[1:]))
    built = estimate.counterfactual
    return [] if built is None else [placebo.pre_rmspe for placebo in built.placebos]
