"""From a table and roles to checked, coded arrays; every fault reported at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import narwhals as nw
import numpy as np

from impactkit.data.coding import code_labels
from impactkit.data.columns import Array, Columns, Flags, Floats, LeftOut, Reason, canonical_order
from impactkit.data.roles import Roles
from impactkit.data.study_codes import code_troubles
from impactkit.data.study_faults import (
    all_finite,
    calendar_troubles,
    floats_of,
    missing_label_troubles,
    number_troubles,
    panel_troubles,
    text_time_troubles,
)
from impactkit.data.study_ranges import RANGES, range_troubles
from impactkit.data.study_settings import StudySettings, late_covariates, setting_troubles
from impactkit.data.treatment import Treatment, treated_by_arm, treatment
from impactkit.errors import StudyError, Trouble
from impactkit.wording import Message

if TYPE_CHECKING:
    import pandas as pd

Table: TypeAlias = "Mapping[str, pd.Series[Any]]"
"""The columns of a table by name."""

_LABELS = ("unit", "cluster", "stratum", "arm")
_SORTED_BY = ("cluster", "unit", "period")
_NUMBERS = (
    "outcome",
    "first_treated",
    "treated",
    "weight",
    "exposure",
    "eligible",
    "dose",
    "pre_outcome",
    "std_error",
    "takeup",
    "running",
    "probability",
    "covariates",
    "instruments",
)
_NEEDED = (*_LABELS, "time", "treated", "eligible", "dose", "probability", "subgroups")


def study_columns(
    frame: Any, roles: Roles, settings: StudySettings
) -> tuple[Columns, tuple[LeftOut, ...], tuple[Message, ...]]:
    """Check a table against its roles and code it.

    Parameters
    ----------
    frame : DataFrame
        Anything narwhals reads.
    roles : Roles
        The part each column plays.
    settings : StudySettings
        What is said of the study as a whole.

    Returns
    -------
    columns : Columns
        The rows that take part, sorted by cluster, unit and period.
    left_out : tuple of LeftOut
        The rows that do not, counted by reason.
    notes : tuple of Message
        What was understood from the data and should be read.

    Raises
    ------
    StudyError
        With every fault at once.
    """
    table = _narrow(frame, roles)
    said = setting_troubles(roles, settings)
    if cells := _cell_troubles(table, roles):
        further = _further(table, roles, cells, settings)
        _raise(said + [t for found in cells.values() for t in found] + further)
    _raise(said + calendar_troubles(table, roles))
    found = _treated(table, roles, settings)
    late = late_covariates(settings.measured, start=settings.start, first=found.first_start)
    _raise(list(found.troubles) + late + panel_troubles(found.columns, roles))
    columns, left_out = _complete(found.columns, found)
    rates = settings.rates
    return (columns if rates is None else _as_rates(columns, rates)), left_out, found.notes


def _as_rates(columns: Columns, rates: Literal["weighted", "equal"]) -> Columns:
    """Return the outcome per exposure in place of the count."""
    exposure = columns.exposure
    assert exposure is not None
    weight = columns.weight
    if rates == "weighted":
        weight = exposure if weight is None else weight * exposure
    std_error = None if columns.std_error is None else columns.std_error / exposure
    return replace(
        columns, outcome=columns.outcome / exposure, exposure=None, weight=weight, std_error=std_error
    )


def _treated(table: Table, roles: Roles, settings: StudySettings) -> Treatment:
    """Return the coded columns, sorted, with the treatment told, and what was found of it."""
    labels = _labels(table, roles)
    order = canonical_order([labels[role] for role in _SORTED_BY if role in labels])
    if order is not None:
        coded = (*_LABELS, "period", "subgroups")
        labels |= {role: labels[role].take(order, axis=0) for role in coded if role in labels}

    def numbers(name: str | None) -> Floats | None:
        values = _numbers(table, name)
        return values if values is None or order is None else values.take(order)

    columns, treated = _coded(numbers, roles, labels), numbers(roles.treated)
    troubles: tuple[Trouble, ...] = ()
    if columns.arm is not None:
        treated, troubles = treated_by_arm(columns, treated, control=settings.control)
    found = treatment(
        columns,
        numbers(roles.first_treated),
        treated,
        start=settings.start,
        switching=settings.switching,
    )
    return replace(found, troubles=(*troubles, *found.troubles)) if troubles else found


def _further(
    table: Table, roles: Roles, guilty: Mapping[str, list[Trouble]], settings: StudySettings
) -> list[Trouble]:
    """Return what is wrong with the panel besides the cells, from the rows and columns that are sound."""
    if roles.unit is None or roles.time is None or table[roles.time].dtype.kind not in "iufM":
        return []
    sound = Roles(
        outcome=roles.outcome,
        unit=roles.unit,
        time=roles.time,
        first_treated=None if "first_treated" in guilty else roles.first_treated,
        treated=None if "treated" in guilty else roles.treated,
        cluster=roles.cluster,
        stratum=roles.stratum,
    )
    labels = [name for role, name in sound.named() if role not in ("outcome", "first_treated")]
    import pandas as pd

    rows = pd.DataFrame(dict(table)).assign(**{roles.outcome: 0.0}).dropna(subset=labels)
    if not len(rows):
        return []
    found = _treated(_by_name(rows), sound, settings)
    return list(found.troubles) + panel_troubles(found.columns, sound)


def _narrow(frame: Any, roles: Roles) -> Table:
    """Return the columns that play a part, by name."""
    import pandas as pd

    wanted = list(dict.fromkeys(column for _, column in roles.named()))
    if isinstance(frame, pd.DataFrame) and frame.columns.is_unique:
        if not all(name in frame.columns for name in wanted):
            _raise(roles.missing_from(frame.columns))
        table: Table = {name: frame[name] for name in wanted}  # views: nothing is copied
    else:
        table = _collected(frame, roles, wanted)
    if not len(table[roles.outcome]):
        _raise([Trouble("The table has no rows.", "frame", "Add the data under the header.")])
    return table


def _collected(frame: Any, roles: Roles, wanted: list[str]) -> Table:
    """Return the columns of any table that narwhals reads."""
    try:
        narrow = nw.from_native(frame).lazy()
    except TypeError:
        _raise(
            [
                Trouble(
                    "A study needs a table; got {kind}.",
                    "frame",
                    "Give a pandas, polars, pyarrow or duckdb table.",
                    {"kind": type(frame).__name__},
                )
            ]
        )
    _raise(roles.missing_from(narrow.collect_schema().names()))
    return _by_name(narrow.select(wanted).collect("pandas").to_native())


def _by_name(frame: pd.DataFrame) -> Table:
    return {str(name): frame[name] for name in frame}


def _cell_troubles(table: Table, roles: Roles) -> dict[str, list[Trouble]]:
    """Return what is wrong with single cells, by role; empty when all is well."""
    found: dict[str, list[Trouble]] = {}
    for role, name in roles.named():
        column, troubles = table[name], []
        if role in _NUMBERS:
            troubles += number_troubles(column, role)
        if role in RANGES and not troubles:
            troubles += range_troubles(role, name, _numbers(table, name))
        if role in _NEEDED:
            troubles += missing_label_troubles(column, role) + code_troubles(column, role)
        if role == "time":
            troubles += text_time_troubles(column)
        if troubles:
            found.setdefault(role, []).extend(troubles)
    return found


def _labels(table: Table, roles: Roles) -> dict[str, Any]:
    """Return the codes of units, clusters, strata and periods, and what they stand for, by field."""
    labels: dict[str, Any] = {}
    for role in _LABELS:
        name = getattr(roles, role)
        if name is not None:
            labels[role], labels[f"{role}_labels"] = code_labels(_label_array(table[name]))
    if roles.subgroups:
        pairs = [code_labels(_label_array(table[name])) for name in roles.subgroups]
        labels["subgroups"] = np.column_stack([codes for codes, _ in pairs])
        labels["subgroup_labels"] = tuple(found for _, found in pairs)
    period, labels["periods"], labels["period_names"] = _periods(table, roles.time)
    return labels if period is None else labels | {"period": period}


def _coded(
    numbers: Callable[[str | None], Floats | None], roles: Roles, labels: Mapping[str, Any]
) -> Columns:
    outcome, eligible = numbers(roles.outcome), numbers(roles.eligible)
    assert outcome is not None

    def side_by_side(names: Sequence[str]) -> Floats:
        n, p = len(outcome), len(names)
        # A panel's rows are laid out anew by unit and period; elsewhere whole columns are gone through.
        found = np.empty((p, n)).T if roles.time is None else np.empty((n, p))
        for place, name in enumerate(names):
            found[:, place] = numbers(name)
        return found

    return Columns(
        outcome=outcome,
        weight=numbers(roles.weight),
        exposure=numbers(roles.exposure),
        eligible=None if eligible is None else eligible == 1,
        dose=numbers(roles.dose),
        pre_outcome=numbers(roles.pre_outcome),
        std_error=numbers(roles.std_error),
        takeup=numbers(roles.takeup),
        running=numbers(roles.running),
        probability=numbers(roles.probability),
        covariates=side_by_side(roles.covariates),
        instruments=side_by_side(roles.instruments) if roles.instruments else None,
        **labels,
    )


def _label_array(column: pd.Series[Any]) -> Array:
    values: Array = column.to_numpy()
    if values.dtype.kind == "f" and bool((values == np.trunc(values)).all()):
        return values.astype(np.int64)
    return values if values.dtype.kind in "iuf" else column.to_numpy(dtype=object)


def _periods(table: Table, name: str | None) -> tuple[Any, Floats, tuple[str, ...]]:
    if name is None:
        return None, np.empty(0), ()
    column = table[name]
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]").astype(np.int64)
        codes, found = code_labels(days)
        return codes, found.astype(float), tuple(str(day) for day in found.astype("datetime64[D]"))
    codes, found = code_labels(_label_array(column))
    return codes, found.astype(float), tuple(f"{value:g}" for value in found.astype(float))


def _numbers(table: Table, name: str | None) -> Floats | None:
    if name is None:
        return None
    column = table[name]
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]")
        return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(float))
    return floats_of(column)


def _complete(full: Columns, found: Treatment) -> tuple[Columns, tuple[LeftOut, ...]]:
    """Leave out the rows that lack a number, and count them."""
    reasons: list[tuple[Reason, Flags]] = [("outcome_missing", ~np.isfinite(full.outcome))]
    if not all_finite(full.covariates):
        lacking = ~np.isfinite(full.covariates).all(axis=1)
        reasons.append(("covariate_missing", np.asarray(lacking)))
    single: tuple[tuple[Reason, Floats | None], ...] = (
        ("pre_outcome_missing", full.pre_outcome),
        ("std_error_missing", full.std_error),
        ("exposure_missing", full.exposure),
        ("takeup_missing", full.takeup),
        ("running_missing", full.running),
        ("instrument_missing", None if full.instruments is None else full.instruments.sum(axis=1)),
    )
    reasons += [(reason, ~np.isfinite(values)) for reason, values in single if values is not None]
    if full.weight is not None:
        reasons.append(("zero_weight", full.weight == 0))
    kept = np.ones(len(full.outcome), dtype=bool)
    counted: list[LeftOut] = []
    for reason, lacking in reasons:
        gone = lacking & kept
        if gone.any():
            counted += _counts(full, gone, reason, found)
            kept &= ~lacking
    if not kept.any():
        _raise(
            [
                Trouble(
                    "No row has all the numbers needed.", "frame", "Fill in the outcome and the covariates."
                )
            ]
        )
    return (full if kept.all() else full.take(kept)), tuple(counted)


def _counts(full: Columns, gone: Flags, reason: Reason, found: Treatment) -> list[LeftOut]:
    treated = full.treated if full.treated is not None else np.zeros(len(gone), dtype=bool)
    late = np.ones(len(gone), dtype=bool) if full.period is None else full.time >= found.first_start
    counted = [
        LeftOut(
            reason=reason,
            n_treated=int((gone & treated & wave).sum()),
            n_comparison=int((gone & ~treated & wave).sum()),
            follow_up=follow_up,
        )
        for follow_up, wave in ((False, ~late), (True, late))
    ]
    return [item for item in counted if item.n]


def _raise(troubles: list[Trouble]) -> None:
    if troubles:
        raise StudyError.of(troubles)
