"""Effects in the groups that a plan declares, for all claims together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.effects.kernels.multiplicity import holm
from impactkit.errors import EstimationError, StudyError
from impactkit.evidence.group_answers import GroupAnswer
from impactkit.evidence.group_effects import ColumnEffects, GroupEffect
from impactkit.evidence.heterogeneity.subgroup_effects import Subgroups, subgroup_effects


class AskedOf(NamedTuple):
    """A claim whose effect is asked of by group.

    Parameters
    ----------
    study : Study
        Its rows, with the columns of groups among its roles.
    estimator : Estimator
        How its effect is estimated.
    """

    study: Study
    estimator: Estimator


def declared_groups(
    asked: Sequence[AskedOf], *, level: float, planned: frozenset[str]
) -> tuple[tuple[ColumnEffects, ...], ...]:
    """Estimate effects by declared group for several claims, and ask whether groups differ.

    Parameters
    ----------
    asked : sequence of AskedOf
        The claims.
    level : float
        Confidence level of limits and of "differ".
    planned : frozenset of str
        The columns that were declared before the follow-up.

    Returns
    -------
    tuple of tuple of ColumnEffects
        For each claim one a column. The p-values are adjusted for all columns of all claims together (Holm):
        whoever asks often enough finds a difference somewhere.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> n = np.arange(80)
    >>> frame = pd.DataFrame({"y": n % 7 + 2.0 * (n % 2) * (n < 40), "drawn": n % 2, "young": n < 40})
    >>> study = Study(frame, outcome="y", treated="drawn", subgroups=["young"])
    >>> (found,), = declared_groups([AskedOf(study, RandomisedTrial())], level=0.95, planned=frozenset())
    >>> found.outcome, found.timing, [round(group.point, 2) for group in found.groups]
    ('differ', 'exploratory', [-0.05, 1.95])
    """
    found = [_of_claim(*one, level=level, planned=planned) for one in asked]
    tested = [column for columns in found for column in columns if not math.isnan(column.p_value)]
    adjusted = iter(holm(np.array([column.p_value for column in tested])).tolist() if tested else [])
    return tuple(
        tuple(
            column
            if math.isnan(column.p_value)
            else replace(column, p_value_adjusted=next(adjusted), n_tests=len(tested))
            for column in columns
        )
        for columns in found
    )


def _of_claim(
    study: Study, estimator: Estimator, *, level: float, planned: frozenset[str]
) -> tuple[ColumnEffects, ...]:
    """Return the columns of one claim; none where its effect on all cannot be estimated anew."""
    if not study.subgroups:
        return ()
    try:
        found = subgroup_effects(study, _without_permutation(estimator), level=level)
    except (EstimationError, StudyError):
        return ()
    return tuple(_column(one, level, planned) for one in found.columns)


def _without_permutation(estimator: Estimator) -> Estimator:
    """Return an estimator whose answers carry no permutation test: no group is judged by one."""
    if "permutation" not in type(estimator).model_fields:  # type: ignore[attr-defined]
        return estimator
    changed: Estimator = estimator.model_copy(update={"permutation": None})  # type: ignore[attr-defined]
    return changed


def _column(one: Subgroups, level: float, planned: frozenset[str]) -> ColumnEffects:
    test = one.equality
    nan = math.nan
    return ColumnEffects(
        column=one.name,
        groups=tuple(_group(group, one.drawn.get(group.name, (nan, nan, nan))) for group in one.groups),
        level=level,
        timing="planned" if one.name in planned else "exploratory",
        statistic=nan if test is None else test.statistic,
        df=nan if test is None else test.df,
        df_error=nan if test is None else test.df_error,
        p_value=nan if test is None else test.p_value,
        spread=one.spread,
    )


def _group(group: GroupAnswer, drawn: tuple[float, float, float]) -> GroupEffect:
    interval, sample = group.answer.interval, group.answer.sample
    if interval is None or sample is None or not group.answer.is_estimated:
        return GroupEffect(name=group.name, state="unknown")
    return GroupEffect(
        name=group.name,
        state="known",
        point=interval.point,
        std_error=interval.std_error,
        df=interval.df,
        low=interval.low,
        high=interval.high,
        drawn_point=drawn[0],
        drawn_low=drawn[1],
        drawn_high=drawn[2],
        n_rows=sample.n_rows,
        n_treated=sample.n_treated,
    )
