"""A lottery measured several times: each person's mean before the start and after it, as one row."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags, Floats, LeftOut, Reason
from impactkit.data.study import Study
from impactkit.effects.describe import dense, group_means, sample_of, suited
from impactkit.effects.estimate import Estimate
from impactkit.effects.regression import Label, Question
from impactkit.effects.trial_problem import TrialDesign, trial_problem
from impactkit.errors import EstimationError
from impactkit.wording import Message, MessageValue


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """A lottery with several follow-ups, read as one row for each unit.

    Parameters
    ----------
    study : Study
        The cross section: the mean of the follow-ups, and that of what was measured before.
    periods : ndarray, shape (T,)
        Periods of follow-up in which every unit was seen; empty where there is none, or only one in all.
    names : tuple of str
        How they are written.
    outcomes : ndarray, shape (n, T)
        The outcome in each of them, in the study's unit.
    first, last : str
        The first and the last follow-up.
    n_follow_ups : int
        Periods from the start on.
    """

    study: Study
    periods: Floats
    names: tuple[str, ...]
    outcomes: Floats
    first: str
    last: str
    n_follow_ups: int

    def told(self, estimate: Estimate, study: Study) -> Estimate:
        """Return an estimate on the rows that were averaged, told as one on all of them.

        Parameters
        ----------
        estimate : Estimate
            Of the cross section.
        study : Study
            As it was given, with its periods.

        Returns
        -------
        Estimate
            With the sample and the groups' means of the study.
        """
        values: dict[str, MessageValue] = {"first": self.first, "last": self.last, "n": self.n_follow_ups}
        return replace(
            estimate,
            estimand=Message("estimand.followed", {**values, "estimand": estimate.estimand}),
            sample=sample_of(study, study.columns),
            means=group_means(study.columns),
            start=study.start_value,
        )


def as_read(study: Study, estimate: Estimate) -> Study:
    """Return the study as the method read it: a lottery followed over time as one row for each unit.

    Parameters
    ----------
    study : Study
        As it was given.
    estimate : Estimate
        What was estimated on it.

    Returns
    -------
    Study
        The same for every other method and setting.
    """
    if estimate.method != "randomised_trial" or estimate.settings.get("follow_up") is None:
        return study
    return followed(study).study


def followed(study: Study) -> Followed:
    """Average each unit's measurements before the start, and those after it.

    Parameters
    ----------
    study : Study
        A panel with one start.

    Returns
    -------
    Followed
        Units without a follow-up are left out, as are those without a measurement before where others have
        one; both are counted.

    Raises
    ------
    EstimationError
        If the study is no panel, has no start or several, or no follow-up.
    """
    columns = suited(study)
    start = _start(study, columns)
    assert columns.unit is not None
    units = dense(columns.unit)
    n = int(units.max()) + 1
    after = columns.time >= start
    seen, before = _counts(units, after, n), _counts(units, ~after, n)
    if not seen.any():
        raise EstimationError(
            "There is no follow-up: every row lies before the start.",
            where="start",
            mend="Give rows from the start on, or the right start=.",
        )
    kept = (seen > 0) & ((before > 0) | (not before.any()))
    first = _first_rows(units, n)
    rows = _collapsed(columns, first, study)
    rows = replace(
        rows,
        outcome=_means(columns.outcome, units, after, seen),
        takeup=None if columns.takeup is None else _means(columns.takeup, units, after, seen),
        pre_outcome=_means(columns.outcome, units, ~after, before) if before.any() else None,
    ).take(kept)
    times = columns.periods[columns.periods >= start]
    names = [columns.period_names[int(k)] for k in np.flatnonzero(columns.periods >= start)]
    whole = _seen_by_all(columns, units, times, kept)
    return Followed(
        study=_cross_section(study, rows, _left_out(columns, first, seen, kept)),
        periods=times[whole],
        names=tuple(name for name, is_whole in zip(names, whole, strict=True) if is_whole),
        outcomes=_by_period(columns, units, times[whole], kept),
        first=names[0],
        last=names[-1],
        n_follow_ups=len(times),
    )


def by_period(columns: Columns, how: TrialDesign, read: Followed) -> list[Question]:
    """Return the same comparison in each period of follow-up in which every unit was seen.

    Parameters
    ----------
    columns : Columns
        One row for each unit.
    how : TrialDesign
        How the arms are compared.
    read : Followed
        The outcomes by period.

    Returns
    -------
    list of Question
        One for each such period.
    """
    return [
        Question(
            problem=trial_problem(replace(columns, outcome=outcome), how),
            labels=(Label(name=f"ate {name}", time=float(when)),),
        )
        for name, when, outcome in zip(read.names, read.periods, read.outcomes.T, strict=True)
    ]


def _start(study: Study, columns: Columns) -> float:
    if study.kind != "panel" or columns.treated is None or columns.cohort is None:
        raise EstimationError(
            "follow_up needs units that are followed over time, with who was drawn and when it started.",
            where="follow_up",
            mend="Give unit=, time=, treated= and start=, or leave follow_up= out.",
        )
    starts = np.unique(columns.cohort[np.isfinite(columns.cohort)])
    if len(starts) == 1:
        return float(starts[0])
    raise EstimationError(
        "follow_up compares what came after one start; this study has {n}.",
        where="first_treated",
        mend="Use StaggeredDifferenceInDifferences, or keep those of one start.",
        values={"n": len(starts)},
    )


def _counts(units: Codes, rows: Flags, n: int) -> Floats:
    return np.bincount(units[rows], minlength=n).astype(np.float64)


def _means(values: Floats, units: Codes, rows: Flags, counts: Floats) -> Floats:
    sums = np.bincount(units[rows], values[rows], len(counts))
    return np.asarray(sums / np.where(counts > 0, counts, np.nan))


def _first_rows(units: Codes, n: int) -> Codes:
    """Return the place of each unit's first row; rows are sorted by unit and period."""
    first = np.full(n, len(units), dtype=np.int64)
    np.minimum.at(first, units, np.arange(len(units)))
    return first


def _collapsed(columns: Columns, first: Codes, study: Study) -> Columns:
    """Return each unit's first row without its periods: what was known of it at the start."""
    changing = [role for role in ("weight", "probability", "stratum", "arm") if _changes(columns, role)]
    if changing:
        raise EstimationError(
            "{role} changes within a unit, and the lot was drawn once.",
            where="{role}",
            mend="Give each unit one value, that of when the lot was drawn.",
            values={"role": changing[0]},
        )
    found = columns.take(first)
    return replace(found, period=None, cohort=None, periods=np.empty(0), period_names=())


def _changes(columns: Columns, role: str) -> bool:
    values = getattr(columns, role)
    if values is None or columns.unit is None:
        return False
    same = columns.unit[1:] == columns.unit[:-1]
    return bool((values[1:] != values[:-1])[same].any())


def _seen_by_all(columns: Columns, units: Codes, times: Floats, kept: Flags) -> Flags:
    if len(times) < 2:
        return np.zeros(len(times), dtype=bool)
    time = columns.time
    seen = [np.bincount(units[time == when], minlength=len(kept)) > 0 for when in times]
    return np.array([bool(one[kept].all()) for one in seen])


def _by_period(columns: Columns, units: Codes, times: Floats, kept: Flags) -> Floats:
    found = np.full((len(kept), len(times)), np.nan)
    for place, when in enumerate(times):
        rows = columns.time == when
        found[units[rows], place] = columns.outcome[rows]
    return found[kept]


def _left_out(columns: Columns, first: Codes, seen: Floats, kept: Flags) -> tuple[LeftOut, ...]:
    assert columns.treated is not None
    treated = columns.treated[first]
    reasons: tuple[tuple[Reason, Flags], ...] = (
        ("outcome_missing", seen == 0),
        ("pre_outcome_missing", (seen > 0) & ~kept),
    )
    return tuple(
        LeftOut(reason=reason, n_treated=int(gone[treated].sum()), n_comparison=int(gone[~treated].sum()))
        for reason, gone in reasons
        if gone.any()
    )


def _cross_section(study: Study, rows: Columns, left_out: tuple[LeftOut, ...]) -> Study:
    found = copy(study)
    roles: dict[str, object] = {"time": None, "start": None, "first_treated": None, "measured": {}}
    before = None if rows.pre_outcome is None else study.outcome
    for name, value in {**roles, "pre_outcome": before, "columns": rows, "left_out": left_out}.items():
        object.__setattr__(found, name, value)
    return found
