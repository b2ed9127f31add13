"""Figures of a result: one figure a file, listed in ``ALL``; each gives Axes that carry ``alt_text``."""

from impactkit.reporting.plots.answers import answers
from impactkit.reporting.plots.event_study import event_study
from impactkit.reporting.plots.trajectories import trajectories
from impactkit.reporting.plots.verdict_interval import verdict_interval

ALL = (answers, event_study, trajectories, verdict_interval)

__all__ = ["ALL", "answers", "event_study", "trajectories", "verdict_interval"]
