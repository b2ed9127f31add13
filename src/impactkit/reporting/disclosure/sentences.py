"""Sentences about few people: the numbers and names in them are hidden, the rest of the sentence stands.

Which value of a sentence counts people, is a share of them or names one is known by the value's name. What a
new sentence calls ``n`` or ``treated`` is thus hidden where it must be, unless it is listed here as counting
something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral

from impactkit.evidence.check_result import CheckResult
from impactkit.reporting.disclosure.rules import is_small
from impactkit.reporting.disclosure.shown import HIDDEN_NAME, HIDDEN_NUMBER
from impactkit.wording import Message, MessageValue

COUNTS = frozenset(
    {
        "clusters",
        "comparison",
        "donors",
        "joins",
        "leaves",
        "missing",
        "n",
        "others",
        "rank",
        "switches",
        "total",
        "treated",
        "units",
        "whole",
    }
)
"""Values that count people, units or clusters, where they are whole numbers."""
TELLING = {
    "check.randomisation": ("p",),
    "check.regression_to_the_mean": ("p",),
    "check.too_few_donors": ("smallest",),
    "inference": ("smallest",),
    "verdict.reason": ("p", "smallest"),
}
"""Values from which the number of assignments, and with it that of units, could be worked out."""
NAMES = {
    "check.influence": ("name",),
    "check.outside_donors": ("unit",),
    "check.regression_to_the_mean": ("unit",),
    "donors.gaps": ("units",),
    "donors.no_predictor": ("units",),
    "donors.not_unique": ("units",),
    "donors.outside_range": ("unit",),
    "estimand": ("unit",),
    "estimate.one_arm_strata": ("name",),
}
"""Values that name single units, by the sentences that hold them."""
SHARES = {
    "check.attrition": ("treated", "comparison"),
    "check.attrition_bounds": ("gap", "low", "high"),
    "check.composition.new_units": ("treated", "comparison"),
    "check.composition.new_units_alone": ("treated",),
    "check.composition.same_units": ("treated", "comparison"),
    "check.composition.same_units_alone": ("treated",),
    "estimate.unbalanced": ("whole", "n", "point"),
    "estimate.unbalanced_alone": ("whole", "n"),
}
"""Values that tell how many came or went, or what these had."""
PARTS = {
    "check.overlap": ("share",),
    "check.placebo_in_space": ("share",),
    "check.regression_to_the_mean": ("share",),
    "estimate.first_stage": ("treated", "comparison"),
}
"""Values that are shares of the treated or of the units."""
LEVELS = {"verdict.reason": ("level",)}
"""Values that are levels the treated reached."""
OTHERWISE = {
    "amendment.plan": ("n",),
    "check.amended_after_data": ("n",),
    "check.balance": ("n",),
    "check.missing_periods.periods": ("n", "total"),
    "check.multiple_looks": ("n",),
    "check.outside_donors": ("n",),
    "check.overlap": ("n",),
    "check.pre_trends": ("n",),
    "check.randomisation": ("n",),
    "check.selected_on_baseline": ("n", "total"),
    "check.series_length": ("n",),
    "donors.outside_range": ("n", "total"),
    "estimand.followed": ("n",),
    "estimand.interrupted_time_series": ("n",),
    "estimand.structural_time_series": ("n",),
    "estimate.arms": ("n",),
    "estimate.arms_at_once": ("n",),
    "estimate.cells": ("n",),
    "estimate.cells_without_comparable_events": ("n",),
    "estimate.cells_without_controls": ("n",),
    "estimate.cells_without_events": ("n",),
    "estimate.dose.few_for_groups": ("n",),
    "estimate.not_told_apart": ("n",),
    "estimate.series.gaps": ("n",),
    "estimate.series.not_whole": ("n",),
    "inference.conformal": ("n",),
    "inference.law.dates": ("n", "treated"),
    "verdict.conclusion": ("n",),
}
"""Values that count periods, variables, starts or claims, though they are called as people are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """What is hidden in the sentences about one claim.

    Parameters
    ----------
    threshold : int
        The smallest count shown; 0 when everything is.
    arms : bool
        Whether the sizes of the arms are hidden, and with them every count that could tell them.
    changes : bool
        Whether it is hidden how many came and went.
    level : bool
        Whether the level that the treated reached is hidden.
    n_treated : int
        Treated units, of which shares are taken.
    clusters : frozenset of int
        Counts of clusters that each hold enough people: these may be told.
    """

    threshold: int = 0
    arms: bool = False
    changes: bool = False
    level: bool = False
    n_treated: int = 0
    clusters: frozenset[int] = frozenset()

    def sentence(self, message: Message) -> Message:
        """Return a sentence with the numbers and names hidden that may not be shown."""
        if not self.threshold:
            return message
        held = {name: self._value(message.code, name, value) for name, value in message.values.items()}
        return message if held == dict(message.values) else Message(message.code, held)

    def check(self, found: CheckResult) -> CheckResult:
        """Return what a check found; what it measured goes with the numbers of its sentence."""
        sentence = self.sentence(found.sentence)
        table = tuple(
            replace(row, n_missing=None) if row.n_missing and self._is_few(row.n_missing) else row
            for row in found.table
        )
        statistic = found.statistic if sentence is found.sentence else float("nan")
        return replace(found, sentence=sentence, statistic=statistic, table=table)

    def _value(self, code: str, name: str, value: MessageValue) -> MessageValue:
        if isinstance(value, Message):
            return self.sentence(value)
        if _is_among(NAMES, code, name):
            return HIDDEN_NAME
        return HIDDEN_NUMBER if self._hides(code, name, value) else value

    def _hides(self, code: str, name: str, value: str | int | float) -> bool:
        if isinstance(value, str) or _is_among(OTHERWISE, code, name):
            return False
        if _is_among(LEVELS, code, name):
            return self.level
        if _is_among(SHARES, code, name):
            return self.changes or self.arms
        if _is_among(PARTS, code, name):
            return self.arms or self._is_few_of_the_treated(float(value))
        if _is_among(TELLING, code, name):
            return self.arms
        return name in COUNTS and isinstance(value, Integral) and self._count(int(value))

    def _count(self, n: int) -> bool:
        return n not in self.clusters and (self.arms or self._is_few(n))

    def _is_few(self, n: int) -> bool:
        return self.arms or bool(is_small(n, self.threshold))

    def _is_few_of_the_treated(self, share: float) -> bool:
        n = round(share * self.n_treated)
        return bool(is_small(n, self.threshold) or is_small(self.n_treated - n, self.threshold))


def _is_among(listed: Mapping[str, tuple[str, ...]], code: str, name: str) -> bool:
    """Return whether a value is listed under its sentence or the topic of it."""
    return any(
        name in names and (code == topic or code.startswith(f"{topic}.")) for topic, names in listed.items()
    )
