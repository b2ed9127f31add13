"""Treated and comparison areas, eligible and not, before and after one start: the problems they reduce to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns, Flags
from impactkit.data.study import Study
from impactkit.effects.describe import Assignment, assignment_of, clusters_of, dense, marked
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.kernels.assignment import AssignmentReduction
from impactkit.effects.linear import LinearProblem, Rows, assignment_reduction, moderated
from impactkit.effects.panel import (
    Effects,
    contrast_problem,
    is_reducible,
    two_groups,
    two_way_problem,
)
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.pooled_permutation import pooled_parts
from impactkit.effects.regression import drawn_test, permutation_in
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


def eligible_and_not(study: Study) -> Columns:
    """Return the rows of a study with treated and comparison areas, and eligible and others in both.

    Parameters
    ----------
    study : Study
        A panel or repeated cross sections with ``eligible``.

    Returns
    -------
    Columns
        Its rows.

    Raises
    ------
    EstimationError
        If nothing says who is eligible, one of the four groups lacks rows before or after the start, or
        `two_groups` refuses.
    """
    if study.eligible is None:
        raise EstimationError(
            "A triple difference needs to know who is eligible.",
            where="eligible",
            mend="Give eligible= (1 for those the project is for, 0 for others), or use "
            "DifferenceInDifferences.",
        )
    columns = two_groups(study)
    assert columns.treated is not None and columns.eligible is not None and columns.cohort is not None
    start = float(columns.cohort.min())
    groups = (
        (
            columns.treated & columns.eligible,
            "The eligible of the treated areas lack rows before or after the start, {start}.",
        ),
        (
            columns.treated & ~columns.eligible,
            "The others of the treated areas lack rows before or after the start, {start}.",
        ),
        (
            ~columns.treated & columns.eligible,
            "The eligible of the comparison areas lack rows before or after the start, {start}.",
        ),
        (
            ~columns.treated & ~columns.eligible,
            "The others of the comparison areas lack rows before or after the start, {start}.",
        ),
    )
    for group, what in groups:
        seen = columns.time[group] >= start
        if seen.all() or not seen.any():
            raise EstimationError(
                what,
                where="eligible",
                mend="Add the missing rows; first_treated= is the area's start, for eligible and "
                "others alike.",
                values={"start": f"{start:g}"},
            )
    return columns


def triple_problem(
    columns: Columns, effects: Effects, *, baseline: tuple[int, ...], names: tuple[str, ...], of: int = 0
) -> LinearProblem:
    """Return the regression with an effect for the eligible of treated areas.

    Parameters
    ----------
    columns : Columns
        Rows of all four groups.
    effects : tuple of tuple of int
        For each effect the period codes in which its column is 1.
    baseline : tuple of int
        Period codes that a single effect is compared with.
    names : tuple of str
        Names of the covariates.
    of : int
        Effects of the whole regression, if this is one of several.

    Returns
    -------
    LinearProblem
        With unit effects (repeated cross sections: an effect for each of the four groups), period effects in
        treated and in comparison areas, and period effects among the eligible and the others.

    Notes
    -----
    A balanced panel without covariates is reduced to each unit's follow-up mean less its baseline mean: the
    effect is then the difference of two differences of four group means.
    """
    assert columns.eligible is not None and columns.treated is not None
    T = len(columns.periods)
    if columns.unit is not None and len(effects) == 1 and is_reducible(columns):
        count = of or len(effects)
        problem = contrast_problem(columns, follow_up=effects[0], baseline=baseline, n_effects=count)
        return _with_main_effects(problem, columns.by_unit, n_parameters=3 * T - 2 + count)
    is_panel = columns.unit is not None
    mains, main_names = _main_effects(columns, by_group=not is_panel)
    wider = replace(columns, covariates=np.hstack([columns.covariates, mains]))
    problem = two_way_problem(wider, effects, names=(*names, *main_names), absorb_units=is_panel)
    return _counted(moderated(problem, columns.eligible[:, None].astype(np.float64)), columns)


def triple_test(
    columns: Columns, settings: RegressionSettings, *, follow_up: tuple[int, ...], baseline: tuple[int, ...]
) -> PermutationTest | None:
    """Return the permutation test of the headline: the same number of areas treated, but others.

    Parameters
    ----------
    columns : Columns
        Rows of all four groups.
    settings : RegressionSettings
        Whether and how many times.
    follow_up, baseline : tuple of int
        Period codes.

    Returns
    -------
    PermutationTest or None
        The statistic is the difference in differences among the eligible less that among the others, each
        with its own slopes of covariates. In a balanced panel without covariates it is the estimate.
    """
    if permutation_in(settings) is None:
        return None
    law = _law(columns)
    assert columns.eligible is not None
    parts: list[AssignmentReduction] = []
    for group in (columns.eligible, ~columns.eligible):
        part, units = columns.take(group), law.units[group]
        if part.unit is None:
            parts += pooled_parts(part, replace(law, units=units), windows=(follow_up, baseline))
            continue
        if is_reducible(part):
            problem = contrast_problem(part, follow_up=follow_up, baseline=baseline)
            units = units[:: len(part.periods)]
        else:
            slopes = tuple(f"covariate {j}" for j in range(part.covariates.shape[1]))
            problem = two_way_problem(part, (follow_up,), names=slopes, absorb_units=True)
        parts.append(assignment_reduction(problem, units, observed=law.treated, strata=law.strata))
    return drawn_test(tuple(parts), settings, law.law)


def _law(columns: Columns) -> Assignment:
    """Return what was assigned; units all eligible or all not are drawn among their like."""
    law = assignment_of(columns)
    assert columns.eligible is not None
    n = len(law.treated)
    eligible, others = (marked(law.units, g, n=n) for g in (columns.eligible, ~columns.eligible))
    if (eligible & others).any():
        return law
    strata = dense(2 * law.strata + eligible)
    words = Message(law.law.code.replace("inference.law.", "inference.law.like_"), law.law.values)
    return replace(law, strata=strata, law=words)


def _with_main_effects(problem: LinearProblem, units: Columns, *, n_parameters: int) -> LinearProblem:
    """Add what the eligible have in common, and the treated areas, to a comparison of means over units."""
    assert units.eligible is not None and units.treated is not None
    both = np.column_stack([units.eligible, units.treated]).astype(np.float64)
    bare = moderated(problem, both[:, :1])

    def build(piece: slice) -> Rows:
        rows = bare.build(piece)
        return replace(rows, others=np.hstack([rows.others, rows.others * both[piece]]))

    names = ("intercept", "eligible", "treated areas")
    wider = replace(bare, build=build, names=names, n_parameters=n_parameters)
    return _counted(wider, units)


def _main_effects(columns: Columns, *, by_group: bool) -> tuple[Floats, tuple[str, ...]]:
    """Return columns of each period in treated areas and among the eligible; of groups without units."""
    assert columns.period is not None and columns.treated is not None and columns.eligible is not None
    periods = np.eye(len(columns.periods))[columns.period][:, 1:]
    dated = columns.period_names[1:]
    parts, names = [], []
    for flags, who in ((columns.treated, "in treated areas"), (columns.eligible, "among the eligible")):
        own = flags[:, None].astype(np.float64)
        if by_group:
            parts.append(own)
            names.append(f"level {who}")
        parts.append(periods * own)
        names += [f"period {name} {who}" for name in dated]
    return np.hstack(parts), tuple(names)


def _counted(problem: LinearProblem, columns: Columns) -> LinearProblem:
    """Count as treated only clusters in which somebody eligible was treated."""
    assert columns.treated is not None and columns.eligible is not None
    clusters, n = clusters_of(columns)[0], problem.n_clusters
    treated: Flags = columns.treated & columns.eligible
    return replace(
        problem,
        cluster_treated=int(marked(clusters, treated, n=n).sum()),
        cluster_comparison=int(marked(clusters, ~columns.treated, n=n).sum()),
    )
