"""What changed between two bundles of a project, in words: the promise, the data, and what came of it."""

from __future__ import annotations

from typing import Any

from impactkit.errors import UnsafeBundleError
from impactkit.provenance import number_from
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.change import Change
from impactkit.verification.plan_changes import plan_changes
from impactkit.verification.row_changes import row_changes
from impactkit.wording import Message

_RELATIVE = 1e-8
_TOLD_APART = frozenset({names.MANIFEST, names.PLAN, names.LOCK, names.RESULTS, names.REPORT})


def differences(old: Bundle, new: Bundle) -> tuple[Change, ...]:
    """Say what changed between two bundles.

    Parameters
    ----------
    old, new : Bundle
        As :func:`impactkit.verification.bundle.open_bundle` gives them. Neither is verified: a bundle may be
        compared that does not hold.

    Returns
    -------
    tuple of Change
        The plan first, then baseline and data, then results, then lock and versions. Empty only when the two
        bundles hold the same bytes.

    Raises
    ------
    PlanError
        If a plan cannot be read.
    UnsafeBundleError
        If the results do not have the form they should have.
    """
    if old.members == new.members:
        return ()
    before, after = old.read_plan(), new.read_plan()
    try:
        results = _result_changes(old.results, new.results)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnsafeBundleError(
            "The results do not have the form they should have.",
            where=names.RESULTS,
            mend="Verify both bundles first: impactkit verify.",
        ) from None
    found = [
        *plan_changes(before, after),
        *(one for one in results if one.kind == "data"),
        *row_changes(old, new, after),
        *_custody_data(old, new),
        *(one for one in results if one.kind == "result"),
        *_custody(old, new),
    ]
    return tuple(found) or (_in_bytes(old, new),)


def _in_bytes(old: Bundle, new: Bundle) -> Change:
    """Return what differs when nothing that is said does: the report, made of what is said, or bytes."""
    if old.members.get(names.REPORT) != new.members.get(names.REPORT):
        return _custody_change("member_changed", name=names.REPORT)
    return _custody_change("bytes")


def _result_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    olds, news = ({one["claim"]: one for one in record["results"]} for record in (old, new))
    found: list[Change] = []
    for claim in olds:
        if claim in news:
            found += _means(claim, olds[claim]["estimate"], news[claim]["estimate"])
            found += _effect(claim, olds[claim]["verdict"], news[claim]["verdict"])
            found += _judged(claim, olds[claim], news[claim])
    told = [record.get("conclusion") for record in (old, new)]
    statuses = [_verdict(one["status"]) if one else None for one in told]
    if statuses[0] != statuses[1]:
        found.append(_result("conclusion", old=statuses[0], new=statuses[1]))
    if old["prior"] != new["prior"]:
        found.append(
            _result("prior", **{name: _prior(one["prior"]) for name, one in (("old", old), ("new", new))})
        )
    return found


def _means(claim: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return the group means that moved: those from before the start are the baseline."""
    olds, news = ({(m["group"], m["period"]): m for m in one["means"]} for one in (old, new))
    found = []
    for (group, period), was in olds.items():
        now = news.get((group, period))
        if now is None or _same(was["mean"], now["mean"]):
            continue
        values = {
            "claim": claim,
            "group": Message(f"changes.group.{group}"),
            "period": now["period_name"] or "",
            "old": _number(was["mean"]),
            "new": _number(now["mean"]),
        }
        found.append(Change(kind="data", code=_when(period, new["start"]), values=values))
    return found


def _when(period: float | None, start: float | None) -> str:
    if period is None or start is None:
        return "value_moved"
    return "baseline_moved" if period < start else "follow_up_moved"


def _effect(claim: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    found = []
    for end in ("point", "low", "high"):
        if not _same(old[end], new[end]):
            found.append(_result(f"effect_{end}", claim=claim, old=_number(old[end]), new=_number(new[end])))
    return found


def _judged(claim: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    found = []
    if old["grade"]["value"] != new["grade"]["value"]:
        found.append(_result("grade", claim=claim, old=old["grade"]["value"], new=new["grade"]["value"]))
    was, now = old["verdict"]["status"], new["verdict"]["status"]
    if was != now:
        found.append(_result("verdict", claim=claim, old=_verdict(was), new=_verdict(now)))
    return found


def _custody_data(old: Bundle, new: Bundle) -> list[Change]:
    """Return what the manifests say of the data that no file shows."""
    found = []
    if old.manifest.data != new.manifest.data:
        found.append(Change(kind="data", code=f"now_{new.manifest.data}"))
    if old.manifest.rows != new.manifest.rows:
        found.append(
            Change(kind="data", code="rows", values={"old": old.manifest.rows, "new": new.manifest.rows})
        )
    return found


def _custody(old: Bundle, new: Bundle) -> list[Change]:
    found = []
    was, now = old.manifest.lock_digest, new.manifest.lock_digest
    if was != now:
        found.append(_custody_change("lock", old=was, new=now))
    for name in sorted(old.manifest.versions.keys() | new.manifest.versions.keys()):
        was, now = old.manifest.versions.get(name), new.manifest.versions.get(name)
        if was != now:
            found.append(_custody_change("version", name=name, old=was, new=now))
    if old.manifest.language != new.manifest.language:
        found.append(_custody_change("language", old=old.manifest.language, new=new.manifest.language))
    return found + _members(old, new)


def _members(old: Bundle, new: Bundle) -> list[Change]:
    """Return the other files that came, went or changed; an amendment is called by its name."""
    told = [*_TOLD_APART, *names.DESCRIPTORS, *(names.DATA + name for one in (old, new) for name in one.data)]
    found = []
    for name in sorted((old.members.keys() | new.members.keys()) - set(told)):
        kind = "amendment" if "amendment" in name else "member"
        state = "added" if name not in old.members else "dropped" if name not in new.members else "changed"
        if old.members.get(name) != new.members.get(name):
            found.append(_custody_change(f"{kind}_{state}", name=name))
    return found


def _same(old: Any, new: Any) -> bool:
    if old is None or new is None:
        return old is new
    was, now = number_from(old), number_from(new)
    return was == now or abs(was - now) <= _RELATIVE * max(abs(was), abs(now))


def _number(value: Any) -> float | None:
    return None if value is None else number_from(value)


def _verdict(status: str) -> Message:
    return Message(f"verdict.name.{status}")


def _prior(prior: str) -> Message:
    return Message(f"changes.priority.{prior}")


def _result(code: str, **values: Any) -> Change:
    return Change(kind="result", code=code, values=values)


def _custody_change(code: str, **values: str | None) -> Change:
    return Change(kind="custody", code=code, values=values)
