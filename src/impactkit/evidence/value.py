"""What an effect cost: SEK per unit with the limits that uncertainty leaves, and what it is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import t_quantile
from impactkit.effects.kernels.fieller import RatioLimits, acceptability, fieller, inverted
from impactkit.errors import EstimationError
from impactkit.errors import Value as Fill
from impactkit.evidence.avoided import Avoided, avoided
from impactkit.evidence.claim import Claim, Movement
from impactkit.evidence.grade import EvidenceGrade
from impactkit.provenance import json_ready
from impactkit.wording import Language, Message, MessageValue, card, current_language
from impactkit.wording.money import about_kronor

if TYPE_CHECKING:
    import pandas as pd

_ATTRIBUTED = 3
Told = Literal["unknown", "limits", "no_upper_limit", "no_improvement", "no_limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an effect cost per unit.

    Parameters
    ----------
    effect, low, high : float
        The effect of all units it applies to, plus is good, with its limits.
    level : float
        Confidence level of every limit.
    std_error, df : float
        Of the effect; nan where its uncertainty is known by limits alone.
    cost, cost_std_error : float
        SEK; the cost's error is normal and independent of the effect's.
    per_unit : float
        SEK per unit of improvement; nan where there was none.
    limits : RatioLimits, optional
        The costs per unit that are not excluded: Fieller's set, which may have no upper limit. None where the
        effect's uncertainty is not known.
    grade : int, optional
        Of the evidence; below 3, or left out, the effect is not the investment's as far as is known.

    See Also
    --------
    value : the usual way to make one.
    """

    effect: float
    low: float
    high: float
    level: float
    std_error: float
    df: float
    cost: float
    cost_std_error: float
    per_unit: float
    limits: RatioLimits | None
    grade: int | None

    @property
    def is_attributed(self) -> bool:
        """Whether the evidence is good enough for the effect to be called the investment's."""
        return self.grade is not None and self.grade >= _ATTRIBUTED

    @property
    def told(self) -> Told:
        """Which words the limits of the cost per unit take."""
        found = self.limits
        if found is None:
            return "unknown"
        if self.high <= 0:  # whatever the cost, an uncertain one may seem to be below nothing
            return "no_improvement"
        if found.shape == "interval":
            return "limits"
        if found.shape == "at_least" or (found.shape == "outside" and found.low < 0 < found.high):
            return "no_upper_limit"
        return "no_limits"

    @property
    def per_unit_low(self) -> float:
        """The lowest cost per unit of improvement that is not excluded; nan where there is none."""
        found = self.limits
        if found is None or self.told not in ("limits", "no_upper_limit"):
            return math.nan
        return max(found.high if found.shape == "outside" else found.low, 0.0)

    @property
    def per_unit_high(self) -> float:
        """The highest that is not excluded: ``inf`` where no effect is not; nan where there is none."""
        found = self.limits
        if found is None or self.told not in ("limits", "no_upper_limit"):
            return math.nan
        return math.inf if self.told == "no_upper_limit" else found.high

    def acceptability(self, worth: Sequence[float]) -> pd.DataFrame:
        """Return how probable it is that the effect is worth its cost, by what a unit of it is worth.

        Parameters
        ----------
        worth : sequence of float
            SEK per unit, at least 0.

        Returns
        -------
        DataFrame
            Columns worth and probability (nan where the effect has no standard error).
        """
        import pandas as pd

        at = np.asarray(worth, dtype=float)
        if not (self.std_error > 0 and self.df > 0):
            return pd.DataFrame({"worth": at, "probability": np.full(len(at), np.nan)})
        found = acceptability(
            at,
            effect=self.effect,
            std_error=self.std_error,
            df=self.df,
            cost=self.cost,
            cost_std_error=self.cost_std_error,
        )
        return pd.DataFrame({"worth": at, "probability": found})

    def avoids(self, name: str, sek: float) -> Avoided:
        """Return the public cost that the effect avoids.

        Parameters
        ----------
        name : str
            What is not spent.
        sek : float
            Per unit of the effect, taken as known.

        Returns
        -------
        Avoided
            With limits, and the net amount where the effect can be attributed.
        """
        reason = None if self.is_attributed else self._not_attributed
        effect = (self.effect, self.low, self.high)
        half = t_quantile(0.5 + self.level / 2, math.inf) * self.cost_std_error
        return avoided(name, sek, effect, cost=(self.cost, half), reason=reason)

    @property
    def _not_attributed(self) -> Message:
        if self.grade is None:
            return Message("money.value.not_graded")
        return Message("money.value.not_attributed", {"grade": self.grade})

    def in_words(self, language: Language) -> tuple[str, ...]:
        """Return what it cost, in sentences.

        Parameters
        ----------
        language : {"sv", "en"}
            The language.

        Returns
        -------
        tuple of str
            Whether it can be attributed first, where it cannot; then the cost per unit with its limits.
        """
        values: dict[str, MessageValue] = {
            "per_unit": about_kronor(self.per_unit, language),
            "low": about_kronor(self.per_unit_low, language),
            "high": about_kronor(self.per_unit_high, language),
            "level": self.level,
        }
        told = [] if self.is_attributed else [self._not_attributed]
        if self.per_unit > 0:
            told.append(Message("money.value.per_unit", values))
        told.append(Message(f"money.value.{self.told}", values))
        if self.cost_std_error:
            told.append(Message("money.value.independent"))
        return tuple(message.text(language) for message in told)

    def tidy(self) -> pd.DataFrame:
        """Return it as one row.

        Returns
        -------
        DataFrame
            Columns effect, conf_low, conf_high, level, cost, cost_std_error, per_unit, per_unit_low,
            per_unit_high, limits (the shape of the set, or None), is_attributed.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "effect": self.effect,
                    "conf_low": self.low,
                    "conf_high": self.high,
                    "level": self.level,
                    "cost": self.cost,
                    "cost_std_error": self.cost_std_error,
                    "per_unit": self.per_unit,
                    "per_unit_low": self.per_unit_low,
                    "per_unit_high": self.per_unit_high,
                    "limits": self.limits.shape if self.limits else None,
                    "is_attributed": self.is_attributed,
                }
            ]
        )

    def to_record(self) -> dict[str, Any]:
        """Return its one row, ready for JSON."""
        return dict(json_ready(self.tidy().to_dict("records")[0]))

    def _repr_html_(self) -> str:
        language = current_language()
        limits = Message("estimate.limits", {"low": self.low, "high": self.high, "level": self.level})
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("money.row.effect"), Message("estimate.effect", {"point": self.effect})),
            (Message("money.row.limits"), limits),
            (Message("money.row.cost"), about_kronor(self.cost, language)),
        ]
        rows += [(Message("money.row.value"), sentence) for sentence in self.in_words(language)]
        return card(Message("money.value.title"), rows)


def value(
    estimate: Estimate,
    *,
    cost: float,
    cost_std_error: float = 0.0,
    units: float = 1.0,
    good: Claim | Movement = "increase",
    grade: EvidenceGrade | None = None,
) -> Value:
    """Set a cost against an effect.

    Parameters
    ----------
    estimate : Estimate
        The effect.
    cost : float
        SEK, in all.
    cost_std_error : float
        Its standard error, in SEK; normal, and independent of the effect.
    units : float
        What the average effect is multiplied by to be that of all: the number of people, or a hundredth of it
        where the outcome is in per cent.
    good : Claim or {"increase", "decrease"}
        Which way is better; a claim says it itself.
    grade : EvidenceGrade, optional
        How far to trust the effect. Without one of at least 3 there is no net benefit.

    Returns
    -------
    Value
        SEK per unit of improvement, with Fieller's limits.

    Raises
    ------
    EstimationError
        If the cost or the units are not above 0, or the standard error is below 0.

    Notes
    -----
    With a known cost the limits are the cost over each limit of the effect, however that was found. With an
    uncertain cost they are Fieller's [1]_, with the quantile of t of the effect's degrees of freedom. Where
    the effect is not told from nothing there is no upper limit, and none is invented.

    References
    ----------
    .. [1] Fieller, E. C. (1954). Some problems in interval estimation. *Journal of the Royal Statistical
       Society B*, 16(2).

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 8, 9, 10], "arm": [0, 0, 0, 1, 1, 1]})
    >>> estimate = ik.RandomisedTrial().estimate(ik.Study(frame, outcome="y", treated="arm"))
    >>> found = ik.value(estimate, cost=700_000)
    >>> round(found.per_unit), found.told
    (100000, 'limits')
    """
    way = (1 if good == "increase" else -1) if isinstance(good, str) else good.direction
    interval = estimate.interval
    found = Value(
        effect=way * interval.point,
        low=min(way * interval.low, way * interval.high),
        high=max(way * interval.low, way * interval.high),
        level=interval.level,
        std_error=interval.std_error,
        df=interval.df,
        cost=math.nan,
        cost_std_error=0.0,
        per_unit=math.nan,
        limits=None,
        grade=None if grade is None else grade.value,
    )
    return costed(scaled(found, units), cost=cost, std_error=cost_std_error)


def scaled(found: Value, by: float) -> Value:
    """Return a value of the effect multiplied by a number above 0, its cost left as it is.

    Parameters
    ----------
    found : Value
        Of an average effect.
    by : float
        How many it applies to.

    Returns
    -------
    Value
        Not yet costed.

    Raises
    ------
    EstimationError
        If the number is not above 0.
    """
    _above_zero("units", by)
    return replace(
        found,
        effect=by * found.effect,
        low=by * found.low,
        high=by * found.high,
        std_error=by * found.std_error,
    )


def costed(found: Value, *, cost: float, std_error: float = 0.0) -> Value:
    """Return a value with its cost per unit.

    Parameters
    ----------
    found : Value
        Of an effect with its limits.
    cost, std_error : float
        SEK.

    Returns
    -------
    Value
        With Fieller's limits.

    Raises
    ------
    EstimationError
        If the cost is not above 0, or its standard error is below 0.
    """
    _above_zero("cost", cost)
    if not 0 <= std_error < math.inf:
        raise _wrong("cost_std_error", std_error, "Give a standard error of at least 0, in SEK.")
    per_unit = cost / found.effect if found.effect > 0 else math.nan
    return replace(
        found,
        cost=float(cost),
        cost_std_error=float(std_error),
        per_unit=per_unit,
        limits=_limits(found, cost, std_error),
    )


def _limits(found: Value, cost: float, std_error: float) -> RatioLimits | None:
    if math.isnan(found.low) or math.isnan(found.high):
        return None
    if not std_error:
        return inverted(cost, low=found.low, high=found.high)
    if not (found.std_error > 0 and found.df > 0):
        return None
    variances = np.array([std_error**2, found.std_error**2])
    critical = t_quantile(0.5 + found.level / 2, found.df)
    return fieller(cost, found.effect, variances=variances, critical=critical)


def _above_zero(name: str, number: float) -> None:
    if not 0 < number < math.inf:
        raise _wrong(name, number, "Give a number above 0.")


def _wrong(name: str, number: float, mend: str) -> EstimationError:
    values: dict[str, Fill] = {"name": name, "value": number}
    return EstimationError("{name} = {value} cannot be used.", where="ik.value", mend=mend, values=values)
