"""Are those whom an instrument moves like the others in what it cannot have changed: a check."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.columns import Floats
from impactkit.data.missing_values import missing_values
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.before_covariates import AskedCovariate, covariates_told
from impactkit.evidence.check_result import CheckResult, CovariateBalance
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.instruments_behind import stages_of_covariates


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentBalance:
    """What was measured before does not go with the instruments, apart from chance.

    Parameters
    ----------
    limit : float
        The smallest p-value, times the number of covariates, that passes.

    Notes
    -----
    Each covariate (and the outcome before) is taken for the outcome, with strata and nothing else adjusted
    for. The test asks whether the instruments move it at all, with the standard errors of the estimate. An
    instrument as good as drawn by lot moves none: nothing that happened before can be its doing.

    References
    ----------
    .. [1] Angrist, J. D., & Pischke, J.-S. (2009). *Mostly Harmless Econometrics*, section 4.1.

    Examples
    --------
    >>> InstrumentBalance().limit
    0.05
    """

    name: Literal["instrument_balance"] = "instrument_balance"
    designs: frozenset[str] = frozenset({"instrumental_variable"})
    limit: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Test whether the instruments move what was measured before.

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
            The statistic is the smallest p-value times the number of covariates, at most 1; nan where there
            are none.
        """
        asked = _asked(study, estimate)
        return covariates_told(self.name, asked, limit=self.limit, alike="alike", unlike="unlike")


def _asked(study: Study, estimate: Estimate) -> Iterator[AskedCovariate]:
    """Yield the covariates whose test can be told, and how far the instruments move them."""
    for name, values, stages in stages_of_covariates(study, estimate):
        spread = float(np.std(values))
        p = math.nan if stages.test is None else stages.test.p_value(0.0)
        if not (math.isfinite(p) and spread > 0):
            continue
        steps = np.array([interval.point for interval in stages.effects.intervals])
        moved = steps * _reach(study) / spread
        missing = missing_values(study.frame, [name])[name]
        gap = float(moved[np.argmax(np.abs(moved))])
        yield AskedCovariate(CovariateBalance(name=name, difference=gap, n_missing=missing), p)


def _reach(study: Study) -> Floats:
    """Return how far each instrument goes: from one of its two values to the other, or two deviations."""
    columns = study.columns
    if columns.instruments is None:
        return np.ones(1)
    return np.array([np.ptp(z) if len(np.unique(z)) == 2 else 2 * np.std(z) for z in columns.instruments.T])
