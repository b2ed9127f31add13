"""What a figure of several answers shows: the one that counts, and others beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from impactkit.evidence.reestimated import Reestimated
from impactkit.evidence.robustness.leave_one_out import LeaveOneOut
from impactkit.evidence.robustness.placebo_in_time import PlaceboInTime
from impactkit.evidence.robustness.specifications import Specifications
from impactkit.evidence.threshold_answers import ThresholdAnswers
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Table
from impactkit.wording import Language, Message, say

Answers = LeaveOneOut | PlaceboInTime | Specifications | ThresholdAnswers
_MOST = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer and what it is called.

    Parameters
    ----------
    label : str
        Its name.
    found : Reestimated
        The effect with its interval.
    """

    label: str
    found: Reestimated


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersPicture:
    """Several answers to one question.

    Parameters
    ----------
    heading : str
        What it is about.
    measure : Measure
        How its numbers are written.
    counts : Answer
        The one that counts.
    others : tuple of Answer
        Those with a number, from the top down.
    not_shown : int
        Others without a number, or beyond the 25 shown.
    """

    heading: str
    measure: Measure
    counts: Answer
    others: tuple[Answer, ...]
    not_shown: int

    @classmethod
    def of(cls, result: Answers, measure: Measure) -> AnswersPicture:
        """Return the picture of a result: leave-one-out by how much each moves, the others in their order."""
        language = measure.language
        if isinstance(result, LeaveOneOut):
            title, own = f"leave_one_out.title.{result.by}", ("row.all", result.full)
            rows = [
                (say("robustness.row.without", language, name=item.name), item.answer)
                for item in (*result.estimated, *result.refused)
            ]
        elif isinstance(result, PlaceboInTime):
            title, own = "placebo_in_time.title", ("placebo_in_time.row.real", result.real)
            rows = [
                (
                    say("robustness.placebo_in_time.row.pretended", language, n=p.earlier, start=p.start),
                    p.answer,
                )
                for p in result.placebos
            ]
        elif isinstance(result, ThresholdAnswers):
            title = f"threshold.title.{result.by}"
            own = (f"threshold.row.planned.{result.by}", result.planned.answer)
            rows = [(result.label(one).text(language), one.answer) for one in result.others]
        else:
            title, own = "specifications.title", ("specifications.plans", result.planned.answer)
            rows = [(row.name.text(language), row.answer) for row in result.rows[1:]]
        name: Message | str = result.planned.name if isinstance(result, Specifications) else ""
        at = result.planned.at if isinstance(result, ThresholdAnswers) else math.nan
        return cls(
            heading=Message(f"robustness.{title}").text(language),
            measure=measure,
            counts=Answer(
                label=Message(f"robustness.{own[0]}", {"name": name, "at": at}).text(language), found=own[1]
            ),
            others=_shown(rows),
            not_shown=len(rows) - len(_shown(rows)),
        )

    @property
    def language(self) -> Language:
        """The language of its words."""
        return self.measure.language

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = [self._told(answer) for answer in (self.counts, *self.others)]
        if self.not_shown:
            told.append(say("plot.answers.not_shown", self.language, n=self.not_shown))
        return " ".join([say("plot.answers.alt", self.language), *told])

    def note(self, drawn: int) -> str:
        """Return how many of the others are not drawn when so many are; empty when all are."""
        gone = self.not_shown + len(self.others) - drawn
        return say("plot.answers.not_shown", self.language, n=gone) if gone else ""

    def table(self) -> Table:
        """Return the answers as a table, the one that counts first."""
        columns = ("answer", "effect", "interval")
        note = self.note(len(self.others))
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", self.language) for name in columns),
            rows=tuple((each.label, *self._cells(each)) for each in (self.counts, *self.others)),
            numeric=True,
            notes=(note,) if note else (),
        )

    def _cells(self, answer: Answer) -> tuple[str, str]:
        found = answer.found.interval
        if found is None:
            return "–", answer.found.reason()
        return self.measure.change(found.point), self.measure.span(found.low, found.high)

    def _told(self, answer: Answer) -> str:
        interval = answer.found.interval
        if interval is None:
            return f"{answer.label}: {answer.found.reason()}"
        point = self.measure.number(interval.point, signed=True)
        return f"{answer.label}: {point} ({self.measure.span(interval.low, interval.high)})."


def _shown(rows: Sequence[tuple[str, Reestimated]]) -> tuple[Answer, ...]:
    found = [Answer(label=label, found=answer) for label, answer in rows if answer.is_estimated]
    return tuple(found[:_MOST])
