"""What donors are to have in common with the treated unit before the start: settings that a plan locks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Period = float | Annotated[str, Field(min_length=1)]


class Predictor(BaseModel):
    """The mean of a column over some periods before the start.

    Parameters
    ----------
    column : str
        A column of the study's table, or the outcome's.
    first, last : float or str, optional
        The periods it is averaged over, both counted: years, or dates as they are written. From the first
        period, and to the last before the start, when left out.
    periods : tuple of float or str
        Or single periods.

    Notes
    -----
    Missing values are left out of the mean, and counted. Periods from the start on are never used.

    Examples
    --------
    >>> Predictor(column="income", first=1985, last=1993).name
    'income 1985–1993'
    >>> Predictor(column="crime", periods=(1990,)).name
    'crime 1990'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(min_length=1)
    first: Period | None = None
    last: Period | None = None
    periods: tuple[Period, ...] = ()

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Predictor:
        if self.periods and not (self.first is None and self.last is None):
            raise ValueError("give periods, or first and last, not both")
        return self

    @property
    def name(self) -> str:
        """The column and when."""
        if self.periods:
            return f"{self.column} {', '.join(_written(period) for period in self.periods)}"
        if self.first is None and self.last is None:
            return self.column
        ends = ("" if end is None else _written(end) for end in (self.first, self.last))
        return f"{self.column} {'–'.join(ends)}"


def _written(period: float | str) -> str:
    return period if isinstance(period, str) else f"{period:g}"
