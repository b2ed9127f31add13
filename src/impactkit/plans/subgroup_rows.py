"""The rows a claim about a subgroup is about, and those it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.errors import StudyError, Value
from impactkit.evidence import Claim

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 8


def subgroup_rows(
    claim: Claim, frame: pd.DataFrame, *, file: str = "plan.toml"
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the rows a claim is about, and those it is compared with.

    Parameters
    ----------
    claim : Claim
        The claim.
    frame : DataFrame
        The plan's rows.
    file : str
        The plan's name in errors.

    Returns
    -------
    tuple of DataFrame and DataFrame or None
        All rows and None, for a claim that is about all.

    Raises
    ------
    StudyError
        If no row is of the group, or none of those it is compared with.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["f", "m", "f"]})
    >>> claim = Claim(id="C1", indicator="a/b", role="primary", change="increase", minimum_effect=2, by=2026,
    ...               subgroup={"column": "sex", "value": "f"})
    >>> [len(part) for part in subgroup_rows(claim, frame)]
    [2, 1]
    """
    group = claim.subgroup
    if group is None:
        return frame, None
    said = frame[group.column].astype(str)
    inside = said == group.value
    outside = (
        ~inside & frame[group.column].notna()
        if group.compared_with is None
        else (said == group.compared_with)
    )
    for rows, value in ((inside, group.value), (outside, group.compared_with or "")):
        if not rows.any():
            raise _none(claim, value, said.unique().tolist(), file)
    return frame[inside].reset_index(drop=True), frame[outside].reset_index(drop=True)


def _none(claim: Claim, value: str, seen: list[str], file: str) -> StudyError:
    group = claim.subgroup
    assert group is not None
    found = ", ".join(sorted(seen)[:_SHOWN])
    values: dict[str, Value] = {
        "column": group.column,
        "value": value,
        "seen": found,
        "claim": claim.id,
        "file": file,
    }
    what = (
        "No row of the column {column} says {value}."
        if value
        else ("All rows of the column {column} belong to the subgroup: there is nobody to compare it with.")
    )
    return StudyError(
        what,
        where='{file}, claim "{claim}", subgroup',
        mend="The column says {seen}: write one of these as value, and another as compared_with.",
        values=values,
    )
