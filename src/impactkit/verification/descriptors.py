"""What a bundle tells archives about itself: an RO-Crate and a data package, exports that prove nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from impactkit.plans.data_files import ANSWERS, MISSING
from impactkit.verification import manifest as names

if TYPE_CHECKING:
    from impactkit.plans import Plan

_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_PROFILE = "https://w3id.org/ro/crate/1.1"
_IMPACTKIT = "#impactkit"
_TYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "html": "text/html",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_ABOUT = {
    names.PLAN: "What was promised, and how it would be measured and judged",
    names.LOCK: "The plan as it was locked",
    names.RESULTS: "Every number, check, grade and verdict",
    names.REPORT: "The report",
    names.ENVIRONMENT: "What the numbers were made with",
    names.DATA_PACKAGE: "A description of the tables",
}


def described(plan: Plan, members: Mapping[str, bytes], versions: Mapping[str, str]) -> dict[str, bytes]:
    """Return both descriptions of a bundle.

    Parameters
    ----------
    plan : Plan
        The plan.
    members : mapping of str to bytes
        All other files but the manifest.
    versions : mapping of str to str
        What the numbers were made with.

    Returns
    -------
    dict of str to bytes
        By name.
    """
    tables = {names.DATA_PACKAGE: data_package(plan, members)}
    return {**tables, names.RO_CRATE: ro_crate(plan, {**members, **tables}, versions)}


def ro_crate(plan: Plan, members: Mapping[str, bytes], versions: Mapping[str, str]) -> bytes:
    """Return ``ro-crate-metadata.json``: what is in the bundle and what made it.

    Parameters
    ----------
    plan : Plan
        The plan.
    members : mapping of str to bytes
        The other files of the bundle, the manifest not among them.
    versions : mapping of str to str
        What the numbers were made with.

    Returns
    -------
    bytes
        JSON-LD of the RO-Crate specification 1.1 [1]_, the same for the same bundle.

    References
    ----------
    .. [1] Sefton, P., et al. (2020). RO-Crate metadata specification 1.1.1.
       https://doi.org/10.5281/zenodo.4541002
    """
    held = sorted(members)
    inputs = [name for name in held if name.startswith((names.PLAN, names.DATA, names.AVERAGES))]
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": _PROFILE},
        "about": {"@id": "./"},
    }
    graph = [about, _root(plan, held), *(_file(name, members[name]) for name in held)]
    graph += [*_made(inputs, versions), _rights(plan)]
    return _written({"@context": _CONTEXT, "@graph": graph})


def data_package(plan: Plan, members: Mapping[str, bytes]) -> bytes:
    """Return ``datapackage.json``: the tables of the bundle, and what their columns hold.

    Parameters
    ----------
    plan : Plan
        The plan.
    members : mapping of str to bytes
        The other files of the bundle.

    Returns
    -------
    bytes
        JSON of the Data Package specification [1]_; results.json stands alone where no table goes along.

    References
    ----------
    .. [1] Data Package specification 1.0, https://specs.frictionlessdata.io/data-package/
    """
    resources = [_results()]
    for name in sorted(members):
        if name.startswith(names.AVERAGES):
            resources.append(_averages(plan, name, members[name]))
        elif name.startswith(names.DATA):
            resources.append(_data(name))
    package = {
        "name": "impactkit-bundle",
        "title": plan.project.name,
        "profile": "data-package",
        "resources": resources,
    }
    return _written(package)


def _root(plan: Plan, held: Sequence[str]) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": plan.project.name,
        "description": f"{plan.project.investment}. {plan.project.change}.",
        # The day the plan names, never this computer's: the same bundle is sealed twice with the same bytes.
        "datePublished": (plan.data.follow_up_collected or plan.project.investment_start).isoformat(),
        "license": {"@id": "#rights"},
        "hasPart": [{"@id": _address(name)} for name in held],
        "mentions": {"@id": "#evaluation"},
        "inLanguage": plan.language,
    }


def _file(name: str, content: bytes) -> dict[str, Any]:
    about = _ABOUT.get(name) or (
        "Averages over areas and periods" if name.startswith(names.AVERAGES) else "Data"
    )
    return {
        "@id": _address(name),
        "@type": "File",
        "name": about,
        "contentSize": str(len(content)),
        "encodingFormat": _type_of(name),
        "sha256": names.digest(content),
    }


def _made(inputs: Sequence[str], versions: Mapping[str, str]) -> list[dict[str, Any]]:
    action = {
        "@id": "#evaluation",
        "@type": "CreateAction",
        "name": "The plan carried out on the data",
        "instrument": {"@id": _IMPACTKIT},
        "object": [{"@id": _address(name)} for name in inputs],
        "result": [{"@id": names.RESULTS}, {"@id": names.REPORT}],
    }
    software = {
        "@id": _IMPACTKIT,
        "@type": "SoftwareApplication",
        "name": "impactkit",
        "version": versions.get("impactkit", "unknown"),
    }
    return [action, software]


def _rights(plan: Plan) -> dict[str, Any]:
    return {
        "@id": "#rights",
        "@type": "CreativeWork",
        "name": f"Rights as {plan.project.borrower} grants them",
        "description": "The bundle states no licence: ask those who sealed it before passing it on.",
    }


def _results() -> dict[str, Any]:
    return {
        "name": "results",
        "path": names.RESULTS,
        "profile": "data-resource",
        "format": "json",
        "mediatype": "application/json",
    }


def _averages(plan: Plan, name: str, content: bytes) -> dict[str, Any]:
    columns = _header(content)
    texts = {plan.data.aggregate_by, *plan.data.grouped}
    counts = {ANSWERS, MISSING}
    kinds = ["string" if each in texts else "integer" if each in counts else "any" for each in columns]
    fields = [{"name": each, "type": kind} for each, kind in zip(columns, kinds, strict=True)]
    keys = [each for each in (plan.data.aggregate_by, plan.data.time) if each is not None]
    return {
        "name": _slug(name),
        "path": name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": keys, "missingValues": [""]},
    }


def _header(content: bytes) -> list[str]:
    """Return the names in the first line; none where a stranger's line is too long to be one."""
    try:
        return next(csv.reader(io.StringIO(content.decode("utf-8", errors="replace"))), [])
    except csv.Error:
        return []


def _data(name: str) -> dict[str, Any]:
    suffix = _suffix(name)
    return {
        "name": _slug(name),
        "path": name,
        "profile": "data-resource",
        "format": suffix or "bin",
        "mediatype": _type_of(name),
    }


def _slug(name: str) -> str:
    """Return a name as a data package allows it: small letters, digits, points and hyphens."""
    kept = [sign if sign.isascii() and (sign.isalnum() or sign in ".-") else "-" for sign in name.lower()]
    return "".join(kept).strip("-.") or "table"


def _address(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="/")


def _suffix(name: str) -> str:
    last = name.rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[-1].lower() if "." in last else ""


def _type_of(name: str) -> str:
    return _TYPES.get(_suffix(name), "application/octet-stream")


def _written(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
