"""What would have been without the investment: by period, from which donors, and how well it fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorWeight:
    """How much one donor counts.

    Parameters
    ----------
    unit : str
        The donor.
    weight : float
        Its share; shares of a synthetic control sum to 1.
    """

    unit: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboGap:
    """Observed less expected of a unit without the investment, as if it had had it.

    Parameters
    ----------
    unit : str
        The unit.
    gaps : tuple of float
        By period, in the outcome's unit.
    pre_rmspe : float
        Root mean square of the gaps before the start.
    """

    unit: str
    gaps: tuple[float, ...]
    pre_rmspe: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorBalance:
    """One predictor of the treated unit beside what its donors have.

    Parameters
    ----------
    name : str
        The column and when.
    weight : float
        What it counts in the choice of donors' weights; they sum to 1.
    treated, expected, donors : float
        Of the treated unit, of its weighted donors, and the plain mean of all donors, in its own unit.
    """

    name: str
    weight: float
    treated: float
    expected: float
    donors: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """Observed and expected outcome by period: what ``ik.plot`` draws.

    Parameters
    ----------
    periods, period_names : tuple, length T
        The periods, as values and as they are written.
    start : float
        First treated period (0, and periods since the start, where several starts are averaged).
    observed, expected : tuple of float, length T
        In the outcome's unit; before the start what was expected is the fit.
    low, high : tuple of float, length T
        Limits of what was expected; nan where they are not known.
    level : float
        Their level.
    pre_rmspe : float
        Root mean square of observed less expected before the start.
    weights : tuple of DonorWeight
        Donors with a weight above 0, largest first; empty for a series on its own.
    placebos : tuple of PlaceboGap
        What ranks compare with.
    season : tuple of float, length T
        The seasonal part of what was expected; empty without one.
    period_weights : tuple of float, length T0
        What each period before the start counts for the level that later ones are compared with; empty where
        they are not weighed, or where several starts are averaged.
    predictors : tuple of PredictorBalance
        What donors were to have in common with the treated unit; empty where it was the outcome alone.
    """

    periods: tuple[float, ...]
    period_names: tuple[str, ...]
    start: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    level: float
    pre_rmspe: float
    weights: tuple[DonorWeight, ...] = ()
    placebos: tuple[PlaceboGap, ...] = ()
    season: tuple[float, ...] = ()
    period_weights: tuple[float, ...] = ()
    predictors: tuple[PredictorBalance, ...] = ()

    @property
    def gaps(self) -> tuple[float, ...]:
        """Observed less expected, by period."""
        return tuple(seen - would for seen, would in zip(self.observed, self.expected, strict=True))

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Counterfactual:
        """Return the counterfactual that a record holds."""
        nan = float("nan")
        numbers = ("periods", "observed", "expected", "low", "high", "season", "period_weights")
        read = {name: tuple(nan if x is None else float(x) for x in record[name]) for name in numbers}
        placebos = [
            PlaceboGap(unit=p["unit"], gaps=tuple(p["gaps"]), pre_rmspe=p["pre_rmspe"])
            for p in record["placebos"]
        ]
        return cls(
            **read,
            period_names=tuple(record["period_names"]),
            start=record["start"],
            level=record["level"],
            pre_rmspe=record["pre_rmspe"],
            weights=tuple(DonorWeight(**weight) for weight in record["weights"]),
            placebos=tuple(placebos),
            predictors=tuple(PredictorBalance(**one) for one in record.get("predictors", ())),
        )
