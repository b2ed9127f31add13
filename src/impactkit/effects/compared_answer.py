"""Two groups that were made alike, put together to an Estimate with how alike they became."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.comparability import comparability
from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.compared_settings import ComparedSettings
from impactkit.effects.estimate import Estimate
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.regression import Label
from impactkit.effects.row_effects import RowEffects, row_answer
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadeAlike:
    """What was found where two groups were made alike.

    Parameters
    ----------
    point : float
        The effect, in the outcome's unit.
    influence : ndarray, shape (n,)
        What each row adds to its error.
    target : {"att", "ate", "overlap"}
        Whose effect.
    weights : ndarray, shape (n,), optional
        Under which the groups are compared; None where regressions compare them.
    is_mean : bool
        Whether the effect is the difference of means under these weights, so that corrections for few rows
        are those of their effective number.
    used : tuple of str
        Covariates that entered.
    notes : tuple of Message
        What a reader must know beside.
    test : PermutationTest, optional
        The test that stands beside the interval.
    known : dict of str to int
        Rows left out and reuse; see `Comparability`.
    """

    point: float
    influence: Floats
    target: str
    weights: Floats | None
    is_mean: bool
    used: tuple[str, ...]
    notes: tuple[Message, ...]
    test: PermutationTest | None
    known: dict[str, int] = field(default_factory=dict)


def compared_answer(
    study: Study, groups: ComparedGroups, made: MadeAlike, *, settings: ComparedSettings, estimand: Message
) -> Estimate:
    """Put an estimate together.

    Parameters
    ----------
    study : Study
        The study.
    groups : ComparedGroups
        All rows, those that were left out among them.
    made : MadeAlike
        What was found.
    settings : ComparedSettings
        The estimator.
    estimand : Message
        What is estimated, in words.

    Returns
    -------
    Estimate
        With the covariates' balance before and after as ``comparability``.
    """
    effects = RowEffects(
        points=np.array([made.point]),
        influence=made.influence[:, None],
        labels=(Label(name=made.target),),
        weights=made.weights if made.is_mean else None,
    )
    answered = row_answer(
        study,
        groups.columns,
        effects,
        settings=settings,
        estimand=estimand,
        adjusted_for=made.used,
    )
    alike = comparability(
        groups.X[:, 1:] if groups.kept.all() else groups.values,
        groups.names,
        groups.treated,
        before=groups.weights,
        after=made.weights,
        baseline=study.pre_outcome,
        **made.known,
    )
    return replace(
        answered,
        warnings=(*answered.warnings, *made.notes),
        comparability=alike,
        permutation=made.test,
    )
