"""The fingerprint of a plan's rows, and a digest of each of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from impactkit.verification.commitment import Commitment, commit
from impactkit.verification.fingerprint import Kind, column_digests, fingerprint

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDigests:
    """What tells a plan's rows from all others.

    Parameters
    ----------
    fingerprint : str
        Of those columns that play a part.
    columns : dict of str to str
        A digest of each column, beside unit and time.
    """

    fingerprint: str
    columns: dict[str, str]

    @classmethod
    def of(cls, plan: Plan) -> RowDigests:
        """Return the digests of a plan's rows, which are read once."""
        rows, units = plan.rows(), units_of(plan)
        kinds, keys = kinds_of(plan, rows), row_keys(plan, rows.columns)
        return cls(
            fingerprint=fingerprint(rows, kinds, units=units),
            columns=column_digests(rows, kinds, key_columns=keys, units=units),
        )


def committed(plan: Plan, *, key: bytes) -> Commitment:
    """Return the commitment to a plan's rows.

    Parameters
    ----------
    plan : Plan
        The plan, with its data beside it.
    key : bytes
        The project's key.

    Returns
    -------
    Commitment
        To be handed over; it tells the columns and the number of rows.
    """
    rows = plan.rows()
    return commit(rows, kinds_of(plan, rows), key=key, units=units_of(plan))


def row_keys(plan: Plan, columns: Any) -> list[str]:
    """Return the columns that tell a plan's rows apart: unit and time, those that there are.

    Parameters
    ----------
    plan : Plan
        The plan.
    columns : collection of str
        The columns of its rows.

    Returns
    -------
    list of str
        Their names.
    """
    return [name for name in (plan.data.unit, plan.data.time) if name is not None and name in columns]


def kinds_of(plan: Plan, rows: pd.DataFrame) -> dict[str, Kind]:
    """Return the kind of each column of a plan's rows.

    Parameters
    ----------
    plan : Plan
        The plan.
    rows : DataFrame
        Its rows.

    Returns
    -------
    dict of str to str
        Every column that plays a part is a date, a number, or else a code.
    """
    data = plan.data
    numbers = {
        *(data.outcome, data.time, data.treated, data.first_treated, data.weight, data.eligible, data.dose),
        *(data.pre_outcome, data.std_error, data.exposure, data.takeup, data.running, data.probability),
        *(*data.covariates, *data.instruments),
        *(claim.outcome for claim in plan.claims),
    }
    kinds: dict[str, Kind] = {name: "number" if name in numbers else "text" for name in rows.columns}
    return kinds | {name: "date" for name in rows.columns if rows[name].dtype.kind == "M"}


def units_of(plan: Plan) -> dict[str, str]:
    """Return the unit of each outcome: its indicator's, in English, or the claim's own.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    dict of str to str
        By column; where claims about one column have several, all of them in order.
    """
    found: dict[str, set[str]] = {}
    for claim in plan.claims:
        column, indicator = claim.outcome or plan.data.outcome, plan.catalogue[claim.indicator]
        own = claim.unit if indicator.change_unit is None else None
        found.setdefault(column, set()).add(own or indicator.unit.en)
    return {column: "; ".join(sorted(units)) for column, units in found.items()}
