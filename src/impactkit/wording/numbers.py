"""One way of writing numbers, in every output.

Half is rounded away from zero on the decimal text of the number, the minus sign is U+2212, and groups and
decimal marks come from the Unicode locale data (through babel).
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from impactkit.wording.language import Language

_LOCALE = {"sv": "sv_SE", "en": "en_GB"}
MINUS = "\N{MINUS SIGN}"


def format_number(
    value: float, language: Language, *, decimals: int | None = None, signed: bool = False
) -> str:
    r"""Write a number the way the language does.

    Parameters
    ----------
    value : float
        The number.
    language : {"sv", "en"}
        Whose marks to use.
    decimals : int, optional
        Decimals to show; three significant digits (never fewer than the integer part) when left out.
    signed : bool
        Whether a positive number carries its sign.

    Returns
    -------
    str
        The text; an en dash when the number is not finite.

    Examples
    --------
    >>> format_number(-1234.25, "sv", decimals=1)
    '−1\xa0234,3'
    >>> format_number(0.0123456, "en")
    '0.0123'
    """
    if not math.isfinite(value):
        return "–" if math.isnan(value) else (MINUS if value < 0 else "") + "∞"
    places = significant_decimals(value) if decimals is None else decimals
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = _localised(abs(rounded), language, places)
    if rounded < 0:
        return MINUS + text
    return "+" + text if signed and rounded > 0 else text


def significant_decimals(value: float, *, digits: int = 3) -> int:
    """Return the decimals that show so many significant digits of a number.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Significant digits wanted.

    Returns
    -------
    int
        Decimals, from 0 to 12.

    Examples
    --------
    >>> [significant_decimals(x) for x in (1234.5, 12.3, 0.012)]
    [0, 1, 4]
    """
    if value == 0 or not math.isfinite(value):
        return 0
    return min(max(digits - 1 - math.floor(math.log10(abs(value))), 0), 12)


def format_p(p: float, language: Language) -> str:
    r"""Write a p-value: never 0, at most three decimals.

    Parameters
    ----------
    p : float
        The p-value.
    language : {"sv", "en"}
        Whose marks to use.

    Returns
    -------
    str
        Such as ``0.031`` or ``< 0.001``.

    Examples
    --------
    >>> format_p(0.00002, "sv")
    '<\xa00,001'
    """
    if p < 0.001:
        return "<\N{NO-BREAK SPACE}" + format_number(0.001, language, decimals=3)
    return format_number(p, language, decimals=3 if p < 0.1 else 2)


def format_share(share: float, language: Language, *, decimals: int = 0) -> str:
    r"""Write a share as a percentage.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    language : {"sv", "en"}
        Whose marks to use.
    decimals : int
        Decimals of the percentage.

    Returns
    -------
    str
        Such as ``95 %`` in Swedish and ``95%`` in English.

    Examples
    --------
    >>> format_share(0.95, "sv"), format_share(0.95, "en")
    ('95\xa0%', '95%')
    """
    gap = "\N{NO-BREAK SPACE}" if language == "sv" else ""
    return format_number(100 * share, language, decimals=decimals) + gap + "%"


def format_percent(share: float, language: Language) -> str:
    """Return a share as a percentage, with as many decimals (at most two) as it has.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        The percentage.

    Examples
    --------
    >>> format_percent(0.95, "en"), format_percent(0.975, "en")
    ('95%', '97.5%')
    """
    hundredths = 100 * share
    decimals = next((d for d in (0, 1) if abs(hundredths - round(hundredths, d)) < 1e-9), 2)
    return format_share(share, language, decimals=decimals)


def _localised(value: Decimal, language: Language, places: int) -> str:
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, format=pattern, locale=_LOCALE[language])
