"""Common Impact Data Standard: indicators as JSON-LD, only with terms that were looked up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from impactkit.errors import DataError
from impactkit.indicators import Catalogue, Indicator
from impactkit.plans import Plan

_CONTEXT = "https://ontology.commonapproach.org/cids.jsonld"
_TYPE, _UNIT = "cids:Indicator", "i72:unit_of_measure"
_ID = "urn:impactkit:indicator:"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonIndicator:
    """The terms of a cids:Indicator that impactkit has something for.

    Parameters
    ----------
    id : str
        The indicator's id.
    name, description, unit : str
        Its name, definition and unit, in English.
    """

    id: str
    name: str
    description: str
    unit: str


def indicators(what: Catalogue | Plan) -> tuple[CommonIndicator, ...]:
    """Return the indicators of a catalogue, or those that a plan's claims are about, each once.

    Parameters
    ----------
    what : Catalogue or Plan
        Where they stand.

    Returns
    -------
    tuple of CommonIndicator
        In English.
    """
    if isinstance(what, Plan):
        ids = dict.fromkeys(claim.indicator for claim in what.claims)
        return tuple(_common(what.catalogue[item]) for item in ids)
    return tuple(_common(item) for item in what)


def write(what: Catalogue | Plan) -> bytes:
    """Return the indicators as JSON-LD [1]_.

    Parameters
    ----------
    what : Catalogue or Plan
        What to write.

    Returns
    -------
    bytes
        A list of cids:Indicator. The standard also asks for the organisation's identifier, which a plan does
        not hold: add it where it is published.

    References
    ----------
    .. [1] Common Impact Data Standard, https://ontology.commonapproach.org/
    """
    items = [
        {
            "@context": _CONTEXT,
            "@type": _TYPE,
            "@id": f"{_ID}{item.id}",
            "hasName": item.name,
            "hasDescription": item.description,
            _UNIT: item.unit,
        }
        for item in indicators(what)
    ]
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read(content: bytes) -> tuple[CommonIndicator, ...]:
    """Return the indicators that JSON-LD holds, the terms that impactkit maps.

    Parameters
    ----------
    content : bytes
        JSON-LD.

    Returns
    -------
    tuple of CommonIndicator
        Equal to what was written.

    Raises
    ------
    DataError
        If there are none.
    """
    try:
        return tuple(_read_one(item) for item in json.loads(content) if item["@type"] == _TYPE)
    except (KeyError, TypeError, ValueError):
        what = "The file holds no indicators of the Common Impact Data Standard."
        raise DataError(what, where="@type", mend="Export it again.") from None


def _read_one(item: dict[str, Any]) -> CommonIndicator:
    return CommonIndicator(
        id=item["@id"].removeprefix(_ID),
        name=item["hasName"],
        description=item["hasDescription"],
        unit=item[_UNIT],
    )


def _common(item: Indicator) -> CommonIndicator:
    return CommonIndicator(id=item.id, name=item.name.en, description=item.definition.en, unit=item.unit.en)
