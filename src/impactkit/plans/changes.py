"""What differs between two plans, key by key: computed, never typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.provenance import canonical_json

_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One thing that differs between two plans.

    Parameters
    ----------
    path : str
        Where, claims and indicators by their id: ``claims.C1.minimum_effect``.
    before, after : object
        What stood there and what stands there, as the plan's content holds it; None where nothing did.
    """

    path: str
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[PlanChange, ...]:
    """Return what differs between the contents of two plans.

    Parameters
    ----------
    before, after : mapping
        As :meth:`Plan.content` gives them.

    Returns
    -------
    tuple of PlanChange
        In the order of their paths; empty only when the two are equal.

    Examples
    --------
    >>> changes({"decision": {"alpha": "0.05"}}, {"decision": {"alpha": "0.10"}})
    (PlanChange(path='decision.alpha', before='0.05', after='0.10'),)
    """
    return tuple(sorted(_differing(before, after, ""), key=lambda found: found.path))


def _differing(before: Any, after: Any, path: str) -> Iterator[PlanChange]:
    if before is not _ABSENT and after is not _ABSENT and canonical_json(before) == canonical_json(after):
        return
    old, new = _by_key(before), _by_key(after)
    if old is None or new is None:
        yield PlanChange(
            path=path,
            before=None if before is _ABSENT else before,
            after=None if after is _ABSENT else after,
        )
        return
    for key in sorted({*old, *new}):
        inside = f"{path}.{key}" if path else key
        yield from _differing(old.get(key, _ABSENT), new.get(key, _ABSENT), inside)
    if isinstance(before, list) and [key for key in old if key in new] != [key for key in new if key in old]:
        # The same parts in another order: random draws and step-downs may begin elsewhere.
        yield PlanChange(path=path, before=list(old), after=list(new))


def _by_key(value: Any) -> Mapping[str, Any] | None:
    """Return a table by its keys, a list of tables by their ids; None for anything else."""
    if isinstance(value, Mapping):
        return value
    if (
        isinstance(value, list)
        and value
        and all(isinstance(item, Mapping) and "id" in item for item in value)
    ):
        found = {str(item["id"]): item for item in value}
        return found if len(found) == len(value) else None
    return None
