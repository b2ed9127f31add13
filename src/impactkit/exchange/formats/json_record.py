"""JSON: everything an indicator or a plan says, for another program."""

from __future__ import annotations

import json
from typing import Any

from impactkit.errors import DataError
from impactkit.exchange.records import indicator_of
from impactkit.indicators import Catalogue
from impactkit.plans import Plan

_CATALOGUE, _PLAN = "impactkit-catalogue-1", "impactkit-plan-1"


def catalogue_record(catalogue: Catalogue) -> dict[str, Any]:
    """Return a catalogue as a record, ready for JSON.

    Parameters
    ----------
    catalogue : Catalogue
        The indicators.

    Returns
    -------
    dict
        ``spec`` and ``indicators``; decimals as text.
    """
    items = [item.model_dump(mode="json", exclude_none=True) for item in catalogue]
    return {"spec": _CATALOGUE, "indicators": items}


def write(what: Catalogue | Plan) -> bytes:
    """Return a catalogue or a plan as JSON.

    Parameters
    ----------
    what : Catalogue or Plan
        What to write.

    Returns
    -------
    bytes
        UTF-8, indented, a line break last.
    """
    record = {"spec": _PLAN, "plan": what.content()} if isinstance(what, Plan) else catalogue_record(what)
    return (json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def read(content: bytes) -> Catalogue | Plan:
    """Return the catalogue or the plan that JSON holds.

    Parameters
    ----------
    content : bytes
        What `write` wrote.

    Returns
    -------
    Catalogue or Plan
        Equal to what was written.

    Raises
    ------
    DataError
        If it is not JSON, or says no specification that is known here.
    IndicatorError, PlanError
        With every fault of what it describes.
    """
    try:
        record = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        what, mend = "The file is not JSON: {reason}.", "Export it again."
        raise DataError(what, where="json", mend=mend, values={"reason": str(error)}) from None
    spec = record.get("spec") if isinstance(record, dict) else None
    if spec == _PLAN:
        return Plan.of(record.get("plan", {}))
    if spec == _CATALOGUE:
        return Catalogue(indicator_of(item) for item in record.get("indicators", []))
    what = "The file does not say that it is a catalogue or a plan of impactkit."
    raise DataError(what, where="spec", mend="Export it again.")
