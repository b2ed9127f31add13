"""Are those just past the threshold like those just short of it in what was measured before: a check."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.missing_values import missing_values
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.at_cutoffs import jump_of
from impactkit.evidence.before_covariates import AskedCovariate, covariates_told
from impactkit.evidence.check_result import CheckResult, CovariateBalance
from impactkit.evidence.circumstances import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateSmoothness:
    """What was measured before does not jump at the threshold.

    Parameters
    ----------
    limit : float
        The chance that any covariate is found to jump in a sound study.

    Notes
    -----
    Each covariate (and the outcome before) is taken for the outcome. It fails when the smallest p-value is at
    most ``limit`` over the number of covariates. The table holds each one's jump in standard deviations.

    References
    ----------
    .. [1] Lee, D. S., & Lemieux, T. (2010). Regression discontinuity designs in economics. *Journal of
       Economic Literature*, 48(2).

    Examples
    --------
    >>> CovariateSmoothness().limit
    0.05
    """

    name: Literal["covariate_smoothness"] = "covariate_smoothness"
    designs: frozenset[str] = frozenset({"regression_discontinuity"})
    limit: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Estimate the jump of each covariate.

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
        return covariates_told(self.name, asked, limit=self.limit, alike="smooth", unlike="jumps")


def _asked(study: Study, estimate: Estimate) -> Iterator[AskedCovariate]:
    """Yield the covariates whose jump can be told."""
    columns = study.columns
    named = dict(zip(study.covariates, columns.covariates.T, strict=True))
    if study.pre_outcome is not None and columns.pre_outcome is not None:
        named[study.pre_outcome] = columns.pre_outcome
    missing = missing_values(study.frame, list(named))
    for name, values in named.items():
        found = jump_of(study, estimate, outcome=values, inference=None, bias_bandwidth=None).interval
        spread = float(np.std(values))
        if found is None or not math.isfinite(found.p_value) or not spread > 0:
            continue
        row = CovariateBalance(name=name, difference=found.point / spread, n_missing=missing[name])
        yield AskedCovariate(row, found.p_value)
