"""What a plan says of money: the cost, whom the effect applies to, and what a unit of it saves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, model_validator

from impactkit.errors import Trouble, Value
from impactkit.plans.outcome_contract import PositiveKronor
from impactkit.plans.project import Kronor, Text
from impactkit.schema import Written, fault

_TWICE = ("deadweight", "attribution")
_GUESSED = ("displacement", "drop_off")
_95_PER_CENT = 1.959963984540054
Year = Annotated[StrictInt, Field(ge=1900, le=2200)]


class ValuedEffect(Written):
    """A claim whose effect the cost is set against.

    Parameters
    ----------
    claim : str
        The claim.
    units : int, optional
        How many the average effect applies to: it is multiplied by it (of a percentage, one hundredth of it;
        of a rate, count its denominator).
    units_are : str, optional
        Who or what these are, and how they are counted; required with ``units``.

    Examples
    --------
    >>> ValuedEffect(claim="C1", units=900, units_are="Tenants aged 16 or more").units
    900
    """

    claim: Text
    units: Annotated[StrictInt, Field(gt=0)] | None = None
    units_are: Text | None = None

    @model_validator(mode="after")
    def _says_who_they_are(self) -> ValuedEffect:
        if (self.units is None) != (self.units_are is None):
            what = "{key} says how many an average effect is multiplied by or who they are, but not both."
            mend = (
                "Write units, the number, and units_are, who they are and how they are counted; or neither."
            )
            raise fault(Trouble(what, "", mend))
        return self


class UnitCost(Written):
    """What one unit of an effect saves the public.

    Parameters
    ----------
    name : str
        What is not spent, such as a placement.
    claim : str
        The claim whose effect avoids it.
    sek : int
        Whole kronor per unit of the effect.
    year : int
        The year of its prices.
    reference : str
        Where the amount is published.

    Examples
    --------
    >>> UnitCost(name="Placement", claim="C1", sek=900_000, year=2024, reference="Invented").sek
    900000
    """

    name: Text
    claim: Text
    sek: PositiveKronor
    year: Year
    reference: Text


class Valuation(Written):
    """What the project cost, and what its effects are set against.

    Parameters
    ----------
    cost_sek : int
        The whole cost, in kronor.
    cost_low_sek, cost_high_sek : int, optional
        Limits that hold it with 95 per cent; both or neither.
    cost_std_error_sek : int, optional
        Its standard error instead of limits.
    price_year : int
        The year of the prices.
    basis : {"total", "financed_share"}, optional
        The whole investment; or the loan's share of the effect and of the cost, for counts alone.
    effects : tuple of ValuedEffect
        The claims.
    unit_costs : tuple of UnitCost, optional
        What a unit of an effect saves, each with its reference.
    together : bool, optional
        Whether the effects are added: only in one unit, and never of the same people.

    Raises
    ------
    pydantic.ValidationError
        Also for ``deadweight``, ``attribution``, ``displacement`` and ``drop_off``, with the reason.

    Examples
    --------
    >>> Valuation(cost_sek=1_000_000, cost_low_sek=800_000, cost_high_sek=1_200_000, price_year=2024,
    ...           effects=[{"claim": "C1"}]).cost_std_error
    102042.7
    """

    cost_sek: PositiveKronor
    cost_low_sek: Kronor | None = None
    cost_high_sek: Kronor | None = None
    cost_std_error_sek: Kronor | None = None
    price_year: Year
    basis: Literal["total", "financed_share"] | None = None
    effects: Annotated[tuple[ValuedEffect, ...], Field(min_length=1)]
    unit_costs: tuple[UnitCost, ...] | None = None
    together: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _takes_nothing_off_by_judgement(cls, given: object) -> object:
        found = [
            _by_judgement(key) for key in (*_TWICE, *_GUESSED) if isinstance(given, dict) and key in given
        ]
        if found:
            raise fault(*found)
        return given

    @model_validator(mode="after")
    def _holds_together(self) -> Valuation:
        found = [*_cost_faults(self), *_unit_cost_faults(self)]
        if found:
            raise fault(*found)
        return self

    @property
    def cost_std_error(self) -> float:
        """The cost's standard error; of limits, the wider side over 1.96."""
        if self.cost_low_sek is not None and self.cost_high_sek is not None:
            wider = max(self.cost_high_sek - self.cost_sek, self.cost_sek - self.cost_low_sek)
            return round(wider / _95_PER_CENT, 1)
        return float(self.cost_std_error_sek or 0)


def _by_judgement(key: str) -> Trouble:
    values: dict[str, Value] = {"odd": key}
    if key in _TWICE:
        what = (
            "{key}.{odd} would be taken off twice: an effect is what was measured beyond what would have "
            "happened anyway."
        )
        mend = (
            "Remove {odd}. Where nothing was compared with, no percentage makes up for it: choose a design "
            "with a comparison."
        )
        return Trouble(what, "", mend, values)
    what = "{key}.{odd} is a percentage by judgement; nothing is taken off an effect that was not measured."
    mend = (
        "Remove {odd}. Write what is known of displacement in [circumstances], and value only measured years."
    )
    return Trouble(what, "", mend, values)


def _cost_faults(item: Valuation) -> list[Trouble]:
    low, high = item.cost_low_sek, item.cost_high_sek
    values: dict[str, Value] = {"cost": item.cost_sek}
    if (low is None) != (high is None):
        what = "{key} gives one limit of the cost and not the other."
        return [Trouble(what, "", "Write cost_low_sek and cost_high_sek, or neither.", values)]
    if low is not None and high is not None and not low <= item.cost_sek <= high:
        what = "The cost, {cost} SEK, is not between its limits, {low} and {high} SEK."
        return [Trouble(what, "", "Correct one of the amounts.", {**values, "low": low, "high": high})]
    if low is not None and item.cost_std_error_sek is not None:
        what = "{key} gives both limits and a standard error of the cost."
        return [Trouble(what, "", "Write one of them.", values)]
    return []


def _unit_cost_faults(item: Valuation) -> list[Trouble]:
    found = []
    seen: set[tuple[str, str]] = set()
    for cost in item.unit_costs or ():
        values: dict[str, Value] = {"name": cost.name, "year": cost.year, "price": item.price_year}
        if cost.year != item.price_year:
            what = 'The unit cost "{name}" is in prices of {year}, and the cost in prices of {price}.'
            mend = "Convert one of them, and say how in its reference; prices of two years are not compared."
            found.append(Trouble(what, "", mend, values))
        if (cost.name, cost.claim) in seen:
            what = 'The unit cost "{name}" of claim {claim} is there twice.'
            found.append(Trouble(what, "", "Write it once.", {**values, "claim": cost.claim}))
        seen.add((cost.name, cost.claim))
    return found
