"""The study a plan will be evaluated on, before its follow-up is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.ruled import ruled
from impactkit.errors import PlanError
from impactkit.evidence import Claim
from impactkit.plans.assumed import Assumed
from impactkit.plans.claim_rows import claim_rows
from impactkit.plans.planned_rows import baseline_rows, invented_rows, whole_rows
from impactkit.plans.resized_rows import resized_rows
from impactkit.plans.subgroup_rows import subgroup_rows

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans.plan import Plan

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedStudy:
    """Every row that will be there, and which of them tell how outcomes vary without the project.

    Parameters
    ----------
    study : Study
        With the baseline's outcomes; those of other rows are placeholders.
    outcome : ndarray, shape (n,)
        As measured, in the order of ``study.columns``; nan where it is not.
    usable : ndarray of bool, shape (n,)
        Rows measured before the start; in a cross section all that are measured.
    is_invented : bool
        Whether there are no data at all.
    start : float
        First treated period; nan in a cross section.
    """

    study: Study
    outcome: Floats
    usable: Flags
    is_invented: bool
    start: float


def planned_study(plan: Plan, claim: Claim, assumed: Assumed) -> PlannedStudy:
    """Return the study that a claim will be judged on.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    assumed : Assumed
        What is given instead of data, or beside them.

    Returns
    -------
    PlannedStudy
        Outcomes measured after the start are not in it.

    Raises
    ------
    ImpactkitError
        If the rows make no study, or what is needed is neither measured nor given.
    """
    frame, roles = baseline_rows(plan), plan.roles(claim.id)
    is_invented, is_averaged = frame is None, plan.data.aggregate_by is not None
    if frame is None:
        frame, roles = invented_rows(plan, claim, assumed)
    elif is_averaged:
        frame = claim_rows(plan, claim, frame).rows
    plan = plan.model_copy(update={"data": plan.data.analysed})
    if not is_invented and assumed.is_about_units:
        frame = resized_rows(plan, frame, assumed)
    if is_invented or not is_averaged:
        frame = subgroup_rows(claim, frame, file=plan.file_name)[0]
    frame = whole_rows(plan, claim, frame, assumed=assumed)
    order, study = _in_order(frame, roles)
    study = ruled(study, plan.estimator)
    if study.columns.exposure is not None:
        raise PlanError(
            "The chance of each verdict is not worked out for counts over an exposure.",
            where="{file}, [data]",
            mend='Add rates = "weighted" or "equal" to ask it of rates.',
            values={"file": plan.file_name},
        )
    outcome = _measured(frame, roles, order)
    columns, start = study.columns, np.nan
    usable = np.isfinite(outcome)
    if columns.period is not None:
        start = _first_start(study, plan)
        usable &= columns.time < start if columns.path is None else _not_yet(columns)
    return PlannedStudy(study=study, outcome=outcome, usable=usable, is_invented=is_invented, start=start)


def _in_order(frame: pd.DataFrame, roles: dict[str, Any]) -> tuple[npt.NDArray[np.int64], Study]:
    """Return the study of all rows, and which row of the frame each of its rows is."""
    numbers = np.arange(len(frame), dtype=float)
    if roles.get("rates") is not None:
        numbers = numbers * frame[roles["exposure"]].to_numpy(dtype=float)
    given = {roles["outcome"]: numbers}
    if roles.get("std_error") is not None:  # a measurement that will come with a standard error like the last
        given[roles["std_error"]] = frame[roles["std_error"]].fillna(frame[roles["std_error"]].median())
    study = Study(frame.assign(**given), **roles)
    return np.rint(study.columns.outcome).astype(np.int64), study


def _measured(frame: pd.DataFrame, roles: dict[str, Any], order: npt.NDArray[np.int64]) -> Floats:
    found = frame[roles["outcome"]].to_numpy(dtype=float)
    if roles.get("rates") is not None:
        found = found / frame[roles["exposure"]].to_numpy(dtype=float)
    return np.asarray(found[order])


def _not_yet(columns: Columns) -> Flags:
    """Return the rows of units that have not been treated so far, where treatment comes and goes."""
    assert columns.path is not None and columns.unit is not None
    first = np.full(int(columns.unit.max()) + 1, np.inf)
    np.minimum.at(first, columns.unit[columns.path], columns.time[columns.path])
    found: Flags = columns.time < first[columns.unit]
    return found


def _first_start(study: Study, plan: Plan) -> float:
    from impactkit.data.period_value import period_value

    columns = study.columns
    if columns.path is not None:
        return float(columns.time[columns.path].min())
    if columns.cohort is not None and bool(np.isfinite(columns.cohort).any()):
        return float(columns.cohort.min())
    own = getattr(plan.estimator, "start", None)
    if own is not None:
        return float(period_value(own))
    return np.inf if study.start_value is None else float(study.start_value)
