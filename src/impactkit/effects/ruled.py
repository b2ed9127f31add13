"""Studies in which a rule says who is treated, and what the rule gives each row."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.data.study_part import study_with_treated
from impactkit.effects.threshold_rows import Rule

Floats = npt.NDArray[np.float64]
_MOVED = "instrumental_variable"


class Settled(Protocol):
    """An estimator."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Return its settings."""


def rule_of(settings: dict[str, Any]) -> Rule | None:
    """Return the rule that an estimator's settings hold; None for methods without one.

    Parameters
    ----------
    settings : dict
        As an estimate holds them.

    Returns
    -------
    Rule or None
        Of a threshold.

    Examples
    --------
    >>> rule_of({"method": "before_after"}) is None
    True
    """
    if settings["method"] != "regression_discontinuity":
        return None
    names = ("cutoff", "treated_side", "at_cutoff", "donut")
    return Rule(**{name: settings[name] for name in names})


def rule_between(columns: Columns) -> Rule | None:
    """Return the threshold on one side of which all are treated, and on the other none.

    Parameters
    ----------
    columns : Columns
        With a score and who is treated.

    Returns
    -------
    Rule or None
        Its cutoff is the treated score nearest to the others; None where there is no such threshold.

    Examples
    --------
    >>> rows = Columns(outcome=np.zeros(3), covariates=np.empty((3, 0)), periods=np.empty(0),
    ...                running=np.array([1.0, 2.0, 3.0]), treated=np.array([True, False, False]))
    >>> rule_between(rows).treated_side
    'below'
    """
    score, treated = columns.running, columns.treated
    if score is None or treated is None or treated.all() or not treated.any():
        return None
    if score[treated].min() > score[~treated].max():
        return Rule(cutoff=float(score[treated].min()), treated_side="above", at_cutoff="treated")
    if score[treated].max() < score[~treated].min():
        return Rule(cutoff=float(score[treated].max()), treated_side="below", at_cutoff="treated")
    return None


def ruled(study: Study, estimator: Settled) -> Study:
    """Return a study in which the estimator's rule, or takeup, says who is treated where nothing else does.

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        How the effect is estimated.

    Returns
    -------
    Study
        The study itself for methods without a rule or instruments, or with takeup that is not 0 or 1.
    """
    settings = estimator.model_dump(mode="json")
    rule, columns = rule_of(settings), study.columns
    if settings["method"] == _MOVED and columns.treated is None and columns.instruments is not None:
        took = columns.takeup
        is_share = took is not None and bool(((took == 0) | (took == 1)).all())
        return study_with_treated(study, took == 1) if took is not None and is_share else study
    if rule is None or columns.treated is not None or columns.running is None:
        return study
    return study_with_treated(study, rule.treats(columns.running))


def given_by_rule(study: Study, estimator: Settled) -> Floats | None:
    """Return how much of an effect each row gets by a rule or an instrument, shape (n,); None for others.

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        How the effect is estimated.

    Returns
    -------
    ndarray or None
        What was received in a fuzzy design or with an instrument; for a kink how far past the threshold the
        row is.
    """
    settings = estimator.model_dump(mode="json")
    rule = rule_of(settings)
    columns = study.columns
    if settings["method"] == _MOVED:
        return columns.takeup
    if rule is None or columns.running is None:
        return None
    if settings["kind"] != "sharp" and columns.takeup is not None:
        return columns.takeup
    treated = rule.treats(columns.running).astype(float)
    return treated * (columns.running - rule.cutoff) if settings["kind"] == "kink" else treated
