"""Were the groups alike before the start: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.missing_values import missing_values
from impactkit.data.study import Study
from impactkit.effects.comparability import Comparability
from impactkit.effects.estimate import Estimate
from impactkit.evidence.baseline import at_baseline, standardised_gaps
from impactkit.evidence.check_result import CheckResult, CovariateBalance
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALIKE_DESIGNS
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """No covariate may differ by more than a quarter of a standard deviation at baseline.

    Parameters
    ----------
    limit : float
        Largest standardised difference that passes.
    limit_after : float
        The same where groups are weighted or matched to be alike, and nothing else corrects for what is left.

    Notes
    -----
    Differences of means over the pooled standard deviation of the two groups, on baseline rows, weighted if
    the study is. The table holds each covariate's difference and how many rows of the whole table lack it;
    rows that lack one take no part. Small groups differ by that much by chance: after a lot of 30 and 30 each
    covariate does in a third of cases.

    Where the method makes the groups alike it is asked how alike they became: within 0.1 [2]_, or within
    ``limit`` where a regression corrects for the rest.

    References
    ----------
    .. [1] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*,
       section 14.2.
    .. [2] Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates
       between treatment groups in propensity-score matched samples. *Statistics in Medicine*, 28(25).

    Examples
    --------
    >>> Balance().limit
    0.25
    """

    name: Literal["balance"] = "balance"
    designs: frozenset[str] = (ALIKE_DESIGNS - {"g_computation"}) | {
        "difference_in_differences",
        "randomised_trial",
    }
    limit: float = 0.25
    limit_after: float = 0.1

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
        if estimate.comparability is not None:
            return self._made_alike(estimate.comparability, estimate, study)
        table = standardised_differences(study)
        if not table:
            return CheckResult(
                name=self.name, passed=None, statistic=math.nan, sentence=Message("check.balance.none")
            )
        worst = int(np.argmax(np.abs([row.difference for row in table])))
        size = abs(table[worst].difference)
        passed = size <= self.limit
        treated, comparison = _counts(at_baseline(study))
        told: dict[str, str | int | float | Message] = {
            "name": table[worst].name,
            "difference": size,
            "n": len(table),
            "treated": treated,
            "comparison": comparison,
            "missing": sum(row.n_missing or 0 for row in table),
        }
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=size,
            sentence=Message(f"check.balance.{'alike' if passed else 'unlike'}", told),
            table=table,
        )

    def _made_alike(self, found: Comparability, estimate: Estimate, study: Study) -> CheckResult:
        """Tell how alike the groups became."""
        settings = estimate.settings
        corrects = estimate.method == "doubly_robust" or bool(settings.get("bias_adjustment"))
        limit = self.limit if corrects else self.limit_after
        missing = missing_values(study.frame, [gap.name for gap in found.covariates])
        table = tuple(
            CovariateBalance(name=gap.name, difference=gap.after, n_missing=missing[gap.name])
            for gap in found.covariates
        )
        worst = max(found.covariates, key=lambda gap: abs(gap.after))
        size = abs(worst.after)
        before = max(abs(gap.before) for gap in found.covariates)
        told: dict[str, str | int | float | Message] = {
            "name": worst.name,
            "difference": size,
            "before": before,
            "limit": limit,
            "n": len(table),
        }
        return CheckResult(
            name=self.name,
            passed=size <= limit,
            statistic=size,
            sentence=Message(f"check.balance.{'made_alike' if size <= limit else 'left_unlike'}", told),
            table=table,
        )


def standardised_differences(study: Study, *, weighted: bool = True) -> tuple[CovariateBalance, ...]:
    """Return how the covariates differ between the groups before the start.

    Parameters
    ----------
    study : Study
        A study that says who is treated.
    weighted : bool
        Whether rows count by the study's weights, where it has some.

    Returns
    -------
    tuple of CovariateBalance
        In standard deviations within groups, one a covariate; empty without covariates.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0] * 4, "arm": [0, 0, 1, 1], "age": [20.0, 40, 30, 50]})
    >>> standardised_differences(Study(frame, outcome="y", treated="arm", covariates=["age"]))[0].difference
    1.0
    """
    names, values = _baseline_covariates(study)
    if not names:
        return ()
    columns = at_baseline(study)
    differences = standardised_gaps(values, columns if weighted else replace(columns, weight=None))
    missing = missing_values(study.frame, names)
    return tuple(
        CovariateBalance(name=name, difference=float(difference), n_missing=missing[name])
        for name, difference in zip(names, differences, strict=True)
    )


def _counts(columns: Columns) -> tuple[int, int]:
    """Return how many treated and comparison units were seen; rows where nobody is followed."""
    assert columns.treated is not None
    who = np.arange(len(columns.treated)) if columns.unit is None else columns.unit
    return len(np.unique(who[columns.treated])), len(np.unique(who[~columns.treated]))


def _baseline_covariates(study: Study) -> tuple[list[str], Floats]:
    columns = at_baseline(study)
    names, values = list(study.covariates), columns.covariates
    if columns.pre_outcome is not None and study.pre_outcome is not None:
        names, values = [*names, study.pre_outcome], np.column_stack([values, columns.pre_outcome])
    return names, values
