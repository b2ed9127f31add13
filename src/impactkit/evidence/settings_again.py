"""The estimator that an estimate was made with, from the settings it carries."""

from __future__ import annotations

from typing import Any, cast

from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.effects.estimators import ALL
from impactkit.errors import EstimationError

_BY_METHOD = {part.model_fields["method"].default: part for part in ALL}


def estimator_of(estimate: Estimate, **changed: Any) -> Estimator:
    """Return the estimator that made an estimate, perhaps with other settings.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    **changed
        Settings put in place of its own; those that the estimator does not have are left out.

    Returns
    -------
    Estimator
        Ready to be asked again.

    Raises
    ------
    EstimationError
        If it was made with a learner, which no settings hold.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel()
    >>> estimate = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))
    >>> estimator_of(estimate, event_study=False) == DifferenceInDifferences()
    True
    """
    if holds_learner(estimate):
        raise EstimationError(
            "The estimate was made with a learner that was handed in, and its settings hold only its name.",
            where="settings",
            mend="Estimate again yourself, or without outcome_model= and propensity_model=.",
        )
    part = _BY_METHOD[estimate.method]
    known = {name: value for name, value in changed.items() if name in part.model_fields}
    return cast("Estimator", part.model_validate({**estimate.settings, **known}))


def holds_learner(estimate: Estimate) -> bool:
    """Return whether an estimate was made with a learner that was handed in.

    Parameters
    ----------
    estimate : Estimate
        The estimate.

    Returns
    -------
    bool
        Then its settings are not enough to make it again.
    """
    return any(estimate.settings.get(name) is not None for name in ("outcome_model", "propensity_model"))
