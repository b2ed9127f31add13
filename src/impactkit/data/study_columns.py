"""From a table and roles to checked, coded arrays; every fault reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from impactkit.data.coding import code_labels
from impactkit.data.columns import Array, Columns, Flags, Floats, LeftOut, Reason
from impactkit.data.roles import Roles
from impactkit.data.study_faults import (
    code_troubles,
    missing_label_troubles,
    number_troubles,
    panel_troubles,
    text_time_troubles,
    treated_troubles,
    weight_troubles,
)
from impactkit.data.treatment import Treatment, treatment
from impactkit.errors import StudyError, Trouble
from impactkit.wording import Message

if TYPE_CHECKING:
    import pandas as pd

_LABELS = ("unit", "cluster", "stratum")


def study_columns(
    frame: Any, roles: Roles, *, start: float | None
) -> tuple[Columns, tuple[LeftOut, ...], tuple[Message, ...]]:
    """Check a table against its roles and code it.

    Parameters
    ----------
    frame : DataFrame
        Anything narwhals reads.
    roles : Roles
        The part each column plays.
    start : float, optional
        First treated period shared by all treated.

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
    _raise(_first_troubles(table, roles))
    coded = _coded(table, roles)
    found = treatment(
        coded, _numbers(table, roles.first_treated), _numbers(table, roles.treated), start=start
    )
    full = found.columns
    order = full.canonical_order()
    full = full if order is None else full.take(order)
    _raise(list(found.troubles) + panel_troubles(full, roles))
    return *_complete(full, found), found.notes


def _narrow(frame: Any, roles: Roles) -> pd.DataFrame:
    wanted = list(dict.fromkeys(column for _, column in roles.named()))
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
    table: pd.DataFrame = narrow.select(wanted).collect("pandas").to_native()
    if not len(table):
        _raise([Trouble("The table has no rows.", "frame", "Add the data under the header.")])
    return table


def _first_troubles(table: pd.DataFrame, roles: Roles) -> list[Trouble]:
    numeric = [("outcome", roles.outcome), ("weight", roles.weight), ("pre_outcome", roles.pre_outcome)]
    numeric += [("covariates", column) for column in roles.covariates]
    numeric += [("first_treated", roles.first_treated), ("treated", roles.treated)]
    troubles = [t for role, name in numeric if name is not None for t in number_troubles(table[name], role)]
    for role in (*_LABELS, "time", "treated"):
        name = getattr(roles, role)
        if name is not None:
            troubles += missing_label_troubles(table[name], role) + code_troubles(table[name], role)
    if roles.time is not None:
        troubles += text_time_troubles(table[roles.time])
    if not troubles:
        troubles += treated_troubles(_numbers(table, roles.treated), roles)
        troubles += weight_troubles(_numbers(table, roles.weight), roles)
    return troubles


def _coded(table: pd.DataFrame, roles: Roles) -> Columns:
    labels: dict[str, Any] = {}
    for role in _LABELS:
        name = getattr(roles, role)
        if name is not None:
            labels[role], labels[f"{role}_labels"] = code_labels(_label_array(table[name]))
    period, periods, names = _periods(table, roles.time)
    outcome = _numbers(table, roles.outcome)
    assert outcome is not None
    adjusted = [_numbers(table, name) for name in roles.covariates]
    return Columns(
        outcome=outcome,
        period=period,
        periods=periods,
        period_names=names,
        weight=_numbers(table, roles.weight),
        pre_outcome=_numbers(table, roles.pre_outcome),
        covariates=np.column_stack(adjusted) if adjusted else np.empty((len(outcome), 0)),  # type: ignore[arg-type]
        **labels,
    )


def _label_array(column: pd.Series[Any]) -> Array:
    values: Array = column.to_numpy()
    if values.dtype.kind == "f" and bool((values == np.trunc(values)).all()):
        return values.astype(np.int64)
    return values if values.dtype.kind in "iuf" else column.to_numpy(dtype=object)


def _periods(table: pd.DataFrame, name: str | None) -> tuple[Any, Floats, tuple[str, ...]]:
    if name is None:
        return None, np.empty(0), ()
    column = table[name]
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]").astype(np.int64)
        codes, found = code_labels(days)
        return codes, found.astype(float), tuple(str(day) for day in found.astype("datetime64[D]"))
    codes, found = code_labels(_label_array(column))
    return codes, found.astype(float), tuple(f"{value:g}" for value in found.astype(float))


def _numbers(table: pd.DataFrame, name: str | None) -> Floats | None:
    if name is None:
        return None
    column = table[name]
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]")
        return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(float))
    values: Floats = column.to_numpy(dtype=float, na_value=np.nan)
    return values


def _complete(full: Columns, found: Treatment) -> tuple[Columns, tuple[LeftOut, ...]]:
    """Leave out the rows that lack a number, and count them."""
    reasons: list[tuple[Reason, Flags]] = [("outcome_missing", ~np.isfinite(full.outcome))]
    if full.covariates.shape[1]:
        lacking = np.asarray(~np.isfinite(full.covariates).all(axis=1))
        reasons.append(("covariate_missing", lacking))
    if full.pre_outcome is not None:
        reasons.append(("pre_outcome_missing", ~np.isfinite(full.pre_outcome)))
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
