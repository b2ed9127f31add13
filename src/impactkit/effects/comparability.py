"""How alike two groups are, before and after they were made alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateGap:
    """How far apart the groups are in one covariate.

    Parameters
    ----------
    name : str
        The covariate.
    before, after : float
        Treated less comparison, in standard deviations within the groups as they were; inf where they differ
        and nothing varies within them.
    """

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparability:
    """What was done to make the groups alike, and how alike they became.

    Parameters
    ----------
    covariates : tuple of CovariateGap
        One a covariate.
    effective_treated, effective_comparison : float
        How many rows of equal weight would give each group's mean as much precision.
    largest_share : float
        The largest share of a group's mean that rests on one row.
    n_unmatched : int
        Treated (or all) rows that found no match and are left out.
    n_trimmed : int
        Rows left out because nobody in the other group was like them.
    most_reused : int
        How many times the most used comparison row is a match; 0 where rows are weighted.
    """

    covariates: tuple[CovariateGap, ...]
    effective_treated: float
    effective_comparison: float
    largest_share: float
    n_unmatched: int = 0
    n_trimmed: int = 0
    most_reused: int = 0

    @property
    def largest_gap(self) -> float:
        """The largest gap that is left, in standard deviations; nan without covariates."""
        return max((abs(gap.after) for gap in self.covariates), default=math.nan)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Comparability:
        """Return what a record holds."""
        gaps = [
            CovariateGap(name=gap["name"], **{key: _or_nan(gap[key]) for key in ("before", "after")})
            for gap in record["covariates"]
        ]
        return cls(**{**record, "covariates": tuple(gaps)})


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def comparability(
    values: Floats,
    names: tuple[str, ...],
    treated: Flags,
    *,
    before: Floats,
    after: Floats,
    **counts: int,
) -> Comparability:
    """Measure how alike two groups are.

    Parameters
    ----------
    values : ndarray, shape (n, p)
        A column a covariate.
    names : tuple of str
        Their names.
    treated : ndarray of bool, shape (n,)
        Who is treated.
    before, after : ndarray, shape (n,)
        Weights of the rows in the population, and those under which the groups are compared.
    **counts : int
        What is known of rows left out and reuse.

    Returns
    -------
    Comparability
        Both columns of gaps are over the root of the mean variance before, so that they can be compared.

    Examples
    --------
    >>> found = comparability(
    ...     np.array([[1.0], [3], [0], [4]]), ("age",), np.array([True, True, False, False]),
    ...     before=np.ones(4), after=np.array([1.0, 1, 3, 1]))
    >>> found.covariates[0].before, round(found.covariates[0].after, 3), found.effective_comparison
    (0.0, 0.632, 1.6)
    """
    arms = (treated, ~treated)
    means = [np.average(values[arm], axis=0, weights=before[arm]) for arm in arms]
    variances = [
        np.average((values[arm] - mean) ** 2, axis=0, weights=before[arm])
        for arm, mean in zip(arms, means, strict=True)
    ]
    spread = np.sqrt((variances[0] + variances[1]) / 2)
    left = [np.average(values[arm], axis=0, weights=after[arm]) for arm in arms]
    gaps = [_over(first - second, spread) for first, second in (means, left)]
    shares = [after[arm] / after[arm].sum() for arm in arms]
    return Comparability(
        covariates=tuple(
            CovariateGap(name=name, before=float(a), after=float(b))
            for name, a, b in zip(names, *gaps, strict=True)
        ),
        effective_treated=float(1 / (shares[0] @ shares[0])),
        effective_comparison=float(1 / (shares[1] @ shares[1])),
        largest_share=float(max(shares[0].max(), shares[1].max())),
        **counts,
    )


def _over(gap: Floats, spread: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(spread > 0, gap / spread, np.where(gap == 0, 0.0, np.inf))
    return found
