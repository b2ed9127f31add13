"""Rows that are sums of others, refused where nobody is there to see a warning."""

from __future__ import annotations

import numpy as np

from impactkit.data.fault import refuse
from impactkit.data.table import Table
from impactkit.data.vocabulary import is_total
from impactkit.errors import DataError


def refuse_totals(table: Table, unit: str | None) -> None:
    """Refuse a table in which the unit of some row is a total.

    Parameters
    ----------
    table : Table
        The table of a plan.
    unit : str, optional
        The column of the units.

    Raises
    ------
    DataError
        With every such row.
    """
    if unit is None or unit not in table.header:
        return
    rows = np.flatnonzero(table.coded(unit).where(is_total))
    problem = "This row is a total, {value}, and no unit of its own."
    mend = "Take the row out of the file; else give the unit a name that is no word for a sum."
    refuse(table.alike(rows, unit, problem=problem, mend=mend), DataError)
