"""The verdict on each claim of an evaluation."""

from __future__ import annotations

from dataclasses import replace

from impactkit.reporting.evaluated import Evaluated
from impactkit.reporting.table import Cell, Table
from impactkit.reporting.told import report_of
from impactkit.wording import Language


def verdicts(evaluation: Evaluated, language: Language) -> Table:
    """Return the claims with effect, verdict and grade, as they stand in the report.

    Parameters
    ----------
    evaluation : Evaluation
        A plan carried out.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        A row a claim; protected as the report is.
    """
    table = report_of(evaluation, language).summary
    rows = tuple(
        tuple(replace(cell, to="") if isinstance(cell, Cell) else cell for cell in row) for row in table.rows
    )
    return replace(table, rows=rows, language=language)
