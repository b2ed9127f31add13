"""Further columns of a study's table, by unit and period: what plays no part of its own."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import numpy as np

from impactkit.data.columns import Array, Floats
from impactkit.data.roles import did_you_mean
from impactkit.data.study import Study
from impactkit.data.study_faults import number_troubles
from impactkit.errors import StudyError, Trouble


def further_columns(study: Study, names: Sequence[str]) -> Floats:
    """Return columns of a panel's table by unit and period, shape (k, N, T).

    Parameters
    ----------
    study : Study
        A panel.
    names : sequence of str
        Columns of its table, of numbers.

    Returns
    -------
    ndarray
        In the order of ``study.columns.unit_labels`` and ``periods``; nan where there is no value.

    Raises
    ------
    StudyError
        If a column is not there or holds text.

    Examples
    --------
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=4, n_treated=1, n_periods=3, start=3)
    >>> further_columns(world.study(world.draw(1)), ["y", "x"]).shape
    (2, 4, 3)
    """
    columns, unit, time = study.columns, study.unit, study.time
    assert unit is not None and time is not None and columns.unit_labels is not None
    narrow = nw.from_native(study.frame).lazy()
    available = narrow.collect_schema().names()
    lost = [name for name in names if name not in available]
    if lost:
        raise StudyError.of([_lost(name, available) for name in lost])
    wanted = list(dict.fromkeys([unit, time, *names]))
    table = narrow.select(wanted).collect("pandas").to_native()
    troubles = [
        trouble for name in dict.fromkeys(names) for trouble in number_troubles(table[name], "column")
    ]
    if troubles:
        raise StudyError.of(troubles)
    place = {_as_text(label): code for code, label in enumerate(columns.unit_labels)}
    row = np.array([place.get(_as_text(label), -1) for label in table[unit]])
    value = table[time]
    when = value.to_numpy(dtype="datetime64[D]").astype(np.int64) if value.dtype.kind == "M" else value
    when = np.asarray(when, dtype=np.float64)
    period = np.searchsorted(columns.periods, when).clip(max=len(columns.periods) - 1)
    kept = (row >= 0) & (columns.periods[period] == when)
    found = np.full((len(names), len(columns.unit_labels), len(columns.periods)), np.nan)
    for k, name in enumerate(names):
        numbers: Array = table[name].to_numpy(dtype=float, na_value=np.nan)
        found[k, row[kept], period[kept]] = numbers[kept]
    return found


def _as_text(label: object) -> str:
    """Return a unit's label as the study has it: whole numbers without a point."""
    if isinstance(label, float | np.floating) and float(label).is_integer():
        return str(int(label))
    return str(label)


def _lost(name: str, available: Sequence[str]) -> Trouble:
    return Trouble(
        "Column {column!r} is not in the data.",
        "predictors",
        "Did you mean {near}?",
        {"column": name, "near": did_you_mean(name, available)},
    )
