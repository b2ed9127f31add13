"""Doubly robust: regressions of the outcome, corrected by weighted residuals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, WithJsonSchema, field_serializer, field_validator

from impactkit.data.study import Study
from impactkit.effects.chance_test import chance_test
from impactkit.effects.compared_answer import MadeAlike, compared_answer
from impactkit.effects.compared_groups import ComparedGroups, compared_groups
from impactkit.effects.compared_settings import ComparedSettings
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.arm_weights import EstimatedIndex, Target, weights_of_chances
from impactkit.effects.kernels.augmented import Nuisances, Observed, augmented, with_models
from impactkit.effects.kernels.outcome_model import outcome_model
from impactkit.effects.kernels.weighted_contrast import RowEffect
from impactkit.effects.learners import cross_fitted
from impactkit.effects.unlike_groups import chances, dependent, refuse_too_few
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
GivenLearner = Annotated[Any, WithJsonSchema({"type": "null"})]


class DoublyRobust(ComparedSettings):
    """Effect that is right if either who is treated or the outcome is described right by the covariates.

    Parameters
    ----------
    target : {"att", "ate", "overlap"}
        Whose effect: the treated, everyone, or those who could have been either.
    folds : int
        Parts into which the clusters (rows) are dealt; each part's chances and expected outcomes are learnt
        from the others [2]_. 1 learns from all rows: the classical estimator [1]_.
    seed : int
        Of the deal.
    outcome_model, propensity_model : object, optional
        Learners with ``fit`` and ``predict`` or ``predict_proba``, as scikit-learn's; linear and logistic
        regression when left out. They are copied for each fold. A plan cannot carry one.
    inference, level, permutation
        See `ComparedSettings`.

    Notes
    -----
    Weights are not normalised. With ``folds=1`` and our own regressions the standard errors are those of the
    stacked estimating equations, valid where one of the two models is wrong; otherwise those of the efficient
    influence function.

    References
    ----------
    .. [1] Robins, J. M., Rotnitzky, A., & Zhao, L. P. (1994). Estimation of regression coefficients when some
       regressors are not always observed. *Journal of the American Statistical Association*, 89(427).
    .. [2] Chernozhukov, V., Chetverikov, D., Demirer, M., Duflo, E., Hansen, C., Newey, W., & Robins, J.
       (2018). Double/debiased machine learning for treatment and structural parameters. *Econometrics
       Journal*, 21(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "y": [3.0, 5, 6, 1, 2, 4, 3], "arm": [1, 1, 1, 0, 0, 0, 0], "before": [1.0, 2, 3, 0, 1, 3, 2]})
    >>> study = Study(frame, outcome="y", treated="arm", pre_outcome="before")
    >>> round(DoublyRobust(folds=1).estimate(study).interval.point, 3)
    1.667
    """

    method: Literal["doubly_robust"] = "doubly_robust"
    target: Target = "att"
    folds: int = Field(default=5, ge=1, le=100)
    seed: int = Field(default=1, ge=0)
    outcome_model: GivenLearner = None
    propensity_model: GivenLearner = None

    @field_validator("outcome_model", "propensity_model")
    @classmethod
    def _is_learner(cls, given: Any) -> Any:
        if given is None or hasattr(given, "fit"):
            return given
        raise ValueError("a learner is an object with fit and predict, given in Python; a plan has none")

    @field_serializer("outcome_model", "propensity_model")
    def _as_words(self, given: Any) -> str | None:
        return None if given is None else type(given).__name__

    def estimate(self, study: Study) -> Estimate:
        """Return the doubly robust effect.

        Parameters
        ----------
        study : Study
            A cross section with ``treated`` and covariates measured before.

        Returns
        -------
        Estimate
            With the covariates' balance before and after weighting as ``comparability``.

        Raises
        ------
        EstimationError
            If the study has periods, one group or no covariates, the covariates tell who is treated, or a
            fold has too few rows.
        """
        groups = compared_groups(study)
        refuse_too_few(groups)
        effect, p = self._effect(groups)
        after, _ = weights_of_chances(p, groups.treated, groups.weights, target=self.target)
        made = MadeAlike(
            point=effect.point,
            influence=effect.influence,
            target=self.target,
            weights=after,
            is_mean=False,
            used=groups.used,
            notes=groups.notes,
            test=chance_test(groups, self.permutation, target=self.target),
        )
        estimand = self._estimand(study, groups)
        return compared_answer(study, groups, made, settings=self, estimand=estimand)

    def _effect(self, groups: ComparedGroups) -> tuple[RowEffect, Floats]:
        rows = Observed(outcome=groups.outcome, treated=groups.treated, weights=groups.weights)
        if self.folds == 1 and self.outcome_model is None and self.propensity_model is None:
            return self._classical(groups, rows)
        learnt = cross_fitted(
            groups,
            folds=self.folds,
            seed=self.seed,
            outcome=self.outcome_model,
            chance=self.propensity_model,
        )
        return augmented(rows, learnt, target=self.target), learnt.probabilities

    def _classical(self, groups: ComparedGroups, rows: Observed) -> tuple[RowEffect, Floats]:
        fit = chances(groups)
        above, below = (
            outcome_model(groups.X, rows.outcome, rows=arm, weights=rows.weights)
            for arm in (rows.treated, ~rows.treated)
        )
        if not (above.has_converged and below.has_converged):
            raise dependent()
        learnt = Nuisances(
            probabilities=fit.probabilities, if_treated=above.predicted, if_not=below.predicted
        )
        index = EstimatedIndex(
            slopes=np.zeros(0),
            scores=rows.weights * (rows.treated - fit.probabilities),
            inverse=fit.inverse,
        )
        found = augmented(rows, learnt, target=self.target)
        counted = with_models(found, rows, learnt, models=(above, below), index=index, target=self.target)
        return counted, fit.probabilities

    def _estimand(self, study: Study, groups: ComparedGroups) -> Message:
        how = Message(f"estimand.doubly_robust.{'classical' if self.folds == 1 else 'cross_fitted'}")
        return groups.estimand(study, self.target, how=how)
