"""p-values of several effects, and the same adjusted for how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.reporting.number_cells import number_cell, p_cell
from impactkit.reporting.table import Table
from impactkit.wording import Language, say

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "term", "estimate", "p_value", "adjusted_p")


def multiplicity(adjusted: pd.DataFrame, language: Language) -> Table:
    """Return what `adjust` found.

    Parameters
    ----------
    adjusted : DataFrame
        As ``ik.adjust`` returns it.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        A row an effect; the method and the size of the family below.
    """
    method, n = str(adjusted.attrs["method"]), int(adjusted.attrs["n_effects"])
    return Table(
        caption=say("table.multiplicity.caption", language),
        header=tuple(say(f"table.multiplicity.{name}", language) for name in COLUMNS),
        rows=tuple(
            (
                str(name),
                str(term),
                number_cell(estimate, language, signed=True),
                p_cell(p_value, language),
                p_cell(adjusted_p, language),
            )
            for name, term, estimate, p_value, adjusted_p in zip(
                *(adjusted[column].tolist() for column in COLUMNS), strict=True
            )
        ),
        numeric=True,
        notes=(say(f"table.multiplicity.{method}", language, n=n),),
        language=language,
    )
