"""Which column plays which part in a study."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, fields

from impactkit.errors import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The part each column plays; None where nobody plays it.

    Parameters
    ----------
    outcome : str
        What is measured.
    unit, time, first_treated, treated, cluster, weight, exposure, stratum, eligible, dose : str, optional
        Column names; see `Study`.
    pre_outcome, std_error, takeup, running, probability, arm : str, optional
        Likewise.
    covariates, instruments, subgroups : tuple of str
        Columns adjusted for, of instruments, and of groups that are told apart.
    """

    outcome: str
    unit: str | None = None
    time: str | None = None
    first_treated: str | None = None
    treated: str | None = None
    cluster: str | None = None
    weight: str | None = None
    exposure: str | None = None
    stratum: str | None = None
    eligible: str | None = None
    dose: str | None = None
    pre_outcome: str | None = None
    std_error: str | None = None
    takeup: str | None = None
    running: str | None = None
    probability: str | None = None
    arm: str | None = None
    covariates: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    subgroups: tuple[str, ...] = ()

    def named(self) -> list[tuple[str, str]]:
        """Return (role, column) for every role that is played."""
        single = [(role, getattr(self, role)) for role in _SINGLE]
        several = [(role, column) for role in _SEVERAL for column in getattr(self, role)]
        return [(role, column) for role, column in single if column is not None] + several

    def missing_from(self, available: Iterable[str]) -> list[Trouble]:
        """Return a trouble for each named column that the table does not hold."""
        columns = [str(name) for name in available]
        return [_missing(role, column, columns) for role, column in self.named() if column not in columns]


_SEVERAL = ("covariates", "instruments", "subgroups")
_SINGLE = tuple(field.name for field in fields(Roles) if field.name not in _SEVERAL)


def did_you_mean(name: str, available: Iterable[str]) -> str:
    """Return the nearest of the available names, or all of them when none is near.

    Parameters
    ----------
    name : str
        What was asked for.
    available : iterable of str
        What there is.

    Returns
    -------
    str
        Names, quoted and comma separated.

    Examples
    --------
    >>> did_you_mean("yaer", ["year", "unit"])
    "'year'"
    """
    names = sorted(available)
    near = difflib.get_close_matches(name, names, n=1)
    return ", ".join(repr(item) for item in (near or names[:20]))


def _missing(role: str, column: str, columns: list[str]) -> Trouble:
    return Trouble(
        "Column {column!r} is not in the data.",
        "{role}={column!r}",
        "Did you mean {near}?",
        {"column": column, "role": role, "near": did_you_mean(column, columns)},
    )
