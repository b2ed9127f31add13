"""Was the treated unit chosen when its outcome happened to be extreme: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.donor_panel import donor_panel
from impactkit.effects.donor_pool import DonorPool
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_FEWEST_EARLIER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionToTheMean:
    """The treated unit was not at an extreme of its own just before the start, from which it would return.

    Parameters
    ----------
    rare : float
        The share of units that may be as far from their usual as the treated unit for it to count as extreme;
        the most extreme of all always counts.

    Notes
    -----
    Each unit's outcome in the last period before the start is compared with its own mean in the earlier
    periods, less the median of the donors' such changes. A treated unit among the few most extreme, on the
    side from which a return looks like the estimated effect, lowers the grade. A unit picked by lot is so
    in about ``rare`` of cases at most.

    References
    ----------
    .. [1] Barnett, A. G., van der Pols, J. C., & Dobson, A. J. (2005). Regression to the mean: what it is and
       how to deal with it. *International Journal of Epidemiology*, 34(1).

    Examples
    --------
    >>> RegressionToTheMean().rare
    0.05
    """

    name: Literal["regression_to_the_mean"] = "regression_to_the_mean"
    designs: frozenset[str] = DONOR_DESIGNS
    rare: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Rank the treated unit's last change before the start among the donors'.

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
            The statistic is the share of units as extreme on that side, the smallest of the treated units';
            nan with too few periods before the start.
        """
        panel = donor_panel(study, DonorPool.model_validate(estimate.settings["donors"]), alone=False)
        n, N = panel.n_treated, len(panel.outcomes)
        early = [i for i, start in enumerate(panel.starts.tolist()) if start <= _FEWEST_EARLIER]
        if len(early) == n or math.isnan(estimate.interval.point):
            sentence = Message("check.regression_to_the_mean.few_periods")
            return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)
        sign = -1.0 if estimate.interval.point > 0 else 1.0
        shares = {}
        for i in sorted(set(range(n)) - set(early)):
            changes = sign * _last_changes(panel.outcomes, int(panel.starts[i]), n)
            shares[i] = (1 + int((changes[n:] >= changes[i]).sum())) / (1 + N - n)
        unit = min(shares, key=lambda i: shares[i])
        share = shares[unit]
        change = float(_last_changes(panel.outcomes, int(panel.starts[unit]), n)[unit])
        # One of several treated units may well be the most extreme by chance.
        passed = share * len(shares) > max(self.rare, 1 / (1 + N - n)) * (1 + 1e-12)
        values: dict[str, str | int | float | Message] = {
            "unit": panel.names[unit],
            "change": change,
            "share": share,
            "donors": N - n,
        }
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=share,
            sentence=Message(f"check.regression_to_the_mean.{'usual' if passed else 'extreme'}", values),
        )


def _last_changes(outcomes: Floats, start: int, n_treated: int) -> Floats:
    """Return each unit's last outcome before a start less its earlier mean, and less the donors' median."""
    changes = outcomes[:, start - 1] - outcomes[:, : start - 1].mean(axis=1)
    return np.asarray(changes - np.median(changes[n_treated:]))
