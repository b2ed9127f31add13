"""How the covariates differ between the groups, as the check of balance found it."""

from __future__ import annotations

from impactkit.evidence.check_result import CheckResult
from impactkit.reporting.number_cells import number_cell
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, say


def balance(check: CheckResult, language: Language) -> Table:
    """Return the standardised difference of each covariate.

    Parameters
    ----------
    check : CheckResult
        A check with a row a covariate.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        The largest difference first; the check's sentence below.
    """
    ordered = sorted(check.table, key=lambda item: -abs(item.difference))
    return Table(
        caption=check.title.text(language),
        header=tuple(say(f"table.balance.{name}", language) for name in ("name", "difference", "missing")),
        rows=tuple(
            (
                item.name,
                number_cell(item.difference, language, decimals=2, signed=True),
                Cell(text=say("plot.table.hidden", language))
                if item.n_missing is None
                else number_cell(item.n_missing, language, decimals=0),
            )
            for item in ordered
        ),
        numeric=True,
        notes=(check.sentence.text(language),),
        language=language,
    )
