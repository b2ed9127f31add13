"""The smallest effect that could have been told from chance, with the data as they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import t_quantile
from impactkit.effects.kernels.verdict_chances import detectable_multiple
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.uncertainty import Resampled
from impactkit.errors import EstimationError
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectableEffect:
    """The smallest effect that would be told from nothing.

    Parameters
    ----------
    size : float
        In the outcome's unit, whichever way; ``inf`` where no effect would be, however large; nan where it
        cannot be known.
    power : float
        How often it would be.
    level : float
        Confidence level of the limits that must leave out no effect.
    reason : Message, optional
        Why the size is not a finite number.
    """

    size: float
    power: float
    level: float
    reason: Message | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is a finite number."""
        return math.isfinite(self.size)


def minimum_detectable_effect(
    estimate: Estimate, *, level: float | None = None, power: float = 0.8
) -> DetectableEffect:
    """Return the smallest true effect that would have been told from nothing.

    Parameters
    ----------
    estimate : Estimate
        An estimate; its own spread is what counts, not its size.
    level : float, optional
        Two-sided confidence level of the limits; the estimate's own when left out.
    power : float
        How often the effect is to be told from nothing: limits and permutation test both leave it out.

    Returns
    -------
    DetectableEffect
        With a reason where no number can be given.

    Raises
    ------
    EstimationError
        If the level or the power is not between 0 and 1, or the power not above half of ``1 - level``.

    Notes
    -----
    With a standard error: its multiple at which noncentral t exceeds the quantile of the limits with this
    power, about ``t(level) + t(power)`` [1]_. Where limits come from resampling or permutation: the reach of
    the limits at ``level`` and of those at ``2 * power - 1``, on the longer side; these are the quantiles of
    placebo effects. In both the permutation test counts through the smallest p-value it can give: with too
    few assignments no effect is large enough. The standard error is an estimate, and so is this size.

    References
    ----------
    .. [1] Bloom, H. S. (1995). Minimum detectable effects: a simple way to report the statistical power of
       experimental designs. *Evaluation Review*, 19(5).

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=60, n_treated=30)
    >>> found = DifferenceInDifferences().estimate(world.study(world.draw(1)))
    >>> round(minimum_detectable_effect(found).size / found.interval.std_error, 2)
    2.85
    """
    own = estimate.interval.level if level is None else level
    if not 0 < own < 1 or not (1 - own) / 2 < power < 1:
        raise EstimationError(
            "A power of {power:g} is not above half of one minus the level, {level:g}, and below 1.",
            where="power and level",
            mend="Use shares such as power=0.8 and level=0.95.",
            values={"power": power, "level": own},
        )
    size, reason = _size(estimate, own, power)
    return DetectableEffect(size=size, power=power, level=own, reason=reason)


def _size(estimate: Estimate, level: float, power: float) -> tuple[float, Message | None]:
    found, test = estimate.interval, estimate.permutation
    if test is None:
        return math.inf, Message("verdict.reason.no_permutation")
    needed = (1 - level) / 2
    if test.smallest_p > needed * (1 + 1e-12):
        values = {"n": test.n_assignments, "smallest": test.smallest_p, "needed": needed}
        return math.inf, Message("verdict.reason.too_few_assignments", values)
    if found.reason is not None:
        return math.nan, found.reason
    if found.std_error > 0 and estimate.bootstrap is None:
        critical = t_quantile(0.5 + level / 2, found.df)
        return found.std_error * detectable_multiple(df=found.df, critical=critical, power=power), None
    size = _reach(estimate.bootstrap or test, level, power)
    if math.isnan(size):
        return size, Message("estimate.no_standard_error")
    return size, None if math.isfinite(size) else Message("power.reason.limits_without_end")


def _reach(resampled: Resampled | PermutationTest, level: float, power: float) -> float:
    """Return how far the limits at two levels reach together, on the longer side."""
    low, high = resampled.limits(level)
    if power == 0.5:
        nearer = (low + high) / 2, (low + high) / 2
    else:
        nearer = resampled.limits(abs(2 * power - 1))
        nearer = nearer if power > 0.5 else (nearer[1], nearer[0])
    return max(nearer[1] - low, high - nearer[0])
