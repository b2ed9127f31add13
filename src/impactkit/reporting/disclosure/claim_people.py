"""Who is behind the numbers of one claim: people by group and period, and whether they can be told of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.reporting.disclosure.rules import (
    is_binary,
    is_dominated,
    tells_all,
)
from impactkit.reporting.disclosure.told_claim import ToldClaim

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group in a period.

    Parameters
    ----------
    group : {"treated", "comparison"}
        Which group.
    period : str
        The period as a number in text; ``once`` where there are none.
    """

    group: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The people of one claim.

    Parameters
    ----------
    n : dict of Place to int
        How many rows are told of in each group and period.
    having : dict of Place to int
        How many of them have the outcome, where it is a share.
    alike : frozenset of Place
        Where all of them have the same value, or one or two carry the sum.
    """

    n: dict[Place, int]
    having: dict[Place, int]
    alike: frozenset[Place]

    def same_as(self, other: Placed) -> bool:
        """Return whether these are the same numbers of people in the same places."""
        return (self.n, self.having) == (other.n, other.having)


def placed(claim: ToldClaim) -> Placed:
    """Return who is behind the means of a claim.

    Parameters
    ----------
    claim : ToldClaim
        What is told of it.

    Returns
    -------
    Placed
        Where the estimate rests on other rows than the study holds, only how many they are is known.
    """
    values = _values(claim.columns)
    n = {Place(group=mean.group, period=period_key(mean.period)): mean.n for mean in claim.means}
    if {place: len(held) for place, (held, _) in values.items()} != n:
        return Placed(n=n, having={}, alike=frozenset())
    binary = is_binary(claim.columns.outcome)
    alike = {
        place
        for place, (held, added) in values.items()
        if tells_all(held) or (not binary and is_dominated(added))
    }
    having = {place: int((held > 0).sum()) for place, (held, _) in values.items()} if binary else {}
    return Placed(n=n, having=having, alike=frozenset(alike))


def period_key(period: float | None) -> str:
    """Return a period as the name of a cell holds it.

    Parameters
    ----------
    period : float or None
        The period.

    Returns
    -------
    str
        ``once`` where there are no periods.

    Examples
    --------
    >>> period_key(2024.0), period_key(None)
    ('2024.0', 'once')
    """
    return "once" if period is None else repr(float(period))


def _values(columns: Columns) -> dict[Place, tuple[Floats, Floats]]:
    """Return the outcomes of each place, and what each adds to the sum."""
    treated = np.ones(len(columns.outcome), dtype=bool) if columns.treated is None else columns.treated
    weight = np.ones(len(columns.outcome)) if columns.weight is None else columns.weight
    period = np.zeros(len(treated), dtype=np.int64) if columns.period is None else columns.period
    names = [period_key(value) for value in columns.periods.tolist()] or [period_key(None)]
    found = {}
    for group, flags in (("treated", treated), ("comparison", ~treated)):
        for code, name in enumerate(names):
            rows = flags & (period == code)
            if rows.any():
                held = columns.outcome[rows]
                found[Place(group=group, period=name)] = (held, held * weight[rows])
    return found
