"""Claims as they are told, made from the outcomes of each group and period without a study or an estimate."""

from collections.abc import Mapping, Sequence

import numpy as np

from impactkit.data.columns import Columns, LeftOut
from impactkit.effects.estimate import GroupMean
from impactkit.reporting.disclosure.told_claim import ToldClaim

Outcomes = Mapping[tuple[str, float | None], Sequence[float]]


def columns_of(outcomes: Outcomes, weight: Sequence[float] | None = None) -> Columns:
    """Rows in the order of the outcomes; a period of None is a cross section."""
    rows = [(group, period, value) for (group, period), values in outcomes.items() for value in values]
    periods = sorted({period for _, period, _ in rows if period is not None})
    return Columns(
        outcome=np.array([value for *_, value in rows], dtype=float),
        treated=np.array([group == "treated" for group, *_ in rows]),
        period=np.array([periods.index(period) for _, period, _ in rows]) if periods else None,
        periods=np.array(periods, dtype=float),
        weight=None if weight is None else np.array(weight, dtype=float),
        covariates=np.zeros((len(rows), 0)),
    )


def told_claim(
    outcomes: Outcomes,
    *,
    outcome: str = "y",
    part: tuple[str, str] | None = None,
    units: Mapping[str, int] | None = None,
    n_treated: int | None = None,
    n_used: int | None = None,
    n_aside: int = 0,
    left_out: Sequence[tuple[int, int]] = (),
    is_of_one_course: bool = False,
) -> ToldClaim:
    """A claim of which every row is used, and every treated unit or row is told of, unless it is said."""
    rows = sum(map(len, outcomes.values()))
    treated = sum(len(values) for (group, _), values in outcomes.items() if group == "treated")
    held = treated if units is None else units["treated"]
    return ToldClaim(
        outcome=outcome,
        subgroup_column=None if part is None else part[0],
        subgroup=None if part is None else part[1],
        columns=columns_of(outcomes),
        means=tuple(
            GroupMean(group=group, period=period, mean=float(np.mean(values)), n=len(values))
            for (group, period), values in outcomes.items()
        ),
        is_of_one_course=is_of_one_course,
        is_panel=units is not None,
        units=dict(units or {}),
        n_treated=held if n_treated is None else n_treated,
        n_used=rows if n_used is None else n_used,
        n_aside=n_aside,
        left_out=tuple(
            LeftOut(reason="outcome_missing", n_treated=treated, n_comparison=comparison)
            for treated, comparison in left_out
        ),
    )
