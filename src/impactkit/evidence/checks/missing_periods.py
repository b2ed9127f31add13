"""Were periods, or donors' values in them, missing to an extent that can move the answer: a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message

_SERIES, _DONORS = "estimate.series.gaps", "donors.gaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPeriods:
    """At most a tenth of the periods of a series, or of the donors, went for want of values.

    Parameters
    ----------
    most : float
        The largest share that passes.

    Notes
    -----
    Nothing is filled in. A month that was never reported may be missing because of what happened in it, and
    units that stop reporting are not any units: the more of them, the less the rest speaks for all.

    Examples
    --------
    >>> MissingPeriods().most
    0.1
    """

    name: Literal["missing_periods"] = "missing_periods"
    designs: frozenset[str] = DONOR_DESIGNS | {"interrupted_time_series", "structural_time_series"}
    most: float = 0.1

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare what is missing with what there is, as the estimate tells it.

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
            The statistic is the share of periods, or of donors, that is missing.
        """
        told = {note.code: note.values["n"] for note in estimate.warnings if note.code in (_SERIES, _DONORS)}
        kind = "periods" if estimate.method.endswith("time_series") else "donors"
        missing = float(str(told.get(_SERIES if kind == "periods" else _DONORS, 0)))
        course, sample = estimate.counterfactual, estimate.sample
        periods = 0 if course is None else len(course.periods)
        seen = periods if kind == "periods" else sample.n_units - sample.n_treated
        share = missing / (missing + seen)
        passed = share <= self.most
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=share,
            sentence=Message(
                f"check.missing_periods.{kind}",
                {"n": int(missing), "total": int(missing + seen), "most": self.most},
            ),
        )
