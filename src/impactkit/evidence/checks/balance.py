"""Were the groups alike before the start: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """No covariate may differ by more than a quarter of a standard deviation at baseline.

    Parameters
    ----------
    limit : float
        Largest standardised difference that passes.

    Notes
    -----
    Differences of means over the pooled standard deviation of the two groups, on baseline rows, weighted if
    the study is.

    References
    ----------
    .. [1] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*,
       section 14.2.

    Examples
    --------
    >>> Balance().limit
    0.25
    """

    name: Literal["balance"] = "balance"
    designs: frozenset[str] = frozenset({"difference_in_differences", "randomised_trial"})
    limit: float = 0.25

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the covariates of the groups before the start.

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
            The statistic is the largest standardised difference.
        """
        names, values = _baseline_covariates(study)
        if not names:
            return CheckResult(
                name=self.name, passed=None, statistic=math.nan, sentence=Message("check.balance.none")
            )
        columns = _baseline(study)
        assert columns.treated is not None
        differences = np.abs(_standardised(values, columns))
        worst = int(np.argmax(differences))
        passed = bool(differences[worst] <= self.limit)
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=float(differences[worst]),
            sentence=Message(
                f"check.balance.{'alike' if passed else 'unlike'}",
                {"name": names[worst], "difference": float(differences[worst]), "n": len(names)},
            ),
        )


def _baseline(study: Study) -> Columns:
    columns = study.columns
    if columns.period is None or columns.cohort is None:
        return columns
    before = columns.time < columns.cohort.min()
    return columns.take(before)


def _baseline_covariates(study: Study) -> tuple[list[str], Floats]:
    columns = _baseline(study)
    names, values = list(study.covariates), columns.covariates
    if columns.pre_outcome is not None and study.pre_outcome is not None:
        names, values = [*names, study.pre_outcome], np.column_stack([values, columns.pre_outcome])
    return names, values


def _standardised(values: Floats, columns: Columns) -> Floats:
    assert columns.treated is not None
    weight = np.ones(len(values)) if columns.weight is None else columns.weight
    means, variances = [], []
    for group in (columns.treated, ~columns.treated):
        mean = np.average(values[group], axis=0, weights=weight[group])
        means.append(mean)
        variances.append(np.average((values[group] - mean) ** 2, axis=0, weights=weight[group]))
    spread = np.sqrt((variances[0] + variances[1]) / 2)
    gap = means[0] - means[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(spread > 0, gap / spread, np.where(gap == 0, 0.0, np.inf))
    return found
