"""The groups' differences before the start, estimated once for all checks that ask about them."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.estimators import (
    DifferenceInDifferences,
    ExtendedTwoWayFixedEffects,
    StaggeredDifferenceInDifferences,
    TripleDifference,
)
from impactkit.effects.kernels.honest_bounds import EventStudy
from impactkit.errors import EstimationError
from impactkit.evidence.event_study import event_study

LEAD_DESIGNS = frozenset(
    {
        "continuous_dose",
        "difference_in_differences",
        "extended_two_way_fixed_effects",
        "imputation",
        "stacked_difference_in_differences",
        "staggered_difference_in_differences",
        "sun_abraham",
        "triple_difference",
    }
)
"""The methods whose groups' differences before the start can be estimated."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leads:
    """What was seen before the start, and the first effect after it.

    Parameters
    ----------
    terms : tuple of Term, optional
        The differences before the start (less the anticipation that the estimate allows); None where they
        could not be estimated.
    first : EventStudy, optional
        The same with what comes after the reference, up to the effect in the first treated period; None
        where there are none, or their covariance is unknown.
    """

    terms: tuple[Term, ...] | None = None
    first: EventStudy | None = None


def leads(study: Study, estimate: Estimate) -> Leads:
    """Return the differences before the start that belong to an estimate.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        By one of ``LEAD_DESIGNS``.

    Returns
    -------
    Leads
        The same object when it is asked for twice in a row.

    Examples
    --------
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel()
    >>> study = world.study(world.draw(1))
    >>> [term.event_time for term in leads(study, DifferenceInDifferences().estimate(study)).terms]
    [-5.0, -4.0, -3.0, -2.0]
    """
    return _LAST.asked(study, estimate)


def _estimated(study: Study, estimate: Estimate) -> Leads:
    anticipation = float(estimate.settings.get("anticipation") or 0.0)
    try:
        found = _event_study(study, estimate, anticipation)
    except EstimationError:
        return Leads()
    terms = tuple(t for t in found.terms if t.event_time is not None and t.event_time < -anticipation)
    return Leads(terms=terms, first=_first(found) if terms else None)


def _first(found: Estimate) -> EventStudy | None:
    """Return the event study up to the first treated period."""
    shown = [t for t in found.terms if t.event_time is not None]
    if any(math.isnan(t.interval.low) for t in shown):
        return None  # with one treated cluster there is a covariance, but no uncertainty that is known
    first = min((t.event_time for t in shown if t.event_time is not None and t.event_time >= 0), default=None)
    try:
        whole = event_study(found, event_time=first)
    except EstimationError:
        return None
    # Bounds on later steps say nothing of the first effect.
    after = int(np.flatnonzero(whole.weights)[0]) + 1
    kept = whole.n_before + after
    if not whole.n_before:
        return None
    return EventStudy(
        points=whole.points[:kept],
        covariance=whole.covariance[:kept, :kept],
        n_before=whole.n_before,
        weights=whole.weights[:after],
    )


def _event_study(study: Study, estimate: Estimate, anticipation: float) -> Estimate:
    if estimate.method in ("difference_in_differences", "continuous_dose"):
        return DifferenceInDifferences(event_study=True, permutation=None).estimate(study)
    if study.columns.exposure is not None or estimate.settings.get("family") == "poisson":
        return _counted_leads(study)
    if estimate.method == "triple_difference":
        return TripleDifference(event_study=True, permutation=None).estimate(study)
    staggered = StaggeredDifferenceInDifferences(
        control="not_yet", base="universal", anticipation=anticipation, permutation=None
    )
    return staggered.estimate(study).aggregate("dynamic")


def _counted_leads(study: Study) -> Estimate:
    """Return effects on counts with leads, as many as leave the first to start one period before them."""
    columns = study.columns
    assert columns.cohort is not None
    start = float(columns.cohort[columns.cohort > columns.periods[0]].min())
    second = float(columns.periods[1])
    counted = ExtendedTwoWayFixedEffects(
        family="poisson", anticipation=max(start - second, 0.0), permutation=None
    )
    return counted.estimate(study).aggregate("dynamic")


class _Held(NamedTuple):
    """The last answer, and whose it was."""

    columns: weakref.ref[Columns]
    key: tuple[Any, ...]
    found: Leads


class _Last:
    """Remembers the last answer while its study lives: several checks ask for the same leads.

    What is held is replaced whole, so that nobody who asks meanwhile gets another study's answer.
    """

    def __init__(self) -> None:
        self._held: _Held | None = None

    def asked(self, study: Study, estimate: Estimate) -> Leads:
        """Return the leads, estimated anew only for another study or other settings."""
        settings = estimate.settings
        key = (estimate.method, settings.get("anticipation"), settings.get("family"), study.covariates)
        held = self._held
        if held is not None and held.columns() is study.columns and held.key == key:
            return held.found
        found = _estimated(study, estimate)
        self._held = _Held(weakref.ref(study.columns), key, found)
        return found


_LAST = _Last()
