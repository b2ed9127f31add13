"""Table 1: whom the study is about, by group, before the start."""

from __future__ import annotations

import math

import numpy as np

from impactkit.data.columns import Columns, Flags, Floats
from impactkit.data.missing_values import missing_values
from impactkit.data.study import Study
from impactkit.evidence.baseline import at_baseline, standardised_gaps
from impactkit.reporting.number_cells import number_cell
from impactkit.reporting.table import Cell, Table
from impactkit.wording import Language, MessageValue, format_number, format_share, say
from impactkit.wording.numbers import significant_decimals


def baseline(study: Study, language: Language) -> Table:
    """Return what the groups were like before the start.

    Parameters
    ----------
    study : Study
        The study; its rows are told as they are, so keep the table at home where they are not public.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    Table
        Rows and units, then a row for the outcome and each covariate: mean and standard deviation (number and
        share for 0 and 1) over all and in each group, the standardised difference, and the values missing.

    Notes
    -----
    In a panel the rows before the first start. Weighted where the study is. No p-values: they ask whether
    groups drawn by lot differ by chance, which is known, and say nothing of size in groups that were not.
    """
    columns = at_baseline(study)
    names, values = _measured(study, columns)
    groups = _groups(columns)
    differences = standardised_gaps(values, columns) if len(groups) > 1 else np.full(len(names), math.nan)
    missing = missing_values(study.frame, names)
    told: list[tuple[str | Cell, ...]] = [
        _counted("rows", [int(rows.sum()) for rows in groups.values()], language)
    ]
    if columns.unit is not None:
        told.append(_counted("units", [_n_units(columns, rows) for rows in groups.values()], language))
    for k, name in enumerate(names):
        cells = [_mean(values[rows, k], columns, rows, language=language) for rows in groups.values()]
        if len(groups) > 1:
            cells.append(number_cell(float(differences[k]), language, decimals=2, signed=True))
        told.append((name, *cells, number_cell(missing[name], language, decimals=0)))
    more = ["difference"] if len(groups) > 1 else []
    header = tuple(_say(name, language) for name in ["name", *groups, *more, "missing"])
    notes = [_say("cells", language), *([_say("scale", language)] if len(groups) > 1 else [])]
    return Table(
        caption=_say("caption", language),
        header=header,
        rows=tuple(told),
        numeric=True,
        notes=tuple(notes),
        language=language,
    )


def _measured(study: Study, columns: Columns) -> tuple[list[str], Floats]:
    names, values = [*study.covariates], [columns.covariates]
    if columns.pre_outcome is not None and study.pre_outcome is not None:
        names, values = [*names, study.pre_outcome], [*values, columns.pre_outcome[:, None]]
    if columns.period is not None or columns.treated is None:
        # Where nobody was measured before the start the outcome is no baseline.
        names, values = [study.outcome, *names], [columns.outcome[:, None], *values]
    return names, np.hstack(values)


def _groups(columns: Columns) -> dict[str, Flags]:
    everybody = np.ones(len(columns.outcome), dtype=bool)
    if columns.treated is None or columns.treated.all() or not columns.treated.any():
        return {"all": everybody}
    return {"all": everybody, "treated": columns.treated, "comparison": ~columns.treated}


def _n_units(columns: Columns, rows: Flags) -> int:
    assert columns.unit is not None
    return len(np.unique(columns.unit[rows]))


def _counted(name: str, counts: list[int], language: Language) -> tuple[str | Cell, ...]:
    empty = [Cell(text="")] * (2 if len(counts) > 1 else 1)
    return (_say(name, language), *(number_cell(n, language, decimals=0) for n in counts), *empty)


def _mean(values: Floats, columns: Columns, rows: Flags, *, language: Language) -> Cell:
    weights = None if columns.weight is None else columns.weight[rows]
    mean = float(np.average(values, weights=weights))
    if set(np.unique(values)) <= {0.0, 1.0}:
        n = number_cell(float(values.sum()), language, decimals=0)
        return Cell(text=n.text, value=n.value, detail=format_share(mean, language))
    spread = math.sqrt(float(np.average((values - mean) ** 2, weights=weights)))
    places = significant_decimals(spread or mean)
    return number_cell(
        mean, language, decimals=places, detail=format_number(spread, language, decimals=places)
    )


def _say(code: str, language: Language, /, **values: MessageValue) -> str:
    return say(f"table.baseline.{code}", language, **values)
