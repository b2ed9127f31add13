"""Estimates side by side: a column each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from impactkit.effects.estimate import Estimate, Term
from impactkit.reporting.number_cells import decimals_beside, number_cell, p_cell
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, MessageValue, format_number, format_percent, say

Terms = Literal["headline", "all"]
_COUNTS = ("n_rows", "n_units", "n_treated", "n_clusters", "n_treated_clusters")


def effects(
    estimates: Sequence[Estimate], language: Language, *, names: Sequence[str] = (), terms: Terms = "headline"
) -> Table:
    """Return estimates side by side.

    Parameters
    ----------
    estimates : sequence of Estimate
        A column each.
    language : {"sv", "en"}
        The language.
    names : sequence of str
        What the columns are called; their methods when left out.
    terms : {"headline", "all"}
        The headline effects only, or every term, a row each.

    Returns
    -------
    Table
        Effect, limits, standard error, p-value and degrees of freedom, then what each rests on and how its
        uncertainty was found. No stars.
    """
    rows: list[tuple[str | Cell, ...]] = [
        (_say("effect", language), *(_point(e.terms[0], language) for e in estimates)),
        (_say("interval", language), *(_limits(e.terms[0], language) for e in estimates)),
        (_say("std_error", language), *(_std_error(e.terms[0], language) for e in estimates)),
        (_say("p_value", language), *(p_cell(e.interval.p_value, language) for e in estimates)),
        (
            _say("df", language),
            *(number_cell(e.interval.df, language, decimals=1) for e in estimates),
        ),
    ]
    if terms == "all":
        rows += _terms(estimates, language)
    rows.append((_say("outcome", language), *(e.outcome for e in estimates)))
    rows.append((_say("method", language), *(_method(e, language) for e in estimates)))
    rows += [
        (
            _say(name, language),
            *(number_cell(getattr(e.sample, name), language, decimals=0) for e in estimates),
        )
        for name in _COUNTS
    ]
    rows.append((_say("inference", language), *(e.inference.text(language) for e in estimates)))
    heads = list(names) or [_head(e, k, language) for k, e in enumerate(estimates, start=1)]
    return Table(
        caption=_say("caption", language),
        header=(_say("quantity", language), *heads),
        rows=tuple(rows),
        numeric=True,
        notes=_notes(estimates, heads, language),
        language=language,
    )


def _terms(estimates: Sequence[Estimate], language: Language) -> list[tuple[str | Cell, ...]]:
    named = [{term.name: term for term in e.terms[1:]} for e in estimates]
    every = dict.fromkeys(name for found in named for name in found)
    empty = Cell(text="–")
    return [
        (
            name,
            *(
                _point(found[name], language, detail=_span(found[name], language)) if name in found else empty
                for found in named
            ),
        )
        for name in every
    ]


def _point(term: Term, language: Language, *, detail: str = "") -> Cell:
    return number_cell(term.interval.point, language, decimals=_decimals(term), signed=True, detail=detail)


def _std_error(term: Term, language: Language) -> Cell:
    return number_cell(term.interval.std_error, language, decimals=_decimals(term))


def _limits(term: Term, language: Language) -> Cell:
    level = format_percent(term.interval.level, language)
    return Cell(text=_span(term, language), detail=level)


def _span(term: Term, language: Language) -> str:
    found, places = term.interval, _decimals(term)
    if found.low != found.low or found.high != found.high:
        return say("report.span.unknown", language)
    low, high = (format_number(x, language, decimals=places) for x in (found.low, found.high))
    return say("report.span.both", language, low=low, high=high)


def _decimals(term: Term) -> int:
    return decimals_beside(term.interval.std_error, term.interval.point)


def _method(estimate: Estimate, language: Language) -> str:
    return say(f"report.method.{estimate.method}.name", language)


def _head(estimate: Estimate, place: int, language: Language) -> str:
    return f"({place}) {_method(estimate, language)}"


def _notes(estimates: Sequence[Estimate], heads: Sequence[str], language: Language) -> tuple[str, ...]:
    told = [
        f"{head}: {warning.text(language)}"
        for head, e in zip(heads, estimates, strict=True)
        for warning in e.warnings
    ]
    if len({e.outcome for e in estimates}) > 1:
        told.insert(0, _say("unlike", language))
    return tuple(told)


def _say(code: str, language: Language, /, **values: MessageValue) -> str:
    return say(f"table.effects.{code}", language, **values)
