"""Dates and amounts of a plan that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.errors import Trouble, Value

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

_DATA, _PROJECT, _LOAN = "{file}, [data]", "{file}, [project]", "{file}, [loan]"


def dates(plan: Plan) -> list[Trouble]:
    """Return a trouble for each pair of dates that cannot both be right.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of Trouble
        Empty when all is well; ``{file}`` is left to be filled in.
    """
    found = []
    before, after = plan.data.baseline_collected, plan.data.follow_up_collected
    if before and after and after <= before and plan.data.baseline_kind != "register":
        what = "The follow-up, {after}, is not after the baseline, {before}."
        values: dict[str, Value] = {"after": after.isoformat(), "before": before.isoformat()}
        found.append(Trouble(what, _DATA, "Correct one of the two dates.", values))
    start, finished = plan.project.investment_start, plan.project.investment_finished
    if finished and finished < start:
        what = "The investment was finished {finished}, before it started {start}."
        values = {"finished": finished.isoformat(), "start": start.isoformat()}
        found.append(Trouble(what, _PROJECT, "Correct one of the two dates.", values))
    return found + _baseline(plan)


def _baseline(plan: Plan) -> list[Trouble]:
    kind, collected = plan.data.baseline_kind, plan.data.baseline_collected
    start = plan.project.investment_start
    if collected is None:
        return []
    values: dict[str, Value] = {"collected": collected.isoformat(), "start": start.isoformat()}
    if kind == "none":
        what = 'baseline_kind = "none" says that there is no baseline, but one was collected {collected}.'
        mend = "Remove baseline_collected, or write which kind of baseline it is: measured or register."
        return [Trouble(what, _DATA, mend, values)]
    if kind != "register" and collected >= start:
        what = "The baseline was collected {collected}, when the investment had already started, {start}."
        mend = (
            'If it was read backwards from a register: baseline_kind = "register". '
            'If nothing was recorded before the start: baseline_kind = "none", and no baseline_collected.'
        )
        return [Trouble(what, _DATA, mend, values)]
    return []


def amounts(plan: Plan) -> list[Trouble]:
    """Return a trouble for each pair of amounts that cannot both be right.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of Trouble
        Empty when all is well; ``{file}`` is left to be filled in.
    """
    loan = plan.loan
    if loan is None:
        what = 'basis = "financed_share" needs to know the share, but the plan has no [loan].'
        asking = [claim for claim in plan.claims if claim.basis == "financed_share"]
        add = "Add [loan] with financed_share, or remove the basis."
        return [Trouble(what, '{file}, claim "{claim}"', add, {"claim": claim.id}) for claim in asking]
    found = []
    mend = "Correct one of the two amounts."
    values: dict[str, Value] = {"paid": loan.paid_out_sek, "granted": loan.granted_sek}
    if loan.paid_out_sek > loan.granted_sek:
        what = "More was paid out, {paid} SEK, than was granted, {granted} SEK."
        found.append(Trouble(what, _LOAN, mend, values))
    if loan.financed_sek is not None and loan.financed_sek > loan.paid_out_sek:
        what = "More was financed by the bond, {financed} SEK, than was paid out, {paid} SEK."
        found.append(Trouble(what, _LOAN, mend, {**values, "financed": loan.financed_sek}))
    return found
