"""Large-sample standard errors from influence functions, as published for group-time effects."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.arm_variances import arm_variances, uncertainty_of
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.uncertainty import Uncertainty
from impactkit.wording import Message


class InfluenceFunction(BaseModel):
    """Large-sample standard errors from influence functions, with limits of the normal distribution.

    Parameters
    ----------
    level : float
        Confidence level of the limits.

    Notes
    -----
    The variance is the sum over clusters of squared contributions, without a correction for few clusters: the
    numbers that the original authors' software publishes, cohorts' shares taken as estimates of a
    population's. With few treated clusters they are too sure, and
    estimators then choose ``ClusterRobust`` themselves.

    References
    ----------
    .. [1] Callaway, B., & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods.
       *Journal of Econometrics*, 225(2), theorems 2 and 3.

    Examples
    --------
    >>> InfluenceFunction().level
    0.95
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["influence_function"] = "influence_function"
    level: float = Field(default=0.95, gt=0, lt=1)

    def infer_influenced(self, effects: InfluencedEffects) -> Uncertainty:
        """Return intervals for effects known by their influence.

        Parameters
        ----------
        effects : InfluencedEffects
            The effects, by cohort.

        Returns
        -------
        Uncertainty
            One interval an effect.
        """
        effects = effects.with_estimated_shares()
        found = arm_variances(effects, power=0)
        df = np.full(len(effects.points), np.inf)
        words = Message("inference.influence_function", {"clusters": effects.features.n_clusters})
        return uncertainty_of(effects, found, df=df, level=self.level, words=words)
