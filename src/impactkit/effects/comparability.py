"""How alike two groups are, before and after they were made alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from impactkit.effects.kernels.row_pieces import ROWS_AT_ONCE, column_by_column, pieces_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_SIZES = ("effective_treated", "effective_comparison", "largest_share")
_ROUNDING = 1e-7  # a variance is a difference of squares
_COUNTS = ("n_unmatched", "n_trimmed", "most_reused")


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateGap:
    """How far apart the groups are in one covariate.

    Parameters
    ----------
    name : str
        The covariate.
    before, after : float
        Treated less comparison, in standard deviations within the groups as they were; inf where they differ
        and nothing varies within them. ``after`` is nan where no weights or matches are made (regressions).
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
    baseline : str, optional
        The covariate that is the outcome before the start, if one is.
    effective_treated, effective_comparison : float
        How many rows of equal weight would give each group's mean as much precision; nan where that is not
        shown, as the next one is.
    largest_share : float
        The largest share of a group's mean that rests on one row.
    n_unmatched : int, optional
        Treated (or all) rows that found no match and are left out; None where they are too few to be shown,
        as the next two are.
    n_trimmed : int, optional
        Rows left out because nobody in the other group was like them.
    most_reused : int, optional
        How many times the most used comparison row is a match; 0 where rows are weighted.
    """

    covariates: tuple[CovariateGap, ...]
    baseline: str | None = None
    effective_treated: float
    effective_comparison: float
    largest_share: float
    n_unmatched: int | None = 0
    n_trimmed: int | None = 0
    most_reused: int | None = 0

    @property
    def largest_gap(self) -> float:
        """The largest gap that is left, in standard deviations; nan where nothing was weighted."""
        return float(np.max([abs(gap.after) for gap in self.covariates], initial=-np.inf))

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Comparability:
        """Return what a record holds."""
        gaps = [
            CovariateGap(name=gap["name"], **{key: _or_nan(gap[key]) for key in ("before", "after")})
            for gap in record["covariates"]
        ]
        sizes = {name: _or_nan(record[name]) for name in _SIZES}
        return cls(**{**record, **sizes, "covariates": tuple(gaps)})

    def without_sizes(self, is_few: Callable[[int], bool], *, hidden: bool) -> Comparability:
        """Return it without counts that are too few to be shown.

        Parameters
        ----------
        is_few : callable
            Whether a count is.
        hidden : bool
            Whether the sizes of the groups are hidden, and with them all that could tell them.

        Returns
        -------
        Comparability
            Gaps stay.
        """
        counts = {name: getattr(self, name) for name in _COUNTS}
        shown: dict[str, Any] = {
            name: None if hidden or n is None or is_few(n) else n for name, n in counts.items()
        }
        if hidden:
            shown |= dict.fromkeys(_SIZES, math.nan)
        return replace(self, **shown)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def comparability(
    values: Floats,
    names: tuple[str, ...],
    treated: Flags,
    *,
    before: Floats,
    after: Floats | None,
    **known: Any,
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
        Weights of the rows in the population, and those under which the groups are compared; None where
        regressions compare them.
    **known
        What else is known: the baseline, rows left out, reuse.

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
    found = _moments(values, treated, (before,) if after is None else (before, after))
    variances = found.squares - found.means[:2] ** 2
    spread = np.sqrt(np.maximum(variances[0] + variances[1], 0.0) / 2)
    gaps = [_over(found.means[k] - found.means[k + 1], spread, found) for k in range(0, len(found.means), 2)]
    if after is None:
        gaps.append(np.full(len(names), np.nan))
    return Comparability(
        covariates=tuple(
            CovariateGap(name=name, before=float(a), after=float(b))
            for name, a, b in zip(names, *gaps, strict=True)
        ),
        effective_treated=float(found.effective[-2]),
        effective_comparison=float(found.effective[-1]),
        largest_share=float(found.largest[-2:].max()),
        **known,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moments:
    """What the rows add up to, under the weights of the treated and of the comparison, before (and after).

    Parameters
    ----------
    middle, furthest : ndarray, shape (p,)
        A place among each column's values, and how far from it the furthest lies.
    means, squares : ndarray, shape (4, p) or (2, p), and (2, p)
        Means less the middle, and means of squares about it before.
    effective, largest : ndarray, shape (4,) or (2,)
        Rows of equal weight that weigh as much, and the largest share of one row.
    """

    middle: Floats
    furthest: Floats
    means: Floats
    squares: Floats
    effective: Floats
    largest: Floats


def _moments(values: Floats, treated: Flags, weights: Sequence[Floats]) -> _Moments:
    """Go through the rows once, a few at a time."""
    p, m = values.shape[1], 2 * len(weights)
    middle = values[:: len(values) // ROWS_AT_ONCE + 1].mean(axis=0)
    means, squares, furthest = np.zeros((m, p)), np.zeros((2, p)), np.zeros(p)
    sums, of_squares, largest = np.zeros(m), np.zeros(m), np.full(m, -np.inf)
    for piece in pieces_of(len(values)):
        rows = column_by_column(values, piece) - middle[:, None]
        apart = rows * rows
        furthest = np.maximum(furthest, apart.max(axis=1))
        both = np.array([each[piece] for each in weights])
        of_treated = both * treated[piece].astype(np.float64)
        shares = np.stack([of_treated, both - of_treated], axis=1).reshape(m, -1)
        means += shares @ rows.T
        squares += shares[:2] @ apart.T
        sums += shares.sum(axis=1)
        of_squares += np.einsum("ij,ij->i", shares, shares)
        largest = np.maximum(largest, shares.max(axis=1))
    return _Moments(
        middle=middle,
        furthest=np.sqrt(furthest),
        means=means / sums[:, None],
        squares=squares / sums[:2, None],
        effective=sums**2 / of_squares,
        largest=largest / sums,
    )


def _over(gap: Floats, spread: Floats, moments: _Moments) -> Floats:
    """Return gaps over spreads; what is rounding of a column that never varies is nothing."""
    noise = _ROUNDING * moments.furthest + 1e-12 * (np.abs(moments.middle) + moments.furthest)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = gap / spread
    without = np.where(np.abs(gap) <= noise, 0.0, np.copysign(np.inf, gap))
    found: Floats = np.where(spread > noise, ratio, without)
    return found
