"""Limits by Anderson and Rubin's test, which hold however weak instruments are."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from impactkit.effects.interval import Interval
from impactkit.effects.kernels.cluster_robust import Kind
from impactkit.effects.weak_instrument_test import AndersonRubinTest
from impactkit.wording import Message


class AndersonRubin(BaseModel):
    """Limits that hold however little the instruments move anybody.

    Parameters
    ----------
    kind : {"CR2", "CR0", "CR1", "CR3", "HC0", "HC1", "HC2", "HC3"}
        The standard errors of the reduced forms; see `ClusterRobust`.
    level : float
        Confidence level of the limits.

    Notes
    -----
    An effect is not rejected when what the instruments do to the outcome, less that effect times what they do
    to takeup, is compatible with 0. The limits have no end where the instruments hardly move anybody: that is
    then what the data say. With several instruments they are also a test that all find the same effect, and
    may be empty. The t interval of two-stage least squares is too short where instruments are weak [2]_.

    References
    ----------
    .. [1] Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a
       complete system of stochastic equations. *Annals of Mathematical Statistics*, 20(1).
    .. [2] Andrews, I., Stock, J. H., & Sun, L. (2019). Weak instruments in instrumental variables regression:
       theory and practice. *Annual Review of Economics*, 11.

    Examples
    --------
    >>> AndersonRubin().kind
    'CR2'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["anderson_rubin"] = "anderson_rubin"
    kind: Kind = "CR2"
    level: float = Field(default=0.95, gt=0, lt=1)

    def interval(self, conventional: Interval, test: AndersonRubinTest) -> Interval:
        """Return the limits around an estimate.

        Parameters
        ----------
        conventional : Interval
            The estimate with its standard error.
        test : AndersonRubinTest
            The test that is inverted.

        Returns
        -------
        Interval
            The standard error is the estimate's own and the limits are the test's; undefined, with the
            reason, where every effect is rejected.
        """
        low, high = test.limits(self.level)
        if math.isnan(low):
            reason = Message("estimate.instruments.disagree")
            return Interval.undefined(conventional.point, level=self.level, reason=reason)
        return replace(conventional, low=low, high=high, p_value=test.p_value())
