"""Several effects, each with its name, its unit and how its numbers are written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from impactkit.effects.estimate import Estimate, Term
from impactkit.evidence.verdict import Verdict
from impactkit.plans import Plan
from impactkit.reporting.disclosure import Carried
from impactkit.reporting.numbers import Measure
from impactkit.wording import Language, Message, say
from impactkit.wording.numbers import significant_decimals


@runtime_checkable
class CarriedOut(Protocol):
    """A plan carried out: what an evaluation looks like from below it."""

    @property
    def plan(self) -> Plan:
        """What was promised."""

    @property
    def results(self) -> Sequence[Carried]:
        """One a claim."""

    @property
    def exploratory(self) -> bool:
        """Whether everything was computed and nothing judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One effect among others.

    Parameters
    ----------
    label : str
        What it is called.
    point, low, high : float
        The effect and its limits, in its unit; nan where unknown.
    level : float
        Confidence level of the limits.
    std_error : float
        Its standard error, in its unit; nan where there is none.
    measure : Measure
        How its numbers are written.
    kind : str
        Those of one kind may stand on one axis: the unit, or the outcome where the unit is not known.
    none : float
        The effect of no effect: 1 for a ratio, 0 else.
    status : Message, optional
        The verdict, for a claim.
    """

    label: str
    point: float
    low: float
    high: float
    level: float
    std_error: float
    measure: Measure
    kind: str
    none: float = 0.0
    status: Message | None = None

    @property
    def told(self) -> str:
        """The effect and its limits, without the unit."""
        if not math.isfinite(self.point):
            return say("report.span.unknown", self.measure.language)
        number = self.measure.number(self.point, signed=not self.none)
        if math.isnan(self.low) or math.isnan(self.high):
            return f"{number} ({say('figure.forest.unknown', self.measure.language)})"
        return f"{number} ({replace(self.measure, unit_of_change='').span(self.low, self.high)})"


def rows_of(
    effects: CarriedOut | Mapping[str, Estimate] | Sequence[Estimate], measure: Measure
) -> tuple[EffectRow, ...]:
    """Return several effects in the order they stand.

    Parameters
    ----------
    effects : Evaluation, mapping of str to Estimate, or sequence of Estimate
        Claims are named by their id and indicator, estimates by the key or by outcome and method.
    measure : Measure
        The language; and the unit of estimates, where it is known.

    Returns
    -------
    tuple of EffectRow
        Claims with the limits they were judged by.
    """
    if isinstance(effects, CarriedOut):
        catalogue = effects.plan.catalogue
        return _alike(
            _of_claim(result, catalogue[result.claim.indicator].name.text(measure.language), measure=own)
            for result in effects.results
            for own in [Measure.of(catalogue[result.claim.indicator], result.claim, measure.language)]
        )
    if isinstance(effects, Mapping):
        return _alike(_of_estimate(each, str(name), measure) for name, each in effects.items())
    names = _names(effects, measure.language)
    return _alike(_of_estimate(each, name, measure) for each, name in zip(effects, names, strict=True))


def caution_of(effects: object, language: Language) -> str:
    """Return the sentence that a run which judges nothing carries wherever it is told; empty for others.

    Parameters
    ----------
    effects : Evaluation or anything else
        What is shown.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        The sentence.
    """
    is_exploratory = isinstance(effects, CarriedOut) and effects.exploratory
    return say("evaluation.exploratory", language) if is_exploratory else ""


def groups_of(rows: Sequence[EffectRow]) -> tuple[tuple[EffectRow, ...], ...]:
    """Return effects by kind: what has another unit stands on another axis.

    Parameters
    ----------
    rows : sequence of EffectRow
        All.

    Returns
    -------
    tuple of tuple of EffectRow
        In the order in which each kind comes first.
    """
    kinds = dict.fromkeys(row.kind for row in rows)
    return tuple(tuple(row for row in rows if row.kind == kind) for kind in kinds)


def _alike(rows: Iterable[EffectRow]) -> tuple[EffectRow, ...]:
    """Return effects of a kind written with as many decimals, where nothing says how many."""
    every = tuple(rows)
    told = []
    for row in every:
        if row.measure.decimals is None:
            alike = [x for one in every if one.kind == row.kind for x in (one.point, one.low, one.high)]
            largest = max((abs(x) for x in alike if math.isfinite(x)), default=0.0)
            row = replace(row, measure=replace(row.measure, decimals=significant_decimals(largest)))
        told.append(row)
    return tuple(told)


def _of_claim(result: Carried, name: str, *, measure: Measure) -> EffectRow:
    v: Verdict = result.verdict
    unit = measure.unit_of_change
    return EffectRow(
        label=f"{result.claim.id} {name}",
        point=v.point,
        low=v.low,
        high=v.high,
        level=v.level,
        std_error=result.estimate.interval.std_error,
        measure=measure,
        kind=unit or say("figure.unknown_unit", measure.language, outcome=result.estimate.outcome),
        status=v.name,
    )


def _of_estimate(estimate: Estimate, label: str, measure: Measure) -> EffectRow:
    term: Term = estimate.terms[0]
    found, language = term.interval, measure.language
    kind = measure.unit_of_change or say("figure.unknown_unit", language, outcome=estimate.outcome)
    if term.measure != "difference":
        measure = Measure(language=language)
        kind = say(f"figure.{term.measure}", language, outcome=estimate.outcome)
    return EffectRow(
        label=label,
        point=found.point,
        low=found.low,
        high=found.high,
        level=found.level,
        std_error=found.std_error,
        measure=measure,
        kind=kind,
        none=1.0 if term.measure == "ratio" else 0.0,
    )


def _names(estimates: Sequence[Estimate], language: Language) -> list[str]:
    """Return what tells estimates apart: the method, with the outcome where they differ, and a number."""
    several = len({each.outcome for each in estimates}) > 1
    names = [
        f"{each.outcome}: {_method(each, language)}" if several else _method(each, language)
        for each in estimates
    ]
    many, seen = Counter(names), Counter[str]()
    told = []
    for name in names:
        seen[name] += 1
        told.append(f"{name} ({seen[name]})" if many[name] > 1 else name)
    return told


def _method(estimate: Estimate, language: Language) -> str:
    try:
        return say(f"report.method.{estimate.method}.name", language)
    except KeyError:  # an estimator that somebody else wrote
        return estimate.method
