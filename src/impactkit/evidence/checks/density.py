"""Were scores moved across the threshold: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import bdtr

from impactkit.data.columns import Floats
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
    nearest, nearest_most : int
        How many rows nearest to the threshold are counted by side, at least and at most, where no two of them
        have the same score.
    share : float
        The part of all rows that they are between these: over more a sound density may slope.

    Notes
    -----
    Where people can set their own score (or somebody sets it for them), more of them end up on the side they
    want, and those on both sides are no longer alike. The test is that of Cattaneo, Jansson and Ma with
    bandwidths of its own [1]_, of every score in the table, also of rows without an outcome. It smooths over
    more than the narrow strip from which people may have been lifted, so those nearest to the threshold are
    counted as well: without such lifting each is as likely past it as short of it, and the count is binomial
    [3]_. The p-value is twice the smaller of the two (Bonferroni): it fails in at most about 5 % of sound
    studies.

    References
    ----------
    .. [1] Cattaneo, M. D., Jansson, M., & Ma, X. (2020). Simple local polynomial density estimators. *Journal
       of the American Statistical Association*, 115(531).
    .. [2] McCrary, J. (2008). Manipulation of the running variable in the regression discontinuity design: a
       density test. *Journal of Econometrics*, 142(2).
    .. [3] Cattaneo, M. D., Titiunik, R., & Vazquez-Bare, G. (2017). Comparing inference approaches for RD
       designs: a reexamination of the effect of Head Start on child mortality. *Journal of Policy Analysis
       and Management*, 36(3).

    Examples
    --------
    >>> Density().limit
    0.05
    """

    name: Literal["density"] = "density"
    designs: frozenset[str] = frozenset({"regression_discontinuity"})
    limit: float = 0.05
    fewest: int = 30
    nearest: int = 20
    nearest_most: int = 40
    share: float = 0.1

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
        asked = [p for p in (density_jump(x).p_value, self._by_count(x)) if math.isfinite(p)]
        if not asked:
            return self._told(None, math.nan, "few", {"needed": self.fewest})
        p = min(1.0, len(asked) * min(asked))
        return self._told(p > self.limit, p, "smooth" if p > self.limit else "jumps", {"p": p})

    def _by_count(self, x: Floats) -> float:
        """Return the p-value of how many of the nearest lie past it; nan where these cannot tell."""
        n = min(math.floor(self.share * len(x) * (1 + 1e-12)), self.nearest_most)
        if n < self.nearest:
            return math.nan
        near = x[np.argpartition(np.abs(x), n - 1)[:n]]
        if len(np.unique(near)) < n:
            return math.nan
        past = int((near >= 0).sum())
        return min(1.0, 2 * float(bdtr(min(past, n - past), n, 0.5)))

    def _told(self, passed: bool | None, p: float, what: str, values: dict[str, float]) -> CheckResult:
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=p,
            sentence=Message(f"check.density.{what}", values),
        )
