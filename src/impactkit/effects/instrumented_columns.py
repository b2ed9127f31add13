"""A study seen as rows with an instrument, or why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Columns, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import suited
from impactkit.effects.instrumented import InstrumentedRows
from impactkit.errors import EstimationError

_NOTHING_NEW = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrumented:
    """A study's rows, its instruments and their names.

    Parameters
    ----------
    columns : Columns
        The rows; ``treated`` is who took part, where the study does not say who is treated.
    rows : InstrumentedRows
        The same for regressions.
    names : tuple of str
        The instruments.
    is_share : bool
        Whether takeup is 0 or 1.
    """

    columns: Columns
    rows: InstrumentedRows
    names: tuple[str, ...]
    is_share: bool


def instrumented(study: Study) -> Instrumented:
    """Return the rows that an instrument is used on.

    Parameters
    ----------
    study : Study
        A cross section with ``takeup``, and ``instruments`` or ``treated``.

    Returns
    -------
    Instrumented
        Checked.

    Raises
    ------
    EstimationError
        If the study has periods or lacks a part, or an instrument says nothing beyond what is adjusted for.
    """
    columns = suited(study)
    if study.kind != "cross_section":
        raise EstimationError(
            "An instrument is used on one row for each person or unit; this study has periods.",
            where="time",
            mend="Keep the follow-up rows, with the outcome before the start as pre_outcome=.",
        )
    if columns.takeup is None:
        raise EstimationError(
            "Nothing says who took part.",
            where="takeup",
            mend="Give takeup= (what was received: 0 and 1, or how much).",
        )
    names, values = _instruments(study, columns)
    is_share = bool(((columns.takeup == 0) | (columns.takeup == 1)).all())
    if columns.treated is None and is_share:
        columns = replace(columns, treated=columns.takeup == 1)
    rows = InstrumentedRows.of(study, columns, values)
    _all_say_something(rows, names)
    return Instrumented(columns=columns, rows=rows, names=names, is_share=is_share)


def _instruments(study: Study, columns: Columns) -> tuple[tuple[str, ...], Floats]:
    if columns.instruments is not None:
        return tuple(study.instruments), columns.instruments
    if columns.treated is None:
        raise EstimationError(
            "Nothing says what moved people to take part.",
            where="instruments",
            mend="Give instruments= (such as who was drawn or invited), or treated= for who was.",
        )
    return (str(study.treated),), columns.treated.astype(np.float64)[:, None]


def _all_say_something(rows: InstrumentedRows, names: tuple[str, ...]) -> None:
    """Raise if an instrument is told by what is adjusted for and the instruments before it."""
    known = rows.others
    for name, column in zip(names, rows.instruments.T, strict=True):
        left = column - known @ np.linalg.lstsq(known, column, rcond=None)[0]
        if not np.linalg.norm(left) > _NOTHING_NEW * np.linalg.norm(column):
            raise EstimationError(
                "Instrument {name!r} says nothing beyond what is adjusted for and the other instruments.",
                where="instruments",
                mend="Leave it out, or leave out the covariate or stratum that tells it.",
                values={"name": name},
            )
        known = np.column_stack([known, column])
