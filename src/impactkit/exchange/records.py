"""Records that several formats share: an indicator's keys laid out flat, and the indicator they describe."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import ValidationError

from impactkit.errors import IndicatorError
from impactkit.indicators import Indicator
from impactkit.schema import troubles_of


def indicator_of(record: object) -> Indicator:
    """Return the indicator that a record describes.

    Parameters
    ----------
    record : object
        Tables as JSON holds them.

    Returns
    -------
    Indicator
        The indicator.

    Raises
    ------
    IndicatorError
        With every fault.
    """
    try:
        return Indicator.model_validate(record)
    except ValidationError as error:
        name = str(record.get("id", "?")) if isinstance(record, dict) else "?"
        raise IndicatorError.of(troubles_of(error, Indicator, name)) from None


def columns() -> tuple[str, ...]:
    """Return the headings of a catalogue's table: every key of an indicator.

    Returns
    -------
    tuple of str
        In the order of the model.
    """
    return tuple(_kinds())


def kind_of(column: str) -> str:
    """Return what a catalogue's column holds.

    Parameters
    ----------
    column : str
        Its heading.

    Returns
    -------
    str
        ``string``, ``integer``, ``boolean`` or ``array``.
    """
    return _kinds()[column]


def flat(record: dict[str, Any], *, prefix: str = "") -> dict[str, Any]:
    """Return a record with nested tables laid out flat, their keys joined by points.

    Parameters
    ----------
    record : dict
        Tables as JSON holds them.
    prefix : str
        What each key begins with.

    Returns
    -------
    dict
        Lists and empty tables stand as they are.
    """
    found: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        found.update(flat(value, prefix=f"{name}.") if isinstance(value, dict) and value else {name: value})
    return found


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Return the record that `flat` laid out.

    Parameters
    ----------
    flat : dict
        Values by keys joined with points.

    Returns
    -------
    dict
        Tables in tables.
    """
    record: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = record
        for key in path:
            place = place.setdefault(key, {})
        place[last] = value
    return record


@cache
def _kinds() -> dict[str, str]:
    whole = Indicator.model_json_schema(mode="serialization")
    return _kinds_of(whole, whole["$defs"], "")


def _kinds_of(model: dict[str, Any], known: dict[str, Any], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, described in model["properties"].items():
        # A key with a default stands under allOf in the schemas of older pydantic.
        choices = described.get("anyOf") or described.get("allOf") or (described,)
        choice = next(each for each in choices if each.get("type") != "null")
        reference = choice.get("$ref", "").rpartition("/")[2]
        target = known.get(reference, choice)
        if "properties" in target:
            found.update(_kinds_of(target, known, f"{prefix}{key}."))
        else:
            found[f"{prefix}{key}"] = target.get("type", "string")
    return found
