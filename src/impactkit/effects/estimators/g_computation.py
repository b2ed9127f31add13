"""G-computation: what each would have had in the other group, by a regression in each group."""

from __future__ import annotations

from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.chance_test import chance_test
from impactkit.effects.compared_answer import MadeAlike, compared_answer
from impactkit.effects.compared_groups import ComparedGroups, compared_groups
from impactkit.effects.compared_settings import ComparedSettings
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.outcome_model import Family, outcome_model
from impactkit.effects.kernels.standardisation import standardised
from impactkit.effects.unlike_groups import dependent, refuse_too_few
from impactkit.errors import EstimationError
from impactkit.wording import Message


class GComputation(ComparedSettings):
    """Effect by regressions of the outcome on the covariates, one in each group.

    Parameters
    ----------
    target : {"att", "ate"}
        Whose effect: the treated, or everyone.
    model : {"linear", "logistic", "poisson"}
        The regression; ``logistic`` for an outcome of 0 and 1 and ``poisson`` for counts. The effect is a
        difference of outcomes (a risk difference) whatever the model.
    inference, level, permutation
        See `ComparedSettings`.

    Notes
    -----
    Both regressions predict the outcome of everyone the effect is about, and their difference is averaged
    ([1]_, [2]_). Where the groups hardly overlap the regressions are extended to people none of whom they
    have seen, and the method does not tell: see the ``overlap`` check. Standard errors count both
    regressions and who is averaged over.

    References
    ----------
    .. [1] Robins, J. (1986). A new approach to causal inference in mortality studies with a sustained
       exposure period. *Mathematical Modelling*, 7(9-12).
    .. [2] Sjölander, A. (2016). Regression standardization with the R package stdReg. *European Journal of
       Epidemiology*, 31.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "y": [3.0, 5, 6, 1, 2, 4, 3], "arm": [1, 1, 1, 0, 0, 0, 0], "before": [1.0, 2, 3, 0, 1, 3, 2]})
    >>> study = Study(frame, outcome="y", treated="arm", pre_outcome="before")
    >>> round(GComputation().estimate(study).interval.point, 3)
    1.667
    """

    method: Literal["g_computation"] = "g_computation"
    target: Literal["att", "ate"] = "att"
    model: Family = "linear"

    def estimate(self, study: Study) -> Estimate:
        """Return the averaged difference of the regressions.

        Parameters
        ----------
        study : Study
            A cross section with ``treated`` and covariates measured before.

        Returns
        -------
        Estimate
            With the covariates' balance as it was as ``comparability``.

        Raises
        ------
        EstimationError
            If the study has periods, one group or no covariates, or the outcome does not fit the model.
        """
        groups = compared_groups(study)
        refuse_too_few(groups)
        _refuse_outcome(study, groups, self.model)
        above, below = (
            outcome_model(groups.X, groups.outcome, rows=rows, weights=groups.weights, family=self.model)
            for rows in (groups.treated, ~groups.treated)
        )
        if not all(arm.has_converged and np.isfinite(arm.predicted).all() for arm in (above, below)):
            raise dependent() if self.model == "linear" else _separated_outcome(self.model)
        population = groups.weights * (groups.treated if self.target == "att" else 1.0)
        effect = standardised(above, below, population)
        made = MadeAlike(
            point=effect.point,
            influence=effect.influence,
            target=self.target,
            weights=None,
            is_mean=False,
            used=groups.used,
            notes=groups.notes,
            test=chance_test(groups, self.permutation, target=self.target),
        )
        how = Message(f"estimand.regressed.{self.model}")
        estimand = groups.estimand(study, self.target, how=how)
        return compared_answer(study, groups, made, settings=self, estimand=estimand)


def _refuse_outcome(study: Study, groups: ComparedGroups, model: Family) -> None:
    y = groups.outcome
    if model == "logistic" and not np.isin(y, (0.0, 1.0)).all():
        raise EstimationError(
            "model='logistic' needs an outcome of 0 and 1; {outcome} has other values.",
            where="model",
            mend="Use model='linear', or 'poisson' for counts.",
            values={"outcome": study.outcome},
        )
    if model == "poisson" and (y < 0).any():
        raise EstimationError(
            "model='poisson' needs counts; {outcome} has values below 0.",
            where="model",
            mend="Use model='linear'.",
            values={"outcome": study.outcome},
        )


def _separated_outcome(model: Family) -> EstimationError:
    return EstimationError(
        "The {model} regression has no end in one of the groups: the covariates tell the outcome there.",
        where="model",
        mend="Use model='linear', or fewer covariates.",
        values={"model": model},
    )
