"""Which units may be donors, and by what rule they were chosen: settings that a plan locks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Code = Annotated[str, Field(min_length=1)]


class DonorPool(BaseModel):
    """Which units may be donors.

    Parameters
    ----------
    units : tuple of str
        The donors, by name or code as the study has them; empty for all units without the investment.
    county : str, optional
        Two digits: only municipalities whose code begins with them.
    without : tuple of str
        Units that may not be donors, such as neighbours that the investment reaches.
    source : str, optional
        Where a list of units comes from, such as Kolada's group of similar municipalities.
    year : int, optional
        The year of that list. Groups of similar municipalities are made anew each year: take the one from
        before the start.

    Examples
    --------
    >>> DonorPool(county="17", without=("1780",)).allows("1715")
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    units: tuple[Code, ...] = ()
    county: str | None = Field(default=None, pattern=r"^\d\d$")
    without: tuple[Code, ...] = ()
    source: str | None = Field(default=None, min_length=1)
    year: int | None = Field(default=None, ge=1900, le=2200)

    def allows(self, unit: str) -> bool:
        """Return whether a unit without the investment may be a donor.

        Parameters
        ----------
        unit : str
            Its name or code.

        Returns
        -------
        bool
            Whether it is in the pool.
        """
        if unit in self.without or (self.units and unit not in self.units):
            return False
        return self.county is None or unit.startswith(self.county)
