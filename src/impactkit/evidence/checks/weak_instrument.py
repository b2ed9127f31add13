"""Do the instruments move enough people: a check."""

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
class WeakInstrument:
    """The instruments move takeup enough for the estimate to be near the truth on average.

    Parameters
    ----------
    name : str
        The check's slug.
    designs : frozenset of str
        The methods it speaks to.

    Notes
    -----
    Asked of the effective F, which allows any variance and dependence within clusters: it fails when F is not
    above the critical value at which the bias of two-stage least squares is at most a tenth of the worst.
    Limits by Anderson and Rubin's test hold however weak the instruments are, and it then only informs.

    References
    ----------
    .. [1] Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. *Journal of
       Business & Economic Statistics*, 31(3).

    Examples
    --------
    >>> WeakInstrument().name
    'weak_instrument'
    """

    name: Literal["weak_instrument"] = "weak_instrument"
    designs: frozenset[str] = frozenset({"instrumental_variable"})

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Ask how strong the instruments are.

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
            The statistic is the effective F.
        """
        strong = stages_behind(study, estimate).strength
        if not math.isfinite(strong.effective_f):
            return self._told(None, math.nan, "unknown", {})
        values = {"f": strong.effective_f, "critical": strong.critical}
        if not strong.is_weak:
            return self._told(True, strong.effective_f, "strong", values)
        if estimate.settings["inference"]["method"] == "anderson_rubin":
            return self._told(None, strong.effective_f, "limits_hold", values)
        return self._told(False, strong.effective_f, "weak", values)

    def _told(
        self, passed: bool | None, statistic: float, what: str, values: dict[str, float]
    ) -> CheckResult:
        sentence = Message(f"check.weak_instrument.{what}", values)
        return CheckResult(name=self.name, passed=passed, statistic=statistic, sentence=sentence)
