"""Were scores moved across the threshold: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.density_jump import density_jump
from impactkit.evidence.at_cutoffs import all_scores, rule_behind
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """As many people just past the threshold as just short of it, apart from chance.

    Parameters
    ----------
    limit : float
        The largest p-value that fails.
    fewest : int
        Different scores on each side without which it only informs.

    Notes
    -----
    Where people can set their own score (or somebody sets it for them), more of them end up on the side they
    want, and those on both sides are no longer alike. The test is that of Cattaneo, Jansson and Ma with
    bandwidths of its own, of every score in the table, also of rows without an outcome. It fails in 5 % of
    sound studies.

    References
    ----------
    .. [1] Cattaneo, M. D., Jansson, M., & Ma, X. (2020). Simple local polynomial density estimators. *Journal
       of the American Statistical Association*, 115(531).
    .. [2] McCrary, J. (2008). Manipulation of the running variable in the regression discontinuity design: a
       density test. *Journal of Econometrics*, 142(2).

    Examples
    --------
    >>> Density().limit
    0.05
    """

    name: Literal["density"] = "density"
    designs: frozenset[str] = frozenset({"regression_discontinuity"})
    limit: float = 0.05
    fewest: int = 30

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Test whether the density of the score jumps at the threshold.

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
            The statistic is the p-value; nan where it cannot be tested.
        """
        x = rule_behind(estimate).distances(all_scores(study))
        distinct = np.unique(x)
        if min(int((distinct < 0).sum()), int((distinct >= 0).sum())) < self.fewest:
            return self._told(None, math.nan, "few", {"needed": self.fewest})
        found = density_jump(x)
        if not math.isfinite(found.p_value):
            return self._told(None, math.nan, "few", {"needed": self.fewest})
        passed = found.p_value > self.limit
        return self._told(passed, found.p_value, "smooth" if passed else "jumps", {"p": found.p_value})

    def _told(self, passed: bool | None, p: float, what: str, values: dict[str, float]) -> CheckResult:
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=p,
            sentence=Message(f"check.density.{what}", values),
        )
