"""Figures of a result: one figure a file, listed in ``ALL``; each gives Axes that carry ``alt_text``."""

from impactkit.reporting.plots.acceptability import acceptability
from impactkit.reporting.plots.answers import answers
from impactkit.reporting.plots.choropleth import choropleth
from impactkit.reporting.plots.counterfactual_gap import counterfactual_gap
from impactkit.reporting.plots.counterfactual_trend import counterfactual_trend
from impactkit.reporting.plots.discontinuity import discontinuity
from impactkit.reporting.plots.donor_weights import donor_weights
from impactkit.reporting.plots.dose_response import dose_response
from impactkit.reporting.plots.effect_chain import effect_chain
from impactkit.reporting.plots.event_study import event_study
from impactkit.reporting.plots.forest import forest
from impactkit.reporting.plots.funnel import funnel
from impactkit.reporting.plots.love import love
from impactkit.reporting.plots.power_curve import power_curve
from impactkit.reporting.plots.small_multiples import small_multiples
from impactkit.reporting.plots.specification_curve import specification_curve
from impactkit.reporting.plots.trajectories import trajectories
from impactkit.reporting.plots.verdict_interval import verdict_interval

ALL = (
    acceptability,
    answers,
    choropleth,
    counterfactual_gap,
    counterfactual_trend,
    discontinuity,
    donor_weights,
    dose_response,
    effect_chain,
    event_study,
    forest,
    funnel,
    love,
    power_curve,
    small_multiples,
    specification_curve,
    trajectories,
    verdict_interval,
)

__all__ = [
    "ALL",
    "acceptability",
    "answers",
    "choropleth",
    "counterfactual_gap",
    "counterfactual_trend",
    "discontinuity",
    "donor_weights",
    "dose_response",
    "effect_chain",
    "event_study",
    "forest",
    "funnel",
    "love",
    "power_curve",
    "small_multiples",
    "specification_curve",
    "trajectories",
    "verdict_interval",
]
