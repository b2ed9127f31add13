"""Is the series long enough before the start to say anything on its own: a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLength:
    """At least 36 periods before the start, or no verdict rests on the series.

    Parameters
    ----------
    needed : int
        The fewest that pass.

    Notes
    -----
    In shorter series the autocorrelation of errors can hardly be told, and with it how far the series would
    have strayed from its course anyway. Nothing tried holds a level of 2.5 % there whatever the errors.

    Examples
    --------
    >>> SeriesLength().needed
    36
    """

    name: Literal["series_length"] = "series_length"
    designs: frozenset[str] = frozenset({"interrupted_time_series", "structural_time_series"})
    needed: int = 36

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Count the periods before the start.

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
            The statistic is their number.
        """
        course = estimate.counterfactual
        n = 0 if course is None else sum(period < course.start for period in course.periods)
        passed = n >= self.needed
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=float(n),
            sentence=Message(
                f"check.series_length.{'enough' if passed else 'short'}", {"n": n, "needed": self.needed}
            ),
        )
