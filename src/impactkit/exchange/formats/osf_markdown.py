"""Markdown with the headings of an OSF preregistration."""

from __future__ import annotations

from impactkit.exchange import plan_words as words
from impactkit.indicators import Catalogue
from impactkit.plans import Plan


def write(what: Catalogue | Plan) -> bytes:
    """Return a plan under the headings of the OSF Preregistration form [1]_.

    Parameters
    ----------
    what : Catalogue or Plan
        A plan.

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
    .. [1] Bowman, S., et al. (2016). *OSF Prereg Template*. https://doi.org/10.31222/osf.io/epgjd
    """
    plan = words.the_plan(what)
    sections = {
        "Study Information": _study(plan),
        "Design Plan": _design(plan),
        "Sampling Plan": _sampling(plan),
        "Variables": _variables(plan),
        "Analysis Plan": _analysis(plan),
        "Other": {"Other": words.everything(plan)},
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
    return words.headings_in(content, known="Inference criteria")


def _study(plan: Plan) -> dict[str, str]:
    project = plan.project
    facts = words.said(
        need=project.need,
        change=project.change,
        aimed_at=project.future_state,
        borrower=project.borrower,
        responsible=project.responsible,
    )
    return {
        "Title": words.plain(project.name),
        "Description": words.bullets(*facts),
        "Hypotheses": words.bullets(*(words.hypothesis(claim, plan) for claim in plan.claims)),
    }


def _design(plan: Plan) -> dict[str, str]:
    by_lot = "Experiment: who gets it is drawn by lot."
    return {
        "Study type": by_lot if words.is_by_lot(plan) else "Observational study.",
        "Blinding": words.SILENT,
        "Study design": words.bullets(*words.model(plan), *words.circumstances(plan)),
        "Randomization": words.randomisation(plan),
    }


def _sampling(plan: Plan) -> dict[str, str]:
    data = plan.data
    collected = words.said(
        baseline_collected=data.baseline_collected,
        baseline=data.baseline_kind,
        follow_up_collected=data.follow_up_collected,
        plan_decided=plan.decision.decided,
    )
    looks = plan.circumstances.looks if plan.circumstances else None
    return {
        "Existing data": words.bullets(*collected),
        "Explanation of existing data": words.bullets(*words.said(files=", ".join(data.files))),
        "Data collection procedures": words.bullets(
            *(words.measured(claim, plan) for claim in plan.claims),
            *words.said(unit=data.analysed.unit, time=data.time),
        ),
        "Sample size": words.SILENT + " Who takes part stands in the lock, as the roster.",
        "Sample size rationale": words.SILENT + " See impactkit power.",
        "Stopping rule": words.bullets(*words.said(looks_at_the_follow_up=looks)),
    }


def _variables(plan: Plan) -> dict[str, str]:
    data = plan.data
    treated = words.said(
        column=data.first_treated or data.treated,
        start=data.start,
        dose=data.dose,
    )
    measured = (words.measured(claim, plan) for claim in plan.claims)
    return {
        "Manipulated variables": words.bullets(*words.intervention(plan), *treated),
        "Measured variables": words.bullets(*measured, *words.said(covariates=", ".join(data.covariates))),
        "Indices": words.bullets(*words.said(divided_by=data.exposure, rates=data.rates)),
    }


def _analysis(plan: Plan) -> dict[str, str]:
    return {
        "Statistical models": words.bullets(*words.model(plan)),
        "Transformations": words.bullets(
            *(f"{claim.id}: in per cent of what would have been." for claim in plan.claims if claim.relative),
            *words.said(divided_by=plan.data.exposure),
        ),
        "Inference criteria": words.bullets(*words.criteria(plan)),
        "Data exclusion": words.bullets(*words.exclusions(plan)),
        "Missing data": words.bullets(*words.exclusions(plan)[:1]),
        "Exploratory analyses": "None is judged: an exploratory run is marked as such and gets no verdict.",
    }
