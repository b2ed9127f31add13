"""Frictionless: a data package that describes the catalogue's table, or the rows that a plan collects."""

from __future__ import annotations

import json
from typing import Any

from impactkit.errors import DataError
from impactkit.exchange.records import columns, kind_of
from impactkit.indicators import Catalogue, Indicator
from impactkit.plans import Plan
from impactkit.plans.data_files import DataFiles

_PROFILE = "tabular-data-package"


def write(what: Catalogue | Plan) -> bytes:
    """Return a ``datapackage.json`` with a Table Schema [1]_ [2]_.

    Parameters
    ----------
    what : Catalogue or Plan
        A catalogue, written beside it as ``catalogue.csv``; or a plan, whose data files are described.

    Returns
    -------
    bytes
        JSON.

    References
    ----------
    .. [1] Data Package specification, https://specs.frictionlessdata.io/data-package/
    .. [2] Table Schema specification, https://specs.frictionlessdata.io/table-schema/
    """
    package = _of_plan(what) if isinstance(what, Plan) else _of_catalogue()
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read(content: bytes) -> dict[str, dict[str, Any]]:
    """Return the fields that a data package describes.

    Parameters
    ----------
    content : bytes
        What `write` wrote.

    Returns
    -------
    dict
        Each field of the first resource by its name: type and constraints.

    Raises
    ------
    DataError
        If it describes no table.
    """
    try:
        fields = json.loads(content)["resources"][0]["schema"]["fields"]
    except (KeyError, IndexError, ValueError, TypeError):
        what = "The file is no data package with a table."
        raise DataError(what, where="datapackage.json", mend="Export it again.") from None
    return {field["name"]: {key: field[key] for key in field if key != "name"} for field in fields}


def _of_catalogue() -> dict[str, Any]:
    fields = [{"name": name, "type": kind_of(name)} for name in columns()]
    resource = {
        "name": "catalogue",
        "path": "catalogue.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ";", "header": True},
        "schema": {"fields": fields, "primaryKey": "id", "missingValues": [""]},
    }
    return {"name": "impactkit-catalogue", "profile": _PROFILE, "resources": [resource]}


def _of_plan(plan: Plan) -> dict[str, Any]:
    data = plan.data
    schema: dict[str, Any] = {"fields": _fields(plan), "missingValues": ["", *data.missing]}
    if keys := [name for name in (data.unit, data.time) if name is not None]:
        schema["primaryKey"] = keys
    resources = [
        {
            "name": f"data-{number}",
            "path": name,
            "profile": "tabular-data-resource",
            "schema": schema,
        }
        for number, name in enumerate(data.names, start=1)
    ]
    package = {"name": "impactkit-plan-data", "title": plan.project.name, "profile": _PROFILE}
    return {**package, "resources": resources}


def _fields(plan: Plan) -> list[dict[str, Any]]:
    data, decimal = plan.data, plan.data.decimal
    texts = [name for name in (data.unit, *data.grouped) if name is not None]
    fields: dict[str, dict[str, Any]] = {
        name: {"type": "string", "constraints": {"required": True}} for name in texts
    }
    if data.time:
        fields.setdefault(data.time, {"type": "year", "constraints": {"required": True}})
    fields |= _treatment(data)
    for claim in plan.claims:
        column = claim.outcome or data.outcome
        fields[column] = _outcome(plan.catalogue[claim.indicator])
    lot = (data.takeup, data.running, data.probability, *data.instruments)
    given = (data.weight, data.exposure, data.pre_outcome, data.std_error)
    for name in (*data.covariates, *given, *lot):
        if name is not None:
            fields.setdefault(name, {"type": "number"})
    if decimal is not None:
        for field in fields.values():
            if field["type"] == "number":
                field["decimalChar"] = decimal
    return [{"name": name, **field} for name, field in fields.items()]


def _treatment(data: DataFiles) -> dict[str, dict[str, Any]]:
    """Return who is treated, who is eligible, from when and how much."""
    found: dict[str, dict[str, Any]] = {}
    for name in (data.treated, data.eligible):
        if name is not None:
            found[name] = {"type": "integer", "constraints": {"required": True, "enum": [0, 1]}}
    if data.dose:
        found[data.dose] = {"type": "number", "constraints": {"required": True, "minimum": 0}}
    if data.first_treated:
        found[data.first_treated] = {"type": "integer"}
    return found


def _outcome(item: Indicator) -> dict[str, Any]:
    bounds = item.bounds
    limits = {"minimum": bounds.minimum, "maximum": bounds.maximum}
    constraints = {name: float(value) for name, value in limits.items() if value is not None}
    described = {"type": "number", "title": item.name.en, "description": item.definition.en}
    return {**described, **({"constraints": constraints} if constraints else {})}
