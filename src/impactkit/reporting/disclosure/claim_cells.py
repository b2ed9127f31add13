"""The figures that are told of a plan's claims, as sums of the groups of people behind them.

Claims on one outcome are of the same people: a claim about a subgroup is about a part of those of the claim
about everybody, and who is in the one but not in the other could be told by their difference. Claims on
different outcomes differ by who did not answer which question, which tells of nobody's answer, and are not
joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from impactkit.reporting.disclosure.claim_people import Place, Placed, placed
from impactkit.reporting.disclosure.figures import Cell
from impactkit.reporting.disclosure.group_cells import (
    Atom,
    atoms_of,
    each_group,
    is_telling_anywhere,
    unit_atoms,
)
from impactkit.reporting.disclosure.rules import is_one_sided
from impactkit.reporting.disclosure.told_claim import ToldClaim

Sum = Mapping[str, int]
_COST = {
    "groups": 0.05,
    "read": 0.1,
    "left_arms": 0.2,
    "left": 0.3,
    "units": 0.4,
    "rows": 0.5,
    "arms": 0.6,
    "means": 1.0,
    "people": 99.0,
}


@dataclass(slots=True)
class _Told:
    """Groups of people and cells, gathered one claim after the other."""

    sizes: dict[str, int] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    named: dict[int, dict[Atom, str]] = field(default_factory=dict)

    def person(self, name: str, n: int) -> Sum:
        """Take note of a group of people, and return the sum of it alone."""
        self.sizes[name] = int(n)
        return {name: 1}

    def same(self, name: str, one: Sum, other: Sum) -> None:
        """Let every reader know that two sums are the same."""
        parts = dict(one)
        for group, times in other.items():
            parts[group] = parts.get(group, 0) - times
        self.cells.append(Cell(name=name, counts=(), parts=(parts,), cost=_COST["people"]))

    def told(self, name: str, *counts: Sum, parts: tuple[Sum, ...] = (), is_unsafe: bool = False) -> None:
        """Take note of figures that are told together."""
        cost = _COST[name.split(".")[1]]
        self.cells.append(Cell(name=name, counts=counts, parts=parts, is_unsafe=is_unsafe, cost=cost))

    def untold(self, name: str, count: Sum, parts: tuple[Sum, ...] = ()) -> None:
        """Take note of people whom no table names, but a difference would."""
        n, having = (sum(self.sizes[group] for group in part) for part in (count, parts[0] if parts else {}))
        unsafe = bool(parts) and is_one_sided(having, n)
        self.cells.append(Cell(name=name, counts=(count,), parts=parts, is_unsafe=unsafe, is_published=False))


def claim_cells(claims: Sequence[ToldClaim]) -> tuple[dict[str, int], tuple[Cell, ...]]:
    """Return the groups of people behind what is told of claims, and the figures as sums of them.

    Parameters
    ----------
    claims : sequence of ToldClaim
        In the order of the plan.

    Returns
    -------
    sizes : dict of str to int
        People in each group.
    cells : tuple of Cell
        Named ``<claim>.means.<period>``, ``<claim>.rows``, ``<claim>.units``, ``<claim>.arms``,
        ``<claim>.left.<k>``, ``<claim>.left_arms.<k>``, ``<claim>.groups.<column>.<group>`` and
        ``<claim>.read``, where claim, column and group are their places.
    """
    told = _Told()
    for outcome in dict.fromkeys(claim.outcome for claim in claims):
        family = {k: claim for k, claim in enumerate(claims) if claim.outcome == outcome}
        families = _families(told, family, outcome)
        for k, people in families.items():
            _means(told, k, family[k], people)
            arms = _sample(told, k, family[k], people)
            _account(told, k, family[k], people)
            if family[k].group_columns:
                _groups(told, k, people, arms, family=family, families=families)
    return told.sizes, tuple(told.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """The people of one claim by group and period: all of them, and those who have what is asked about."""

    n: dict[Place, Sum]
    having: dict[Place, Sum]
    others: dict[Place, Sum]
    placed: Placed


def _families(told: _Told, family: Mapping[int, ToldClaim], outcome: str) -> dict[int, _People]:
    """Return the people of each claim on an outcome, parts of the same whole where they are."""
    found: dict[int, _People] = {}
    for k, claim in family.items():
        held = placed(claim)
        same = [
            people
            for j, people in found.items()
            if _group(family[j]) == _group(claim) and people.placed.same_as(held)
        ]
        found[k] = same[0] if same else _new_people(told, f"{outcome}|{k}", held)
    wholes = {id(found[k]): k for k in reversed(list(family)) if family[k].subgroup is None}
    parts = {k: claim for k, claim in family.items() if claim.subgroup is not None}
    for whole in wholes.values():
        _rests(told, parts, found, whole)
    return found


def _group(claim: ToldClaim) -> tuple[str | None, str | None]:
    return claim.subgroup_column, claim.subgroup


def _new_people(told: _Told, name: str, held: Placed) -> _People:
    n: dict[Place, Sum] = {}
    having: dict[Place, Sum] = {}
    others: dict[Place, Sum] = {}
    for place in held.n:
        at = f"{name}|{place.group}|{place.period}"
        if place in held.having:
            having[place] = told.person(f"{at}|having", held.having[place])
            others[place] = told.person(f"{at}|others", held.n[place] - held.having[place])
            n[place] = {**having[place], **others[place]}
        else:
            n[place] = told.person(at, held.n[place])
    return _People(n=n, having=having, others=others, placed=held)


def _rests(told: _Told, parts: Mapping[int, ToldClaim], found: Mapping[int, _People], whole: int) -> None:
    """Take note of those who are in the whole but in none of its subgroups by one column."""
    everybody = found[whole]
    for column in dict.fromkeys(claim.subgroup_column for claim in parts.values()):
        own = {k: claim for k, claim in parts.items() if claim.subgroup_column == column}
        for number, members in enumerate(_each_once(own, found)):
            name = f"{whole}|{column}" if number == 0 else f"{whole}|{column}|{number}"
            for place in everybody.n:
                _rest(told, name, place, everybody, members)


def _each_once(parts: Mapping[int, ToldClaim], found: Mapping[int, _People]) -> list[list[_People]]:
    """Return the people of every subgroup, again for each further number that a subgroup is told with."""
    groups: dict[str | None, dict[int, _People]] = {}
    for k, claim in parts.items():
        groups.setdefault(claim.subgroup, {})[id(found[k])] = found[k]
    told_of = [list(people.values()) for people in groups.values()]
    most = max(map(len, told_of))
    return [[people[min(number, len(people) - 1)] for people in told_of] for number in range(most)]


def _rest(told: _Told, name: str, place: Place, everybody: _People, members: Sequence[_People]) -> None:
    at = f"{name}|{place.group}|{place.period}"
    kinds = ("having", "others") if place in everybody.having else ("n",)
    rest: dict[str, Sum] = {}
    for kind in kinds:
        sums = [getattr(people, kind).get(place, {}) for people in members]
        inside = {group: times for part in sums for group, times in part.items()}
        all_of_them = getattr(everybody, kind)[place]
        left = _total(told, all_of_them) - _total(told, inside)
        if left < 0:  # not parts of the same whole: rows were added or read otherwise
            return
        rest[kind] = told.person(f"{at}|{kind}|rest", left)
        told.same(f"{at}|{kind}", all_of_them, {**inside, **rest[kind]})
    told.untold(f"{at}|untold", {k: v for part in rest.values() for k, v in part.items()}, _shares(rest))


def _shares(rest: Mapping[str, Sum]) -> tuple[Sum, ...]:
    return (rest["having"], rest["others"]) if "having" in rest else ()


def _total(told: _Told, count: Sum) -> int:
    return sum(told.sizes[group] * times for group, times in count.items())


def _means(told: _Told, k: int, claim: ToldClaim, people: _People) -> None:
    """Take note of means; a period is shown of both groups or of neither, as their effect is shown.

    Where there is one group, or the whole course is drawn, all periods go together.
    """
    together: dict[str, list[Place]] = {}
    for place in people.n:
        together.setdefault("all" if claim.is_of_one_course else place.period, []).append(place)
    for name, places in together.items():
        told.told(
            f"{k}.means.{name}",
            *(people.n[place] for place in places),
            parts=tuple(
                part
                for place in places
                if place in people.having
                for part in (people.having[place], people.others[place])
            ),
            is_unsafe=any(place in people.placed.alike for place in places),
        )


def _sample(told: _Told, k: int, claim: ToldClaim, people: _People) -> dict[str, Sum]:
    """Take note of rows and units in all, and of units in each arm, which are returned."""
    rows = _used(told, k, claim, people)
    arms = _arms(told, k, claim, people) if claim.is_panel else _row_arms(people)
    units = {group: times for arm in arms.values() for group, times in arm.items()}
    told.told(f"{k}.rows", rows)
    told.told(f"{k}.units", units)
    counts = list(arms.values())
    if _total(told, arms.get("treated", {})) != claim.n_treated:
        counts.append(told.person(f"{k}|treated", claim.n_treated))
    told.told(f"{k}.arms", *counts)
    return {arm: dict(count) for arm, count in arms.items()}


def _used(told: _Told, k: int, claim: ToldClaim, people: _People) -> Sum:
    """Return the rows that the estimate rests on."""
    every = {group: times for part in people.n.values() for group, times in part.items()}
    if _total(told, every) == claim.n_used:
        return every
    return told.person(f"{k}|used", claim.n_used)


def _row_arms(people: _People) -> dict[str, dict[str, int]]:
    arms: dict[str, dict[str, int]] = {}
    for place, n in people.n.items():
        arms.setdefault(place.group, {}).update(n)
    return arms


def _arms(told: _Told, k: int, claim: ToldClaim, people: _People) -> dict[str, Sum]:
    """Return the units of each arm: in each period those seen, and those who are away."""
    arms: dict[str, Sum] = {}
    for group, n_units in claim.units.items():
        arms[group] = told.person(f"{k}|units|{group}", n_units)
        for place, n in people.n.items():
            if place.group != group:
                continue
            at = f"{k}|away|{group}|{place.period}"
            away = told.person(at, max(n_units - _total(told, n), 0))
            told.same(f"{at}|same", arms[group], {**n, **away})
            told.untold(f"{at}|untold", away)
    return arms


def _account(told: _Told, k: int, claim: ToldClaim, people: _People) -> None:
    """Take note of rows read, and of those left out by reason, in all and in each arm."""
    read = dict(_used(told, k, claim, people))
    if claim.n_aside:
        read |= told.person(f"{k}|aside", claim.n_aside)
        told.told(f"{k}.left.aside", {f"{k}|aside": 1})
    for j, item in enumerate(claim.left_out):
        arms = [
            told.person(f"{k}|left|{j}|{arm}", n)
            for arm, n in zip("tc", (item.n_treated, item.n_comparison), strict=True)
        ]
        both = {group: times for arm in arms for group, times in arm.items()}
        told.told(f"{k}.left.{j}", both)
        told.told(f"{k}.left_arms.{j}", *arms)
        read |= both
    told.told(f"{k}.read", read)


def _groups(
    told: _Told,
    k: int,
    people: _People,
    arms: Mapping[str, Sum],
    *,
    family: Mapping[int, ToldClaim],
    families: Mapping[int, _People],
) -> None:
    """Take note of the groups of a claim: parts of its people, and the people of claims about one of them."""
    claim = family[k]
    columns = claim.columns
    named = _named_atoms(told, k, claim, people)
    if not named:
        for at, code, _ in each_group(columns):
            told.told(f"{k}.groups.{at}.{code}", is_unsafe=True)
        return
    for j, other in family.items():
        if other.subgroup_column in claim.group_columns:
            _same_as_claim(told, f"{k}|{j}", claim, named, other=other, people=families[j])
    units = _named_units(told, k, claim, arms)
    for at, code, is_within in each_group(columns):
        inside = {atom: name for atom, name in named.items() if is_within(atom.groups)}
        by_place = _sums(inside, lambda atom: atom.place)
        by_kind = _sums(inside, lambda atom: (atom.place, atom.kind) if atom.kind != "n" else None)
        by_arm = [{name: 1 for groups, name in arm.items() if is_within(groups)} for arm in units]
        told.told(
            f"{k}.groups.{at}.{code}",
            *by_place,
            *(count for count in by_arm if count),
            parts=tuple(by_kind),
            is_unsafe=is_telling_anywhere(columns, at, code),
        )


def _named_atoms(told: _Told, k: int, claim: ToldClaim, people: _People) -> dict[Atom, str]:
    """Return the atoms of a claim's people by name, parts of those whom its means are of.

    Empty where there are too many to audit, or the estimate rests on other rows than the study holds.
    """
    if id(people) in told.named:
        return told.named[id(people)]
    atoms = atoms_of(claim.columns)
    counted: dict[Place, int] = {}
    for atom in atoms:
        counted[atom.place] = counted.get(atom.place, 0) + atom.n
    if not atoms or counted != {place: _total(told, n) for place, n in people.n.items()}:
        return {}
    named = {atom: f"{k}|groups|{number}" for number, atom in enumerate(atoms)}
    for atom, name in named.items():
        told.person(name, atom.n)
    _same_places(told, f"{k}|groups", named, people)
    told.named[id(people)] = named
    return named


def _same_places(told: _Told, at: str, named: Mapping[Atom, str], people: _People) -> None:
    """Let every reader know that some atoms make up the people of each place."""
    for place in people.n:
        is_share = place in people.having
        kinds = {"having": people.having, "others": people.others} if is_share else {"n": people.n}
        for kind, counts in kinds.items():
            whole = counts[place]
            inside = {name: 1 for atom, name in named.items() if (atom.place, atom.kind) == (place, kind)}
            told.same(f"{at}|{place.group}|{place.period}|{kind}|same", whole, inside)


def _same_as_claim(
    told: _Told,
    name: str,
    claim: ToldClaim,
    named: Mapping[Atom, str],
    *,
    other: ToldClaim,
    people: _People,
) -> None:
    """Let every reader know that a claim about a group is about the people of that group."""
    at = claim.group_columns.index(str(other.subgroup_column))
    labels = [str(label) for label in claim.columns.subgroup_labels[at]]
    inside = {atom: name for atom, name in named.items() if labels[atom.groups[at]] == other.subgroup}
    counted: dict[Place, int] = {}
    for atom in inside:
        counted[atom.place] = counted.get(atom.place, 0) + atom.n
    if counted == {place: _total(told, n) for place, n in people.n.items()}:
        _same_places(told, f"{name}|{other.subgroup}", inside, people)


def _named_units(
    told: _Told, k: int, claim: ToldClaim, arms: Mapping[str, Sum]
) -> list[dict[tuple[int, ...], str]]:
    """Return the units of each arm in each combination of groups, where the same units are followed."""
    found = []
    for arm in arms if claim.is_panel else ():
        counts = unit_atoms(claim.columns, arm)
        if counts is None or sum(counts.values()) != _total(told, arms[arm]):
            continue
        names = {groups: f"{k}|groups|units|{arm}|{number}" for number, groups in enumerate(counts)}
        for groups, name in names.items():
            told.person(name, counts[groups])
        told.same(f"{k}|groups|units|{arm}|same", arms[arm], dict.fromkeys(names.values(), 1))
        found.append(names)
    return found


def _sums(inside: Mapping[Atom, str], key: Callable[[Atom], object]) -> list[Sum]:
    """Return the sum of the atoms of each key; those without one count nowhere."""
    found: dict[object, dict[str, int]] = {}
    for atom, name in inside.items():
        found.setdefault(key(atom), {})[name] = 1
    return [count for at, count in found.items() if at is not None]
