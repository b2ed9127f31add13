"""The step about disclosure: whether a bundle tells of single people."""

from __future__ import annotations

from impactkit.reporting.disclosure import Disclosure
from impactkit.reporting.disclosure.sentences import Hiding
from impactkit.verification import manifest as names
from impactkit.verification.averages_apart import told_by_difference
from impactkit.verification.bundle import Bundle
from impactkit.verification.custody import failed, step
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
        places = disclosures(found.plan, bundle.prose)
    except Exception:
        # What cannot be searched may hold anything.
        return step("disclosure", "fail", "unreadable")
    if places:
        return failed("disclosure", "found", places)
    if found.plan.data.public:
        return step("disclosure", "pass", "none")
    if found.plan.data.aggregate_by is not None:
        return _of_areas(found, found.plan.decision.small_cell)
    return _few(bundle, found)


def _of_areas(found: Recomputation, threshold: int) -> Step:
    """Ask whether averages over areas tell of the few who are in one of them and not in another."""
    if found.evaluation is None:
        return step("disclosure", "not_checked", "areas_withheld", n=threshold)
    apart = told_by_difference(found.evaluation)
    if apart:
        return step("disclosure", "fail", "apart", names="; ".join(apart[:5]), n=threshold)
    return step("disclosure", "pass", "areas", n=threshold)


def _few(bundle: Bundle, found: Recomputation) -> Step:
    plan = found.plan
    assert plan is not None
    reason = plan.decision.disclosure_off
    if reason is not None:
        return step("disclosure", "not_checked", "off", reason=reason)
    threshold = Disclosure.of(plan).smallest
    try:
        told = audited(published(plan, bundle.results), threshold)
        sentences = [
            *told_in_sentences(bundle.results, threshold),
            *told_of_groups(bundle.results),
            *_in_lock(bundle, found),
        ]
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


def _in_lock(bundle: Bundle, found: Recomputation) -> list[str]:
    """Return the lock where it counts units that the results do not."""
    roster = None if found.lock is None or names.LOCK not in bundle.members else found.lock.roster
    samples = [result["estimate"]["sample"] for result in bundle.results["results"]]
    hidden = any(sample["n_units"] is None or sample["n_treated"] is None for sample in samples)
    return [names.LOCK] if roster is not None and roster.n_treated is not None and hidden else []


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
    plain = Hiding(threshold=threshold)
    paid = _messages(record.get("payments", {}))
    found += [f"payments: {message.code}" for message in paid if plain.sentence(message) != message]
    for earlier in record.get("earlier", []):
        found += [
            f"{earlier['number']}: {message.code}"
            for message in _messages(earlier)
            if plain.sentence(message) != message
        ]
    return found


def told_of_groups(record: Record) -> list[str]:
    """Return the declared groups of results of which more is told than may be.

    Parameters
    ----------
    record : dict
        Results as results.json holds them.

    Returns
    -------
    list of str
        By claim, column and group: those whose size is told, or follows from what is, and those that are said
        to be hidden and are not.
    """
    found = []
    for result in record["results"]:
        for column in result.get("groups", []):
            name = f"{result['claim']}: {column['column']}"
            if any(column[key] is not None for key in ("statistic", "df_error", "spread")):
                found.append(name)
            for group in column["groups"]:
                told = {key for key, value in group.items() if value is not None} - {"name", "state"}
                if told & _SIZES or (told and group["state"] == "hidden"):
                    found.append(f"{name}, {group['name']}")
    return found


_SIZES = {"n_rows", "n_treated", "std_error", "df"}
"""What counts the people of a group, or what their number follows from."""


def _messages(value: object) -> list[Message]:
    """Return every sentence within a record."""
    if isinstance(value, dict):
        if value.keys() == {"code", "values"}:
            return [Message.from_record(value)]
        return [message for part in value.values() for message in _messages(part)]
    if isinstance(value, list):
        return [message for part in value for message in _messages(part)]
    return []
