"""The table of a result: one verb for every kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from impactkit.data.study import Study
from impactkit.effects.comparability import Comparability
from impactkit.effects.estimate import Estimate
from impactkit.errors import UsageError
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.robustness.sensitivity import Sensitivity
from impactkit.reporting import tables
from impactkit.reporting.answers_picture import Answers
from impactkit.reporting.balance_picture import BalancePicture
from impactkit.reporting.table import Table
from impactkit.reporting.tables.effects import Terms
from impactkit.wording import Language, current_language


def table(
    *results: Any, names: Sequence[str] = (), terms: Terms = "headline", language: Language | None = None
) -> Table:
    """Make a table of a result, or of several estimates side by side.

    Parameters
    ----------
    *results : Estimate, Study, Comparability, CheckResult, Evaluation or a result of ``ik.robustness``
        Estimates stand side by side, a column each. A study gives its groups before the start (Table 1), a
        check of balance its covariates, an estimate's ``comparability`` these before and after groups were
        made alike, limits under other trends and other answers their rows, adjusted p-values (of
        ``ik.adjust``) the family, and an evaluation its verdicts.
    names : sequence of str
        What the columns of estimates are called; their methods when left out.
    terms : {"headline", "all"}
        The headline effects of estimates only, or every term.
    language : {"sv", "en"}, optional
        The chosen one when left out.

    Returns
    -------
    Table
        Shows itself in a notebook; ``to_frame``, ``to_latex`` and ``to_html`` give it in other forms, and
        `render` writes it as Word, Excel and the others.

    Raises
    ------
    UsageError
        If there is no such table, or several results are not all estimates, or names do not go with them.

    Examples
    --------
    >>> import pandas as pd
    >>> import impactkit as ik
    >>> study = ik.Study(pd.DataFrame({"y": [1.0, 2, 3, 5], "arm": [0, 0, 1, 1]}), outcome="y", treated="arm")
    >>> estimate = ik.RandomisedTrial().estimate(study)
    >>> ik.table(estimate, names=["Lottery"], language="en").to_frame().loc["Effect", "Lottery"]
    '+2.50'
    """
    language = language or current_language()
    estimates = [result for result in results if isinstance(result, Estimate)]
    if estimates and len(estimates) == len(results):
        if names and len(names) != len(estimates):
            raise UsageError(
                "There are {n} names for {m} estimates.",
                where="names",
                mend="Give one name for each estimate, or none.",
                values={"n": len(names), "m": len(estimates)},
            )
        return tables.effects(estimates, language, names=names, terms=terms)
    if len(results) != 1:
        raise UsageError(
            "Only estimates stand side by side in a table; got {kinds}.",
            where="table",
            mend="Give estimates alone, or one result of another kind.",
            values={"kinds": ", ".join(type(result).__name__ for result in results) or "nothing"},
        )
    return _of_one(results[0], language)


def _of_one(result: Any, language: Language) -> Table:
    if isinstance(result, Study):
        return tables.baseline(result, language)
    if isinstance(result, Comparability):
        return BalancePicture.of(result, language).table()
    if isinstance(result, CheckResult) and result.table:
        return tables.balance(result, language)
    if isinstance(result, Sensitivity):
        return tables.sensitivity(result, language)
    if isinstance(result, Answers):
        return tables.robustness(result, language)
    if {"method", "n_effects"} <= set(getattr(result, "attrs", ())):
        return tables.multiplicity(result, language)
    if hasattr(result, "conclusion") and hasattr(result, "results"):
        return tables.verdicts(result, language)
    raise UsageError(
        "There is no table of {kind}.",
        where="table",
        mend="Give an Estimate, a Study, a check of balance, an Evaluation, or a result of ik.robustness or "
        "ik.adjust.",
        values={"kind": type(result).__name__},
    )
