"""The faults of a reading as a table, one row a cell, alike ones folded."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from impactkit.data.fault import Fault, troubles_of
from impactkit.data.observations import Observations
from impactkit.errors import ImpactkitError, Trouble, UsageError
from impactkit.wording import Language, current_language, how_to_mend, what_is_wrong

COLUMNS = ("severity", "cell", "row", "column", "value", "count", "problem", "mend")


class FaultTable(pd.DataFrame):
    """A table of faults, whose sentences a notebook shows whole."""

    @property
    def _constructor(self) -> type[FaultTable]:
        return FaultTable

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return str(super()._repr_html_())  # type: ignore[misc]


def faults(
    source: ImpactkitError | Observations | Sequence[Fault], *, language: Language | None = None
) -> pd.DataFrame:
    """Return what is wrong with a table, or should be looked at, as a table of its own.

    Parameters
    ----------
    source : ImpactkitError, Observations or sequence of Fault
        The error that reading raised, or observations with warnings.
    language : {"sv", "en"}, optional
        Language of the sentences; the chosen one when left out.

    Returns
    -------
    DataFrame
        severity (error or warning), cell (``Blad1!C14``), row, column, value, count (cells that the line is
        about), problem, mend. Beyond the first 20 alike in a column, the rest is one line.

    Raises
    ------
    UsageError
        If given something else.

    Examples
    --------
    >>> import impactkit as ik
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"Kommun": ["Norr"], "År": [2024], "Besök": ["många"]})
    >>> layout = ik.Layout(values={"Besök": "safety/visits-per-day"})
    >>> try:
    ...     ik.read(frame, layout=layout)
    ... except ik.ImpactkitError as error:
    ...     found = ik.faults(error, language="sv")
    >>> found.loc[0, ["cell", "value", "problem"]].tolist()
    ['Besök[0]', 'många', 'många i kolumnen Besök är inget tal.']
    """
    if isinstance(source, Observations):
        source = source.warnings
    if isinstance(source, ImpactkitError):
        rows = [_row(trouble, "error", language) for trouble in source.troubles]
    elif isinstance(source, Sequence) and all(isinstance(each, Fault) for each in source):
        rows = []
        for severity in ("error", "warning"):
            some = [fault for fault in source if fault.severity == severity]
            rows += [_row(trouble, severity, language) for trouble in troubles_of(some)]
    else:
        raise UsageError(
            "Faults are shown of an error, of observations or of faults; got {kind}.",
            where="faults",
            mend="Give the error that reading raised.",
            values={"kind": type(source).__name__},
        )
    return FaultTable(rows, columns=list(COLUMNS))


def _row(trouble: Trouble, severity: str, language: Language | None) -> tuple[object, ...]:
    told = trouble.values
    spoken = language or current_language()
    what, mend = what_is_wrong(trouble, spoken), how_to_mend(trouble, spoken)
    first, last = told.get("first", ""), told.get("last", "")
    cell = told.get("cell", "") or (f"{first}–{last}" if first else "")
    about = (told.get("column", ""), told.get("value", ""), told.get("count", 1))
    return (severity, cell, told.get("row") or None, *about, what, mend)
