"""Whether verdicts keep to those of the earlier plans beside them, where nothing can be computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from impactkit.evidence.lowered import rank
from impactkit.evidence.verdict import Status
from impactkit.plans.amendment import Amendment, is_seen
from impactkit.verification.results import Record


def above_their_bounds(
    results: Record, amendments: Sequence[Amendment], *, locked: Mapping[str, Any]
) -> list[str]:
    """Return the claims whose verdict is more favourable than an earlier plan that counts lets it be.

    Parameters
    ----------
    results : dict
        What results.json says.
    amendments : sequence of Amendment
        What has changed since the plan was locked.
    locked : mapping
        The content of the locked plan; empty when the lock is not at hand.

    Returns
    -------
    list of str
        Their ids; every claim where the results do not tell of the earlier plans that count.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        If the results do not have their form.
    """
    told = {result["claim"]: result["verdict"]["status"] for result in results["results"]}
    if not amendments:
        return []
    earlier = results.get("earlier", [])
    stood = is_seen(amendments, locked=locked).count(False)
    counting = {one["number"]: one for one in earlier if one["counts"]}
    if not set(range(stood, len(amendments))) <= counting.keys() or 0 not in {
        one["number"] for one in earlier
    }:
        return sorted(told)
    return sorted(
        claim
        for claim, status in told.items()
        if any(rank(status) > rank(_status(one, claim)) for one in counting.values())
    )


def _status(earlier: Record, claim: str) -> Status:
    """Return an earlier plan's verdict on a claim; not assessable where it has none."""
    found = [one["verdict"]["status"] for one in earlier["verdicts"] if one["claim"] == claim]
    told: Status = found[0] if found else "not_assessable"
    return told
