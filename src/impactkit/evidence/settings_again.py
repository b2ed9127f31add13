"""The estimator that an estimate was made with, from the settings it carries."""

from __future__ import annotations

from typing import Any, cast

from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.effects.estimators import ALL

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

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel()
    >>> estimate = DifferenceInDifferences(event_study=True).estimate(world.study(world.draw(1)))
    >>> estimator_of(estimate, event_study=False) == DifferenceInDifferences()
    True
    """
    part = _BY_METHOD[estimate.method]
    known = {name: value for name, value in changed.items() if name in part.model_fields}
    return cast("Estimator", part.model_validate({**estimate.settings, **known}))
