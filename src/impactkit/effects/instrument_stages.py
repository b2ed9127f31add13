"""What instruments do to outcome and takeup, how strongly, and the test of any effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.inference import ClusterRobust
from impactkit.effects.instrumented_columns import Instrumented
from impactkit.effects.kernels.anderson_rubin import ReducedForms
from impactkit.effects.kernels.instruments import Strength, strength
from impactkit.effects.uncertainty import Uncertainty
from impactkit.effects.weak_instrument_test import AndersonRubinTest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InstrumentStages:
    """Regressions on the instruments.

    Parameters
    ----------
    effects, moved : Uncertainty
        Of the outcome, and of takeup.
    strength : Strength
        How strong the instruments are.
    test : AndersonRubinTest, optional
        Of any effect; None where the errors cannot be known.
    """

    effects: Uncertainty
    moved: Uncertainty
    strength: Strength
    test: AndersonRubinTest | None


def instrument_stages(asked: Instrumented, robust: ClusterRobust) -> InstrumentStages:
    """Return what the instruments do.

    Parameters
    ----------
    asked : Instrumented
        The rows.
    robust : ClusterRobust
        The standard errors.

    Returns
    -------
    InstrumentStages
        Both regressions.
    """
    rows = asked.rows
    problems = [rows.reduced(values) for values in (rows.outcome, rows.takeup)]
    effects, moved = (robust.infer(problem, problem.fit()) for problem in problems)
    points = np.array([interval.point for interval in moved.intervals])
    return InstrumentStages(
        effects=effects,
        moved=moved,
        strength=strength(points, rows.gram(), moved.covariance),
        test=_test(effects, moved),
    )


def _test(effects: Uncertainty, moved: Uncertainty) -> AndersonRubinTest | None:
    if any(interval.reason is not None for interval in effects.intervals):
        return None
    forms = ReducedForms(
        outcome=np.array([interval.point for interval in effects.intervals]),
        regressor=np.array([interval.point for interval in moved.intervals]),
        outcome_errors=effects.contributions.matrix,
        regressor_errors=moved.contributions.matrix,
    )
    return AndersonRubinTest(forms=forms, df=min(interval.df for interval in effects.intervals))
