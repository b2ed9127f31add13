"""The permutation statistic of repeated cross sections."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.effects.describe import Assignment
from impactkit.effects.kernels.assignment import AssignmentReduction
from impactkit.effects.kernels.least_squares import Block, least_squares
from impactkit.effects.linear import Counted, LinearProblem, Rows, assignment_reduction, problem_of

Floats = npt.NDArray[np.float64]


def pooled_parts(
    columns: Columns, law: Assignment, *, windows: tuple[tuple[int, ...], tuple[int, ...]]
) -> tuple[AssignmentReduction, ...]:
    """Reduce repeated cross sections to one comparison a window: follow-up, then baseline.

    Parameters
    ----------
    columns : Columns
        Repeated cross sections.
    law : Assignment
        What was assigned.
    windows : (follow-up periods, baseline periods)
        Period codes.

    Returns
    -------
    tuple of AssignmentReduction
        The statistic is the first effect less the second.

    Notes
    -----
    Group membership enters both as a main effect and with the start, so the coefficient is not one ratio. The
    statistic is therefore the groups' difference within follow-up periods less that within baseline
    periods, of the outcome less what the covariates explain within periods. It differs from the estimate by
    the covariates' sampling error only, and any statistic gives a valid permutation test.
    """
    outcome = _less_covariates(columns)
    return tuple(
        assignment_reduction(
            _window_problem(columns, outcome, window), law.units, observed=law.treated, strata=law.strata
        )
        for window in windows
    )


def _less_covariates(columns: Columns) -> Floats:
    """Return the outcome less what covariates explain beside group-by-period means."""
    if not columns.covariates.shape[1]:
        return columns.outcome
    assert columns.period is not None and columns.treated is not None
    T = len(columns.periods)
    cells = np.eye(2 * T)[columns.period + T * columns.treated]
    X = np.hstack([cells[:, cells.any(axis=0)], columns.covariates])
    rooted = np.ones(len(X)) if columns.weight is None else np.sqrt(columns.weight)
    rows = np.zeros(len(X), dtype=np.int64)
    fit = least_squares([Block(X=X * rooted[:, None], y=columns.outcome * rooted, clusters=rows)])
    slopes = np.nan_to_num(fit.coefficients[-columns.covariates.shape[1] :])
    left: Floats = columns.outcome - columns.covariates @ slopes
    return left


def _window_problem(columns: Columns, outcome: Floats, window: tuple[int, ...]) -> LinearProblem:
    """Return the comparison of groups within the periods of a window; other rows are zero."""
    assert columns.period is not None and columns.treated is not None
    inside = np.isin(columns.period, window)
    rooted = inside if columns.weight is None else inside * np.sqrt(columns.weight)
    periods = (columns.period[:, None] == np.array(window)) * np.asarray(rooted, dtype=float)[:, None]
    rows = Rows(
        outcome=outcome * rooted,
        others=periods,
        bases=np.asarray(rooted, dtype=float)[:, None],
        treated=columns.treated,
        clusters=np.arange(len(outcome)),
    )
    counted = Counted(n_rows=len(outcome), n_parameters=0, by_row=True, outcome_scale=1.0)
    return problem_of(rows, names=tuple(f"period {t}" for t in window), counted=counted)
