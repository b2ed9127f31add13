"""Are the people measured afterwards the same kind of people as before: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.columns import Flags
from impactkit.data.study import Study
from impactkit.effects.describe import marked
from impactkit.effects.estimate import Estimate
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.wording import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Who is measured may not change more in one group than in the other.

    Parameters
    ----------
    limit : float
        Repeated cross sections: largest change of a covariate's gap, in standard deviations.
    share, gap : float
        Panel: largest share of units seen only after the start, and largest difference between the groups.

    Examples
    --------
    >>> Composition().limit
    0.25
    """

    name: Literal["composition"] = "composition"
    designs: frozenset[str] = frozenset(
        {
            "before_after",
            "difference_in_differences",
            "staggered_difference_in_differences",
            "imputation",
            "sun_abraham",
            "extended_two_way_fixed_effects",
            "stacked_difference_in_differences",
            "triple_difference",
            "continuous_dose",
        }
    )
    limit: float = 0.25
    share: float = 0.20
    gap: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare who was measured before and after.

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
            The statistic is the largest change in standard deviations, or the largest share of newcomers.
        """
        if study.kind == "panel" and study.columns.cohort is not None and study.columns.treated is not None:
            return self._newcomers(study)
        treated = study.columns.treated
        compared = treated is not None and bool(treated.any()) and not treated.all()
        if study.kind == "repeated_cross_sections" and study.covariates and compared:
            return self._changed(study)
        return CheckResult(
            name=self.name, passed=None, statistic=math.nan, sentence=Message("check.composition.unknown")
        )

    def _newcomers(self, study: Study) -> CheckResult:
        columns = study.columns
        assert columns.unit is not None and columns.cohort is not None and columns.treated is not None
        n = int(columns.unit.max()) + 1
        before = columns.time < columns.cohort.min()
        early, late = marked(columns.unit, before, n=n), marked(columns.unit, ~before, n=n)
        group = marked(columns.unit, columns.treated, n=n)
        treated, comparison = (
            float((late & ~early & g).sum() / max((late & g).sum(), 1)) for g in (group, ~group)
        )
        if not (~group & (early | late)).any():
            return self._newcomers_alone(treated)
        passed = max(treated, comparison) <= self.share and abs(treated - comparison) <= self.gap
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=max(treated, comparison),
            sentence=Message(
                f"check.composition.{'same' if passed else 'new'}_units",
                {"treated": treated, "comparison": comparison},
            ),
        )

    def _newcomers_alone(self, treated: float) -> CheckResult:
        passed = treated <= self.share
        sentence = Message(
            f"check.composition.{'same' if passed else 'new'}_units_alone", {"treated": treated}
        )
        return CheckResult(name=self.name, passed=passed, statistic=treated, sentence=sentence)

    def _changed(self, study: Study) -> CheckResult:
        columns = study.columns
        assert columns.cohort is not None and columns.treated is not None
        after: Flags = columns.time >= columns.cohort.min()
        values, treated = columns.covariates, columns.treated
        spread = values.std(axis=0)
        means = {
            (g, a): values[(treated == g) & (after == a)].mean(axis=0)
            for g in (True, False)
            for a in (True, False)
        }
        change = (means[True, True] - means[True, False]) - (means[False, True] - means[False, False])
        sizes = np.abs(change) / np.where(spread > 0, spread, 1.0)
        worst = int(np.argmax(sizes))
        passed = bool(sizes[worst] <= self.limit)
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=float(sizes[worst]),
            sentence=Message(
                f"check.composition.{'stable' if passed else 'shifted'}",
                {"name": study.covariates[worst], "change": float(sizes[worst])},
            ),
        )
