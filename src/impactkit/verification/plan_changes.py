"""What differs between two plans: the promise, its measure, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from impactkit.plans import Plan
from impactkit.verification.change import Change, Value

#: Keys of a claim that have a sentence of their own; the rest are told by their key.
_OF_CLAIM = frozenset({"minimum_effect", "change", "by", "indicator", "role", "outcome", "target"})
_OF_INDICATOR = frozenset({"definition", "numerator", "denominator"})
_BY_ID = ("claims", "indicators")


def plan_changes(old: Plan, new: Plan) -> list[Change]:
    """Return what differs between two plans.

    Parameters
    ----------
    old, new : Plan
        The plans.

    Returns
    -------
    list of Change
        Claims first: those dropped and added, then what was changed in the others; then own indicators, the
        estimator, and every other key.
    """
    if old.digest == new.digest:
        return []
    before, after = old.content(), new.content()
    found = _by_id(before, after, "claims")
    found += _order(before, after)
    found += _by_id(before, after, "indicators")
    was, now = ({key: value for key, value in plan.items() if key not in _BY_ID} for plan in (before, after))
    found += [_of_key(*change) for change in _differing(was, now, "")]
    return found


def _by_id(before: dict[str, Any], after: dict[str, Any], what: str) -> list[Change]:
    """Return what differs among things that have an id."""
    olds, news = ({one["id"]: one for one in plan.get(what, ())} for plan in (before, after))
    name = what.removesuffix("s")
    found = [_plan(f"{name}_dropped", id=one) for one in olds if one not in news]
    found += [_plan(f"{name}_added", id=one) for one in news if one not in olds]
    known = _OF_CLAIM if what == "claims" else _OF_INDICATOR
    for one in (one for one in olds if one in news):
        for key, was, now in _differing(olds[one], news[one], ""):
            code = key.split(".")[0]
            spoken = f"{name}_{code}" if code in known else f"{name}_key"
            found.append(_plan(spoken, id=one, key=key, old=was, new=now))
    return found


def _order(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    olds, news = ([claim["id"] for claim in plan["claims"]] for plan in (before, after))
    same = set(olds) == set(news) and olds != news
    return [_plan("claim_order", old=", ".join(olds), new=", ".join(news))] if same else []


def _of_key(key: str, was: Value, now: Value) -> Change:
    if key in ("estimator.method", "data.covariates"):
        return _plan(key.replace(".", "_"), old=was, new=now)
    return _plan("key", key=key, old=was, new=now)


def _differing(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Return every key whose value differs, with both values; what is missing is None."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _differing(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif before != after:
        yield path, _plain(before), _plain(after)


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _plan(code: str, **values: Any) -> Change:
    return Change(kind="plan", code=code, values=values)
