"""The project and its loan: the borrower's own words, and the amounts."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt, StringConstraints

from impactkit.errors import Trouble, Value
from impactkit.indicators import Category
from impactkit.schema import ShareExact, Written, fault

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Kronor = Annotated[StrictInt, Field(ge=0)]


def _municipality(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        told: dict[str, Value] = {"value": value, "mended": f"{value:04d}"}
        what = "{key} = {value} is a number; a municipality code is text and keeps its zeros."
        raise fault(Trouble(what, "", 'Put it in quotes: {name} = "{mended}".', told))
    if isinstance(value, str) and not (len(value) == 4 and value.isascii() and value.isdigit()):
        what = '{key} = "{value}" is not a municipality code.'
        raise fault(Trouble(what, "", 'Write its four digits: {name} = "0180".', {"value": value}))
    return value


class Project(Written):
    """What is built and done, for whom, and why: the borrower's own words.

    Parameters
    ----------
    name, borrower : str
        The project and who borrows.
    municipality : str, optional
        Four digits as text, such as ``0180``.
    category : {"housing", "safety", "health_education"}
        The loan category.
    investment : str
        The physical investment.
    social_effort : str, optional
        The activity tied to it.
    target_group : str
        Whose life is to get better.
    need, change, future_state : str
        The need, the change for the target group, and the state aimed at.
    investment_start : date
        When the investment starts.
    responsible : str, optional
        Who follows it up.

    Examples
    --------
    >>> Project(name="Ljusare gård", borrower="Exempelbostäder", municipality="0180", category="safety",
    ...         investment="Belysning", target_group="Hyresgäster", need="Otrygghet", change="Fler är trygga",
    ...         future_state="Trygg gård", investment_start=date(2023, 4, 1)).municipality
    '0180'
    """

    name: Text
    borrower: Text
    municipality: Annotated[str, BeforeValidator(_municipality)] | None = None
    category: Category
    investment: Text
    social_effort: Text | None = None
    target_group: Text
    need: Text
    change: Text
    future_state: Text
    investment_start: date
    responsible: Text | None = None


class Loan(Written):
    """What was granted, what was paid out, and the share of the investment it finances.

    Parameters
    ----------
    granted_sek, paid_out_sek : int
        Whole kronor.
    financed_share : Decimal
        Share of the investment the loan finances, 0 to 1, written as text (``"0.8"``).

    Examples
    --------
    >>> Loan(granted_sek=98_000_000, paid_out_sek=61_000_000, financed_share="0.8").financed_share
    Decimal('0.8')
    """

    granted_sek: Kronor
    paid_out_sek: Kronor
    financed_share: ShareExact
