"""What was assigned to treatment, and within which strata it was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.effects.describe import clusters_of, dense, marked
from impactkit.errors import EstimationError
from impactkit.wording import Message

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """What was assigned to treatment, and within which strata.

    Parameters
    ----------
    units : ndarray of int, shape (n,)
        Assignment unit of each row, coded 0 .. A-1.
    treated : ndarray of bool, shape (A,)
        Which were treated.
    strata : ndarray of int, shape (A,)
        Stratum of each.
    law : Message
        In words.
    """

    units: Codes
    treated: Flags
    strata: Codes
    law: Message


def assignment_of(columns: Columns) -> Assignment:
    """Tell what was assigned: clusters where treatment is constant within them, else units, else rows.

    Parameters
    ----------
    columns : Columns
        Rows with a treated group.

    Returns
    -------
    Assignment
        The law of assignment: as many treated in each stratum.

    Raises
    ------
    EstimationError
        If a stratum changes within an assignment unit.
    """
    treated = columns.treated
    assert treated is not None
    what, units = _assigned(columns, treated)
    n = int(units.max()) + 1
    strata = _strata(columns, units, n)
    law = Message(
        f"inference.law.{what}{'_in_strata' if columns.stratum is not None else ''}",
        {"n": n, "treated": int(marked(units, treated, n=n).sum())},
    )
    return Assignment(units=units, treated=marked(units, treated, n=n), strata=strata, law=law)


def _assigned(columns: Columns, treated: Flags) -> tuple[str, Codes]:
    clusters, by_row = clusters_of(columns)
    G = int(clusters.max()) + 1
    mixed = marked(clusters, treated, n=G) & marked(clusters, ~treated, n=G)
    if not by_row and not mixed.any():
        return ("clusters" if columns.cluster is not None else "units"), clusters
    if columns.unit is not None:
        return "units", dense(columns.unit)
    return "rows", np.arange(len(clusters))


def _strata(columns: Columns, units: Codes, n: int) -> Codes:
    strata = np.zeros(len(units), dtype=np.int64) if columns.stratum is None else columns.stratum
    if columns.unit is None and columns.period is not None and n == len(units):
        # Rows of repeated cross sections were drawn period by period: as many treated in each stay treated.
        strata = strata * len(columns.periods) + columns.period
    found = np.zeros(n, dtype=np.int64)
    found[units] = strata
    if bool((found[units] != strata).any()):
        raise EstimationError(
            "A stratum changes within a unit of assignment.",
            where="stratum",
            mend="Give each unit (or cluster) of assignment one stratum.",
        )
    return dense(found)
