"""The same question asked of other rows or by other means: the answer, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, Sample
from impactkit.effects.estimator import Estimator
from impactkit.effects.interval import Interval
from impactkit.errors import EstimationError, StudyError, Trouble
from impactkit.wording import Message, current_language
from impactkit.wording.message import what_is_wrong

Side = Literal["above", "below", "across", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reestimated:
    """One answer beside another.

    Parameters
    ----------
    interval : Interval, optional
        The headline effect; None where it could not be estimated.
    sample : Sample, optional
        What it rests on.
    trouble : Trouble, optional
        Why it could not be estimated.
    """

    interval: Interval | None = None
    sample: Sample | None = None
    trouble: Trouble | None = None

    @classmethod
    def of(cls, estimate: Estimate) -> Reestimated:
        """Return the headline of an estimate."""
        return cls(interval=estimate.interval, sample=estimate.sample)

    @property
    def point(self) -> float:
        """The effect, in the outcome's unit; nan where there is none."""
        return math.nan if self.interval is None else self.interval.point

    @property
    def is_estimated(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.point)

    def side(self, of: float = 0.0) -> Side:
        """Return on which side of an effect the whole interval lies."""
        found = self.interval
        if found is None or math.isnan(found.low) or math.isnan(found.high):
            return "unknown"
        if found.low > of:
            return "above"
        return "below" if found.high < of else "across"

    def limits(self) -> Message | str:
        """Return the interval in words, or the reason why there is none."""
        if self.interval is None or self.interval.reason is not None:
            return self.reason()
        found = self.interval
        return Message("robustness.limits", {"low": found.low, "high": found.high})

    def told(self) -> Message | str:
        """Return the effect with its limits, or why there is none."""
        if not self.is_estimated:
            return self.reason()
        return Message("robustness.answer", {"point": self.point, "limits": self.limits()})

    def reason(self) -> str:
        """Return why something is missing, in the chosen language; empty where nothing is."""
        if self.trouble is not None:
            return what_is_wrong(self.trouble, current_language())
        reason = self.interval.reason if self.interval is not None else None
        return str(reason) if reason is not None else ""

    def row(self) -> dict[str, Any]:
        """Return the columns estimate, std_error, conf_low, conf_high, p_value, n_rows, n_units, reason."""
        found, sample = self.interval, self.sample
        names = {"point": "estimate", "std_error": "std_error", "low": "conf_low", "high": "conf_high"}
        numbers = {told: getattr(found, name, math.nan) for name, told in names.items()}
        return {
            **numbers,
            "p_value": math.nan if found is None else found.p_value,
            "n_rows": 0 if sample is None else sample.n_rows,
            "n_units": 0 if sample is None else sample.n_units,
            "reason": self.reason(),
        }


def reestimated(study: Study, estimator: Estimator) -> Reestimated:
    """Estimate, and take a refusal for an answer.

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        The estimator.

    Returns
    -------
    Reestimated
        The headline, or what is wrong.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import RandomisedArms
    >>> world = RandomisedArms()
    >>> reestimated(world.study(world.draw(1)), DifferenceInDifferences()).reason()
    'Difference in differences needs periods; this study is a single cross section.'
    """
    try:
        return Reestimated.of(estimator.estimate(study))
    except (EstimationError, StudyError) as refusal:
        return Reestimated(trouble=refusal.troubles[0])
