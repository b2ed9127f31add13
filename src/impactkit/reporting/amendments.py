"""What has changed since the plan was locked: told before anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impactkit.errors import Trouble
from impactkit.evidence.verdict import Verdict
from impactkit.plans.amendment import Amendment
from impactkit.plans.changes import changes
from impactkit.provenance import canonical_json
from impactkit.reporting.disclosure import Disclosure
from impactkit.reporting.evaluated import Earlier, Evaluated
from impactkit.reporting.facts import day
from impactkit.reporting.table import Table
from impactkit.wording import Language, MessageValue, say, what_is_wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentTold:
    """One amendment, as it is told.

    Parameters
    ----------
    title : str
        Its number, its day and who wrote it.
    reason : str
        Why, in the author's own words.
    seen : str
        Whether the follow-up had been seen, and what follows from that.
    changed : Table
        Each key with what stood there and what stands there.
    """

    title: str
    reason: str
    seen: str
    changed: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentsTold:
    """All that has changed since the plan was locked.

    Parameters
    ----------
    rule : str
        How amendments and verdicts go together.
    amendments : tuple of AmendmentTold
        In order.
    verdicts : Table
        The verdict told on each claim, beside those of the plans before.
    troubles : tuple of str
        Why a plan before could not be carried out on the data.
    """

    rule: str
    amendments: tuple[AmendmentTold, ...]
    verdicts: Table
    troubles: tuple[str, ...]


def amendments_told(evaluation: Evaluated, language: Language) -> AmendmentsTold | None:
    """Return what has changed since the plan was locked.

    Parameters
    ----------
    evaluation : Evaluation
        A plan carried out.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    AmendmentsTold or None
        None when nothing has.
    """
    chain, lock = evaluation.amendments, evaluation.lock
    if not chain or lock is None:
        return None
    before, shown = [lock.plan, *(one.plan for one in chain)], Disclosure.of(evaluation.plan)
    told = zip(chain, evaluation.amendments_seen, before, strict=False)
    return AmendmentsTold(
        rule=say("report.amendments.rule", language),
        amendments=tuple(_told(one, seen, earlier, language=language) for one, seen, earlier in told),
        verdicts=_verdicts(evaluation, language),
        troubles=tuple(
            _trouble(one, shown.trouble(trouble, language), language)
            for one in evaluation.earlier
            for trouble in one.troubles
        ),
    )


def _told(one: Amendment, seen: bool, before: Mapping[str, Any], *, language: Language) -> AmendmentTold:
    values: dict[str, MessageValue] = {"n": one.number, "date": day(one.date, language), "author": one.author}
    state = "seen" if one.data_seen else "counts_as_seen" if seen else "not_seen"
    header = ("key", "before", "after")
    return AmendmentTold(
        title=say("report.amendments.title", language, **values),
        reason=one.reason,
        seen=say(f"report.amendments.{state}", language),
        changed=Table(
            caption=say("report.amendments.changed", language, n=one.number),
            header=tuple(say(f"report.amendments.{name}", language) for name in header),
            rows=tuple(
                (change.path, _value(change.before), _value(change.after))
                for change in changes(before, one.plan)
            ),
        ),
    )


def _value(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else canonical_json(value).decode("utf-8")


def _verdicts(evaluation: Evaluated, language: Language) -> Table:
    now = {result.claim.id: result.verdict for result in evaluation.results}
    before = [_by_claim(one) for one in evaluation.earlier]
    claims = list(dict.fromkeys([*now, *(claim for found in before for claim in found or ())]))
    none = say("report.amendments.not_there", language)
    gone = say("report.amendments.cannot", language)

    def name(found: dict[str, Verdict] | None, claim: str) -> str:
        if found is None:
            return gone
        return found[claim].name.text(language) if claim in found else none

    return Table(
        caption=say("report.amendments.verdicts", language),
        header=(
            say("report.summary.claim", language),
            say("report.amendments.told", language),
            *(say("report.amendments.under", language, plan=one.name) for one in evaluation.earlier),
        ),
        rows=tuple((claim, name(now, claim), *(name(found, claim) for found in before)) for claim in claims),
    )


def _by_claim(one: Earlier) -> dict[str, Verdict] | None:
    return None if one.verdicts is None else {verdict.claim: verdict for verdict in one.verdicts}


def _trouble(one: Earlier, trouble: Trouble, language: Language) -> str:
    return say("report.amendments.trouble", language, plan=one.name, why=what_is_wrong(trouble, language))
