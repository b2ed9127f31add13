"""How a number is written in a fingerprint: at most 15 significant digits, the same on every computer."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from impactkit.verification.table_form import MOST_DIGITS

Floats = npt.NDArray[np.float64]
_EXACT = 2**53
#: Doubles from here on may need more than 15 digits although they are whole.
_LONG = 999_999_999_999_999.0
#: A double so many steps from a number of 15 digits is taken for it; two of those are 8 steps apart.
_NEAR = 2


class TooManyDigitsError(ValueError):
    """A number that 15 significant digits cannot tell."""


def number_text(value: int | float | Decimal, *, decimals: int | None = None, refuse: bool = False) -> str:
    """Return the text of one finite number: the definition, which `number_texts` keeps to.

    Parameters
    ----------
    value : int, float or Decimal
        The number. It is taken as the double nearest to it.
    decimals : int, optional
        Round it to so many decimals first.
    refuse : bool
        Whether a number is refused that has more than 15 significant digits; it is rounded otherwise.

    Returns
    -------
    str
        Digits with a point for decimals; an exponent from 2**53 up and below 0.0001.

    Raises
    ------
    TooManyDigitsError
        If it has more digits than it may have.
    OverflowError
        If it is larger than any double.

    Examples
    --------
    >>> number_text(-0.0), number_text(2.50), number_text(1e20), number_text(0.00002), number_text(2 / 3)
    ('0', '2.5', '1e+20', '2e-05', '0.666666666666667')
    >>> number_text(2 / 3, decimals=1)
    '0.7'
    """
    number = float(value)
    if decimals is not None:
        number = float(format(number, f".{decimals}f"))
        if abs(number) >= 10 ** (MOST_DIGITS - decimals):
            raise TooManyDigitsError
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    text = format(number, ".15g")
    told = float(text)
    if number.is_integer():
        if refuse and (told != number if isinstance(value, float) else Decimal(text) != value):
            raise TooManyDigitsError
        return text
    if refuse and _steps(told, number) > _NEAR:
        raise TooManyDigitsError
    return str(int(told)) if told.is_integer() else text


def number_texts(values: Floats, *, decimals: int | None = None, refuse: bool = False) -> list[bytes]:
    """Return the texts of finite doubles, as `number_text` gives them.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Finite numbers.
    decimals : int, optional
        Round them to so many decimals first.
    refuse : bool
        Whether more than 15 significant digits are refused.

    Returns
    -------
    list of bytes
        ASCII, one for each.

    Raises
    ------
    TooManyDigitsError
        With the first number that has more digits than it may have.

    Examples
    --------
    >>> number_texts(np.array([0.5, -0.0, 1e15]))
    [b'0.5', b'0', b'1000000000000000']
    """
    # Adding zero takes the sign from minus zero.
    numbers = (values if decimals is None else _rounded(values, decimals)) + 0.0
    texts = (("%.15g\n" * len(numbers)) % tuple(numbers.tolist())).encode("ascii").split(b"\n")[:-1]
    slow = np.abs(numbers) > _LONG
    if refuse:
        slow |= ~_is_short(numbers)
    for place in np.flatnonzero(slow).tolist():
        texts[place] = _one(values[place], decimals, refuse)
    return texts


def whole_texts(values: Sequence[int]) -> list[bytes]:
    """Return the texts of whole numbers below 2**53.

    Parameters
    ----------
    values : sequence of int
        The numbers.

    Returns
    -------
    list of bytes
        ASCII, one for each.

    Examples
    --------
    >>> whole_texts([0, -12])
    [b'0', b'-12']
    """
    return (("%d\n" * len(values)) % tuple(values)).encode("ascii").split(b"\n")[:-1]


def _one(value: float, decimals: int | None, refuse: bool) -> bytes:
    try:
        return number_text(float(value), decimals=decimals, refuse=refuse).encode("ascii")
    except TooManyDigitsError:
        raise TooManyDigitsError(repr(float(value))) from None


def _rounded(values: Floats, decimals: int) -> Floats:
    """Return every number as the double nearest to its text with so many decimals."""
    power = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        raised = values * power
        whole = np.rint(raised)
        rounded: Floats = whole / power
        # Below 10**12 a product is off by less than 0.0002: only halves may go to the wrong side.
        sure = (np.abs(raised) < 1e12) & (np.abs(raised - whole) < 0.499)
    for place in np.flatnonzero(~sure).tolist():
        rounded[place] = float(format(float(values[place]), f".{decimals}f"))
        if abs(rounded[place]) >= 10 ** (MOST_DIGITS - decimals):
            raise TooManyDigitsError(repr(float(values[place])))
    return rounded


def _is_short(numbers: Floats) -> npt.NDArray[np.bool_]:
    """Return which numbers are plainly decimals of at most 15 digits; others are looked at one by one."""
    short = np.zeros(len(numbers), dtype=bool)
    with np.errstate(over="ignore"):
        for decimals in range(10):
            whole = np.rint(numbers * 10.0**decimals)
            short |= (np.abs(whole) <= _LONG) & (whole / 10.0**decimals == numbers)
            if short.all():
                break
    return short


def _steps(one: float, other: float) -> int:
    """Return how many doubles lie between two of the same sign, the last counted."""
    first, second = struct.unpack("<qq", struct.pack("<dd", one, other))
    return abs(int(first) - int(second))
