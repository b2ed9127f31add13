"""How an indicator is measured: its possible values, the time a value covers, changes of definition."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from impactkit.errors import Trouble
from impactkit.indicators.words import Words
from impactkit.schema import Exact, Written, fault

Year = Annotated[StrictInt, Field(ge=1900, le=2200)]


class Range(Written):
    """The values that can occur, both ends included.

    Parameters
    ----------
    minimum, maximum : Decimal, optional
        Written as text or a whole number; no bound when left out.

    Examples
    --------
    >>> Range(minimum="0", maximum="100").holds(101.5)
    False
    """

    minimum: Exact | None = None
    maximum: Exact | None = None

    @model_validator(mode="after")
    def _has_room(self) -> Range:
        if self.minimum is not None and self.maximum is not None and self.minimum >= self.maximum:
            what = "The range from {minimum} to {maximum} holds no values."
            values = {"minimum": str(self.minimum), "maximum": str(self.maximum)}
            raise fault(Trouble(what, "", "Write the lower number as minimum.", values))
        return self

    def holds(self, value: float | Decimal) -> bool:
        """Return whether the value can occur; a missing one (nan) cannot.

        Parameters
        ----------
        value : float or Decimal
            In the indicator's unit.

        Returns
        -------
        bool
            True when it lies between the bounds.
        """
        low = self.minimum is None or value >= self.minimum
        return low and (self.maximum is None or value <= self.maximum) and value == value


class Window(Written):
    """The time a value covers, and how late it comes.

    Parameters
    ----------
    kind : {"year", "point", "pooled", "rolling_mean"}
        Over the year; at one point in the year; rounds put together; or a mean that moves a year at a time.
    years : int
        How many years a value covers; the last of them names it.
    lag_months : int
        Months from the end of the period until the value is published.

    Examples
    --------
    >>> Window(kind="rolling_mean", years=4).covers(2022)
    range(2019, 2023)
    """

    kind: Literal["year", "point", "pooled", "rolling_mean"] = "year"
    years: Annotated[StrictInt, Field(ge=1, le=10)] = 1
    lag_months: Annotated[StrictInt, Field(ge=0, le=60)] = 0

    @model_validator(mode="after")
    def _several_years_are_pooled(self) -> Window:
        if (self.years > 1) != (self.kind in ("pooled", "rolling_mean")):
            what = 'A window of {years} years does not go with kind = "{kind}".'
            mend = 'Several years are "pooled" or a "rolling_mean"; one year is "year" or "point".'
            raise fault(Trouble(what, "", mend, {"years": self.years, "kind": self.kind}))
        return self

    def covers(self, period: int) -> range:
        """Return the years that a value named after the period covers.

        Parameters
        ----------
        period : int
            The year that names it.

        Returns
        -------
        range
            Its years, the period last.
        """
        return range(period - self.years + 1, period + 1)


class Published(Written):
    """The years for which a source has published values.

    Parameters
    ----------
    since : int
        The first.
    until : int, optional
        The last, when the series has ended.
    every : int
        Years from one to the next.
    also : tuple of int
        Extra years outside that rhythm.

    Examples
    --------
    >>> Published(since=2016, every=2, also=(2021,)).holds(2021)
    True
    """

    since: Year
    until: Year | None = None
    every: Annotated[StrictInt, Field(ge=1, le=10)] = 1
    also: tuple[Year, ...] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Published:
        if self.until is not None and self.until < self.since:
            what = "The series ends in {until}, before it begins in {since}."
            values = {"until": self.until, "since": self.since}
            raise fault(Trouble(what, "", "Correct one of the two years.", values))
        return self

    def holds(self, period: int) -> bool:
        """Return whether the source has a value for the period, or will have in its rhythm.

        Parameters
        ----------
        period : int
            A year.

        Returns
        -------
        bool
            False before the series began, after it ended, and between its rounds.
        """
        if period in self.also:
            return True
        within = self.since <= period and (self.until is None or period <= self.until)
        return within and (period - self.since) % self.every == 0


class Version(Written):
    """A definition as it has been since a year.

    Parameters
    ----------
    since : int
        The first year measured this way.
    change : Words
        What changed, in both languages.
    comparable : bool
        Whether values from then on can be set beside earlier ones; false marks a break.
    url : str, optional
        Where the change is told.
    """

    since: Year
    change: Words
    comparable: StrictBool
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
