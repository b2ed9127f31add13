"""Do several instruments find the same effect: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.instruments_behind import stages_behind
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentsAgree:
    """Several instruments find the same effect, apart from chance.

    Parameters
    ----------
    limit : float
        The smallest p-value that passes.

    Notes
    -----
    The least value of Anderson and Rubin's statistic over all effects is large where no single effect
    explains what all instruments do. The test holds its level where they are weak.

    References
    ----------
    .. [1] Guggenberger, P., Kleibergen, F., Mavroeidis, S., & Chen, L. (2012). On the asymptotic sizes of
       subset Anderson-Rubin and Lagrange multiplier tests in linear instrumental variables regression.
       *Econometrica*, 80(6).

    Examples
    --------
    >>> InstrumentsAgree().limit
    0.05
    """

    name: Literal["instruments_agree"] = "instruments_agree"
    designs: frozenset[str] = frozenset({"instrumental_variable"})
    limit: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Test whether one effect is compatible with all instruments.

        Parameters
        ----------
        study : Study
            The study.
        estimate : Estimate
            What was estimated on it.
        declared : Declared, optional
            What a plan says beside the data.

        Returns
        -------
        CheckResult
            The statistic is the p-value; nan with one instrument.
        """
        test = stages_behind(study, estimate).test
        if test is None:
            return self._told(None, math.nan, "unknown")
        if test.n_instruments == 1:
            return self._told(None, math.nan, "one")
        p = test.disagreement()
        return self._told(p >= self.limit, p, "agree" if p >= self.limit else "disagree")

    def _told(self, passed: bool | None, p: float, what: str) -> CheckResult:
        values = {} if math.isnan(p) else {"p": p}
        sentence = Message(f"check.instruments_agree.{what}", values)
        return CheckResult(name=self.name, passed=passed, statistic=p, sentence=sentence)
