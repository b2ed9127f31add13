"""Which picture shows which result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.binned_means import Spacing
from impactkit.errors import UsageError
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.claim import Claim
from impactkit.evidence.robustness.specifications import Specifications
from impactkit.evidence.value import Value
from impactkit.evidence.verdict import Verdict
from impactkit.plans.claim_power import ClaimPower
from impactkit.plans.effect_chain import EffectChain
from impactkit.plans.power import Power
from impactkit.reporting.acceptability_picture import AcceptabilityPicture
from impactkit.reporting.answers_picture import Answers, AnswersPicture
from impactkit.reporting.balance_picture import BalancePicture
from impactkit.reporting.chain_picture import ChainPicture
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.counterfactual_picture import View as Side
from impactkit.reporting.curve_picture import CurvePicture
from impactkit.reporting.dose_picture import DosePicture
from impactkit.reporting.drawn import Drawn
from impactkit.reporting.effect_rows import CarriedOut
from impactkit.reporting.forest_picture import ForestPicture
from impactkit.reporting.funnel_picture import FunnelPicture
from impactkit.reporting.map_picture import MapPicture
from impactkit.reporting.numbers import Measure
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, TrajectoriesPicture
from impactkit.reporting.power_picture import PowerPicture
from impactkit.reporting.threshold_picture import ThresholdPicture
from impactkit.reporting.units_picture import UnitsPicture
from impactkit.wording import say

if TYPE_CHECKING:
    import pandas as pd

Angle = Literal[
    "bands", "dose", "threshold", "quantiles", "curve", "forest", "funnel", "units", "balance", "map"
]
View = Side | Angle
Areas = str | Path | Mapping[str, Any]
Several = Mapping[str, Estimate] | Sequence[Estimate]
Plotted = (
    Estimate
    | Verdict
    | Answers
    | CarriedOut
    | Several
    | Study
    | CheckResult
    | Sequence[CheckResult]
    | Power
    | ClaimPower
    | EffectChain
    | Value
    | Drawn
)
"""What `plot` draws; a column of values (pandas Series) too, with areas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for beside the result.

    Parameters
    ----------
    measure : Measure
        How numbers are written.
    claim : Claim, optional
        What was promised.
    view : str, optional
        From which side.
    areas : path or mapping, optional
        GeoJSON.
    """

    measure: Measure
    claim: Claim | None = None
    view: str | None = None
    areas: Areas | None = None


def picture_of(result: Plotted | pd.Series[Any], asked: Asked) -> Drawn:
    """Return the picture of a result.

    Parameters
    ----------
    result : Estimate, Verdict, Evaluation, Study and so on
        See `impactkit.plot`.
    asked : Asked
        What was asked for beside it.

    Returns
    -------
    picture
        Not yet drawn.

    Raises
    ------
    UsageError
        If there is no picture of such a result, or not from that side.
    """
    for kind, (make, views) in _MADE.items():
        if isinstance(result, kind):
            _check_view(result, asked, views)
            return make(result, asked)
    if isinstance(result, Mapping | list | tuple):
        return _of_several(result, asked)
    if isinstance(result, CarriedOut):
        _check_view(result, asked, ("forest", "funnel"))
        return _forest_or_funnel(result, asked)
    if hasattr(result, "index") and hasattr(result, "to_numpy") and not hasattr(result, "columns"):
        return _map(cast(Any, result), asked)
    if isinstance(result, Drawn):
        _check_view(result, asked, ())
        return result
    raise UsageError(
        "There is no figure of {kind}.",
        where="plot",
        mend="Give an Estimate, a Verdict, an Evaluation, several estimates, a Study, an EffectChain, what "
        "ik.power or ik.robustness gives, or a column of values with areas=.",
        values={"kind": type(result).__name__},
    )


def _check_view(result: object, asked: Asked, views: Sequence[str]) -> None:
    kind = type(result).__name__
    if asked.areas is not None:
        raise UsageError(
            "There is no map of {kind}.",
            where="areas",
            mend="Give a column of values (a pandas Series) with the areas' codes as its index.",
            values={"kind": kind},
        )
    if asked.view is not None and asked.view not in views:
        mend = "Leave view= out, or choose among {views}." if views else "Leave view= out."
        raise UsageError(
            "There is no {view} of {kind}.",
            where="view",
            mend=mend,
            values={"view": asked.view, "kind": kind, "views": ", ".join(views)},
        )


def _of_estimate(estimate: Estimate, asked: Asked) -> Drawn:
    view, measure = asked.view, asked.measure
    if view == "bands":
        return EventStudyPicture.of(estimate, measure, joint=True)
    if view == "balance":
        return BalancePicture.of(estimate, measure.language)
    if view == "dose" or (view is None and estimate.method == "continuous_dose"):
        return DosePicture.of(estimate, measure)
    if view in _BINS or (view is None and estimate.threshold is not None):
        return ThresholdPicture.of(estimate, measure, spacing=_BINS.get(view or "", "even"))
    if view is not None:
        return CounterfactualPicture.of(estimate, measure, view=view)  # type: ignore[arg-type]
    if estimate.counterfactual is not None:
        return CounterfactualPicture.of(estimate, measure)
    has_events = any(term.event_time is not None for term in estimate.terms) and (
        estimate.cohorts is not None or any(term.group is None for term in estimate.terms[1:])
    )
    return (EventStudyPicture if has_events else TrajectoriesPicture).of(estimate, measure)


def _of_verdict(verdict: Verdict, asked: Asked) -> Drawn:
    heading = say("plot.interval.title", asked.measure.language, claim=verdict.claim)
    return IntervalPicture(heading=heading, measure=asked.measure, verdict=verdict, claim=asked.claim)


def _of_specifications(result: Specifications, asked: Asked) -> Drawn:
    return (CurvePicture if asked.view == "curve" else AnswersPicture).of(result, asked.measure)


def _of_answers(result: Answers, asked: Asked) -> Drawn:
    return AnswersPicture.of(result, asked.measure)


def _of_study(study: Study, asked: Asked) -> Drawn:
    if asked.view == "units" or (asked.view is None and study.kind == "panel"):
        return UnitsPicture.of(study, asked.measure)
    return BalancePicture.of(study, asked.measure.language)


def _of_check(found: CheckResult, asked: Asked) -> Drawn:
    return BalancePicture.of(found, asked.measure.language)


def _of_power(power: Power | ClaimPower, asked: Asked) -> Drawn:
    claim = None if asked.claim is None else asked.claim.id
    return PowerPicture.of(power, asked.measure.language, claim=claim)


def _of_value(value: Value, asked: Asked) -> Drawn:
    claim = asked.claim.id if asked.claim else ""
    picture = AcceptabilityPicture.of(value, asked.measure.language, claim=claim)
    if not picture.is_known:
        raise UsageError(
            "There is no figure of a value whose effect has no standard error.",
            where="plot",
            mend="Estimate the effect with an inference that gives one.",
        )
    return picture


def _of_chain(chain: EffectChain, asked: Asked) -> Drawn:
    return ChainPicture.of(chain, asked.measure.language)


def _of_several(results: Mapping[Any, Any] | Sequence[Any], asked: Asked) -> Drawn:
    parts = list(results.values()) if isinstance(results, Mapping) else list(results)
    if parts and not isinstance(results, Mapping) and all(isinstance(part, CheckResult) for part in parts):
        _check_view(results, asked, ("balance",))
        return BalancePicture.of(parts, asked.measure.language)
    other = next((part for part in parts if not isinstance(part, Estimate)), None)
    if other is not None:
        raise UsageError(
            "Several effects are drawn of estimates; one of these is {kind}.",
            where="plot",
            mend="Give estimates, or the whole evaluation: its claims say in what unit they are.",
            values={"kind": type(other).__name__},
        )
    _check_view(results, asked, ("forest", "funnel"))
    return _forest_or_funnel(results, asked)


def _forest_or_funnel(results: Any, asked: Asked) -> Drawn:
    return (FunnelPicture if asked.view == "funnel" else ForestPicture).of(results, asked.measure)


def _map(values: pd.Series[Any], asked: Asked) -> Drawn:
    _check_view(values, replace(asked, areas=None), ("map",))
    if asked.areas is None:
        raise UsageError(
            "A map needs the areas' borders.",
            where="areas",
            mend="Give areas=, a GeoJSON file or the same as a dict.",
        )
    return MapPicture.of(values, asked.areas, asked.measure)


_BINS: dict[str, Spacing] = {"threshold": "even", "quantiles": "quantile"}
_SIDES = ("trend", "gap", "placebos", "weights", "season", "bands", "dose", "balance", *_BINS)
_MADE: dict[Any, tuple[Callable[[Any, Asked], Drawn], tuple[str, ...]]] = {
    Estimate: (_of_estimate, _SIDES),
    Verdict: (_of_verdict, ()),
    Specifications: (_of_specifications, ("curve",)),
    Answers: (_of_answers, ()),
    Study: (_of_study, ("units", "balance")),
    CheckResult: (_of_check, ("balance",)),
    Power: (_of_power, ()),
    ClaimPower: (_of_power, ()),
    EffectChain: (_of_chain, ()),
    Value: (_of_value, ()),
}
