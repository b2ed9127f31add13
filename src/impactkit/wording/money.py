"""One way of writing kronor, in every output."""

from __future__ import annotations

import math

from impactkit.wording.language import Language
from impactkit.wording.message import say
from impactkit.wording.numbers import format_number

GAP = "\N{NO-BREAK SPACE}"
_LEAST, _FINE = 0.005, 100.0  # below half an öre, and from a hundred kronor on, öre are noise


def kronor(amount: float, language: Language, *, signed: bool = False) -> str:
    r"""Write an amount in kronor: whole, or with two decimals below a hundred that is not whole.

    Parameters
    ----------
    amount : float
        SEK.
    language : {"sv", "en"}
        The language.
    signed : bool
        Whether a positive amount carries its sign.

    Returns
    -------
    str
        With the unit; an en dash alone when it is not known.

    Examples
    --------
    >>> kronor(1_250_000.4, "sv"), kronor(12.5, "en")
    ('1\xa0250\xa0000\xa0kronor', '12.50\xa0SEK')
    """
    if math.isnan(amount):
        return format_number(amount, language)
    decimals = 2 if _LEAST <= abs(amount) < _FINE and amount != round(amount) else 0
    return (
        format_number(amount, language, decimals=decimals, signed=signed) + GAP + say("money.unit", language)
    )


def about_kronor(amount: float, language: Language, *, signed: bool = False) -> str:
    r"""Write an amount that is estimated: three significant digits.

    Parameters
    ----------
    amount : float
        SEK.
    language : {"sv", "en"}
        The language.
    signed : bool
        Whether a positive amount carries its sign.

    Returns
    -------
    str
        With the unit.

    Examples
    --------
    >>> about_kronor(103_187.5, "en"), about_kronor(-2.345, "en")
    ('103,000\xa0SEK', '−2.35\xa0SEK')
    """
    if not math.isfinite(amount) or amount == 0:
        return kronor(amount, language, signed=signed)
    places = 2 - math.floor(math.log10(abs(amount)))
    return kronor(round(amount, places), language, signed=signed)
