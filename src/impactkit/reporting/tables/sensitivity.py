"""Limits of an effect under growing differences of trends."""

from __future__ import annotations

from impactkit.evidence.robustness.sensitivity import Sensitivity
from impactkit.reporting.number_cells import decimals_beside, number_cell
from impactkit.reporting.table import Table
from impactkit.wording import Language, Message, say


def sensitivity(found: Sensitivity, language: Language) -> Table:
    """Return the limits at each bound.

    Parameters
    ----------
    found : Sensitivity
        What was found.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        A row a bound; where it breaks below.
    """
    widest = max((abs(x.high - x.low) for x in found.limits), default=found.point)
    places = decimals_beside(widest, found.point)
    return Table(
        caption=Message(f"sensitivity.title.{found.kind}", {"level": found.level}).text(language),
        header=tuple(say(f"table.sensitivity.{name}", language) for name in ("bound", "low", "high")),
        rows=tuple(
            (
                number_cell(x.bound, language),
                number_cell(x.low, language, decimals=places, signed=True),
                number_cell(x.high, language, decimals=places, signed=True),
            )
            for x in found.limits
        ),
        numeric=True,
        notes=(found.in_words().text(language), *(warning.text(language) for warning in found.warnings)),
        language=language,
    )
