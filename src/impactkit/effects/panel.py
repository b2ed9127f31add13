"""Two groups before and after one start: a clear refusal, or the linear problems they reduce to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns, Flags
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, marked, suited
from impactkit.effects.kernels.demean import demean
from impactkit.effects.linear import (
    Counted,
    LinearProblem,
    Rows,
    problem_of,
    whole_clusters,
)
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]
_NUMBERS_AT_ONCE = 1 << 23


Effects = tuple[tuple[int, ...], ...]
"""For each effect the period codes in which its column is 1."""


def is_reducible(columns: Columns) -> bool:
    """Return whether a panel can be reduced to one number a unit: balanced, no covariates, constant weights.

    Parameters
    ----------
    columns : Columns
        Rows sorted by cluster, unit and period.

    Returns
    -------
    bool
        Whether `contrast_problem` gives the same answer as `two_way_problem`.
    """
    if columns.covariates.shape[1] or not columns.is_regular:
        return False
    if columns.weight is None:
        return True
    weights = columns.weight.reshape(-1, len(columns.periods))
    return bool((weights == weights[:, :1]).all())


def contrast_problem(
    columns: Columns, *, follow_up: tuple[int, ...], baseline: tuple[int, ...], n_effects: int = 1
) -> LinearProblem:
    """Reduce a balanced panel to each unit's follow-up mean less its baseline mean.

    Parameters
    ----------
    columns : Columns
        A reducible panel.
    follow_up, baseline : tuple of int
        Period codes compared.
    n_effects : int
        Effects of the two-way regression this is one of, which small-sample factors count.

    Returns
    -------
    LinearProblem
        A comparison of means over units.

    Notes
    -----
    With unit and period effects, no covariates and a balanced panel, the two-way coefficient is the
    difference in mean contrasts. The leverage of unit ``i`` in the direction of the contrast is that of the
    regression of contrasts on a constant and treatment, so CR2 and its degrees of freedom are the same too.
    """
    T = len(columns.periods)
    weights = np.zeros(T)
    weights[list(follow_up)] = 1 / len(follow_up)
    weights[list(baseline)] -= 1 / len(baseline)
    units = columns.by_unit
    assert units.treated is not None
    contrasts = columns.outcome.reshape(-1, T) @ weights
    rooted = np.ones(len(contrasts)) if units.weight is None else np.sqrt(units.weight)
    rows = Rows(
        outcome=contrasts * rooted,
        others=rooted[:, None],
        bases=rooted[:, None],
        treated=units.treated,
        clusters=clusters_of(units)[0],
    )
    counted = Counted(
        n_rows=len(columns.outcome),
        n_parameters=T + n_effects,
        by_row=False,
        outcome_scale=_largest(columns.outcome),
    )
    problem = replace(problem_of(rows, names=("intercept",), counted=counted), sizes=rooted**2)
    if columns.std_error is None:
        return problem
    variance = (columns.std_error.reshape(-1, T) ** 2) @ weights**2
    return replace(problem, given_variance=rooted**2 * variance)


def two_way_problem(
    columns: Columns, effects: Effects, *, names: tuple[str, ...], absorb_units: bool
) -> LinearProblem:
    """Return the regression with period effects, covariates, and unit effects or a group effect.

    Parameters
    ----------
    columns : Columns
        Rows sorted by cluster, unit and period.
    effects : tuple of tuple of int
        For each effect the period codes in which its column is 1 for the treated.
    names : tuple of str
        Names of the covariates.
    absorb_units : bool
        Whether unit effects are absorbed (a panel); else the group effect is the first effect column, which
        is adjusted for and not reported (repeated cross sections).

    Returns
    -------
    LinearProblem
        Built piece by piece, so that memory stays bounded.
    """
    assert columns.treated is not None
    clusters, by_row = clusters_of(columns)
    T, every = len(columns.periods), tuple(range(len(columns.periods)))
    bases = effects if absorb_units else (every, *effects)
    adjusted = tuple((t,) for t in range(1, T)) if absorb_units else (every, *((t,) for t in range(1, T)))
    split = len(adjusted) + columns.covariates.shape[1]

    def raw_rows(piece: slice) -> tuple[Columns, Floats]:
        part = columns.take(piece)
        return part, np.hstack([_indicators(part, adjusted), part.covariates, _indicators(part, bases)])

    def build(piece: slice) -> Rows:
        part, X = raw_rows(piece)
        y, w = part.outcome, part.weight
        if absorb_units:
            assert part.unit is not None
            units = np.unique(part.unit, return_inverse=True)[1]
            X, y = demean(X, units, weights=w), demean(y, units, weights=w)
        if w is not None:
            X, y = X * np.sqrt(w)[:, None], y * np.sqrt(w)
        assert part.treated is not None
        return Rows(
            outcome=y, others=X[:, :split], bases=X[:, split:], treated=part.treated, clusters=clusters[piece]
        )

    width = split + len(bases)
    pieces = whole_clusters(clusters, rows_at_once=max(_NUMBERS_AT_ONCE // width, 1))
    G = int(clusters.max()) + 1
    return LinearProblem(
        pieces=pieces,
        build=build,
        names=(*_period_names(columns, absorb_units=absorb_units), *names),
        n_effects=len(bases),
        n_rows=len(clusters),
        n_parameters=width + int(absorb_units),
        by_row=by_row,
        n_clusters=G,
        norms=_norms((raw_rows(piece) for piece in pieces), split),
        cluster_treated=int(marked(clusters, columns.treated, n=G).sum()),
        cluster_comparison=int(marked(clusters, ~columns.treated, n=G).sum()),
        outcome_scale=_largest(columns.outcome),
        given_variance=columns.given_variance,
    )


def _period_names(columns: Columns, *, absorb_units: bool) -> tuple[str, ...]:
    periods = tuple(f"period {name}" for name in columns.period_names[1:])
    return periods if absorb_units else ("intercept", *periods)


def _indicators(columns: Columns, effects: Effects) -> Floats:
    """Return a column an effect: 1 in its periods."""
    assert columns.period is not None
    table = np.zeros((len(columns.periods), len(effects)))
    for at, periods in enumerate(effects):
        table[list(periods), at] = 1.0
    found: Floats = table[columns.period]
    return found


def _norms(parts: Iterable[tuple[Columns, Floats]], split: int) -> Floats:
    """Return the norms of the regressors before unit effects are absorbed."""
    total = np.zeros(0)
    for part, X in parts:
        assert part.treated is not None
        weight = np.ones(len(X)) if part.weight is None else part.weight
        squares = weight @ X**2
        squares[split:] = (weight * part.treated) @ X[:, split:] ** 2
        total = squares if not len(total) else total + squares
    return np.sqrt(total)


def _largest(outcome: Floats) -> float:
    return max(float(outcome.max()), -float(outcome.min()))


def two_groups(study: Study, *, alone: bool = False) -> Columns:
    """Return the rows of a study with two groups and one start.

    Parameters
    ----------
    study : Study
        A panel or repeated cross sections.
    alone : bool
        Whether everybody may be treated.

    Returns
    -------
    Columns
        Its rows.

    Raises
    ------
    EstimationError
        If there are no or one period, nobody or everybody is treated, the starts differ, or a group lacks
        rows before or after the start.
    """
    columns = suited(study)
    if columns.period is None:
        raise EstimationError(
            "Difference in differences needs periods; this study is a single cross section.",
            where="time",
            mend="Give time= with a baseline and a follow-up; if a lot was drawn, use RandomisedTrial.",
        )
    if columns.period.min() == columns.period.max():
        raise EstimationError(
            "Difference in differences needs at least two periods; the data have one.",
            where="time",
            mend="Add the baseline measurement.",
        )
    _both_groups(columns.by_unit, alone=alone)
    _one_start(columns.by_unit)
    _all_four_cells(columns)
    return columns


def follow_up_and_baseline(columns: Columns) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the period codes after and before the start.

    Parameters
    ----------
    columns : Columns
        Rows with one start.

    Returns
    -------
    follow_up, baseline : tuple of int
        Codes in order.
    """
    start = _start(columns)
    codes = range(len(columns.periods))
    return (
        tuple(t for t in codes if columns.periods[t] >= start),
        tuple(t for t in codes if columns.periods[t] < start),
    )


def _start(columns: Columns) -> float:
    cohort = columns.by_unit.cohort
    assert cohort is not None
    return float(cohort.min())  # the never treated have inf


def _both_groups(columns: Columns, *, alone: bool) -> None:
    treated = columns.treated
    if treated is None:
        raise EstimationError(
            "The study does not say who is treated.",
            where="first_treated or treated",
            mend="Give first_treated= (first treated period; 0 for never), or treated= with start=.",
        )
    if (treated.all() and not alone) or not treated.any():
        raise EstimationError(
            "Everybody is treated: there is nothing to compare with."
            if treated.all()
            else "Nobody is treated: there is nothing to compare with.",
            where="first_treated or treated",
            mend="Add comparison units that are never treated, or use BeforeAfter and read its warning."
            if treated.all()
            else "Say who is treated from when.",
        )


def _one_start(columns: Columns) -> None:
    assert columns.cohort is not None and columns.treated is not None
    starts = np.unique(columns.cohort[columns.treated])
    if len(starts) > 1:
        shown = ", ".join(f"{start:g}" for start in starts[:6])
        raise EstimationError(
            "The treated start in {n} different periods ({shown}): already treated units would be controls.",
            where="first_treated",
            mend="Estimate one start at a time: keep the units of that start and the never treated.",
            values={"n": len(starts), "shown": shown},
        )


def _all_four_cells(columns: Columns) -> None:
    assert columns.treated is not None
    treated, start = columns.treated, _start(columns)
    after: Flags = columns.time >= start
    cells = (
        (treated & ~after, "The treated group has no rows before the start, {start}."),
        (treated & after, "The treated group has no rows from the start, {start}, on."),
        (~treated & ~after, "The comparison group has no rows before the start, {start}."),
        (~treated & after, "The comparison group has no rows from the start, {start}, on."),
    )
    for cell, what in cells[: 2 if treated.all() else 4]:
        if not cell.any():
            mend = "Add the missing measurement, or correct the start."
            raise EstimationError(what, where="time", mend=mend, values={"start": f"{start:g}"})
