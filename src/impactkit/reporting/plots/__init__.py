"""Figures of a result: one figure a file, listed in ``ALL``; each gives Axes that carry ``alt_text``."""

from impactkit.reporting.plots.acceptability import acceptability
from impactkit.reporting.plots.answers import answers
from impactkit.reporting.plots.counterfactual_gap import counterfactual_gap
from impactkit.reporting.plots.counterfactual_trend import counterfactual_trend
from impactkit.reporting.plots.donor_weights import donor_weights
from impactkit.reporting.plots.event_study import event_study
from impactkit.reporting.plots.trajectories import trajectories
from impactkit.reporting.plots.verdict_interval import verdict_interval

ALL = (
    acceptability,
    answers,
    counterfactual_gap,
    counterfactual_trend,
    donor_weights,
    event_study,
    trajectories,
    verdict_interval,
)

__all__ = [
    "ALL",
    "acceptability",
    "answers",
    "counterfactual_gap",
    "counterfactual_trend",
    "donor_weights",
    "event_study",
    "trajectories",
    "verdict_interval",
]
