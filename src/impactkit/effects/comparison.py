"""Two groups before and after one start: what a comparison over time needs, or a clear refusal."""

from __future__ import annotations

import numpy as np

from impactkit.data.columns import Columns, Flags
from impactkit.data.study import Study
from impactkit.errors import EstimationError


def two_groups(study: Study) -> Columns:
    """Return the rows of a study with two groups and one start.

    Parameters
    ----------
    study : Study
        A panel or repeated cross sections.

    Returns
    -------
    Columns
        Its rows.

    Raises
    ------
    EstimationError
        If there are no or one period, nobody or everybody is treated, the starts differ, or a group lacks
        rows before or after the start.
    """
    columns = study.columns
    if columns.period is None:
        raise EstimationError(
            "Difference in differences needs periods; this study is a single cross section.",
            where="time",
            mend="Give time= with a baseline and a follow-up; if a lot was drawn, use RandomisedTrial.",
        )
    if len(np.unique(columns.period)) < 2:
        raise EstimationError(
            "Difference in differences needs at least two periods; the data have one.",
            where="time",
            mend="Add the baseline measurement.",
        )
    _both_groups(columns)
    _one_start(columns)
    _all_four_cells(columns)
    return columns


def follow_up_and_baseline(columns: Columns) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the period codes after and before the start.

    Parameters
    ----------
    columns : Columns
        Rows with one start.

    Returns
    -------
    follow_up, baseline : tuple of int
        Codes in order.
    """
    assert columns.cohort is not None
    start = columns.cohort[np.isfinite(columns.cohort)].min()
    codes = range(len(columns.periods))
    return (
        tuple(t for t in codes if columns.periods[t] >= start),
        tuple(t for t in codes if columns.periods[t] < start),
    )


def _both_groups(columns: Columns) -> None:
    treated = columns.treated
    if treated is None:
        raise EstimationError(
            "The study does not say who is treated.",
            where="first_treated or treated",
            mend="Give first_treated= (first treated period; 0 for never), or treated= with start=.",
        )
    if treated.all() or not treated.any():
        raise EstimationError(
            "Everybody is treated: there is nothing to compare with."
            if treated.all()
            else "Nobody is treated: there is nothing to compare with.",
            where="first_treated or treated",
            mend="Add comparison units that are never treated, or use BeforeAfter and read its warning."
            if treated.all()
            else "Say who is treated from when.",
        )


def _one_start(columns: Columns) -> None:
    assert columns.cohort is not None and columns.treated is not None
    starts = np.unique(columns.cohort[columns.treated])
    if len(starts) > 1:
        shown = ", ".join(f"{start:g}" for start in starts[:6])
        raise EstimationError(
            "The treated start in {n} different periods ({shown}): already treated units would be controls.",
            where="first_treated",
            mend="Estimate one start at a time: keep the units of that start and the never treated.",
            values={"n": len(starts), "shown": shown},
        )


def _all_four_cells(columns: Columns) -> None:
    assert columns.cohort is not None and columns.treated is not None
    treated, start = columns.treated, columns.cohort[columns.treated].min()
    after: Flags = columns.time >= start
    cells = (
        (treated & ~after, "The treated group has no rows before the start, {start}."),
        (treated & after, "The treated group has no rows from the start, {start}, on."),
        (~treated & ~after, "The comparison group has no rows before the start, {start}."),
        (~treated & after, "The comparison group has no rows from the start, {start}, on."),
    )
    for cell, what in cells:
        if not cell.any():
            mend = "Add the missing measurement, or correct the start."
            raise EstimationError(what, where="time", mend=mend, values={"start": f"{start:g}"})
