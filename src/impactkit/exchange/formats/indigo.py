"""INDIGO: a plan's claims as the outcome metrics of an outcome contract."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from impactkit.errors import DataError
from impactkit.evidence import Claim
from impactkit.indicators import Catalogue, Indicator
from impactkit.plans import Plan
from impactkit.plans.outcome_contract import OutcomeContract

# The approaches that INDIGO's field outcome_validation_method is to be selected from, by our method.
_METHODS = {
    "randomised_trial": "Randomised Control Trial",
    "difference_in_differences": "Quasi-experimental study",
    "before_after": "Pre-Post analysis",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMetric:
    """The fields of an INDIGO outcome metric that impactkit has something for.

    Parameters
    ----------
    id, definition : str
        Its id within the project, and when it counts as achieved.
    target_population, outcome_metric_target : str
        For whom, and the targeted level; empty for an indicator without a plan.
    outcome_validation_method, data_source_for_outcome_validation : str
        How and from what it is validated; empty for an indicator without a plan.
    primary_sdg_goal, primary_sdg_target, secondary_sdg_targets : str
        Goal and targets of the 2030 Agenda.
    notes : str
        How somebody else can see that the values are right.
    """

    id: str
    definition: str
    target_population: str = ""
    outcome_metric_target: str = ""
    outcome_validation_method: str = ""
    data_source_for_outcome_validation: str = ""
    primary_sdg_goal: str = ""
    primary_sdg_target: str = ""
    secondary_sdg_targets: str = ""
    notes: str = ""


_PLAIN = ("id", "notes")


def metrics(what: Catalogue | Plan) -> tuple[OutcomeMetric, ...]:
    """Return the outcome metrics of a plan's claims, or of the indicators of a catalogue.

    Parameters
    ----------
    what : Catalogue or Plan
        Where they stand.

    Returns
    -------
    tuple of OutcomeMetric
        In English, the language of the standard.
    """
    if isinstance(what, Plan):
        return tuple(_of_claim(claim, what) for claim in what.claims)
    return tuple(OutcomeMetric(id=item.id, definition=item.definition.en, **_sdg(item)) for item in what)


def write(what: Catalogue | Plan) -> bytes:
    """Return the outcome metrics as the part of an INDIGO project [1]_.

    Parameters
    ----------
    what : Catalogue or Plan
        What to write.

    Returns
    -------
    bytes
        JSON: ``{"outcome_metrics": [...]}``; every field but id and notes is an object with a value. Of a
        plan with an outcome contract also its days and the most it can pay.

    References
    ----------
    .. [1] INDIGO data standard, schema/project.json, https://github.com/INDIGO-Initiative/indigo-data-standard
    """
    told: dict[str, Any] = {"outcome_metrics": [_written(metric) for metric in metrics(what)]}
    if isinstance(what, Plan) and what.outcome_contract is not None:
        told |= _contract(what.outcome_contract)
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read(content: bytes) -> tuple[OutcomeMetric, ...]:
    """Return the outcome metrics of an INDIGO project, the fields that impactkit maps.

    Parameters
    ----------
    content : bytes
        JSON.

    Returns
    -------
    tuple of OutcomeMetric
        Equal to what was written.

    Raises
    ------
    DataError
        If there are none.
    """
    try:
        items = json.loads(content)["outcome_metrics"]
        return tuple(OutcomeMetric(**_bare(item)) for item in items)
    except (KeyError, TypeError, ValueError):
        what = "The file holds no outcome metrics of the INDIGO standard."
        raise DataError(what, where="outcome_metrics", mend="Export it again.") from None


def _contract(contract: OutcomeContract) -> dict[str, Any]:
    """Return the fields of an INDIGO project that a contract fills: its days, and its cap."""
    days = {
        "start_date_of_service_provision": contract.service_start,
        "anticipated_end_date_of_service_provision": contract.service_end,
        "anticipated_completion_date": contract.payment_date,
    }
    most = {"currency": {"value": "SEK"}, "amount": {"value": contract.most_sek}}
    return {
        "dates": {name: {"value": day.isoformat()} for name, day in days.items()},
        "overall_project_finance": {"maximum_potential_outcome_payment_v2": most},
    }


def _of_claim(claim: Claim, plan: Plan) -> OutcomeMetric:
    item = plan.catalogue[claim.indicator]
    return OutcomeMetric(
        id=claim.id,
        definition=item.definition.en,
        target_population=plan.project.target_group,
        outcome_metric_target=_target(claim, item),
        outcome_validation_method=_METHODS[plan.content()["estimator"]["method"]],
        data_source_for_outcome_validation=claim.data_source or "",
        notes=claim.validation_method or "",
        **_sdg(item),
    )


def _target(claim: Claim, item: Indicator) -> str:
    unit = claim.unit or item.unit_of_change("en")
    if claim.relative:
        unit = "per cent of what it would have been"
    if claim.change == "no_effect":
        return f"No change of more than {claim.minimum_effect} {unit} by {claim.by}"
    if claim.change == "no_harm":
        return f"No {claim.harm} of more than {claim.minimum_effect} {unit} by {claim.by}"
    return f"{claim.change.capitalize()} by at least {claim.minimum_effect} {unit} by {claim.by}"


def _sdg(item: Indicator) -> dict[str, str]:
    targets = item.mappings.sdg
    if not targets:
        return {}
    first, *others = targets
    goal = first.split(".")[0]
    return {
        "primary_sdg_goal": goal,
        "primary_sdg_target": first,
        "secondary_sdg_targets": ", ".join(others),
    }


def _written(metric: OutcomeMetric) -> dict[str, Any]:
    told = {name: getattr(metric, name) for name in metric.__slots__ if getattr(metric, name)}
    return {name: text if name in _PLAIN else {"value": text} for name, text in told.items()}


def _bare(item: dict[str, Any]) -> dict[str, str]:
    mapped = {name: item[name] for name in OutcomeMetric.__slots__ if name in item}
    return {name: value if name in _PLAIN else value["value"] for name, value in mapped.items()}
