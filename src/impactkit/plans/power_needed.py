"""How many more units, measurements or answers a claim would need to be supported when it is true."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from impactkit.effects.interval import t_quantile
from impactkit.effects.kernels.verdict_chances import Rule, verdict_chances

POWER = 0.8
Addition = Literal["enough", "units", "comparison", "periods", "answers"]
_MOST_TIMES, _MOST_PERIODS, _MOST_ANSWERS = 1000.0, 40, 10_000
_STEPS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What one kind of addition would take for a claim to be supported four times in five.

    Parameters
    ----------
    addition : {"enough", "units", "comparison", "periods", "answers"}
        Nothing more; more units of both kinds in their proportion; more comparison units alone; more
        measurements after the start; more answers in each cluster.
    multiple : float
        The true effect, in claims (0 for a claim that nothing happens).
    n_treated, n_comparison : int
        Units of each kind in all; 0 for both where no number within reason is enough.
    n : int
        Measurements after the start, or answers in each cluster, in all; 0 where it is not about those.
    is_reachable : bool
        Whether any number within reason is enough.
    """

    addition: Addition
    multiple: float
    n_treated: int
    n_comparison: int
    n: int = 0
    is_reachable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What decides how precise a comparison of two groups is.

    Parameters
    ----------
    n_treated, n_comparison : int
        Units drawn, or given the project: areas, clusters or people.
    unit_spread : float
        Standard deviation of one unit's part in the estimate, in the outcome's unit.
    df_share : float
        Degrees of freedom as a share of those of a comparison of two means.
    level : float
        Confidence level of the limits.
    are_donors : bool
        Whether the treated are ranked among choices of donors alone.
    fewest_treated, fewest_comparison : int
        With fewer units the grade is too low for a claim to be supported.
    """

    n_treated: int
    n_comparison: int
    unit_spread: float
    df_share: float
    level: float
    are_donors: bool = False
    fewest_treated: int = 0
    fewest_comparison: int = 0

    @property
    def df(self) -> float:
        """Degrees of freedom of a comparison of two means (Bell and McCaffrey's), scaled."""
        return self.df_share * two_group_df(self.n_treated, self.n_comparison)

    @property
    def is_told_apart(self) -> bool:
        """Whether so many assignments are possible that the permutation test can reject at the level."""
        k = self.n_treated
        n = self.n_comparison + (0 if self.are_donors else k)
        if k > n:
            return False
        count = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)  # its logarithm
        count = math.log(math.exp(min(count, 50.0)) + 1) if self.are_donors else count
        return count >= math.log(2 / (1 - self.level)) - 1e-9

    def chance(self, effect: float, m: float, rule: Rule) -> float:
        """Return the chance that a claim is supported.

        Parameters
        ----------
        effect : float
            The true effect, plus is good, in the outcome's unit.
        m : float
            See `verdict_chances`.
        rule : {"improvement", "no_harm", "no_effect"}
            The kind of claim.

        Returns
        -------
        float
            0 where the permutation test or the grade allows no such verdict.
        """
        few = self.n_treated < self.fewest_treated or self.n_comparison < self.fewest_comparison
        if few or not self.df > 0 or not self.is_told_apart:
            return 0.0
        found = verdict_chances(
            np.array([effect]),
            std_error=self.unit_spread * math.sqrt(1 / self.n_treated + 1 / self.n_comparison),
            df=self.df,
            critical=t_quantile(0.5 + self.level / 2, self.df),
            m=m,
            rule=rule,
        )
        return float(found.supported[0])


def two_group_df(n_treated: int, n_comparison: int) -> float:
    """Return Satterthwaite's degrees of freedom of a difference between two means of equal spread.

    Parameters
    ----------
    n_treated, n_comparison : int
        Units of each kind; a single unit of a kind is taken to vary as the others do.

    Returns
    -------
    float
        0 where there is nothing to tell the spread from.

    Examples
    --------
    >>> round(two_group_df(5, 10), 2), two_group_df(1, 39)
    (8.1, 38.0)
    """
    if min(n_treated, n_comparison) < 1 or n_treated + n_comparison < 3:
        return 0.0
    if min(n_treated, n_comparison) == 1:
        return float(max(n_treated, n_comparison) - 1)
    a, b = 1 / n_treated, 1 / n_comparison
    return (a + b) ** 2 / (a**2 / (n_treated - 1) + b**2 / (n_comparison - 1))


def needed(
    design: Design,
    *,
    m: float,
    rule: Rule,
    multiple: float,
    after: tuple[int, Callable[[int], float]] | None = None,
    answers: tuple[int, Callable[[int], float]] | None = None,
) -> tuple[Needed, ...]:
    """Return what each kind of addition would take for a claim to be supported four times in five.

    Parameters
    ----------
    design : Design
        As planned.
    m : float
        What the limits are held against.
    rule : {"improvement", "no_harm", "no_effect"}
        The kind of claim.
    multiple : float
        The true effect, in claims.
    after, answers : tuple of int and callable, optional
        How many measurements after the start (answers a cluster) are planned, and a function that returns one
        unit's spread with another number, as a share of the planned one.

    Returns
    -------
    tuple of Needed
        One that says ``enough`` where nothing more is needed.
    """
    effect = multiple * abs(m)

    def is_enough(tried: Design) -> bool:
        return tried.chance(effect, m, rule) >= POWER

    if is_enough(design):
        return (_told(design, "enough", multiple),)
    found = [_units(design, multiple, is_enough), _comparison(design, multiple, is_enough)]
    for addition, given, most in (("periods", after, _MOST_PERIODS), ("answers", answers, _MOST_ANSWERS)):
        if given is not None:
            found.append(_further(design, multiple, is_enough, addition=addition, given=given, most=most))  # type: ignore[arg-type]
    return tuple(found)


def _told(design: Design, addition: Addition, multiple: float, n: int = 0) -> Needed:
    return Needed(
        addition=addition,
        multiple=multiple,
        n_treated=design.n_treated,
        n_comparison=design.n_comparison,
        n=n,
    )


def _never(addition: Addition, multiple: float) -> Needed:
    return Needed(addition=addition, multiple=multiple, n_treated=0, n_comparison=0, is_reachable=False)


def _units(design: Design, multiple: float, is_enough: Callable[[Design], bool]) -> Needed:
    def grown(times: float) -> Design:
        return replace(
            design,
            n_treated=max(math.ceil(design.n_treated * times - 1e-9), design.fewest_treated),
            n_comparison=max(math.ceil(design.n_comparison * times - 1e-9), design.fewest_comparison),
        )

    if not is_enough(grown(_MOST_TIMES)):
        return _never("units", multiple)
    low, high = 1.0, _MOST_TIMES
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if is_enough(grown(middle)) else (middle, high)
    return _told(grown(high), "units", multiple)


def _comparison(design: Design, multiple: float, is_enough: Callable[[Design], bool]) -> Needed:
    most = max(int(design.n_comparison * _MOST_TIMES), 1000)
    at = _fewest(design.n_comparison, most, lambda n: is_enough(replace(design, n_comparison=n)))
    if not at:
        return _never("comparison", multiple)
    return _told(replace(design, n_comparison=at), "comparison", multiple)


def _further(
    design: Design,
    multiple: float,
    is_enough: Callable[[Design], bool],
    *,
    addition: Addition,
    given: tuple[int, Callable[[int], float]],
    most: int,
) -> Needed:
    planned, share = given
    at = _fewest(
        planned, most, lambda n: is_enough(replace(design, unit_spread=design.unit_spread * share(n)))
    )
    return _told(design, addition, multiple, n=at) if at else _never(addition, multiple)


def _fewest(planned: int, most: int, is_enough: Callable[[int], bool]) -> int:
    """Return the smallest number above the planned one that is enough; 0 when the largest is not."""
    if most <= planned or not is_enough(most):
        return 0
    low, high = planned, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
