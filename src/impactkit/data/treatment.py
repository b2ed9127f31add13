"""Who is treated from when: first-treated periods, absorbing paths and groups told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Columns, Floats
from impactkit.data.roles import did_you_mean
from impactkit.errors import Trouble
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """Columns with the treatment filled in.

    Parameters
    ----------
    columns : Columns
        With ``treated`` and ``cohort``.
    first_start : float
        The earliest start; -inf without time or treatment.
    troubles : tuple of Trouble
        Paths that are not absorbing.
    notes : tuple of Message
        What was understood from the data.
    """

    columns: Columns
    first_start: float
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[Message, ...] = ()


def treatment(
    columns: Columns,
    first_treated: Floats | None,
    treated: Floats | None,
    *,
    start: float | None,
    switching: bool = False,
) -> Treatment:
    """Tell who is treated from when.

    Parameters
    ----------
    columns : Columns
        Coded columns in the order of the table.
    first_treated : ndarray, shape (n,), optional
        First treated period; 0, inf or nan is never.
    treated : ndarray, shape (n,), optional
        0 or 1: an absorbing path in a panel, else the group.
    start : float, optional
        First treated period of everybody in the group.
    switching : bool
        Whether ``treated`` is a path that may be switched off.

    Returns
    -------
    Treatment
        The columns with treatment, and what is wrong with it.
    """
    if switching and treated is not None and columns.unit is not None and columns.period is not None:
        return _switching(columns, treated == 1)
    if columns.dose is None:
        return _told(columns, first_treated, treated, start=start)
    alone = first_treated is None and treated is None
    if alone and columns.period is not None and start is None:
        return _without_start(columns)
    group = (columns.dose > 0).astype(np.float64) if alone else treated
    return _held_against_dose(_told(columns, first_treated, group, start=start), columns.dose)


def _told(
    columns: Columns, first_treated: Floats | None, treated: Floats | None, *, start: float | None
) -> Treatment:
    if first_treated is not None:
        cohort = np.where(np.isfinite(first_treated) & (first_treated != 0), first_treated, np.inf)
        return _with(columns, cohort)
    if treated is None:
        return Treatment(columns=columns, first_start=-math.inf if start is None else start)
    group = treated == 1
    if columns.period is None:
        return Treatment(columns=replace(columns, treated=group), first_start=-math.inf)
    if start is not None:
        return _with(columns, np.where(group, float(start), np.inf))
    return _path(columns, treated) if columns.unit is not None else _repeated(columns, treated)


def _with(columns: Columns, cohort: Floats, notes: tuple[Message, ...] = ()) -> Treatment:
    last = columns.periods[-1] if len(columns.periods) else math.inf
    treated = cohort <= last
    first = float(cohort.min()) if len(cohort) else math.inf
    if bool((np.isfinite(cohort) & ~treated).any()):
        notes = (*notes, Message("study.note.starts_after_the_data"))
    return Treatment(columns=replace(columns, treated=treated, cohort=cohort), first_start=first, notes=notes)


def _path(columns: Columns, treated: Floats) -> Treatment:
    """Read an absorbing 0/1 path in a panel."""
    assert columns.unit is not None
    time = columns.time
    now = treated == 1
    starts = np.full(int(columns.unit.max()) + 1, np.inf)
    if now.any():
        np.minimum.at(starts, columns.unit[now], time[now])
    cohort = starts[columns.unit]
    off = now != (time >= cohort)
    troubles = (_switched_off(columns, off),) if off.any() else ()
    return replace(_with(columns, cohort), troubles=troubles)


def _switching(columns: Columns, now: np.ndarray) -> Treatment:
    """Read a 0/1 path that may be switched off; a unit is of the treated if its treatment ever is on."""
    assert columns.unit is not None
    ever = np.zeros(int(columns.unit.max()) + 1, dtype=bool)
    ever[columns.unit[now]] = True
    first = float(columns.time[now].min()) if now.any() else math.inf
    return Treatment(columns=replace(columns, path=now, treated=ever[columns.unit]), first_start=first)


def _without_start(columns: Columns) -> Treatment:
    trouble = Trouble(
        "The dose does not say when it started.",
        "dose",
        "Give start= (the first treated period of all with a dose), or first_treated=.",
    )
    return replace(_with(columns, np.full(len(columns.outcome), np.inf)), troubles=(trouble,))


def _held_against_dose(found: Treatment, dose: Floats) -> Treatment:
    """Add a trouble where treated rows have no dose, or others have one."""
    columns = found.columns
    ever = columns.treated if columns.cohort is None else np.isfinite(columns.cohort)
    if ever is None or found.troubles or not bool((ever != (dose > 0)).any()):
        return found
    n = int((ever != (dose > 0)).sum())
    trouble = Trouble(
        "Rows in which the dose and the treatment disagree: {n}.",
        "dose",
        "Give those never treated the dose 0, and those treated at some time a dose above 0.",
        {"n": n},
    )
    return replace(found, troubles=(trouble,))


def _repeated(columns: Columns, treated: Floats) -> Treatment:
    """Read a 0/1 column in repeated cross sections: a group where it varies within the first period."""
    assert columns.period is not None
    group = treated == 1
    early = columns.period == 0
    if len(columns.periods) == 2 and group[early].any() and not group[early].all():
        start = float(columns.periods[1])
        note = Message("study.note.start_from_two_periods", {"start": columns.period_names[1]})
        return _with(columns, np.where(group, start, np.inf), (note,))
    trouble = Trouble(
        "Repeated cross sections do not say when treatment started.",
        "treated",
        "Give start= (the first treated period; treated= is then the group), or first_treated=.",
    )
    return replace(_with(columns, np.full(len(group), np.inf)), troubles=(trouble,))


def _switched_off(columns: Columns, off: np.ndarray) -> Trouble:
    assert columns.unit is not None and columns.unit_labels is not None and columns.period is not None
    row = int(np.flatnonzero(off)[0])
    return Trouble(
        "Rows where treatment is switched off again: {n}; the first is unit {unit!r} in {period}.",
        "treated",
        "Treatment must stay 1 once it is 1. Give start= if it marks the group, switching=True if not.",
        {
            "n": int(off.sum()),
            "unit": str(columns.unit_labels[columns.unit[row]]),
            "period": columns.period_names[columns.period[row]],
        },
    )


def treated_by_arm(
    columns: Columns, treated: Floats | None, *, control: str | None
) -> tuple[Floats | None, tuple[Trouble, ...]]:
    """Tell who is in an arm that gets something.

    Parameters
    ----------
    columns : Columns
        Coded columns with ``arm``.
    treated : ndarray, shape (n,), optional
        0 for those in the arm compared with, where a column says so.
    control : str, optional
        That arm's name, where none does.

    Returns
    -------
    treated : ndarray, shape (n,), optional
        0 or 1.
    troubles : tuple of Trouble
        An arm that is not there, or one of which some rows are treated and some not.

    Examples
    --------
    >>> arms = Columns(outcome=np.zeros(3), covariates=np.empty((3, 0)), periods=np.empty(0),
    ...                arm=np.array([0, 1, 1]), arm_labels=np.array(["nothing", "visits"], dtype=object))
    >>> treated_by_arm(arms, None, control="nothing")[0].tolist()
    [0.0, 1.0, 1.0]
    """
    assert columns.arm is not None and columns.arm_labels is not None
    names = [str(label) for label in columns.arm_labels]
    if control is not None:
        if control in names:
            return (columns.arm != names.index(control)).astype(np.float64), ()
        near = did_you_mean(control, names)
        lost = Trouble(
            "No row is in the arm {control!r}.",
            "control",
            "Did you mean {near}?",
            {"control": control, "near": near},
        )
        return treated, (lost,)
    if treated is None:
        return None, ()
    sizes = np.bincount(columns.arm, minlength=len(names))
    shares = np.bincount(columns.arm, treated, len(names)) / sizes
    mixed = [name for name, share in zip(names, shares, strict=True) if 0 < share < 1]
    controls = [name for name, share in zip(names, shares, strict=True) if share == 0]
    if not mixed and len(controls) == 1:
        return treated, ()
    trouble = Trouble(
        "The arm and the treatment disagree: one arm, and no other, must be untreated.",
        "arm",
        "Write 0 in treated for all rows of the arm compared with, and 1 for all others. Now: {arms}.",
        {"arms": ", ".join(f"{name} {share:.0%}" for name, share in zip(names, shares, strict=True))},
    )
    return treated, (trouble,)
