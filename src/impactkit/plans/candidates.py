"""The designs that advice considers, and what each needs of the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from impactkit.data.columns import Codes, Flags
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of
from impactkit.effects.estimators import (
    BeforeAfter,
    ContinuousDose,
    DifferenceInDifferences,
    DoublyRobust,
    InstrumentalVariable,
    InterruptedTimeSeries,
    RandomisedTrial,
    RegressionDiscontinuity,
    StaggeredDifferenceInDifferences,
    SwitchingDifferenceInDifferences,
    SyntheticControl,
    SyntheticDifferenceInDifferences,
    TripleDifference,
)
from impactkit.effects.ruled import rule_between
from impactkit.effects.threshold_rows import Rule
from impactkit.evidence.checks.series_length import SeriesLength
from impactkit.evidence.circumstances import Assignment
from impactkit.wording import Message

if TYPE_CHECKING:
    from impactkit.effects.estimator import Estimator

_FEW_FOR_RANKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What decides which designs a study allows.

    Parameters
    ----------
    kind : str
        cross_section, repeated_cross_sections, panel or series.
    n_treated, n_comparison : int
        Clusters (or units, or rows) that get it, and that do not.
    n_before, n_after : int
        Periods before the first start, and from it on; 0 in a cross section.
    n_starts : int
        Different starts.
    roles : frozenset of str
        Which of covariates (or the outcome before), dose, eligible and switching are played.
        Which of dose, eligible, running and switching are played.
    assignment : str, optional
        How it was decided who got it, where a plan says.
    rule : Rule, optional
        The threshold by which the treated differ from all others, where there is one.
    """

    kind: str
    n_treated: int
    n_comparison: int
    n_before: int
    n_after: int
    n_starts: int
    roles: frozenset[str]
    assignment: Assignment | None = None
    rule: Rule | None = None

    @classmethod
    def of(cls, study: Study, *, assignment: Assignment | None = None, start: float | None = None) -> Shape:
        """Return the shape of a study; the start where the estimator and not the study holds it."""
        columns = study.columns
        treated = np.zeros(len(columns.outcome), dtype=bool) if columns.treated is None else columns.treated
        if columns.path is not None:
            treated = _ever(columns.path, columns.unit)
        groups, _ = clusters_of(columns)
        starts = _starts(study, start)
        periods = columns.periods
        first = starts[0] if starts else np.inf
        played = {"dose": columns.dose, "eligible": columns.eligible, "switching": columns.path}
        if columns.covariates.shape[1] or columns.pre_outcome is not None:
            played["covariates"] = columns.covariates
        played |= {"running": columns.running, "instruments": columns.instruments}
        return cls(
            kind=study.shape,
            n_treated=len(np.unique(groups[treated])),
            n_comparison=len(np.unique(groups[~treated])),
            n_before=int((periods < first).sum()) if starts else 0,
            n_after=int((periods >= first).sum()) if starts else 0,
            n_starts=len(starts),
            roles=frozenset(name for name, column in played.items() if column is not None),
            assignment=assignment,
            rule=rule_between(columns),
        )

    @property
    def is_series(self) -> bool:
        """Whether there is one series, and nobody to compare with."""
        return self.kind == "series" or (self.is_over_time and self.n_treated == 1 and not self.n_comparison)

    @property
    def is_over_time(self) -> bool:
        """Whether something is measured more than once."""
        return self.kind != "cross_section"


def _ever(path: Flags, unit: Codes | None) -> Flags:
    if unit is None:
        return path
    found = np.zeros(int(unit.max()) + 1, dtype=bool)
    found[unit[path]] = True
    return np.asarray(found[unit])


def _starts(study: Study, start: float | None) -> list[float]:
    columns = study.columns
    if columns.cohort is not None:
        return sorted(set(columns.cohort[np.isfinite(columns.cohort)].tolist()))
    if columns.path is not None:
        return [float(columns.time[columns.path].min())]
    first = study.start_value if study.start_value is not None else start
    if first is None and columns.period is not None and len(columns.periods) == 2:
        first = float(columns.periods[1])
    return [] if first is None else [first]


Lacking = Callable[[Shape], Message | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A design that may be considered.

    Parameters
    ----------
    make : callable
        Its estimator with the usual settings.
    lacking : callable
        From a shape to what the design lacks; None where it lacks nothing.
    """

    make: Callable[[], Estimator]
    lacking: Lacking

    @property
    def method(self) -> str:
        """The estimator's slug."""
        return self.make().method


def _before_and_after(shape: Shape) -> Message | None:
    if not shape.n_before:
        return Message("advice.lacks.baseline")
    return None if shape.n_after else Message("advice.lacks.follow_up")


def _compared(shape: Shape) -> Message | None:
    if not shape.n_treated:
        return Message("advice.lacks.treated")
    return None if shape.n_comparison else Message("advice.lacks.comparison")


def _first_of(*asked: Lacking) -> Lacking:
    return lambda shape: next((found for ask in asked if (found := ask(shape)) is not None), None)


def _one_start(shape: Shape) -> Message | None:
    return Message("advice.lacks.one_start", {"n": shape.n_starts}) if shape.n_starts > 1 else None


def _several_starts(shape: Shape) -> Message | None:
    return Message("advice.lacks.several_starts") if shape.n_starts < 2 else None


def _donors(shape: Shape) -> Message | None:
    if shape.kind != "panel":
        return Message("advice.lacks.panel")
    if shape.n_before < _FEW_FOR_RANKS:
        return Message("advice.lacks.earlier", {"n": shape.n_before, "needed": _FEW_FOR_RANKS})
    return None


def _series(shape: Shape) -> Message | None:
    if shape.kind != "series" and shape.n_treated != 1:
        return Message("advice.lacks.series")
    needed = SeriesLength().needed
    if shape.n_before < needed:
        return Message("advice.lacks.earlier", {"n": shape.n_before, "needed": needed})
    return None


def _lot(shape: Shape) -> Message | None:
    if shape.assignment not in (None, "lot"):
        return Message("advice.lacks.lot")
    if shape.is_over_time:
        return Message("advice.lacks.cross_section")
    return _compared(shape)


def _role(role: str) -> Lacking:
    return lambda shape: None if role in shape.roles else Message(f"advice.lacks.role_{role}")


def _one_wave(shape: Shape) -> Message | None:
    return Message("advice.lacks.cross_section") if shape.is_over_time else None


def _cutoff(shape: Shape) -> Message | None:
    if shape.is_over_time:
        return Message("advice.lacks.cross_section")
    return Message("advice.lacks.cutoff") if shape.rule is None else None


_plain_panel = _first_of(_before_and_after, _compared)

CANDIDATES: tuple[Candidate, ...] = (
    Candidate(make=RandomisedTrial, lacking=_lot),
    Candidate(make=DifferenceInDifferences, lacking=_first_of(_plain_panel, _one_start)),
    Candidate(make=StaggeredDifferenceInDifferences, lacking=_first_of(_plain_panel, _several_starts)),
    Candidate(make=SyntheticControl, lacking=_first_of(_plain_panel, _donors)),
    Candidate(make=SyntheticDifferenceInDifferences, lacking=_first_of(_plain_panel, _donors)),
    Candidate(make=InterruptedTimeSeries, lacking=_first_of(_before_and_after, _series)),
    Candidate(make=BeforeAfter, lacking=_before_and_after),
)
"""The designs that are always considered."""

MADE_ALIKE = Candidate(make=DoublyRobust, lacking=_compared)
"""What is considered where people measured once have covariates."""

WITH_A_ROLE: tuple[Candidate, ...] = (
    Candidate(make=TripleDifference, lacking=_first_of(_role("eligible"), _plain_panel, _one_start)),
    Candidate(make=ContinuousDose, lacking=_first_of(_role("dose"), _plain_panel, _one_start)),
    Candidate(make=RegressionDiscontinuity, lacking=_first_of(_role("running"), _cutoff)),
    Candidate(make=InstrumentalVariable, lacking=_first_of(_role("instruments"), _one_wave)),
    Candidate(make=SwitchingDifferenceInDifferences, lacking=_first_of(_role("switching"), _compared)),
)
"""Designs that are considered where their role is played."""


def considered(shape: Shape) -> tuple[Candidate, ...]:
    """Return the designs to consider for a study.

    Parameters
    ----------
    shape : Shape
        What the study is like.

    Returns
    -------
    tuple of Candidate
        Those for special roles only where the role is played; of a path that is switched off no other.
    """
    special = {
        "triple_difference": "eligible",
        "continuous_dose": "dose",
        "instrumental_variable": "instruments",
        "regression_discontinuity": "running",
    }
    if "switching" in shape.roles:
        return (WITH_A_ROLE[-1],)
    extra = tuple(each for each in WITH_A_ROLE[:-1] if special[each.method] in shape.roles)
    if shape.kind == "cross_section" and "covariates" in shape.roles and shape.assignment != "lot":
        extra = (MADE_ALIKE, *extra)
    return (*CANDIDATES, *extra)


def started(candidate: Candidate, start: float | None, *, rule: Rule | None = None) -> Estimator:
    """Return a candidate's estimator, with the start (or the threshold) where it takes one.

    Parameters
    ----------
    candidate : Candidate
        The design.
    start : float, optional
        First treated period, where the study does not hold it.
    rule : Rule, optional
        The threshold.

    Returns
    -------
    Estimator
        With its usual settings else.
    """
    made = candidate.make()
    if rule is not None and isinstance(made, RegressionDiscontinuity):
        told = {"cutoff": rule.cutoff, "treated_side": rule.treated_side}
        return cast("Estimator", made.model_copy(update=told))
    if start is None or "start" not in type(made).model_fields:  # type: ignore[attr-defined]
        return made
    return cast("Estimator", made.model_copy(update={"start": start}))  # type: ignore[attr-defined]
