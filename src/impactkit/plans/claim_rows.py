"""The rows that a claim is estimated on: those of its group, averaged over areas where the plan says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from impactkit.errors import StudyError, Trouble, Value
from impactkit.evidence import Claim
from impactkit.plans.averages import Averages, analysed_rows, averages
from impactkit.plans.data_files import ANSWERS
from impactkit.plans.subgroup_rows import subgroup_rows

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans.plan import Plan

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClaimRows:
    """The rows that a claim is estimated on.

    Parameters
    ----------
    rows : DataFrame
        What its study is made of.
    others : DataFrame, optional
        Those that a claim about a subgroup is compared with.
    averages, other_averages : Averages, optional
        What both were made of, where the plan averages over areas.
    """

    rows: pd.DataFrame
    others: pd.DataFrame | None = None
    averages: Averages | None = None
    other_averages: Averages | None = None


def claim_rows(plan: Plan, claim: Claim, frame: pd.DataFrame) -> ClaimRows:
    """Return the rows that a claim is estimated on.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    frame : DataFrame
        The plan's rows.

    Returns
    -------
    ClaimRows
        Averages where the plan has ``aggregate_by``.

    Raises
    ------
    StudyError
        If nobody belongs to the group, rows cannot be averaged, or, when the rows are not public, an average
        rests on fewer answers than the plan's ``small_cell``.
    """
    rows, others = subgroup_rows(claim, frame, file=plan.file_name)
    if plan.data.aggregate_by is None:
        return ClaimRows(rows=rows, others=others)
    return from_averages(
        plan, averaged(plan, claim, rows), None if others is None else averaged(plan, claim, others)
    )


def from_averages(plan: Plan, own: Averages, others: Averages | None) -> ClaimRows:
    """Return the rows that averages make.

    Parameters
    ----------
    plan : Plan
        The plan.
    own : Averages
        Of those the claim is about.
    others : Averages or None
        Of those they are compared with.

    Returns
    -------
    ClaimRows
        The rows.
    """
    return ClaimRows(
        rows=analysed_rows(own, plan.data),
        others=None if others is None else analysed_rows(others, plan.data),
        averages=own,
        other_averages=others,
    )


def averaged(plan: Plan, claim: Claim, rows: pd.DataFrame) -> Averages:
    """Return the averages of a claim's outcome, each of enough answers to be shown.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        The claim.
    rows : DataFrame
        Rows about people.

    Returns
    -------
    Averages
        One row an area and period.

    Raises
    ------
    StudyError
        See :func:`claim_rows`.
    """
    outcome = claim.outcome or plan.data.outcome
    where = f'{plan.file_name}, claim "{claim.id}"'
    found = averages(rows, plan.data, outcome=outcome, where=where)
    if not plan.data.public:
        refuse_small(found, plan, where=where)
    return found


def refuse_small(found: Averages, plan: Plan, *, where: str) -> None:
    """Refuse averages of so few answers that they would tell of single people.

    Parameters
    ----------
    found : Averages
        The averages.
    plan : Plan
        With ``small_cell``.
    where : str
        The claim, for errors.

    Raises
    ------
    StudyError
        With the areas and periods.
    """
    least = plan.decision.small_cell
    few = found.frame[found.frame[ANSWERS] < least]
    if few.empty:
        return
    keys = [name for name in (plan.data.aggregate_by, plan.data.time) if name is not None]
    told = ["/".join(str(value) for value in row) for row in few[keys].to_numpy().tolist()]
    what = "{n} averages rest on fewer than {least} answers, so that they cannot be shown: {cells}."
    mend = "Average over larger areas: write a column that joins the small ones, and name it in aggregate_by."
    values: dict[str, Value] = {"n": len(few), "least": least, "cells": ", ".join(told[:_SHOWN])}
    raise StudyError.of([Trouble(what, where, mend, values)])
