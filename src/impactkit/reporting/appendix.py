"""What a researcher asks of a claim: estimand, model, settings, every estimated term, and the literature."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from impactkit.effects.estimate import Term
from impactkit.provenance import canonical_json
from impactkit.reporting.evaluated import Telling
from impactkit.reporting.table import Cell, Table
from impactkit.wording import MessageValue, format_number, format_p, say
from impactkit.wording.numbers import significant_decimals

_MOST_TERMS = 40
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendixTold:
    """What a researcher asks of a claim.

    Parameters
    ----------
    estimand : str
        Whose effect, on what, compared with what, over which periods.
    equation : str
        The model in the letters of its source.
    checks : str
        Which checks passed, failed and only informed.
    settings, estimates : Table
        The estimator's settings, and every term that may be shown.
    references : tuple of str
        Where the method is published.
    """

    estimand: str
    equation: str
    checks: str
    settings: Table
    estimates: Table
    references: tuple[str, ...]


def appendix_told(telling: Telling, *, estimand: str) -> AppendixTold:
    """Return what a researcher asks of a claim.

    Parameters
    ----------
    telling : Telling
        The claim.
    estimand : str
        What is estimated, as a sentence.

    Returns
    -------
    AppendixTold
        In the report's language; the literature in its own.
    """
    found = methods()[telling.result.estimate.method]
    return AppendixTold(
        estimand=estimand,
        equation=str(found["equation"]),
        checks=_checks(telling),
        settings=_settings(telling),
        estimates=_estimates(telling),
        references=tuple(found["references"]),
    )


@cache
def methods() -> dict[str, Any]:
    """Return each method's equation and references.

    Returns
    -------
    dict
        By the method's slug.
    """
    return tomllib.loads((files("impactkit.reporting") / "methods.toml").read_text("utf-8"))


def _checks(telling: Telling) -> str:
    named: dict[str, MessageValue] = {}
    for kind, passed in (("passed", True), ("failed", False), ("informative", None)):
        titles = [c.title.text(telling.language) for c in telling.result.checks if c.passed is passed]
        named[kind] = "; ".join(titles) or _say(telling, "no_check")
    return _say(telling, "diagnostics_told", **named)


def _settings(telling: Telling) -> Table:
    settings: Mapping[str, Any] = telling.result.estimate.settings
    return Table(
        caption=_say(telling, "settings"),
        header=(_say(telling, "setting"), _say(telling, "value")),
        rows=tuple((name, _value(value)) for name, value in settings.items()),
    )


def _value(value: object) -> str:
    return value if isinstance(value, str) else canonical_json(value).decode("utf-8")


def _estimates(telling: Telling) -> Table:
    result = telling.result
    kept = [result.estimate.terms[k] for k in result.kept]
    notes = [_say(telling, "estimates_note", level=telling.measure.percent(result.estimate.interval.level))]
    if len(kept) > _MOST_TERMS:
        notes.append(_say(telling, "cut", n=len(kept), shown=_MOST_TERMS))
    names = ("term", "estimate", "std_error", "df", "p_value", "low", "high")
    return Table(
        caption=_say(telling, "estimates", claim=result.claim.id),
        header=tuple(_say(telling, name) for name in names),
        rows=tuple(_term(term, telling) for term in kept[:_MOST_TERMS]),
        numeric=True,
        notes=tuple(notes),
    )


def _term(term: Term, telling: Telling) -> tuple[str | Cell, ...]:
    found, language = term.interval, telling.language
    scale = found.std_error if found.std_error > 0 else found.point
    decimals = significant_decimals(scale, digits=_DIGITS)

    def number(value: float, places: int = decimals) -> str | Cell:
        text = format_number(value, language, decimals=places)
        return Cell(text=text, value=round(value, places), decimals=places) if math.isfinite(value) else text

    p_value = "–" if math.isnan(found.p_value) else format_p(found.p_value, language)
    name = f"{term.name} (log)" if term.measure == "log_ratio" else term.name
    return (
        name,
        number(found.point),
        number(found.std_error),
        number(found.df, 1),
        p_value,
        number(found.low),
        number(found.high),
    )


def _say(telling: Telling, code: str, /, **values: MessageValue) -> str:
    return say(f"appendix.{code}", telling.language, **values)
