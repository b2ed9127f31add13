"""What a figure shows, before anybody draws it: numbers, labels, and the same in words and as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from impactkit.effects.estimate import Estimate, Group, Term
from impactkit.evidence.claim import Claim
from impactkit.evidence.verdict import Verdict
from impactkit.reporting.acceptability_picture import AcceptabilityPicture
from impactkit.reporting.balance_picture import BalancePicture
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.disclosure import Disclosure, ShownMean
from impactkit.reporting.numbers import Measure, decimals_of
from impactkit.reporting.table import Table
from impactkit.reporting.threshold_picture import ThresholdPicture
from impactkit.wording import Language, format_number, say

GROUPS: tuple[Group, ...] = ("treated", "comparison")
_OF_COURSE = (  # a term is how far what was seen is from what would have been, not how two groups differ
    *("synthetic_control", "augmented_synthetic_control", "penalised_synthetic_control"),
    *("interrupted_time_series", "structural_time_series"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalPicture:
    """An interval against no effect and against the claim.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    verdict : Verdict
        The interval the claim was judged by.
    claim : Claim, optional
        What was promised; without it the side of the claim is not tinted.
    """

    heading: str
    measure: Measure
    verdict: Verdict
    claim: Claim | None = None

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def good_from_claim(self) -> int:
        """+1 when what was promised lies above the claim's line, -1 below, 0 when between or not known."""
        return 0 if self.claim is None or self.is_of_no_effect else self.claim.direction

    @property
    def is_of_no_effect(self) -> bool:
        """Whether what was promised lies between two lines."""
        return self.claim is not None and self.claim.change == "no_effect"

    @property
    def claim_label(self) -> str:
        """The words at the claim's line."""
        kinds = {"no_harm": "margin", "no_effect": "margin_of_change"}
        kind = "claim" if self.claim is None else kinds.get(self.claim.change, "claim")
        own = self.claim is not None and not self.claim.relative
        decimals = decimals_of(self.claim.minimum_effect) if self.claim and own else self.measure.decimals
        signed = not self.is_of_no_effect
        number = format_number(self.verdict.threshold, self.language, decimals=decimals, signed=signed)
        return say(f"plot.interval.{kind}", self.language, number=number)

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        v, m = self.verdict, self.measure
        return say(
            "plot.interval.alt",
            self.language,
            point=m.change(v.point),
            span=m.span(v.low, v.high),
            level=m.percent(v.level),
            claim=self.claim_label,
            zero=say(f"plot.interval.{_zero(v)}", self.language),
            verdict=v.name.text(self.language),
        )

    def table(self) -> Table:
        """Return the effect, its limits and what was promised as a table of one row a number."""
        v, m, language = self.verdict, self.measure, self.language
        rows = (
            ("effect", m.change(v.point)),
            ("interval", m.span(v.low, v.high)),
            ("level", m.percent(v.level)),
            ("promised", self.claim_label),
            ("verdict", v.name.text(language)),
        )
        header = (say("plot.table.what", language), say("plot.table.number", language))
        named = tuple((say(f"plot.table.{name}", language), text) for name, text in rows)
        return Table(caption=self.heading, header=header, rows=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoriesPicture:
    """The two groups over time, or side by side when they were measured once.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    means : tuple of ShownMean
        The groups' means; hidden ones are left out of the drawing.
    disclosure : Disclosure
        Why some are hidden.
    start : float, optional
        First treated period.
    names : mapping of float to str
        How periods are written, where they are not years.
    """

    heading: str
    measure: Measure
    means: tuple[ShownMean, ...]
    disclosure: Disclosure = field(default_factory=Disclosure)
    start: float | None = None
    names: Mapping[float, str] = field(default_factory=dict)

    @classmethod
    def of(cls, estimate: Estimate, measure: Measure) -> TrajectoriesPicture:
        """Return the picture of an estimate by itself, nothing hidden."""
        everything = Disclosure()
        return cls(
            heading=say("plot.trajectories.title", measure.language, name=estimate.outcome),
            measure=measure,
            means=tuple(
                ShownMean(group=m.group, period=m.period, mean=m.mean, n=m.n) for m in estimate.means
            ),
            disclosure=everything,
            start=estimate.start,
            names=_period_names(estimate),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def is_over_time(self) -> bool:
        """Whether there are periods."""
        return any(mean.period is not None for mean in self.means)

    @property
    def periods(self) -> tuple[float, ...]:
        """The periods in order."""
        return tuple(sorted({mean.period for mean in self.means if mean.period is not None}))

    @property
    def any_hidden(self) -> bool:
        """Whether a group too small to be shown is left out."""
        return any(mean.is_hidden for mean in self.means)

    @property
    def drawn_groups(self) -> tuple[Group, ...]:
        """The groups with at least one mean that may be shown."""
        return tuple(group for group in GROUPS if self.shown(group))

    def shown(self, group: Group) -> tuple[ShownMean, ...]:
        """Return a group's means that may be shown, in order of period."""
        return tuple(m for m in self.means if m.group == group and not m.is_hidden)

    def name_of(self, period: float) -> str:
        """Return how a period is written."""
        return self.names.get(period, f"{period:g}")

    def label(self, group: Group) -> str:
        """Return what a group is called."""
        return say(f"plot.group.{group}", self.language)

    @property
    def start_label(self) -> str:
        """The words at the start."""
        assert self.start is not None
        return say("plot.trajectories.start", self.language, period=self.name_of(self.start))

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = [self._told(group) for group in self.drawn_groups]
        if self.start is not None:
            told.append(self.start_label + ".")
        if self.any_hidden:
            told.append(self.hidden_note)
        kind = "over_time" if self.is_over_time else "once"
        return " ".join([say(f"plot.trajectories.{kind}", self.language), *told])

    @property
    def hidden_note(self) -> str:
        """The sentence on what is left out."""
        return say("plot.trajectories.hidden", self.language, fewer=self.disclosure.fewer(self.language))

    def _told(self, group: Group) -> str:
        means = [
            f"{self.name_of(m.period)}: {self._mean(m)}"
            if m.period is not None
            else self.measure.level(m.mean)
            for m in self.shown(group)
            if m.mean is not None
        ]
        return f"{self.label(group)} – {'; '.join(means)}."

    def table(self) -> Table:
        """Return the means as a table, one row a period (or a group, when measured once)."""
        language = self.language
        mean, rows = (say(f"plot.table.{name}", language) for name in ("mean", "rows"))
        if not self.is_over_time:
            return Table(
                caption=self.heading,
                header=(say("plot.table.group", language), mean, rows),
                rows=tuple((self.label(m.group), self._mean(m), self._rows(m)) for m in self.means),
                numeric=True,
            )
        by_cell = {(m.group, m.period): m for m in self.means}
        header = [say("plot.table.period", language)]
        for group in GROUPS:
            header += [f"{self.label(group)}, {word}" for word in (mean.lower(), rows.lower())]
        return Table(
            caption=self.heading,
            header=tuple(header),
            rows=tuple(
                (self.name_of(period), *self._cells([by_cell.get((group, period)) for group in GROUPS]))
                for period in self.periods
            ),
            numeric=True,
        )

    def _cells(self, means: list[ShownMean | None]) -> list[str]:
        return [text for m in means for text in (("–", "–") if m is None else (self._mean(m), self._rows(m)))]

    def _mean(self, mean: ShownMean) -> str:
        return (
            say("plot.table.hidden", self.language) if mean.mean is None else self.measure.number(mean.mean)
        )

    def _rows(self, mean: ShownMean) -> str:
        return self.disclosure.count(mean.n, self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudyPicture:
    """Leads and lags: the difference between the groups before and after the start.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    terms : tuple of Term
        Those with an event time, in order.
    reference : float, optional
        The event time that the others are compared with.
    against : {"groups", "course"}
        Whether the terms tell how groups differ, or how far what was seen is from what would have been.
    bands : mapping of float to (float, float)
        Limits by event time that hold for all of them at once; empty for none.
    """

    heading: str
    measure: Measure
    terms: tuple[Term, ...]
    reference: float | None = None
    against: Literal["groups", "course"] = "groups"
    bands: Mapping[float, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, estimate: Estimate, measure: Measure, *, name: str | None = None, joint: bool = False
    ) -> EventStudyPicture:
        """Return the picture of an estimate with event terms, with limits that hold at once if asked for."""
        if estimate.cohorts is not None and any(term.group is not None for term in estimate.terms):
            estimate = estimate.aggregate("dynamic")
        terms = sorted(_events(estimate), key=_event_time)
        periods = {m.period for m in estimate.means if m.period is not None}
        start = estimate.start
        gone = {p - start for p in periods if start is not None} - {_event_time(term) for term in terms}
        of_course = estimate.method in _OF_COURSE
        if of_course or estimate.settings.get("base") == "varying":  # each period has one of its own
            gone = set()
        title = "title_of_course" if of_course else "title"
        return cls(
            heading=say(f"plot.event_study.{title}", measure.language, name=name or estimate.outcome),
            measure=measure,
            terms=tuple(terms),
            reference=max((at for at in gone if at < 0), default=None),
            against="course" if of_course else "groups",
            bands=_bands(estimate) if joint else {},
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        m = self.measure
        told = [
            say(
                "plot.event_study.point",
                self.language,
                event=_event(_event_time(term), self.language),
                point=m.number(term.interval.point, signed=True),
                span=m.span(term.interval.low, term.interval.high),
            )
            for term in self.terms
        ]
        if self.bands:
            ends = "; ".join(
                f"{_event(at, self.language)}: {m.span(low, high)}" for at, (low, high) in self.bands.items()
            )
            told.append(say("plot.event_study.bands", self.language, spans=ends))
        alt = "alt" if self.against == "groups" else "alt_of_course"
        return " ".join([say(f"plot.event_study.{alt}", self.language), *told])

    def table(self) -> Table:
        """Return the terms as a table."""
        m, language = self.measure, self.language
        columns = ("event", "effect", "interval")
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", language) for name in columns),
            rows=tuple(
                (
                    _event(_event_time(term), language),
                    m.change(term.interval.point),
                    m.span(term.interval.low, term.interval.high),
                )
                for term in self.terms
            ),
            numeric=True,
        )


def _period_names(estimate: Estimate) -> dict[float, str]:
    """Return how the periods and the start of an estimate are written; dates are days from 1970."""
    names = {
        mean.period: mean.period_name
        for mean in estimate.means
        if mean.period is not None and mean.period_name is not None
    }
    start, are_dates = estimate.start, any(name.count("-") == 2 for name in names.values())
    if are_dates and start is not None and start not in names:
        names[start] = (date(1970, 1, 1) + timedelta(days=start)).isoformat()
    return names


_OfGroups = IntervalPicture | TrajectoriesPicture | EventStudyPicture
_OfOthers = CounterfactualPicture | AcceptabilityPicture | BalancePicture | ThresholdPicture
Picture = _OfGroups | _OfOthers


def _events(estimate: Estimate) -> list[Term]:
    return [term for term in estimate.terms if term.event_time is not None and term.group is None]


def _bands(estimate: Estimate) -> dict[float, tuple[float, float]]:
    """Return the limits of event terms that hold at once, where they are known."""
    table = estimate.bands()
    shown = estimate.terms[min(1, len(estimate.terms) - 1) :]
    rows = zip(shown, table["band_low"].tolist(), table["band_high"].tolist(), strict=True)
    return {
        _event_time(term): (low, high)
        for term, low, high in rows
        if term.event_time is not None and term.group is None and math.isfinite(low)
    }


def _event_time(term: Term) -> float:
    return math.nan if term.event_time is None else term.event_time


def _event(at: float, language: Language) -> str:
    return say("plot.event_study.event", language, at=f"{at:+g}".replace("-", "\N{MINUS SIGN}"))


def _zero(verdict: Verdict) -> str:
    if math.isnan(verdict.low):
        return "zero_unknown"
    return "zero_inside" if verdict.low <= 0 <= verdict.high else "zero_outside"
