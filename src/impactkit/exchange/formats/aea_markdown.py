"""Markdown with the headings of the AEA RCT Registry."""

from __future__ import annotations

from impactkit.exchange import plan_words as words
from impactkit.indicators import Catalogue
from impactkit.plans import Plan


def write(what: Catalogue | Plan) -> bytes:
    """Return a plan under the headings of the AEA RCT Registry [1]_.

    Parameters
    ----------
    what : Catalogue or Plan
        A plan. The registry takes trials; a plan without a lot says so under its headings.

    Returns
    -------
    bytes
        Markdown in English; what the applicant wrote stands in their own language.

    Raises
    ------
    UsageError
        If it is a catalogue.

    References
    ----------
    .. [1] American Economic Association, RCT Registry, https://www.socialscienceregistry.org
    """
    plan = words.the_plan(what)
    sections = {
        "Trial Information": _trial(plan),
        "Interventions": _interventions(plan),
        "Primary Outcomes": _outcomes(plan, "Primary"),
        "Secondary Outcomes": _outcomes(plan, "Secondary"),
        "Experimental Design": _design(plan),
        "Experiment Characteristics": _characteristics(plan),
        "Institutional Review Boards (IRBs)": {"IRB Approval": words.SILENT},
        "Analysis Plan": _analysis(plan),
    }
    return words.page(plan.project.name, sections)


def read(content: bytes) -> dict[str, str]:
    """Return the texts of a registration by their headings.

    Parameters
    ----------
    content : bytes
        What `write` wrote.

    Returns
    -------
    dict of str to str
        Text by heading.

    Raises
    ------
    DataError
        If it is something else.
    """
    return words.headings_in(content, known="Primary Outcomes (end points)")


def _trial(plan: Plan) -> dict[str, str]:
    project, data = plan.project, plan.data
    where = project.municipality and f"Sweden, municipality {project.municipality}"
    return {
        "Title": words.plain(project.name),
        "Locations": words.bullets(*words.said(country=where)),
        "Primary Investigator": words.bullets(
            *words.said(responsible=project.responsible, affiliation=project.borrower)
        ),
        "Status": words.SILENT,
        "Start date": words.bullets(*words.said(baseline_collected=data.baseline_collected)),
        "End date": words.bullets(*words.said(follow_up_collected=data.follow_up_collected)),
        "Keywords": words.plain(project.category.replace("_", " ")),
        "Abstract": words.bullets(
            *words.said(need=project.need, change=project.change, aimed_at=project.future_state)
        ),
        "External Link(s)": words.SILENT,
        "Sponsors & Partners": words.bullets(*words.said(borrower=project.borrower)),
    }


def _interventions(plan: Plan) -> dict[str, str]:
    project = plan.project
    return {
        "Intervention(s)": words.bullets(*words.intervention(plan)),
        "Intervention Start Date": words.plain(project.investment_start),
        "Intervention End Date": words.bullets(*words.said(finished=project.investment_finished)),
    }


def _outcomes(plan: Plan, which: str) -> dict[str, str]:
    claims = [claim for claim in plan.claims if (claim.role == "primary") == (which == "Primary")]
    return {
        f"{which} Outcomes (end points)": words.bullets(*(words.hypothesis(claim, plan) for claim in claims)),
        f"{which} Outcomes (explanation)": words.bullets(*(words.measured(claim, plan) for claim in claims)),
    }


def _design(plan: Plan) -> dict[str, str]:
    data = plan.data
    return {
        "Experimental Design": words.bullets(*words.model(plan)),
        "Experimental Design Details": words.bullets(*words.circumstances(plan)),
        "Randomization Method": words.randomisation(plan),
        "Randomization Unit": words.bullets(*words.said(unit=data.cluster or data.analysed.unit)),
        "Was the treatment clustered?": f"Yes, by {words.plain(data.cluster)}." if data.cluster else "No.",
    }


def _characteristics(plan: Plan) -> dict[str, str]:
    roster = words.SILENT + " Who takes part stands in the lock, as the roster."
    sizes = (f"{claim.id}: {claim.minimum_effect} is claimed" for claim in plan.claims)
    return {
        "Sample size: planned number of clusters": roster,
        "Sample size: planned number of observations": roster,
        "Sample size (or number of clusters) by treatment arms": roster,
        "Minimum detectable effect size for main outcomes": words.bullets(
            words.SILENT + " See impactkit power.", *sizes
        ),
    }


def _analysis(plan: Plan) -> dict[str, str]:
    return {
        "Inference": words.bullets(*words.criteria(plan)),
        "Exclusion and missing data": words.bullets(*words.exclusions(plan)),
        "The whole plan": words.everything(plan),
    }
