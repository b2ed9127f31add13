"""The project and its loan: the borrower's own words, and the amounts."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt, StringConstraints

from impactkit.errors import Trouble, Value
from impactkit.indicators import Category
from impactkit.indicators.sub_areas import category_name
from impactkit.schema import ShareExact, Written, fault
from impactkit.wording import Facts, Message, Shown, one_line

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


class Project(Shown, Written):
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
    investment_finished : date, optional
        When it was finished; a finished investment may be claimed for too.
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
    investment_finished: date | None = None
    responsible: Text | None = None

    def __repr__(self) -> str:
        return one_line("Project", repr(self.name), f"borrower={self.borrower!r}", self.category)

    def _facts(self) -> Facts:
        said = {name: str(getattr(self, name) or "") for name in type(self).model_fields if name != "name"}
        said["category"] = category_name(self.category).text()
        rows = [(Message(f"shown.project.{name}"), text) for name, text in said.items() if text]
        return Facts(title=Message("shown.project.title", {"name": self.name}), rows=rows)


class Loan(Written):
    """What was granted, what was paid out, and the share of the investment it finances.

    Parameters
    ----------
    granted_sek, paid_out_sek : int
        Whole kronor.
    financed_sek : int, optional
        The part of what was paid out that a social bond has financed, in whole kronor.
    financed_share : Decimal
        Share of the investment the loan finances, 0 to 1, written as text (``"0.8"``).

    Examples
    --------
    >>> Loan(granted_sek=98_000_000, paid_out_sek=61_000_000, financed_share="0.8").financed_share
    Decimal('0.8')
    """

    granted_sek: Kronor
    paid_out_sek: Kronor
    financed_sek: Kronor | None = None
    financed_share: ShareExact


class Goals(Written):
    """What the investment and the social effort are each to reach.

    Parameters
    ----------
    investment : str
        What is to be built, how much of it and by when.
    social_effort : str, optional
        What the activity tied to it is to reach, and by when.

    Examples
    --------
    >>> Goals(investment="Fyra gårdar klara 2027").investment
    'Fyra gårdar klara 2027'
    """

    investment: Text
    social_effort: Text | None = None


class Requirements(Written):
    """How the project meets the lender's basic requirements, in the borrower's own words.

    The target group and the goals have keys of their own: ``[project].target_group`` and ``[goals]``.

    Parameters
    ----------
    promotes : str, optional
        How it promotes social sustainability: better practice, innovation or quality.
    systematic_work : str, optional
        Which systematic work it is part of, or builds up.
    long_term : str, optional
        How the work goes on after the investment.

    References
    ----------
    .. [1] Kommuninvest, Ansök om Lån för Social Hållbarhet,
       https://kommuninvest.se/for-kunder/vara-produkter/ansok-om-lan-for-social-hallbarhet/

    Examples
    --------
    >>> Requirements(long_term="Trygghetsvärdarna finansieras i ordinarie budget").long_term
    'Trygghetsvärdarna finansieras i ordinarie budget'
    """

    promotes: Text | None = None
    systematic_work: Text | None = None
    long_term: Text | None = None
