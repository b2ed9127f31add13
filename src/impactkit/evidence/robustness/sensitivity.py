"""How far an effect stands when trends were not quite parallel."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.honest_bounds import (
    EventStudy,
    Restriction,
    honest_limits,
    leaves_out,
    relative_magnitudes,
    smoothness,
)
from impactkit.errors import EstimationError
from impactkit.evidence.event_study import event_study
from impactkit.wording import Facts, Message, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["relative_magnitudes", "smoothness"]
_FEW = 20
_LARGEST = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestLimits:
    """Limits of an effect under one bound on how trends differ.

    Parameters
    ----------
    bound : float
        The bound.
    low, high : float
        The limits, in the outcome's unit.
    """

    bound: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Sensitivity(Shown):
    """Limits of an effect under growing differences of trends.

    Parameters
    ----------
    kind : {"relative_magnitudes", "smoothness"}
        What is bounded.
    limits : tuple of HonestLimits
        One a bound.
    level : float
        Confidence level.
    study : EventStudy
        The leads and lags.
    warnings : tuple of Message
        What a reader must know.
    """

    kind: Kind
    limits: tuple[HonestLimits, ...]
    level: float
    study: EventStudy = field(repr=False, compare=False)
    warnings: tuple[Message, ...] = ()

    @property
    def point(self) -> float:
        """The effect if trends were parallel."""
        return self.study.point

    @cached_property
    def breakdown(self) -> float:
        """The largest bound at which the limits still leave out no effect; 0 if none does, inf if all do.

        Found when it is first asked for.
        """
        scale = max(found.bound for found in self.limits)
        return _breakdown(self.study, self.kind, self.level, scale=scale)

    def tidy(self) -> pd.DataFrame:
        """Return one row a bound: bound, conf_low, conf_high."""
        import pandas as pd

        rows = [
            {"bound": found.bound, "conf_low": found.low, "conf_high": found.high} for found in self.limits
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return one_line("Sensitivity", self.kind, f"{len(self.limits)} bounds")

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (
                Message("sensitivity.bound", {"bound": found.bound}),
                Message("sensitivity.limits", {"low": found.low, "high": found.high}),
            )
            for found in self.limits
        ]
        rows.append((Message("sensitivity.row.breakdown"), self.in_words()))
        title = Message(f"sensitivity.title.{self.kind}", {"level": self.level})
        return Facts(title=title, rows=rows, warnings=self.warnings)

    def in_words(self) -> Message:
        """Return what the breakdown value says."""
        if self.breakdown == 0:
            return Message("sensitivity.breaks_at_once")
        if math.isinf(self.breakdown):
            return Message("sensitivity.never_breaks")
        return Message(f"sensitivity.breaks_at.{self.kind}", {"bound": self.breakdown})


def sensitivity(
    estimate: Estimate,
    *,
    kind: Kind = "relative_magnitudes",
    bounds: tuple[float, ...] | None = None,
    event_time: float | None = None,
    level: float = 0.95,
) -> Sensitivity:
    """Return the limits of an effect when trends may have differed, by how much they may.

    Parameters
    ----------
    estimate : Estimate
        An event study: ``DifferenceInDifferences(event_study=True)``, or ``aggregate("dynamic")`` of a
        staggered estimate with ``base="universal"``.
    kind : {"relative_magnitudes", "smoothness"}
        No step after the reference period exceeds ``bound`` times the largest step before it; or the slope
        of the difference changes by at most ``bound`` from one period to the next.
    bounds : tuple of float, optional
        Not negative. Default: 0.5, 1, 1.5 and 2; for smoothness those times the largest change of slope seen
        before the start.
    event_time : float, optional
        The effect asked about; default: the mean of all from the start on.
    level : float
        Confidence level.

    Returns
    -------
    Sensitivity
        With the breakdown value.

    Raises
    ------
    EstimationError
        If the estimate is not an event study with one reference period, its covariance is none, a bound is
        negative or none is given, or smoothness is asked of unevenly spaced periods.

    Notes
    -----
    Limits are those of the hybrid of the conditional and the least-favourable test [1]_, for both kinds:
    valid whatever the trend within the bound, which limits of the identified set plus 1.96 standard errors
    are not. Only restrictions on periods after the reference enter the test. Where the effects that are not
    rejected fall apart into several stretches, the limits hold them all. They take the estimates to be
    jointly normal; with few clusters they are too narrow, and a warning says so.

    References
    ----------
    .. [1] Rambachan, A., & Roth, J. (2023). A more credible approach to parallel trends. *Review of Economic
       Studies*, 90(5).

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=200, n_treated=100, effect=3.0)
    >>> found = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))
    >>> analysis = sensitivity(found, bounds=(0.5, 1.0))
    >>> [round(limits.low, 1) for limits in analysis.limits], analysis.breakdown > 1
    ([2.2, 1.7], True)
    """
    study = event_study(estimate, event_time=event_time, even=kind == "smoothness")
    chosen = _default_bounds(study, kind) if bounds is None else tuple(bounds)
    if not chosen:
        raise EstimationError(
            "No bound is given.",
            where="bounds",
            mend="Give at least one, such as bounds=(1.0,).",
        )
    if not all(bound >= 0 for bound in chosen):
        raise EstimationError(
            "A bound on trends is negative: {bound:g}.",
            where="bounds",
            mend="Use 0 for parallel trends, and larger numbers for larger differences.",
            values={"bound": min(chosen)},
        )
    ends = [honest_limits(study, _restrictions(study, kind, bound), level=level) for bound in chosen]
    clusters = min(estimate.sample.n_treated_clusters, estimate.sample.n_comparison_clusters)
    few = (Message("sensitivity.few_clusters", {"n": clusters}),) if clusters < _FEW else ()
    return Sensitivity(
        kind=kind,
        limits=tuple(
            HonestLimits(bound=bound, low=low, high=high)
            for bound, (low, high) in zip(chosen, ends, strict=True)
        ),
        level=level,
        study=study,
        warnings=few,
    )


def _restrictions(study: EventStudy, kind: Kind, bound: float) -> tuple[Restriction, ...]:
    make = relative_magnitudes if kind == "relative_magnitudes" else smoothness
    return make(study.n_before, len(study.weights), bound=bound)


def _default_bounds(study: EventStudy, kind: Kind) -> tuple[float, ...]:
    bounds = (0.5, 1.0, 1.5, 2.0)
    if kind == "relative_magnitudes":
        return bounds
    before = np.append(study.points[: study.n_before], 0.0)
    bends = np.abs(np.diff(before, n=2))
    size = float(bends.max()) if len(bends) else study.std_error
    return tuple(bound * size for bound in bounds)


def _breakdown(study: EventStudy, kind: Kind, level: float, *, scale: float) -> float:
    """Return the largest bound whose limits leave out 0, by bisection."""

    def leaves_out_none(bound: float) -> bool:
        return leaves_out(study, _restrictions(study, kind, bound), 0.0, level=level)

    if not leaves_out_none(0.0):
        return 0.0
    inside, outside = 0.0, scale or 1.0
    while leaves_out_none(outside):
        inside, outside = outside, 2 * outside
        if outside > _LARGEST * (scale or 1.0):
            return math.inf
    while outside - inside > 1e-3 * (scale or 1.0):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if leaves_out_none(middle) else (inside, middle)
    return inside
