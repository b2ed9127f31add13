"""What the indicators of a plan refuse, and what the plan accepts all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from impactkit.errors import Trouble
from impactkit.evidence import Claim
from impactkit.indicators import Indicator, Refusal
from impactkit.indicators.refusals import (
    refused_comparison,
    refused_mixture,
    refused_periods,
    refused_share,
    refused_values,
)
from impactkit.plans.rows import year_of, years_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from impactkit.plans.plan import Plan

_IN_CLAIM = '{file}, claim "{claim}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A refusal that the plan accepts, and why.

    Parameters
    ----------
    refusal : Refusal
        What the indicator refused.
    reason : str
        The plan's own words.
    """

    refusal: Refusal
    reason: str


def refused(plan: Plan, *, frame: pd.DataFrame | None = None) -> list[Trouble]:
    """Return a trouble for each refusal that the plan does not accept in words.

    Parameters
    ----------
    plan : Plan
        The plan; its claims name indicators of its catalogue.
    frame : DataFrame, optional
        The plan's rows; when left out, the dates in the plan say which years are compared.

    Returns
    -------
    list of Trouble
        Empty when all is well; ``{file}`` is left to be filled in.
    """
    found = []
    for claim in plan.claims:
        for refusal in refusals(plan, claim, frame=frame):
            if refusal.kind not in (claim.accept or {}):
                found.append(_in_claim(refusal, claim))
    return found


def accepted(plan: Plan, claim: Claim, *, frame: pd.DataFrame) -> tuple[Accepted, ...]:
    """Return what an indicator refuses and the claim accepts, each with its reason.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    frame : DataFrame
        The rows that are evaluated.

    Returns
    -------
    tuple of Accepted
        Empty when nothing was refused.
    """
    reasons = claim.accept or {}
    return tuple(
        Accepted(refusal=refusal, reason=reasons[refusal.kind])
        for refusal in refusals(plan, claim, frame=frame)
        if refusal.kind in reasons
    )


def refusals(plan: Plan, claim: Claim, *, frame: pd.DataFrame | None = None) -> tuple[Refusal, ...]:
    """Return all that the indicator of a claim refuses in a plan, accepted or not.

    Parameters
    ----------
    plan : Plan
        The plan.
    claim : Claim
        One of its claims.
    frame : DataFrame, optional
        The plan's rows.

    Returns
    -------
    tuple of Refusal
        Empty when all is well.
    """
    catalogue = plan.catalogue
    if claim.indicator not in catalogue:
        return ()
    indicator = catalogue[claim.indicator]
    known_before = claim.baseline_indicator in catalogue if claim.baseline_indicator else False
    before = catalogue[claim.baseline_indicator] if claim.baseline_indicator and known_before else None
    return (
        *(refused_share(indicator) if claim.basis == "financed_share" else ()),
        *refused_mixture(indicator, before),
        *_refused_years(indicator, plan, claim, frame),
        *(refused_values(indicator, _values(plan, claim, indicator, frame)) if frame is not None else ()),
    )


def _refused_years(
    indicator: Indicator, plan: Plan, claim: Claim, frame: pd.DataFrame | None
) -> tuple[Refusal, ...]:
    before, after = _dated(plan, claim) if frame is None else _measured(plan, claim, frame)
    found = list(refused_periods(indicator, {*before, *after}))
    if not before or not after:
        return tuple(found)
    # A break between the first and the last year spoils a mean over them; windows overlap where the two meet.
    widest = refused_comparison(indicator, baseline=min(before), follow_up=max(after))
    nearest = refused_comparison(indicator, baseline=max(before), follow_up=min(after))
    found += [refusal for refusal in widest if refusal.kind == "definition_break"]
    found += [refusal for refusal in nearest if refusal.kind == "overlapping_windows"]
    return tuple(found)


def _dated(plan: Plan, claim: Claim) -> tuple[list[int], list[int]]:
    baseline, follow_up = plan.data.baseline_collected, plan.data.follow_up_collected
    after = follow_up.year if follow_up else claim.by
    return ([baseline.year] if baseline else []), [after]


def _measured(plan: Plan, claim: Claim, frame: pd.DataFrame) -> tuple[list[int], list[int]]:
    """Return the years before and after the start, as the rows tell them."""
    data = plan.data
    if data.time is None or data.time not in frame.columns:
        return _dated(plan, claim)
    years = years_of(frame[data.time])
    start = _start(plan, frame)
    if start is None:
        return sorted(years)[:1], sorted(years)[-1:] if len(years) > 1 else []
    return [year for year in years if year < start], [year for year in years if year >= start]


def _start(plan: Plan, frame: pd.DataFrame) -> float | None:
    data = plan.data
    if data.start is not None:
        return year_of(data.start)
    if data.first_treated is not None and data.first_treated in frame.columns:
        starts = years_of(frame[data.first_treated])
        return float(starts[0]) if starts else None
    own = getattr(plan.estimator, "start", None)
    return None if own is None else year_of(own)


def _values(plan: Plan, claim: Claim, indicator: Indicator, frame: pd.DataFrame) -> NDArray[np.float64]:
    import numpy as np

    own_unit = claim.unit is not None and claim.unit not in _units(indicator)
    column = claim.outcome or plan.data.outcome
    if own_unit or column not in frame.columns:  # the indicator's range is in the indicator's unit
        return np.empty(0)
    return np.asarray(frame[column], dtype=np.float64)


def _units(indicator: Indicator) -> set[str]:
    words = [indicator.unit, *([indicator.change_unit] if indicator.change_unit else [])]
    return {text for each in words for text in (each.sv, each.en)}


def _in_claim(refusal: Refusal, claim: Claim) -> Trouble:
    trouble = refusal.trouble
    values = {**{key: value for key, value in trouble.values.items() if key != "file"}, "claim": claim.id}
    return Trouble(trouble.what, _IN_CLAIM, trouble.mend, values)
