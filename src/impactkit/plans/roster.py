"""The roster: who takes part, treated and comparison, and over which periods, told without naming anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from pydantic import StrictInt, StringConstraints

from impactkit.plans.data_files import DataFiles
from impactkit.provenance import canonical_json, keyed_digest
from impactkit.schema import Written

if TYPE_CHECKING:
    import pandas as pd

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Roster(Written):
    """Who takes part and when, without names.

    Parameters
    ----------
    n_treated, n_comparison : int, optional
        Units in each group; None where units may be people, of whom few would be told.
    treated, comparison : str, optional
        SHA-256 of each group's sorted unit ids as canonical JSON; keyed where units may be people, and None
        where there is no key.
    periods : tuple of str
        Periods in order; empty without time.
    """

    n_treated: StrictInt | None
    n_comparison: StrictInt | None
    treated: Digest | None
    comparison: Digest | None
    periods: tuple[str, ...] = ()


def roster(rows: pd.DataFrame, data: DataFiles, *, key: bytes | None = None) -> Roster | None:
    """Return the roster of a plan's rows.

    Parameters
    ----------
    rows : DataFrame
        The plan's rows.
    data : DataFiles
        Files and roles.
    key : bytes, optional
        The project's key, for units that may be people: whoever guesses their names could else find out.

    Returns
    -------
    Roster or None
        None where the rows name no units or nobody says who is treated.
    """
    marker, who = data.first_treated or data.treated, data.analysed.unit
    if rows.empty or who not in rows.columns or marker not in rows.columns:
        return None
    started = rows[marker]
    is_treated = started.notna()
    if started.dtype.kind != "M":
        is_treated &= (started != 0) & (started != float("inf"))
    treated = set(rows.loc[is_treated, who].astype(str))
    comparison = set(rows[who].astype(str)) - treated
    times = sorted(rows[data.time].dropna().drop_duplicates()) if data.time in rows.columns else []
    return Roster(
        n_treated=len(treated) if data.shows_units else None,
        n_comparison=len(comparison) if data.shows_units else None,
        treated=_digest(treated, data, key),
        comparison=_digest(comparison, data, key),
        periods=tuple(_written(time) for time in times),
    )


def digest_of_names(names: Iterable[str]) -> str:
    """Return the SHA-256 of sorted names, whatever their order.

    Parameters
    ----------
    names : iterable of str
        Unit ids.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> digest_of_names(["b", "a"]) == digest_of_names(["a", "b"])
    True
    """
    return hashlib.sha256(canonical_json(sorted(names))).hexdigest()


def _digest(names: Iterable[str], data: DataFiles, key: bytes | None) -> str | None:
    if data.shows_units:
        return digest_of_names(names)
    return None if key is None else keyed_digest(key, canonical_json(sorted(names)))


def _written(time: object) -> str:
    if hasattr(time, "date"):
        return str(time.date().isoformat())
    return str(int(time)) if isinstance(time, float) and time.is_integer() else str(time)
