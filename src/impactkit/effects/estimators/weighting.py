"""Weighting: the comparison group is given the composition of the treated."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from impactkit.data.study import Study
from impactkit.effects.chance_test import chance_test
from impactkit.effects.compared_answer import MadeAlike, compared_answer
from impactkit.effects.compared_groups import ComparedGroups, compared_groups
from impactkit.effects.compared_settings import ComparedSettings
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.arm_weights import ArmWeights, Scheme, Target, arm_weights
from impactkit.effects.kernels.weighted_contrast import weighted_contrast
from impactkit.effects.trimmed_groups import trimmed_groups
from impactkit.effects.unlike_groups import refuse_too_few, separated, unbalanced
from impactkit.wording import Message


class Weighting(ComparedSettings):
    """Effect by weighting: groups that differ are given the same composition in what was measured of them.

    Parameters
    ----------
    weights : {"inverse_probability", "entropy", "overlap", "covariate_balancing"}
        From a logistic regression of who is treated [1]_; the weights nearest to equal that make the means of
        the covariates exactly the same [2]_; those that ask about people who could have been either [3]_; the
        logistic regression under which inverse probabilities balance exactly [4]_.
    target : {"att", "ate", "overlap"}
        Whose effect: the treated, everyone, or those who could have been either. ``overlap`` goes with
        ``weights="overlap"`` and with nothing else.
    trim : float or "optimal", optional
        Leave out those whose chance of being treated is below it or above one less it (above, for the
        treated); ``"optimal"`` is the rule of [5]_ for everyone. It changes whom the effect is about.
    inference, level, permutation
        See `ComparedSettings`.

    Notes
    -----
    Means are normalised, so that adding a constant to the outcome changes nothing. The study's weight
    multiplies: groups are made like the weighted population. Standard errors are those of the stacked
    estimating equations and count the weights as estimated; by cluster where the study has clusters.

    References
    ----------
    .. [1] Lunceford, J. K., & Davidian, M. (2004). Stratification and weighting via the propensity score in
       estimation of causal treatment effects. *Statistics in Medicine*, 23(19).
    .. [2] Hainmueller, J. (2012). Entropy balancing for causal effects. *Political Analysis*, 20(1).
    .. [3] Li, F., Morgan, K. L., & Zaslavsky, A. M. (2018). Balancing covariates via propensity score
       weighting. *Journal of the American Statistical Association*, 113(521).
    .. [4] Imai, K., & Ratkovic, M. (2014). Covariate balancing propensity score. *Journal of the Royal
       Statistical Society B*, 76(1).
    .. [5] Crump, R. K., Hotz, V. J., Imbens, G. W., & Mitnik, O. A. (2009). Dealing with limited overlap in
       estimation of average treatment effects. *Biometrika*, 96(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "y": [3.0, 5, 6, 1, 2, 4, 3], "arm": [1, 1, 1, 0, 0, 0, 0], "before": [1.0, 2, 3, 0, 1, 3, 2]})
    >>> study = Study(frame, outcome="y", treated="arm", pre_outcome="before")
    >>> found = Weighting(weights="entropy").estimate(study)
    >>> round(found.interval.point, 3), found.comparability.largest_gap < 1e-12
    (1.667, True)
    """

    method: Literal["weighting"] = "weighting"
    weights: Scheme = "inverse_probability"
    target: Target = "att"
    trim: float | Literal["optimal"] | None = Field(default=None)

    @model_validator(mode="before")
    @classmethod
    def _overlap_alone(cls, given: Any) -> Any:
        """Take the target that overlap weights have."""
        if isinstance(given, dict) and given.get("weights") == "overlap":
            return {"target": "overlap", **given}
        return given

    @model_validator(mode="after")
    def _fits(self) -> Weighting:
        if (self.weights == "overlap") != (self.target == "overlap"):
            raise ValueError("target='overlap' goes with weights='overlap', and with nothing else")
        if isinstance(self.trim, float) and not 0 < self.trim < 0.5:
            raise ValueError("trim must lie between 0 and 0.5")
        if self.trim is not None and self.target == "overlap":
            raise ValueError("overlap weights need no trim: those nearly certain weigh next to nothing")
        if self.trim == "optimal" and self.target != "ate":
            raise ValueError("trim='optimal' is for target='ate'")
        return self

    def estimate(self, study: Study) -> Estimate:
        """Return the difference of weighted means.

        Parameters
        ----------
        study : Study
            A cross section with ``treated`` and covariates measured before.

        Returns
        -------
        Estimate
            With the covariates' balance before and after as ``comparability``.

        Raises
        ------
        EstimationError
            If the study has periods, one group or no covariates, the covariates tell who is treated, or no
            weights make the groups alike.
        """
        every = compared_groups(study)
        groups, kept, words = trimmed_groups(every, self.trim, target=self.target)
        found = self._weighed(groups)
        effect = weighted_contrast(groups.outcome, groups.X, groups.treated, found)
        influence, weights = effect.influence, found.weights
        if groups is not every:
            influence, weights = np.zeros(len(kept)), np.zeros(len(kept))
            influence[kept], weights[kept] = effect.influence, found.weights
        made = MadeAlike(
            point=effect.point,
            influence=influence,
            target=self.target,
            weights=weights,
            is_mean=True,
            used=groups.used,
            notes=groups.notes,
            test=chance_test(every, self.permutation, target=self.target, is_apart=False, among=kept),
            known={"n_trimmed": int((~kept).sum())},
        )
        estimand = self._estimand(study, every, words)
        return compared_answer(study, every, made, settings=self, estimand=estimand)

    def _weighed(self, groups: ComparedGroups) -> ArmWeights:
        refuse_too_few(groups)
        found = arm_weights(groups.X, groups.treated, groups.weights, scheme=self.weights, target=self.target)
        if found.trouble is not None:
            raise separated() if found.trouble == "separated" else unbalanced()
        return found

    def _estimand(self, study: Study, groups: ComparedGroups, words: Message) -> Message:
        how = Message(f"estimand.weights.{self.weights}")
        return groups.estimand(study, self.target, how=how, left=words)
