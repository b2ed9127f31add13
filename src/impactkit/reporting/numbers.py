"""How the numbers of one indicator are written: its unit, its decimals and the report's language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from impactkit.evidence.claim import Claim
from impactkit.indicators import Indicator
from impactkit.wording import Language, format_number, format_percent, say

GAP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    r"""How the numbers of one indicator are written.

    Parameters
    ----------
    language : {"sv", "en"}
        The language.
    unit, unit_of_change : str
        Units of a level and of a change; empty when unknown.
    decimals : int, optional
        Decimals shown; three significant digits when left out.

    Examples
    --------
    >>> measure = Measure(language="sv", unit="procent", unit_of_change="procentenheter", decimals=1)
    >>> measure.change(6.14), measure.span(-8.05, 20.33)
    ('+6,1\xa0procentenheter', '−8,1 till 20,3\xa0procentenheter')
    """

    language: Language
    unit: str = ""
    unit_of_change: str = ""
    decimals: int | None = None

    @classmethod
    def of(cls, indicator: Indicator, claim: Claim, language: Language) -> Measure:
        """Return how a claim's numbers are written: the claim's own unit goes before the indicator's.

        Parameters
        ----------
        indicator : Indicator
            What is measured.
        claim : Claim
            What was promised of it.
        language : {"sv", "en"}
            The language.

        Returns
        -------
        Measure
            With the indicator's decimals.
        """
        own = claim.unit if indicator.change_unit is None else None
        return cls(
            language=language,
            unit=own or indicator.unit.text(language),
            unit_of_change=claim.unit or indicator.unit_of_change(language),
            decimals=indicator.decimals,
        )

    def number(self, value: float, *, signed: bool = False) -> str:
        """Return a number without its unit."""
        return format_number(value, self.language, decimals=self.decimals, signed=signed)

    def level(self, value: float) -> str:
        """Return a level with its unit."""
        return _with_unit(self.number(value), self.unit)

    def change(self, value: float) -> str:
        """Return a change with its sign and unit."""
        return _with_unit(self.number(value, signed=True), self.unit_of_change)

    def exact(self, value: Decimal) -> str:
        """Return a promised change as it was written in the plan, with its unit."""
        number = format_number(float(value), self.language, decimals=decimals_of(value))
        return _with_unit(number, self.unit_of_change)

    def span(self, low: float, high: float) -> str:
        """Return the limits of a change in words, also when there are none or only one."""
        if math.isnan(low) or math.isnan(high):
            return say("report.span.unknown", self.language)
        ends = {"low": self.number(low), "high": self.number(high)}
        below, above = math.isfinite(low), math.isfinite(high)
        form = {(True, True): "both", (True, False): "from", (False, True): "to", (False, False): "none"}
        return _with_unit(
            say(f"report.span.{form[below, above]}", self.language, **ends),
            self.unit_of_change if below or above else "",
        )

    def percent(self, share: float) -> str:
        """Return a confidence level as a percentage, with decimals only where it has them."""
        return format_percent(share, self.language)


def decimals_of(value: Decimal) -> int:
    """Return how many decimals a number was written with.

    Parameters
    ----------
    value : Decimal
        As it stands in a plan.

    Returns
    -------
    int
        Decimals.

    Examples
    --------
    >>> decimals_of(Decimal("2.50")), decimals_of(Decimal("5000"))
    (2, 0)
    """
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _with_unit(number: str, unit: str) -> str:
    return f"{number}{GAP}{unit}" if unit else number
