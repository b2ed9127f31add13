"""Did many drop out, and more in one group than in the other: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.data.whole_column import whole_column
from impactkit.effects.describe import marked
from impactkit.effects.estimate import Estimate
from impactkit.evidence.at_cutoffs import rule_behind
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALIKE_DESIGNS
from impactkit.wording import Message, MessageValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Attrition:
    """At most 20 % lost, and at most 5 percentage points more in one group than in the other.

    Parameters
    ----------
    share, gap : float
        Largest share lost in a group, and largest difference between the groups, that pass.

    Notes
    -----
    In a panel the units measured before the start and never after it; in a cross section the rows without
    an outcome, at a threshold those within reach of it, by side, and with an instrument where
    it is above the middle of its range beside where it is not. Repeated cross sections follow nobody, so
    nothing can be said.

    Examples
    --------
    >>> Attrition().gap
    0.05
    """

    name: Literal["attrition"] = "attrition"
    designs: frozenset[str] = ALIKE_DESIGNS | {
        "before_after",
        "difference_in_differences",
        "instrumental_variable",
        "mixed_model",
        "randomised_trial",
        "regression_discontinuity",
        "staggered_difference_in_differences",
        "imputation",
        "sun_abraham",
        "switching_difference_in_differences",
        "extended_two_way_fixed_effects",
        "stacked_difference_in_differences",
        "triple_difference",
        "continuous_dose",
    }
    share: float = 0.20
    gap: float = 0.05

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Compare the shares lost in the two groups.

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
            The statistic is the larger share lost.
        """
        if study.kind == "repeated_cross_sections":
            return CheckResult(
                name=self.name,
                passed=None,
                statistic=math.nan,
                sentence=Message("check.attrition.not_followed"),
            )
        by = (
            study.instruments[0] if estimate.method == "instrumental_variable" and study.instruments else None
        )
        if by is not None:
            treated, comparison = _lost_by(study, by)
        elif estimate.method == "regression_discontinuity":
            treated, comparison = _lost_near(study, estimate)
        else:
            treated, comparison = _lost_units(study) if study.kind == "panel" else _lost_rows(study)
        shares = [s for s in (treated, comparison) if not math.isnan(s)]
        worst = max(shares, default=0.0)
        gap = abs(treated - comparison) if len(shares) == 2 else 0.0
        passed = worst <= self.share and gap <= self.gap
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=worst,
            sentence=_sentence(treated, comparison, passed=passed, instrument=by),
        )


def _sentence(treated: float, comparison: float, *, passed: bool, instrument: str | None) -> Message:
    state = "kept" if passed else "lost"
    if instrument is not None:
        told: dict[str, MessageValue] = {"name": instrument, "treated": treated, "comparison": comparison}
        return Message(f"check.attrition.{state}_by", told)
    if math.isnan(comparison):
        return Message(f"check.attrition.{state}_alone", {"treated": treated})
    return Message(f"check.attrition.{state}", {"treated": treated, "comparison": comparison})


def _lost_rows(study: Study) -> tuple[float, float]:
    columns = study.columns
    lost = [item for item in study.left_out if item.reason in ("outcome_missing", "pre_outcome_missing")]
    treated = columns.treated
    if treated is None:
        return _share(sum(item.n for item in lost), len(columns.outcome)), math.nan
    return (
        _share(sum(item.n_treated for item in lost), int(treated.sum())),
        _share(sum(item.n_comparison for item in lost), int((~treated).sum())),
    )


def _lost_by(study: Study, instrument: str) -> tuple[float, float]:
    """Return the shares without an outcome where an instrument is high, and where it is low."""
    says, outcome = (whole_column(study.frame, name) for name in (instrument, study.outcome))
    known, lost = ~np.isnan(says), np.isnan(outcome)
    high = says > (np.min(says[known]) + np.max(says[known])) / 2
    found = [_share(int((side & lost).sum()), int((side & ~lost).sum())) for side in (high, known & ~high)]
    return found[0], found[1]


def _lost_near(study: Study, estimate: Estimate) -> tuple[float, float]:
    """Return the shares of those within reach of a threshold who lack an outcome."""
    assert study.running is not None
    rule, far = rule_behind(estimate), float(estimate.estimand.values["far"])  # type: ignore[arg-type]
    score, outcome = (whole_column(study.frame, name) for name in (study.running, study.outcome))
    near = (np.abs(score - rule.cutoff) <= far) & ~np.isnan(score)
    treated, lost = rule.treats(score), np.isnan(outcome)
    sides = (near & treated, near & ~treated)
    found = [_share(int((side & lost).sum()), int((side & ~lost).sum())) for side in sides]
    return found[0], found[1]


def _lost_units(study: Study) -> tuple[float, float]:
    columns = study.columns
    assert columns.unit is not None
    n = int(columns.unit.max()) + 1
    treated = columns.treated if columns.treated is not None else np.ones(len(columns.unit), dtype=bool)
    start = _start(study)
    first = marked(columns.unit, columns.time < start, n=n)
    later = marked(columns.unit, columns.time >= start, n=n)
    group = marked(columns.unit, treated, n=n)
    return (
        _share(int((first & ~later & group).sum()), int((first & later & group).sum())),
        _share(int((first & ~later & ~group).sum()), int((first & later & ~group).sum())),
    )


def _start(study: Study) -> float:
    columns = study.columns
    if columns.cohort is not None and np.isfinite(columns.cohort).any():
        return float(columns.cohort.min())
    return float(columns.periods[-1]) if study.start_value is None else study.start_value


def _share(lost: int, kept: int) -> float:
    return lost / (lost + kept) if lost + kept else math.nan
