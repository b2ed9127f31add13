"""Several answers to one question: the one that counts first, then the others."""

from __future__ import annotations

from impactkit.reporting.answers_picture import Answer, Answers, AnswersPicture
from impactkit.reporting.number_cells import decimals_beside, number_cell, p_cell
from impactkit.reporting.numbers import Measure
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, say

_COLUMNS = ("answer", "effect", "low", "high", "p_value")
_EMPTY = Cell(text="–")


def robustness(result: Answers, language: Language) -> Table:
    """Return every answer with its limits.

    Parameters
    ----------
    result : LeaveOneOut, PlaceboInTime or Specifications
        What was found.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        A row an answer; how many are not shown below.
    """
    picture = AnswersPicture.of(result, Measure(language=language))
    notes = [say("plot.answers.not_shown", language, n=picture.not_shown)] if picture.not_shown else []
    return Table(
        caption=picture.heading,
        header=tuple(
            say(f"table.robustness.{name}", language)
            for name in ("answer", "effect", "low", "high", "p_value")
        ),
        rows=tuple(_row(answer, language) for answer in (picture.counts, *picture.others)),
        numeric=True,
        notes=tuple(notes),
        language=language,
    )


def _row(answer: Answer, language: Language) -> tuple[str | Cell, ...]:
    found = answer.found.interval
    if found is None:
        return (answer.label, Cell(text=str(answer.found.reason())), _EMPTY, _EMPTY, _EMPTY)
    places = decimals_beside(found.std_error, found.point)
    told = (
        number_cell(x, language, decimals=places, signed=True) for x in (found.point, found.low, found.high)
    )
    return (answer.label, *told, p_cell(found.p_value, language))
