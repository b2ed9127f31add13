"""What a forecast of power may be told, where the plan's data do not tell it."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.errors import PlanError, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What is assumed of data that are not there yet; None where the plan's data are to tell.

    Parameters
    ----------
    spread : float, optional
        Standard deviation between units of a group measured at one time, in the outcome's unit.
    correlation : float, optional
        Correlation between two measurements of the same unit, or between the baseline and the follow-up.
    n_treated, n_comparison : int, optional
        Units (areas, or people where no unit is followed) that get the project, and that do not.
    periods : int, optional
        Measurements after the start.

    Raises
    ------
    PlanError
        If a number cannot be what it is said to be.
    """

    spread: float | None = None
    correlation: float | None = None
    n_treated: int | None = None
    n_comparison: int | None = None
    periods: int | None = None

    def __post_init__(self) -> None:
        if self.spread is not None and not 0 < self.spread < float("inf"):
            raise _wrong("spread", self.spread, "Give a standard deviation above 0, in the outcome's unit.")
        if self.correlation is not None and not 0 <= self.correlation < 1:
            raise _wrong("correlation", self.correlation, "Give a correlation from 0 up to, but not, 1.")
        for name in ("n_treated", "n_comparison", "periods"):
            given = getattr(self, name)
            if given is not None and given < 1:
                raise _wrong(name, given, "Give a number of at least 1.")

    @property
    def is_about_units(self) -> bool:
        """Whether it says how many units there are."""
        return self.n_treated is not None or self.n_comparison is not None


def _wrong(name: str, value: float, mend: str) -> PlanError:
    values: dict[str, Value] = {"name": name, "value": value}
    return PlanError("{name} = {value} cannot be used.", where="ik.power", mend=mend, values=values)
