"""What a plan says, as plain English lines for a registry's headings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impactkit.errors import DataError, UsageError
from impactkit.evidence import Claim
from impactkit.exchange.records import flat
from impactkit.indicators import Catalogue
from impactkit.plans import Plan
from impactkit.provenance import canonical_json

SILENT = "The plan does not say."
_FIGURES = {
    "increase": "rises by at least",
    "decrease": "falls by at least",
    "no_harm": "does not get worse by more than",
    "no_effect": "does not change, either way, by more than",
}


def plain(text: object) -> str:
    r"""Return a text that can neither make a heading nor be taken for markup.

    Parameters
    ----------
    text : object
        What somebody wrote.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> plain("# A <b>")
    '\\# A &lt;b&gt;'
    """
    if isinstance(text, list | dict | bool):
        text = canonical_json(text).decode("utf-8")
    line = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"\\{line}" if line.startswith(("#", "-", "*", "`")) else line


def page(title: str, sections: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return headings and texts as Markdown.

    Parameters
    ----------
    title : str
        The first heading.
    sections : mapping
        Text by heading, by part.

    Returns
    -------
    bytes
        UTF-8; a heading without a text says that the plan does not say.
    """
    lines = [f"# {plain(title)}", ""]
    for part, headings in sections.items():
        lines += [f"## {part}", ""]
        for heading, text in headings.items():
            lines += [f"### {heading}", "", text or SILENT, ""]
    return "\n".join(lines).encode("utf-8")


def headings_in(content: bytes, *, known: str) -> dict[str, str]:
    """Return the texts of a page by their headings.

    Parameters
    ----------
    content : bytes
        What `page` wrote.
    known : str
        A heading without which it is another page.

    Returns
    -------
    dict of str to str
        Text by heading.

    Raises
    ------
    DataError
        If it is another page.
    """
    found: dict[str, list[str]] = {}
    heading = None
    for line in content.decode("utf-8", errors="replace").splitlines():
        if line.startswith("### "):
            heading = line.removeprefix("### ")
            found[heading] = []
        elif line.startswith("#"):
            heading = None
        elif heading is not None:
            found[heading].append(line)
    if known not in found:
        what = "The file is not the registration that impactkit writes."
        raise DataError(what, where="markdown", mend="Export it again.")
    return {heading: "\n".join(lines).strip() for heading, lines in found.items()}


def the_plan(what: Catalogue | Plan) -> Plan:
    """Return the plan that is to be registered.

    Parameters
    ----------
    what : Catalogue or Plan
        What was to be written.

    Returns
    -------
    Plan
        The plan.

    Raises
    ------
    UsageError
        If it is a catalogue.
    """
    if isinstance(what, Plan):
        return what
    text = "A catalogue of indicators cannot be registered; a plan can."
    raise UsageError(text, where="format", mend="Export a plan, or choose another format.")


def bullets(*texts: str) -> str:
    """Return lines with a mark before each.

    Parameters
    ----------
    *texts : str
        One a line; an empty one is passed over.

    Returns
    -------
    str
        Empty when there are none.
    """
    return "\n".join(f"- {text}" for text in texts if text)


def said(**facts: object) -> tuple[str, ...]:
    """Return named facts as lines, those that the plan gives.

    Parameters
    ----------
    **facts : object
        By name; an underscore is written as a space.

    Returns
    -------
    tuple of str
        Name and fact.
    """
    return tuple(
        f"{name.replace('_', ' ').capitalize()}: {plain(value)}"
        for name, value in facts.items()
        if value not in (None, "", ())
    )


def hypothesis(claim: Claim, plan: Plan) -> str:
    """Return a claim as a hypothesis.

    Parameters
    ----------
    claim : Claim
        The claim.
    plan : Plan
        Its plan.

    Returns
    -------
    str
        Id, role, indicator, direction, size and year.
    """
    item = plan.catalogue[claim.indicator]
    unit = claim.unit or item.unit_of_change("en")
    if claim.relative:
        unit = "per cent of what it would have been"
    told = f"{claim.id} ({claim.role}): {item.name.en} {_FIGURES[claim.change]} {claim.minimum_effect}"
    told += f" {unit} by {claim.by}, against what it would have been without the investment."
    if claim.harm is not None:
        told += f" Worse means {claim.harm}."
    if claim.target is not None:
        told += f" Level aimed at: {claim.target}."
    if claim.subgroup is not None:
        group = claim.subgroup
        told += f" Only rows where {group.column} is {group.value}"
        told += f", compared with {group.compared_with}." if group.compared_with else "."
    return plain(told)


def measured(claim: Claim, plan: Plan) -> str:
    """Return how a claim is measured.

    Parameters
    ----------
    claim : Claim
        The claim.
    plan : Plan
        Its plan.

    Returns
    -------
    str
        Indicator, definition, column, source and how it is validated.
    """
    item = plan.catalogue[claim.indicator]
    facts = said(
        definition=item.definition.en,
        column=claim.outcome or plan.data.outcome,
        source=claim.data_source,
        validated=claim.validation_method,
        baseline_measured_with=claim.baseline_indicator,
    )
    return f"{claim.id}: {claim.indicator}. " + " ".join(f"{fact.rstrip('.')}." for fact in facts)


def model(plan: Plan) -> tuple[str, ...]:
    """Return the estimator with every setting, and what is adjusted for.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of str
        A line each.
    """
    settings = flat({"estimator": plan.content()["estimator"]})
    return (
        *(f"{key} = {plain(value)}" for key, value in settings.items()),
        *said(
            averaged_over=plan.data.aggregate_by,
            averages_weigh=plan.data.aggregate_weight,
            covariates=", ".join(plan.data.covariates),
            clusters=plan.data.cluster,
            strata=plan.data.stratum,
            weights=plan.data.weight,
            effects_by_group=", ".join(plan.data.subgroups),
        ),
    )


def criteria(plan: Plan) -> tuple[str, ...]:
    """Return how the claims are judged.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of str
        A line each.
    """
    decided = plan.decision
    share = f"{decided.family or 'primary'} claims by {decided.multiplicity}"
    return (
        f"Two-sided level {decided.alpha}, shared over the {share}.",
        f"Together: {decided.conclusion or 'all'} of the primary claims must hold.",
        "Supported only if the whole interval reaches the claimed effect, the permutation test agrees, "
        "and the evidence grade is at least 3.",
        *(f"{claim.id}: {claim.change}, {claim.minimum_effect}" for claim in plan.claims),
    )


def exclusions(plan: Plan) -> tuple[str, ...]:
    """Return which rows are left out, and what an indicator refuses that the plan accepts.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of str
        A line each.
    """
    missing = ", ".join(f'"{plain(text)}"' for text in ("", *plan.data.missing))
    return (
        f"Rows where the outcome or a role is missing are left out and counted; written {missing}.",
        *said(eligible_rows_by_column=plan.data.eligible),
        *(
            f"{claim.id}: only rows where {plain(claim.subgroup.column)} is {plain(claim.subgroup.value)}."
            for claim in plan.claims
            if claim.subgroup
        ),
        *(
            f"{claim.id}: {kind} is accepted because: {plain(reason)}"
            for claim in plan.claims
            for kind, reason in (claim.accept or {}).items()
        ),
    )


def is_by_lot(plan: Plan) -> bool:
    """Return whether it is drawn by lot who gets it.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    bool
        As the plan says.
    """
    return plan.circumstances is not None and plan.circumstances.assignment == "lot"


def randomisation(plan: Plan) -> str:
    """Return how it is drawn who gets it.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    str
        Markdown.
    """
    if not is_by_lot(plan):
        return "None: who gets it is not drawn by lot."
    return bullets(*said(by_lot_within=plan.data.stratum or "no strata"))


def intervention(plan: Plan) -> tuple[str, ...]:
    """Return what is done, and for whom.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of str
        A line each.
    """
    project = plan.project
    return said(
        investment=project.investment,
        social_effort=project.social_effort,
        target_group=project.target_group,
    )


def circumstances(plan: Plan) -> tuple[str, ...]:
    """Return what no number tells: how it was chosen who got it, and what was looked into.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of str
        A line each.
    """
    told: dict[str, Any] = plan.content().get("circumstances", {})
    return tuple(f"{key}: {plain(value)}" for key, value in flat(told).items())


def everything(plan: Plan) -> str:
    """Return all the plan says, key by key, with its digest.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    str
        Lines.
    """
    lines = (f"{key} = {plain(value)}" for key, value in flat(plan.content()).items())
    return bullets(f"SHA-256 of the plan's content: {plan.digest}", *lines)
