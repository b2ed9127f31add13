"""JSON Schemas of a plan and of an indicator's file, for editors and for other programs."""

from __future__ import annotations

import inspect
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import VERSION, BaseModel

from impactkit.indicators import Indicator
from impactkit.plans import Plan
from impactkit.provenance import write_whole

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL = {"anyOf": [{"type": "string", "pattern": r"^\s*[+-]?\d+(\.\d+)?\s*$"}, {"type": "integer"}]}
_CODE = {"type": "string", "pattern": r"^\d{4}$"}
_PARAMETER = re.compile(r"^(\S.*?) : ", re.MULTILINE)
_FROM_THE_PATH = ("id", "category")


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of a plan's file.

    Returns
    -------
    dict
        Draft 2020-12. What it cannot say – that dates follow each other, that a column exists – is for
        ``impactkit check``.
    """
    return _published(Plan, "urn:impactkit:schema:plan:1", "impactkit plan")


def indicator_schema() -> dict[str, Any]:
    """Return the JSON Schema of an indicator's file in a catalogue, where the path gives id and category.

    Returns
    -------
    dict
        Draft 2020-12.
    """
    schema = _published(Indicator, "urn:impactkit:schema:indicator:1", "impactkit indicator")
    schema["required"] = [name for name in schema["required"] if name not in _FROM_THE_PATH]
    return schema


def write_schemas() -> tuple[Path, ...]:
    """Write both schemas into the package, where they are published.

    Returns
    -------
    tuple of Path
        The files.
    """
    folder = Path(str(files("impactkit.exchange"))) / "schemas"
    written = []
    for name, schema in (("plan", plan_schema()), ("indicator", indicator_schema())):
        file = folder / f"{name}.schema.json"
        write_whole(file, (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
        written.append(file)
    return tuple(written)


def _published(model: type[BaseModel], address: str, title: str) -> dict[str, Any]:
    schema = model.model_json_schema()
    models = _models(model)
    for name, part in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        if name in models and "properties" in part:
            _describe(part, models[name])
    described: dict[str, Any] = _mended(schema)
    made = f"Made from the models with pydantic {'.'.join(VERSION.split('.')[:2])}"
    return {"$schema": _DIALECT, "$id": address, "$comment": made, **described, "title": title}


def _mended(part: Any) -> Any:
    """Say decimals, codes and defaults as a file writes them."""
    if isinstance(part, list):
        return [_mended(item) for item in part]
    if not isinstance(part, dict):
        return part
    choices = part.get("anyOf", [])
    kinds = [choice.get("type") for choice in choices]
    if "number" in kinds and "string" in kinds:
        rest = {key: value for key, value in part.items() if key not in ("anyOf", "default")}
        extra = [{"type": "null"}] if "null" in kinds else []
        return {**rest, "anyOf": [*_DECIMAL["anyOf"], *extra]}
    if "municipality" in part.get("properties", {}):
        told = part["properties"]["municipality"]
        part = {**part, "properties": {**part["properties"], "municipality": {**told, **_CODE}}}
        part["properties"]["municipality"].pop("anyOf", None)
    return {key: _mended(value) for key, value in part.items()}


def _describe(part: dict[str, Any], model: type[BaseModel]) -> None:
    doc = inspect.cleandoc(model.__doc__ or "")
    part["description"] = doc.split("\n\n")[0].replace("\n", " ")
    told = _parameters(doc)
    for name, field in part["properties"].items():
        if name in told:
            field["description"] = told[name]


def _parameters(doc: str) -> dict[str, str]:
    """Return what a numpydoc docstring says of each parameter."""
    section = doc.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    told: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        found = _PARAMETER.match(line)
        if found:
            names = [name.strip() for name in found[1].split(",")]
            continue
        for name in names:
            told[name] = f"{told.get(name, '')} {line.strip()}".strip()
    return told


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return every pydantic model of the package by its name: those a schema can refer to."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if child.__module__.startswith("impactkit."):
                found[child.__name__] = child
    return {**found, model.__name__: model}
