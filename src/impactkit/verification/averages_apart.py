"""Averages over areas of everybody and of subgroups: what their differences tell of the few in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from impactkit.carried_out import ClaimResult
from impactkit.evaluation import Evaluation
from impactkit.plans.data_files import ANSWERS
from impactkit.reporting.disclosure.rules import is_small

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans import Plan


def told_by_difference(evaluation: Evaluation) -> list[str]:
    """Return where averages over areas tell of few people by their difference.

    Parameters
    ----------
    evaluation : Evaluation
        Of a plan with ``aggregate_by``.

    Returns
    -------
    list of str
        Outcome, area and period, each once.

    Notes
    -----
    Subgroups, and those they are compared with, are taken from everybody on the same outcome: one by one, a
    subgroup with those it is compared with, and all subgroups by one column together. Whoever is left has an
    average of their own, which the others give.
    """
    plan = evaluation.plan
    results = list(evaluation.results)
    for one in evaluation.earlier:
        results += one.carried.results if one.carried else ()
    found: dict[str, None] = {}
    for outcome in dict.fromkeys(_outcome(plan, result) for result in results):
        same = [result for result in results if _outcome(plan, result) == outcome]
        for whole in [_own(result) for result in same if result.claim.subgroup is None]:
            for parts in _parts(same):
                told = _few_left(plan, whole, parts)
                found.update(dict.fromkeys(f"{outcome}, {place}" for place in told))
    return list(found)


def _outcome(plan: Plan, result: ClaimResult) -> str:
    return result.claim.outcome or plan.data.outcome


def _own(result: ClaimResult) -> pd.DataFrame:
    assert result.averages is not None
    return result.averages.frame


def _parts(results: Sequence[ClaimResult]) -> list[list[pd.DataFrame]]:
    """Return what may be taken from everybody."""
    found = [[_own(result)] for result in results]
    by_column: dict[str, dict[str, pd.DataFrame]] = {}
    for result in results:
        group, rows = result.claim.subgroup, result.rows
        if group is None or rows is None or rows.other_averages is None:
            continue
        others = rows.other_averages.frame
        found += [[others], [_own(result), others]]
        by_column.setdefault(group.column, {})[group.value] = _own(result)
    return [*found, *(list(members.values()) for members in by_column.values())]


def _few_left(plan: Plan, whole: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> list[str]:
    keys = [name for name in (plan.data.aggregate_by, plan.data.time) if name is not None]
    if any(not {*keys, ANSWERS} <= set(frame.columns) for frame in (whole, *parts)):
        return []  # an earlier plan had other periods
    left = whole.set_index(keys)[ANSWERS]
    for part in parts:
        left = left.sub(part.set_index(keys)[ANSWERS], fill_value=0)
    few = left[is_small(left.to_numpy(), plan.decision.small_cell)]
    return [", ".join(str(name) for name in (at if isinstance(at, tuple) else (at,))) for at in few.index]
