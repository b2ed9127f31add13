"""What was measured before, asked one covariate at a time whether it goes with what decided."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from impactkit.evidence.check_result import CheckResult, CovariateBalance
from impactkit.wording import Message


class AskedCovariate(NamedTuple):
    """How far a covariate goes with what decided, and the p-value of that being chance."""

    row: CovariateBalance
    p_value: float


def covariates_told(
    name: str, asked: Iterable[AskedCovariate], *, limit: float, alike: str, unlike: str
) -> CheckResult:
    """Return what a check says of several covariates, each tested by itself.

    Parameters
    ----------
    name : str
        The check.
    asked : iterable of AskedCovariate
        Those of which something can be told.
    limit : float
        The smallest p-value, times how many there are, that passes.
    alike, unlike : str
        Names of the sentences under the check; "none" is the third.

    Returns
    -------
    CheckResult
        The statistic is the smallest p-value times how many there are, at most 1; nan where there are none.
    """
    found = list(asked)
    if not found:
        sentence = Message(f"check.{name}.none")
        return CheckResult(name=name, passed=None, statistic=math.nan, sentence=sentence)
    worst = min(found, key=lambda one: one.p_value)
    p = min(1.0, worst.p_value * len(found))
    passed = p > limit
    told: dict[str, str | int | float | Message] = {
        "name": worst.row.name,
        "difference": worst.row.difference,
        "p": p,
        "covariates": len(found),
    }
    return CheckResult(
        name=name,
        passed=passed,
        statistic=p,
        sentence=Message(f"check.{name}.{alike if passed else unlike}", told),
        table=tuple(one.row for one in found),
    )
