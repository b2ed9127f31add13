"""What an indicator refuses: comparisons and uses that would give a number without a meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args

from impactkit.errors import IndicatorError, Trouble, Value
from impactkit.indicators.indicator import Indicator
from impactkit.wording import current_language, what_is_wrong

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RefusalKind = Literal[
    "definition_break",
    "overlapping_windows",
    "never_published",
    "outside_range",
    "mixed_norms",
    "pro_rata",
]
REFUSAL_KINDS: tuple[RefusalKind, ...] = get_args(RefusalKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an indicator refuses, and how to mend it.

    Parameters
    ----------
    kind : str
        Which of the six refusals; the key under which a claim may accept it.
    trouble : Trouble
        What, where and how to mend it.
    """

    kind: RefusalKind
    trouble: Trouble

    def __str__(self) -> str:
        return what_is_wrong(self.trouble, current_language())


def refused_comparison(
    indicator: Indicator, *, baseline: int, follow_up: int, before: Indicator | None = None
) -> tuple[Refusal, ...]:
    """Return what speaks against comparing a follow-up with a baseline.

    Parameters
    ----------
    indicator : Indicator
        What the follow-up measured.
    baseline, follow_up : int
        The years that name the two values.
    before : Indicator, optional
        What the baseline measured, when it was something else.

    Returns
    -------
    tuple of Refusal
        Empty when the two can be compared.

    Examples
    --------
    >>> from impactkit.indicators import Catalogue
    >>> safe = Catalogue.default()["safety/feels-safe-after-dark"]
    >>> [refusal.kind for refusal in refused_comparison(safe, baseline=2019, follow_up=2023)]
    ['definition_break']
    """
    periods = (baseline, follow_up)
    return (
        *refused_mixture(indicator, before),
        *refused_periods(indicator, periods),
        *_breaks(indicator, baseline, follow_up),
        *_overlap(indicator, baseline, follow_up),
    )


def refused_mixture(indicator: Indicator, other: Indicator | None) -> tuple[Refusal, ...]:
    """Return the refusal to set two norms, or two different indicators, beside each other.

    Parameters
    ----------
    indicator, other : Indicator
        The two; the other may be missing.

    Returns
    -------
    tuple of Refusal
        Empty when they measure the same thing the same way.
    """
    if other is None or other.id == indicator.id:
        return ()
    mend = (
        "Use the same indicator for the baseline and the follow-up: collect {one} again, or {other}. "
        'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
    )
    values: dict[str, Value] = {"one": indicator.id, "other": other.id}
    if indicator.norm and other.norm and indicator.norm.family == other.norm.family:
        values |= {"norm": indicator.norm.name, "other_norm": other.norm.name}
        what = "{one} measures by norm {norm} and {other} by norm {other_norm}; they are never mixed."
        return (_refusal("mixed_norms", what, mend, values),)
    what = "{one} and {other} are two different measures; a difference between them is no change."
    return (_refusal("mixed_norms", what, mend, values),)


def refused_periods(indicator: Indicator, periods: Iterable[int]) -> tuple[Refusal, ...]:
    """Return the refusal of years that the source never published.

    Parameters
    ----------
    indicator : Indicator
        The indicator.
    periods : iterable of int
        The years that name the values.

    Returns
    -------
    tuple of Refusal
        At most one, with every such year.
    """
    published = indicator.published
    if published is None:
        return ()
    lost = sorted({period for period in periods if not published.holds(period)})
    if not lost:
        return ()
    values: dict[str, Value] = {"indicator": indicator.id, "years": ", ".join(map(str, lost))}
    values |= {"since": published.since, "every": published.every}
    what = "{indicator} was never published for {years}: the series begins in {since}."
    if published.until is not None:
        values["until"] = published.until
        what = "{indicator} was never published for {years}: the series runs from {since} to {until}."
    if published.every > 1:
        what = "{indicator} was never published for {years}: from {since} it comes every {every} years."
    mend = (
        "Compare years that the source has published, or correct the year. "
        'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
    )
    return (_refusal("never_published", what, mend, values),)


def refused_values(indicator: Indicator, values: Sequence[float] | Floats) -> tuple[Refusal, ...]:
    """Return the refusal of values that cannot occur.

    Parameters
    ----------
    indicator : Indicator
        The indicator.
    values : sequence of float, shape (n,)
        Values in its unit; missing ones (nan) are passed over.

    Returns
    -------
    tuple of Refusal
        At most one, with how many there are and the first of them.
    """
    import numpy as np

    bounds = indicator.bounds
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    low = -np.inf if bounds.minimum is None else float(bounds.minimum)
    high = np.inf if bounds.maximum is None else float(bounds.maximum)
    wrong = known[(known < low) | (known > high)]
    if wrong.size == 0:
        return _proportions(indicator, known)
    told: dict[str, Value] = {
        "indicator": indicator.id,
        "n": int(wrong.size),
        "first": f"{wrong[0]:g}",
        "minimum": _plain(bounds.minimum),
        "maximum": _plain(bounds.maximum),
    }
    if bounds.maximum is None:
        what = "{n} values lie outside the range of {indicator}, from {minimum}; the first is {first}."
    elif bounds.minimum is None:
        what = "{n} values lie outside the range of {indicator}, up to {maximum}; the first is {first}."
    else:
        what = (
            "{n} values lie outside the range of {indicator}, {minimum} to {maximum}; the first is {first}."
        )
    mend = (
        "Correct the values, or the column's unit: a percentage is written 37.5, not 0.375. "
        'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
    )
    return (_refusal("outside_range", what, mend, told),)


def refused_share(indicator: Indicator) -> tuple[Refusal, ...]:
    """Return the refusal to apply a financed share to an indicator of which a part means nothing.

    Parameters
    ----------
    indicator : Indicator
        The indicator.

    Returns
    -------
    tuple of Refusal
        Empty for counts and amounts.
    """
    if indicator.pro_rata == "allowed":
        return ()
    what = "The financed share cannot be applied to {indicator}: a part of a {measure} means nothing."
    mend = (
        'Report it for the whole investment, basis = "total", and state the share beside it. '
        'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
    )
    values: dict[str, Value] = {"indicator": indicator.id, "measure": indicator.measure}
    return (_refusal("pro_rata", what, mend, values),)


def financed(indicator: Indicator, *, amount: float, share: Decimal) -> float:
    """Return the part of a count or an amount that a financed share stands for.

    Parameters
    ----------
    indicator : Indicator
        What the amount measures.
    amount : float
        The whole, in the indicator's unit.
    share : Decimal
        The share financed, 0 to 1.

    Returns
    -------
    float
        The part, in the indicator's unit.

    Raises
    ------
    IndicatorError
        For a share, a mean, a rate or an index; or when the share is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        what = "The financed share, {share}, is not from 0 to 1."
        mend = 'Write 80 per cent as "0.8".'
        raise IndicatorError(what, where="financed_share", mend=mend, values={"share": str(share)})
    if refusals := refused_share(indicator):
        raise IndicatorError.of([refusal.trouble for refusal in refusals])
    return float(Decimal(repr(float(amount))) * share)


def _breaks(indicator: Indicator, baseline: int, follow_up: int) -> tuple[Refusal, ...]:
    first, last = sorted((baseline, follow_up))
    first = indicator.window.covers(first)[0]
    found = []
    for version in indicator.versions:
        if not version.comparable and first < version.since <= last:
            values: dict[str, Value] = {"indicator": indicator.id, "since": version.since}
            values |= {"baseline": baseline, "follow_up": follow_up}
            what = "{indicator} changed definition in {since}; {baseline} and {follow_up} cannot be compared."
            mend = (
                "Compare years on the same side of {since}; the indicator's versions tell what changed. "
                'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
            )
            found.append(_refusal("definition_break", what, mend, values))
    return tuple(found)


def _proportions(indicator: Indicator, known: Floats) -> tuple[Refusal, ...]:
    """Return the refusal of a share written as 0 to 1 where per cent is meant."""
    largest = float(known.max()) if known.size else 0.0
    if indicator.measure != "share" or not 0 < largest <= 1:
        return ()
    what = "No value of {indicator} is above 1; the largest is {largest}. Are they parts of 1, not per cent?"
    mend = (
        "Multiply the column by 100: a percentage is written 37.5, and a yes 100. "
        'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
    )
    values: dict[str, Value] = {"indicator": indicator.id, "largest": f"{largest:g}"}
    return (_refusal("outside_range", what, mend, values),)


def _overlap(indicator: Indicator, baseline: int, follow_up: int) -> tuple[Refusal, ...]:
    years = indicator.window.years
    apart = abs(follow_up - baseline)
    if years == 1 or apart == 0 or apart >= years:
        return ()
    values: dict[str, Value] = {"indicator": indicator.id, "years": years, "first": follow_up + years - apart}
    values |= {"baseline": baseline, "follow_up": follow_up, "shared": years - apart}
    what = "{indicator} covers {years} years: {baseline} and {follow_up} share {shared} of them."
    mend = (
        "Wait for the value of {first}, or use a measure that covers one year. "
        'Or accept it in the claim: accept = {{ {kind} = "the reason" }}.'
    )
    return (_refusal("overlapping_windows", what, mend, values),)


def _refusal(kind: RefusalKind, what: str, mend: str, values: dict[str, Value]) -> Refusal:
    return Refusal(
        kind=kind, trouble=Trouble(what, "{file}", mend, {"file": "indicator", "kind": kind, **values})
    )


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
