"""The step about disclosure: whether a bundle tells of single people."""

from __future__ import annotations

from impactkit.plans import Plan
from impactkit.reporting.disclosure import Disclosure
from impactkit.reporting.disclosure.sentences import Hiding
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.custody import step
from impactkit.verification.disclosure import disclosures
from impactkit.verification.published import audited, published
from impactkit.verification.recompute import Recomputation
from impactkit.verification.results import Record
from impactkit.verification.told_tables import told_otherwise
from impactkit.verification.verification import Step
from impactkit.wording import Message


def disclosure(bundle: Bundle, found: Recomputation) -> Step:
    """Ask whether a bundle is free of personal identity numbers and of numbers about few people.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    found : Recomputation
        Its plan, which can read its data.

    Returns
    -------
    Step
        Fails with the files and columns where identity numbers seem to stand, which are not repeated; and
        where the rows are withheld, with the figures that are of few, or could be worked out from others.
    """
    if found.plan is None or (bundle.manifest.data == "included" and found.evaluation is None):
        return step("disclosure", "not_checked", "not_computed")
    try:
        places = disclosures(found.plan, bundle.members[names.PLAN].decode("utf-8-sig"))
    except Exception:
        # What cannot be searched may hold anything.
        return step("disclosure", "fail", "unreadable")
    if places:
        return Step(
            name="disclosure",
            state="fail",
            sentence=Message("verify.disclosure.found"),
            troubles=tuple(places),
        )
    if found.plan.data.public:
        return step("disclosure", "pass", "none")
    return _few(bundle, found.plan)


def _few(bundle: Bundle, plan: Plan) -> Step:
    reason = plan.decision.disclosure_off
    if reason is not None:
        return step("disclosure", "not_checked", "off", reason=reason)
    threshold = Disclosure.of(plan).smallest
    try:
        told = audited(published(plan, bundle.results), threshold)
        sentences = told_in_sentences(bundle.results, threshold)
        page = bundle.members[names.REPORT].decode("utf-8")
        otherwise = told_otherwise(page, bundle.results, bundle.manifest.language)
    except (ArithmeticError, AttributeError, IndexError, LookupError, TypeError, ValueError):
        return step("disclosure", "fail", "unreadable_results")
    if told.contradict:
        return step("disclosure", "fail", "contradict")
    for code, odd in (
        ("small", told.small),
        ("small", sentences),
        ("pinned", told.pinned),
        ("report", otherwise),
    ):
        if odd:
            return step("disclosure", "fail", code, names="; ".join(odd[:5]), n=threshold)
    return step("disclosure", "pass", "few_hidden", n=threshold)


def told_in_sentences(record: Record, threshold: int) -> list[str]:
    """Return the sentences of results that hold a number about few people, or a name.

    Parameters
    ----------
    record : dict
        Results as results.json holds them.
    threshold : int
        The smallest count shown.

    Returns
    -------
    list of str
        By claim and what the sentence is about.
    """
    found = []
    for result in record["results"]:
        sample = result["estimate"]["sample"]
        own = {sample[name] for name in ("n_clusters", "n_treated_clusters", "n_comparison_clusters")}
        hiding = Hiding(
            threshold=threshold,
            arms=sample["n_treated"] is None,
            n_treated=sample["n_treated"] or 0,
            clusters=frozenset(n for n in own if n is not None),
        )
        for message in _messages(result):
            if hiding.sentence(message) != message:
                found.append(f"{result['claim']}: {message.code}")
        if result["estimate"]["influence"]:
            found.append(f"{result['claim']}: influence")
    return found


def _messages(value: object) -> list[Message]:
    """Return every sentence within a record."""
    if isinstance(value, dict):
        if value.keys() == {"code", "values"}:
            return [Message.from_record(value)]
        return [message for part in value.values() for message in _messages(part)]
    if isinstance(value, list):
        return [message for part in value for message in _messages(part)]
    return []
