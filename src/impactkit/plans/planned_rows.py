"""The rows that a plan will be evaluated on, made from those that are measured or from what is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactkit.errors import DataError, PlanError, Trouble
from impactkit.evidence import Claim
from impactkit.plans.assumed import Assumed
from impactkit.plans.following_periods import following_periods

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans.plan import Plan

_NOT_INVENTED = (
    "cluster",
    "stratum",
    "weight",
    "covariates",
    "pre_outcome",
    "std_error",
    "rates",
    "exposure",
    "takeup",
    "running",
    "probability",
    "arm",
    "instruments",
    "subgroups",
    "measured",
)
_UNFILLED = "There are column headings but no rows of data."
"""What reading says of a form that nobody has filled in."""
_INVENTIBLE = (
    "difference_in_differences",
    "randomised_trial",
    "imputation",
    "staggered_difference_in_differences",
)


def baseline_rows(plan: Plan) -> pd.DataFrame | None:
    """Return the rows of those of a plan's files that are there.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    DataFrame or None
        None when no file is there yet; a form that nobody has filled in counts as not there.

    Raises
    ------
    DataError
        With every fault of those that are.
    """
    there = [name for name in plan.data.names if (plan.folder / name).is_file()]
    while there:
        try:
            return _typed(plan, there)
        except DataError as error:
            empty = [trouble.values.get("file") for trouble in error.troubles if trouble.what == _UNFILLED]
            filled = [name for name in there if name not in empty]
            if len(empty) < len(error.troubles) or len(filled) == len(there):
                raise
            there = filled
    return None


def _typed(plan: Plan, there: list[str]) -> pd.DataFrame:
    from impactkit.plans.rows import typed_rows

    outcomes = list(dict.fromkeys([plan.data.outcome, *(c.outcome for c in plan.claims if c.outcome)]))
    return typed_rows(plan.data, plan.folder, outcomes=outcomes, groups=plan.group_columns, only=there)


def invented_rows(plan: Plan, claim: Claim, assumed: Assumed) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return rows for a plan that has no data yet, from what is assumed.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        The claim whose outcome is measured.
    assumed : Assumed
        With ``spread``, ``n_treated`` and ``n_comparison``.

    Returns
    -------
    frame : DataFrame
        One baseline where units are followed, with an outcome of 0 for the spread to be added to.
    roles : dict
        The roles that `Study` takes, those that cannot be invented left out.

    Raises
    ------
    PlanError
        If something that is needed is not given, or the method needs a real baseline.
    """
    import pandas as pd

    lacking = [name for name in ("spread", "n_treated", "n_comparison") if getattr(assumed, name) is None]
    method = plan.estimator.model_dump(mode="json")["method"]
    if lacking:
        raise _no_rows(plan, lacking)
    if method not in _INVENTIBLE:
        raise PlanError(
            "There are no data yet, and what {method} can show depends on how the units have developed.",
            where="{file}, [data]",
            mend="Collect the values from before the start first; they are often public.",
            values={"method": method, "file": plan.file_name},
        )
    assert assumed.n_treated is not None and assumed.n_comparison is not None
    roles = {role: value for role, value in plan.roles(claim.id).items() if role not in _NOT_INVENTED}
    n = assumed.n_treated + assumed.n_comparison
    treated = [1] * assumed.n_treated + [0] * assumed.n_comparison
    frame = pd.DataFrame({roles["outcome"]: [0.0] * n})
    if claim.subgroup is not None:
        frame[claim.subgroup.column] = claim.subgroup.value
    if "unit" in roles:
        frame[roles["unit"]] = [f"u{i}" for i in range(n)]
    if "treated" in roles:
        frame[roles["treated"]] = treated
    if "time" in roles:
        start = _start(plan, frame) if "start" in roles else plan.project.investment_start.year + 1
        if "first_treated" in roles:
            frame[roles["first_treated"]] = [start if one else 0 for one in treated]
        frame[roles["time"]] = _before(start)
    return frame, roles


def _before(start: Any) -> Any:
    """Return the period before a start."""
    import pandas as pd

    if isinstance(start, int | float):
        is_month = 190_001 <= start <= 220_012 and start % 100 == 1
        return start - 89 if is_month else start - 1
    return pd.Timestamp(start) - pd.DateOffset(years=1)


def _no_rows(plan: Plan, lacking: list[str]) -> PlanError:
    return PlanError(
        "There are no data yet ({files}), and these are not given either: {lacking}.",
        where="{file}, [data]",
        mend="Put the baseline in the file, or give spread (standard deviation between units at one time), "
        "n_treated and n_comparison.",
        values={"files": ", ".join(plan.data.names), "lacking": ", ".join(lacking), "file": plan.file_name},
    )


def whole_rows(plan: Plan, claim: Claim, frame: pd.DataFrame, *, assumed: Assumed) -> pd.DataFrame:
    """Return the rows through the last follow-up: those measured, and those that will be.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        The claim whose year is to be reached.
    frame : DataFrame
        The rows that are there.
    assumed : Assumed
        With the number of periods, where it is given.

    Returns
    -------
    DataFrame
        Each new period has the rows of the last one measured, without outcomes.

    Raises
    ------
    PlanError
        If nothing says when the project starts, nobody is marked as treated, or no row is from before.
    """
    import pandas as pd

    data = plan.data
    outcome = claim.outcome or data.outcome
    if outcome not in frame.columns:
        frame = frame.assign(**{outcome: float("nan")})
    if not is_treated(plan, frame).any():
        raise _nobody(plan)
    if data.time is None or data.time not in frame.columns:
        measured = frame[outcome].notna()
        return frame[measured].reset_index(drop=True) if measured.any() else frame
    if data.switching:  # a path that comes and goes is laid out in the file or not at all
        return frame
    start = _start(plan, frame)
    before = frame[data.time] < start
    if not before.any():
        what = "No row is from before the start, {start}."
        mend = "Add the baseline, or correct the start."
        raise PlanError.of(
            [Trouble(what, "{file}, [data]", mend, {"start": str(start), "file": plan.file_name})]
        )
    if assumed.periods is not None:
        frame = _first_after(frame, data.time, start, assumed.periods)
    further = following_periods(frame[data.time], start=start, by=claim.by, n=assumed.periods)
    last = frame[before.reindex(frame.index)]
    last = last[last[data.time] == last[data.time].max()] if data.unit is None else _last_of_each(last, data)
    parts = [last.assign(**{data.time: period, outcome: float("nan")}) for period in further]
    whole: pd.DataFrame = pd.concat([frame, *parts], ignore_index=True)
    return whole


def _first_after(frame: pd.DataFrame, time: str, start: Any, n: int) -> pd.DataFrame:
    after = sorted(frame.loc[frame[time] >= start, time].unique().tolist())
    kept: pd.DataFrame = frame if len(after) <= n else frame[frame[time] < after[n]]
    return kept


def _last_of_each(rows: pd.DataFrame, data: Any) -> pd.DataFrame:
    found: pd.DataFrame = rows.sort_values(data.time, kind="stable").groupby(data.unit, sort=False).tail(1)
    return found


def is_treated(plan: Plan, frame: pd.DataFrame) -> pd.Series:
    """Return which rows belong to those who get the project.

    Parameters
    ----------
    plan : Plan
        The plan.
    frame : DataFrame
        Its rows.

    Returns
    -------
    Series of bool
        All rows, where the whole study is one series.
    """
    import pandas as pd

    data = plan.data
    if data.first_treated is not None and data.first_treated in frame.columns:
        first = frame[data.first_treated]
        if first.dtype.kind == "M":
            return first.notna()
        started: pd.Series = first.notna() & (first != 0) & (first != float("inf"))
        return started
    if data.treated is not None:
        if data.treated not in frame.columns:
            return pd.Series(False, index=frame.index)
        now = frame[data.treated] == 1
        if data.unit is not None and data.unit in frame.columns:
            return now.groupby(frame[data.unit]).transform("max").astype(bool)
        return now
    if data.dose is not None and data.dose in frame.columns:
        return frame[data.dose] > 0
    return pd.Series(True, index=frame.index)


def _start(plan: Plan, frame: pd.DataFrame) -> Any:
    """Return the first treated period, on the time column's scale."""
    import pandas as pd

    data = plan.data
    given = data.start if data.start is not None else getattr(plan.estimator, "start", None)
    if given is None and data.first_treated is not None and data.first_treated in frame.columns:
        first = frame.loc[is_treated(plan, frame), data.first_treated]
        return first.min()
    if given is None and data.treated is not None and data.treated in frame.columns:
        now = frame[data.treated] == 1
        if now.any() and not now.eq(is_treated(plan, frame)).all():
            return frame.loc[now, data.time].min()
    if given is None:
        raise PlanError(
            "Nothing says when the project starts.",
            where="{file}, [data]",
            mend="Add start = the first treated period, or first_treated = the column that says so.",
            values={"file": plan.file_name},
        )
    is_dated = data.time in frame.columns and frame[data.time].dtype.kind == "M"
    return pd.Timestamp(given) if is_dated else given


def _nobody(plan: Plan) -> PlanError:
    return PlanError(
        "Nobody is marked as treated yet, so it cannot be told what a comparison would show.",
        where="{file}, [data]",
        mend="Mark those that are to get the project (treated = 1 with start, or first_treated).",
        values={"file": plan.file_name},
    )
