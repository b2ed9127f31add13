"""Does what was measured before look as a lot leaves it: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import Assignment, assignment_of
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.lottery_balance import lottery_balance
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Randomisation:
    """The arms of a lottery are as alike before it as lots make them.

    Parameters
    ----------
    limit : float
        Lots with arms at least as unlike are at least so many, or it was no lot.

    Notes
    -----
    One test of all covariates and the outcome before, by the law of the lot itself: what was drawn (persons,
    or whole clusters by their means), within strata. A true lot fails once in a thousand, with few units
    never more often; chance imbalance is no fault of a lot and is left to `Balance`. When it fails, the grade
    is no higher than 2. What differs only in what nobody recorded cannot be seen.

    References
    ----------
    .. [1] Hansen, B. B., & Bowers, J. (2008). Covariate balance in simple, stratified and clustered
       comparative studies. *Statistical Science*, 23(2).

    Examples
    --------
    >>> Randomisation().limit
    0.001
    """

    name: Literal["randomisation"] = "randomisation"
    designs: frozenset[str] = frozenset({"randomised_trial"})
    limit: float = 0.001

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the arms in all that was measured before, with other lots that could have been drawn.

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
            The statistic is the share of lots with arms at least as unlike; nan where nothing was measured.
        """
        columns = study.columns
        X = columns.covariates
        if columns.pre_outcome is not None:
            X = np.column_stack([X, columns.pre_outcome])
        if not X.shape[1]:
            return self._told(None, math.nan, "none")
        law = assignment_of(columns)
        found = lottery_balance(_drawn(X, columns, law), law.treated, law.strata)
        if math.isnan(found.p_value):
            return self._told(None, math.nan, "alike")
        if found.smallest_p >= self.limit:
            return self._told(None, found.p_value, "few", n=X.shape[1])
        passed = found.p_value >= self.limit
        return self._told(passed, found.p_value, "lot" if passed else "no_lot", n=X.shape[1])

    def _told(self, passed: bool | None, p: float, what: str, n: int = 0) -> CheckResult:
        sentence = Message(f"check.randomisation.{what}", {"n": n, "p": p} if n else {})
        return CheckResult(name=self.name, passed=passed, statistic=p, sentence=sentence)


def _drawn(X: Floats, columns: Columns, law: Assignment) -> Floats:
    """Return the weighted means of the rows of each thing that was drawn, shape (A, k)."""
    weight = np.ones(len(X)) if columns.weight is None else columns.weight
    n = len(law.treated)
    sums = np.column_stack([np.bincount(law.units, weight * x, n) for x in X.T])
    return np.asarray(sums / np.bincount(law.units, weight, n)[:, None])
