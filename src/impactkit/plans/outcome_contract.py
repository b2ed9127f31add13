"""An outcome contract (utfallskontrakt): what is paid for which verified effect, by whom, and when."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StrictInt, model_validator

from impactkit.errors import Trouble
from impactkit.plans.project import Text
from impactkit.schema import PositiveExact, Written, fault

Basis = Literal["point", "lower_limit", "verdict"]
PositiveKronor = Annotated[StrictInt, Field(gt=0)]


class PaymentStep(Written):
    """A fixed amount from one effect on.

    Parameters
    ----------
    at_least : Decimal
        The effect, above 0 and in the claim's unit, from which it is paid.
    sek : int
        Whole kronor, in all and not on top of the step before.

    Examples
    --------
    >>> PaymentStep(at_least="5", sek=400_000).at_least
    Decimal('5')
    """

    at_least: PositiveExact
    sek: PositiveKronor


class ContractPayment(Written):
    """What is paid for one claim: a rate or steps, on which basis, and at most how much.

    Parameters
    ----------
    claim : str
        The claim whose effect is paid for.
    basis : {"verdict", "lower_limit", "point"}
        What the payment follows. ``verdict``: the promised effect is paid for once its verdict is supported,
        and nothing else. ``lower_limit``: what the limits leave at the least is paid for, once an effect is
        shown. ``point``: the estimate is paid for, shown or not.
    sek_per_unit : Decimal, optional
        The rate: SEK per unit of the average effect, or, with ``units``, per unit of the effect of all.
    steps : tuple of PaymentStep, optional
        Fixed amounts instead of a rate.
    units : int, optional
        How many the average effect applies to, such as the people in the target group: the effect is
        multiplied by it (of a percentage, one hundredth of it: people; of a rate, count its denominator,
        such as 3 for three thousand inhabitants of a rate per thousand).
    units_are : str, optional
        Who or what these are, and how they are counted; required with ``units``.
    threshold : Decimal, optional
        The effect below which nothing is paid, in the claim's unit; from there the whole effect is paid for.
    break_even : Decimal, optional
        The effect at which the payer's own savings cover the payment, in the claim's unit. Another number
        than the goal, and told apart from it.
    cap_sek : int
        The most that is paid for this claim (utfallstak), in whole kronor.

    Examples
    --------
    >>> ContractPayment(claim="C1", sek_per_unit="25000", cap_sek=2_000_000).basis
    'verdict'
    """

    claim: Text
    basis: Basis = "verdict"
    sek_per_unit: PositiveExact | None = None
    steps: tuple[PaymentStep, ...] | None = None
    units: Annotated[StrictInt, Field(gt=0)] | None = None
    units_are: Text | None = None
    threshold: PositiveExact | None = None
    break_even: PositiveExact | None = None
    cap_sek: PositiveKronor

    @model_validator(mode="after")
    def _is_one_rate_card(self) -> ContractPayment:
        found = _card_faults(self)
        if found:
            raise fault(*found)
        return self


class OutcomeContract(Written):
    """Payments that follow verified outcomes, with the parties and the days.

    Parameters
    ----------
    payer, investor : str
        Who pays for outcomes, and who put up the money and bears the risk.
    validator : str
        Who judges whether the outcome was reached: none of the other parties.
    service_start, service_end : date
        When what is done for the target group begins and ends.
    validation_date, payment_date : date
        When the outcome is judged, and when the payment is due.
    cap_sek : int, optional
        The most that is paid in all, in whole kronor; the sum of the caps when left out.
    payments : tuple of ContractPayment
        One a claim.

    Examples
    --------
    >>> OutcomeContract(
    ...     payer="Exempelkommunen", investor="Exempelfonden", validator="Revision AB",
    ...     service_start=date(2023, 4, 1), service_end=date(2025, 12, 31),
    ...     validation_date=date(2026, 4, 1), payment_date=date(2026, 6, 30),
    ...     payments=[{"claim": "C1", "sek_per_unit": "25000", "cap_sek": 2_000_000}],
    ... ).most_sek
    2000000
    """

    payer: Text
    investor: Text
    validator: Text
    service_start: date
    service_end: date
    validation_date: date
    payment_date: date
    cap_sek: PositiveKronor | None = None
    payments: Annotated[tuple[ContractPayment, ...], Field(min_length=1)]

    @property
    def most_sek(self) -> int:
        """The most that can be paid in all."""
        together = sum(payment.cap_sek for payment in self.payments)
        return together if self.cap_sek is None else min(self.cap_sek, together)


def _card_faults(item: ContractPayment) -> list[Trouble]:
    found = []
    if (item.sek_per_unit is None) == (item.steps is None):
        what = "{key} has neither a rate nor steps, or both."
        mend = "Write either sek_per_unit or steps."
        found.append(Trouble(what, "", mend))
    if item.steps is not None:
        found += _step_faults(item)
    if (item.units is None) != (item.units_are is None):
        what = "{key} says how many an average effect is multiplied by or who they are, but not both."
        mend = "Write units, the number, and units_are, who they are and how they are counted; or neither."
        found.append(Trouble(what, "", mend))
    return found


def _step_faults(item: ContractPayment) -> list[Trouble]:
    steps, found = item.steps or (), []
    rising = all(a.at_least < b.at_least and a.sek < b.sek for a, b in pairwise(steps))
    if not steps or not rising:
        what = "The steps of {key} do not rise: a larger effect must never be paid less."
        mend = "Write each step once, the smallest effect and the smallest amount first."
        found.append(Trouble(what, "", mend))
    if item.threshold is not None or item.units is not None:
        what = "{key} has steps, and a threshold or units beside them."
        mend = "Remove both: the first step is the threshold, and steps are of the average effect."
        found.append(Trouble(what, "", mend))
    return found
