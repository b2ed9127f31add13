"""What a test of the leads could have seen, and what it does to an effect that passed it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.honest_bounds import EventStudy, fixed_normal
from impactkit.errors import EstimationError
from impactkit.evidence.event_study import event_study
from impactkit.wording import Facts, Message, Shown

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreTrendPower(Shown):
    """What a difference in slopes the leads would have shown.

    Parameters
    ----------
    slope : float
        The difference in slopes that the test detects with the given power, in the outcome's unit a period.
    power : float
        How often it is detected.
    bias : float
        How much of the estimated effect such a trend would be by itself.
    bias_after_passing : float
        The same among samples in which the test saw nothing.
    effect : float
        The estimated effect.
    """

    slope: float
    power: float
    bias: float
    bias_after_passing: float
    effect: float

    def _facts(self) -> Facts:
        values = {
            "slope": self.slope,
            "power": self.power,
            "bias": self.bias,
            "passed": self.bias_after_passing,
            "effect": self.effect,
        }
        rows = [
            (Message(f"pre_trend_power.row.{name}"), Message(f"pre_trend_power.{name}", values))
            for name in _ROWS
        ]
        return Facts(title=Message("pre_trend_power.title"), rows=rows)


_ROWS = ("slope", "bias", "passed", "effect")


def pre_trend_power(
    estimate: Estimate, *, power: float = 0.8, event_time: float | None = None, level: float = 0.95
) -> PreTrendPower:
    """Return the difference in slopes that a test of the leads would have seen, and what it would do.

    Parameters
    ----------
    estimate : Estimate
        An event study, as for `sensitivity`.
    power : float
        How often the difference is to be seen.
    event_time : float, optional
        The effect asked about; default: the mean of all from the start on.
    level : float
        Level of the test: it sees something when any lead's interval leaves out 0.

    Returns
    -------
    PreTrendPower
        A trend no smaller than the effect itself, undetected in one case of five, is a test without worth.

    Raises
    ------
    EstimationError
        If the estimate is not an event study with one reference period, or the power is not above
        ``1 - level`` and below 1.

    Notes
    -----
    Leads and lags are taken to be jointly normal with the estimated covariance; probabilities are shares of a
    fixed set of 10,000 draws.

    References
    ----------
    .. [1] Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends.
       *American Economic Review: Insights*, 4(3).

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=60, n_treated=30)
    >>> found = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))
    >>> seen = pre_trend_power(found)
    >>> 0 < seen.slope < seen.bias
    True
    """
    if not 1 - level < power < 1:
        raise EstimationError(
            "A power of {power:g} is not above the level of the test and below 1.",
            where="power",
            mend="Use a share such as 0.8.",
            values={"power": power},
        )
    study = event_study(estimate, event_time=event_time, even=True)
    times = _times_from_reference(study)
    noise = _noise(study.covariance)
    errors = np.sqrt(np.diag(study.covariance))[: study.n_before]
    edge = ndtri(0.5 + level / 2) * errors

    def passes(slope: float) -> npt.NDArray[np.bool_]:
        leads = noise[:, : study.n_before] + slope * times[: study.n_before]
        return np.asarray((np.abs(leads) < edge).all(axis=1))

    low, high = 0.0, float(errors.max())
    while 1 - passes(high).mean() < power:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - passes(middle).mean() < power else (low, middle)
    passed = passes(high)
    after = noise[passed, study.n_before :] + high * times[study.n_before :]
    return PreTrendPower(
        slope=high,
        power=power,
        bias=float(study.weights @ (high * times[study.n_before :])),
        bias_after_passing=float((after @ study.weights).mean()),
        effect=study.point,
    )


def _times_from_reference(study: EventStudy) -> Floats:
    before, after = study.n_before, len(study.weights)
    return np.append(np.arange(-before, 0.0), np.arange(1.0, after + 1))


def _noise(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(fixed_normal(len(covariance)) @ root.T)
