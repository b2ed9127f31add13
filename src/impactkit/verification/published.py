"""What the results in a bundle tell of few people, seen by somebody who has nothing but the bundle.

The figures that are published are equations in the sizes of groups of people that are not. If these leave a
hidden figure too little room, it is not hidden. Several results may be asked of at once: where they tell of
the same plan and the same outcome, a figure hidden in the one and shown in the other is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from impactkit.plans import Plan
from impactkit.reporting.disclosure.audit import Known, limits_of
from impactkit.reporting.disclosure.claim_people import period_key
from impactkit.reporting.disclosure.rules import is_small

Sum = dict[str, int]
_SUBSETS = ("stacked_difference_in_differences",)
"""Methods whose means are of more rows than their estimate rests on."""
_OTHER_UNITS = ("triple_difference",)
"""Methods whose treated units are not those of the treated mean."""
_OTHER_CLUSTERS = ("switching_difference_in_differences",)
"""Methods whose treated clusters are those that switched, and not all that were ever treated."""


@dataclass(slots=True)
class Published:
    """Figures, shown and hidden, as sums of groups of people.

    Parameters
    ----------
    people : dict of str to int
        The place of each group of people among the unknowns.
    shown : list of (str, dict, int)
        Figures that are shown: name, sum and value.
    hidden : list of (str, dict)
        Figures that are not.
    somebody : list of dict
        Hidden figures that are known not to be 0, since a 0 would have been shown.
    """

    people: dict[str, int] = field(default_factory=dict)
    shown: list[tuple[str, Sum, int]] = field(default_factory=list)
    hidden: list[tuple[str, Sum]] = field(default_factory=list)
    somebody: list[Sum] = field(default_factory=list)

    def group(self, name: str) -> Sum:
        """Return the sum of a group of people alone; the same name is the same people."""
        self.people.setdefault(name, len(self.people))
        return {name: 1}

    def told(self, name: str, count: Sum, value: int | None, *, zero: bool = False) -> None:
        """Take note of a figure; None is hidden, and may then be 0 or not."""
        if value is not None:
            self.shown.append((name, count, value))
            return
        self.hidden.append((name, count))
        if not zero:
            self.somebody.append(count)

    def same(self, one: Sum, other: Sum) -> None:
        """Take note that two sums are the same."""
        difference = dict(one)
        for name, times in other.items():
            difference[name] = difference.get(name, 0) - times
        self.shown.append(("", difference, 0))

    def row(self, count: Sum) -> list[float]:
        """Return a sum as a row of the equations."""
        found = [0.0] * len(self.people)
        for name, times in count.items():
            found[self.people[name]] = float(times)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What published figures tell of few people.

    Parameters
    ----------
    small : tuple of str
        Figures that are shown though they are of few.
    pinned : tuple of str
        Hidden figures that can be worked out too closely.
    contradict : bool
        Whether no people at all would give these figures.
    """

    small: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    contradict: bool = False


def published(plan: Plan, *records: Mapping[str, Any]) -> Published:
    """Return the figures of one or several results of a plan as sums of groups of people.

    Parameters
    ----------
    plan : Plan
        The plan; it says which claims are of the same outcome and of whom.
    *records : mapping
        Results as results.json holds them.

    Returns
    -------
    Published
        Shown and hidden.
    """
    told = Published()
    for record in records:
        for result in record["results"]:
            _claim(told, plan, result)
    _parts(told, plan, records)
    return told


def _claim(told: Published, plan: Plan, result: Mapping[str, Any]) -> None:
    estimate, claim = result["estimate"], plan.claim(result["claim"])
    sample, whose = estimate["sample"], _whose(plan, result["claim"])
    arms: dict[str, Sum] = {}
    units: dict[str, Sum] = {}
    is_panel = plan.data.unit is not None and plan.data.time is not None
    for mean in estimate["means"]:
        group, period = mean["group"], period_key(mean["period"])
        n = told.group(f"{whose}|{group}|{period}")
        arms.setdefault(group, {}).update(n)
        told.told(f"{claim.id}, {group}, {mean['period_name'] or period}", n, mean["n"])
        if is_panel:
            units[group] = told.group(f"{whose}|{group}|units")
            told.same(units[group], {**n, **told.group(f"{whose}|{group}|{period}|away")})
    method = estimate["settings"]["method"]
    if method not in _SUBSETS:
        told.told(f"{claim.id}, n_rows", _all(arms), sample["n_rows"])
    who = units or arms
    told.told(f"{claim.id}, n_units", _all(who), sample["n_units"])
    if method not in _OTHER_UNITS and "treated" in who:
        told.told(f"{claim.id}, n_treated", who["treated"], sample["n_treated"])
        if plan.data.cluster in (None, plan.data.unit):
            switched = told.group(f"{whose}|switched") if method in _OTHER_CLUSTERS else who["treated"]
            told.told(f"{claim.id}, n_treated_clusters", switched, sample["n_treated_clusters"])
    for k, message in enumerate(sample["left_out"]):
        _left_out(told, f"{claim.id}, left_out {k + 1}", message["values"])


def _left_out(told: Published, name: str, values: Mapping[str, Any]) -> None:
    treated, comparison = told.group(f"{name}|treated"), told.group(f"{name}|comparison")
    told.told(name, {**treated, **comparison}, _number(values["n"]))
    for arm, count in (("treated", treated), ("comparison", comparison)):
        told.told(f"{name}, {arm}", count, _number(values[arm]), zero=True)


def _parts(told: Published, plan: Plan, records: Sequence[Mapping[str, Any]]) -> None:
    """Take note that subgroups are parts of the whole: all of them and the rest make it up."""
    wholes = {_whose(plan, claim.id): claim for claim in plan.claims if claim.subgroup is None}
    for whole, claim in wholes.items():
        outcome = claim.outcome or plan.data.outcome
        parts = [c for c in plan.claims if c.subgroup and (c.outcome or plan.data.outcome) == outcome]
        for column in dict.fromkeys(c.subgroup.column for c in parts if c.subgroup):
            members = {_whose(plan, c.id) for c in parts if c.subgroup and c.subgroup.column == column}
            for place in [name for name in list(told.people) if _is_place(name, whole)]:
                where = place.removeprefix(f"{whole}|")
                inside = {f"{member}|{where}": 1 for member in members if f"{member}|{where}" in told.people}
                rest = told.group(f"{whole}|{where}|rest of {column}")
                told.same({place: 1}, {**inside, **rest})


def _is_place(name: str, whole: str) -> bool:
    inside = name.startswith(f"{whole}|") and name.count("|") == whole.count("|") + 2
    return inside and not name.endswith("|units")


def _whose(plan: Plan, claim_id: str) -> str:
    claim = plan.claim(claim_id)
    group = claim.subgroup
    of = "" if group is None else f" where {group.column} is {group.value}"
    return f"{claim.outcome or plan.data.outcome}{of}"


def _all(arms: Mapping[str, Sum]) -> Sum:
    return {name: times for arm in arms.values() for name, times in arm.items()}


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def audited(told: Published, threshold: int) -> Found:
    """Return what published figures tell of few people.

    Parameters
    ----------
    told : Published
        The figures.
    threshold : int
        The smallest count shown.

    Returns
    -------
    Found
        By name.
    """
    small = [name for name, _, value in told.shown if name and is_small(value, threshold)]
    hidden = [(name, count) for name, count in told.hidden]
    rests = [(name, {name: 1}) for name in told.people if "|rest of " in name or name.endswith("|away")]
    if not hidden and not rests:
        return Found(small=tuple(small))
    known = Known(
        parts=np.array([told.row(count) for _, count, _ in told.shown]).reshape(-1, len(told.people)),
        values=np.array([value for *_, value in told.shown], dtype=np.float64),
        at_least_one=np.array([told.row(count) for count in told.somebody]).reshape(-1, len(told.people)),
    )
    targets = np.array([told.row(count) for _, count in (*hidden, *rests)])
    found = limits_of(targets, known, room=float(threshold))
    if found is None:
        return Found(small=tuple(small), contradict=True)
    narrow = ~(np.round(found.width, 3) >= threshold)
    # Those whom no figure names are told only when it is known that there are some, and few.
    few = (np.round(found.low, 3) > 0) & (np.round(found.high, 3) < threshold)
    is_pinned = np.where(np.arange(len(targets)) < len(hidden), narrow, few)
    pinned = [name for (name, _), gone in zip((*hidden, *rests), is_pinned, strict=True) if gone]
    return Found(small=tuple(small), pinned=tuple(pinned))
