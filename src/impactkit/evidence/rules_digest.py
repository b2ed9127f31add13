"""The rules that grades and verdicts follow, told in one digest, so that a later change of them is seen."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

from impactkit.evidence.checks import ALL
from impactkit.evidence.grade import rubric
from impactkit.evidence.judge import GRADE_NEEDED
from impactkit.evidence.signed import EDGE
from impactkit.evidence.verdict import LEAST_FAVOURABLE_FIRST
from impactkit.provenance import canonical_json


def rules() -> dict[str, Any]:
    """Return every setting that a grade or a verdict follows and that no plan chooses.

    Returns
    -------
    dict
        The rubric; each check's limits, such as the attrition that lowers a grade and the fewest clusters;
        and the verdict's gates. Numbers with decimals are texts.

    Examples
    --------
    >>> rules()["checks"]["attrition"]["gap"], rules()["gates"]["grade_needed"]
    ('0.05', 3)
    """
    return {
        "rubric": _plain(rubric()),
        "checks": {check().name: _settings(check()) for check in ALL},
        "gates": {
            "grade_needed": GRADE_NEEDED,
            "edge": _plain(EDGE),
            "least_favourable_first": list(LEAST_FAVOURABLE_FIRST),
        },
    }


def rules_digest() -> str:
    """Return the SHA-256 of the rules as canonical JSON.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> len(rules_digest())
    64
    """
    return hashlib.sha256(canonical_json(rules())).hexdigest()


def _settings(check: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(check, field.name)) for field in fields(check)}


def _plain(value: Any) -> Any:
    """Return a setting as JSON can hold it exactly: no floats, sets in order."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return repr(value) if isinstance(value, float) else value
