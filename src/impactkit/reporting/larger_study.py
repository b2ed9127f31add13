"""What a larger study would need, said only where it can be worked out."""

from __future__ import annotations

import math

from impactkit.effects.interval import t_quantile
from impactkit.effects.permutation_test import PermutationTest
from impactkit.reporting.evaluated import Telling

_POWER = 0.80
_MOST_TIMES = 1000


def larger_study(telling: Telling) -> tuple[str, ...]:
    """Return what a study would need to settle an inconclusive claim, where that can be worked out.

    Parameters
    ----------
    telling : Telling
        An inconclusive claim.

    Returns
    -------
    tuple of str
        The smallest effect that could have been told from chance, how many groups the permutation test needs,
        and how much more data the interval needs; empty when nothing can be said.

    Notes
    -----
    The interval's part takes the true effect to be the estimated one and the spread between groups to stay:
    the standard error must shrink until the effect's distance to the claim is ``z(level) + z(0.80)`` of it,
    and it shrinks with the square root of the number of groups. A lower bound when groups are few.
    """
    return (*_detectable(telling), *_groups_needed(telling), *_times_needed(telling))


def _detectable(telling: Telling) -> tuple[str, ...]:
    """Say which effects could not have been told from chance; nothing where no effect could."""
    found = telling.result.verdict.minimum_detectable
    if not math.isfinite(found):
        return ()
    size = telling.measure.change(found).removeprefix("+")  # whichever way
    return (telling.say("larger.detectable", size=size),)


def fewest_groups(treated: int, *, level: float) -> int:
    """Return the fewest groups that let a permutation test reach a one-sided level.

    Parameters
    ----------
    treated : int
        How many of them are treated.
    level : float
        Confidence level of the interval beside it.

    Returns
    -------
    int
        Groups in all.

    Examples
    --------
    >>> fewest_groups(2, level=0.95), fewest_groups(1, level=0.95)
    (10, 40)
    """
    n = treated + 1
    while math.comb(n, treated) * (1 - level) / 2 < 1 - 1e-9:
        n += 1
    return n


def _groups_needed(telling: Telling) -> tuple[str, ...]:
    test, level = telling.result.estimate.permutation, telling.result.verdict.level
    if test is None or telling.result.n_assignments is None or test.smallest_p <= (1 - level) / 2:
        return ()
    if "donors" in test.law.values:
        treated = int(str(test.law.values["treated"]))
        n = treated + _fewest_donors(treated, level=level)
    elif _is_one_draw(test):
        treated = int(str(test.law.values["treated"]))
        n = fewest_groups(treated, level=level)
    else:
        return ()
    return (telling.say("larger.groups", n=n, treated=treated, comparison=n - treated),)


def _fewest_donors(treated: int, *, level: float) -> int:
    """Return the fewest donors: several treated units are ranked among choices of donors alone."""
    D = treated
    while (math.comb(D, treated) + 1) * (1 - level) / 2 < 1 - 1e-9:
        D += 1
    return D


def _is_one_draw(test: PermutationTest) -> bool:
    """Return whether all was drawn at once: within strata the number needed depends on each of them."""
    if not {"treated", "n"} <= test.law.values.keys():
        return False
    treated, n = (int(str(test.law.values[name])) for name in ("treated", "n"))
    return test.n_assignments == math.comb(n, treated)


def _times_needed(telling: Telling) -> tuple[str, ...]:
    claim, found = telling.result.claim, telling.result.estimate.interval
    at = telling.result.verdict.threshold
    if not found.std_error > 0 or math.isnan(at):
        return ()
    distance = claim.direction * (found.point - at)
    if claim.change == "no_effect":
        distance = at - abs(found.point)
    point = telling.measure.change(found.point)
    if distance <= 0:
        return (telling.say("larger.never", point=point),)
    level = telling.result.verdict.level
    wanted = t_quantile((1 + level) / 2, math.inf) + t_quantile(_POWER, math.inf)
    times = (wanted * found.std_error / distance) ** 2
    if times <= 1:
        return ()
    if times > _MOST_TIMES:
        return (telling.say("larger.beyond", point=point),)
    return (telling.say("larger.times", point=point, times=_round_up(times)),)


def _round_up(times: float) -> int:
    """Return a number rounded up to two significant digits: the calculation bears no more."""
    step: int = 10 ** max(0, math.floor(math.log10(times)) - 1)
    return math.ceil(times / step) * step
