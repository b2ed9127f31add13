"""What a love plot shows: how unlike the groups are in each covariate, before and after weighting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from impactkit.data.study import Study
from impactkit.effects.comparability import Comparability
from impactkit.effects.estimate import Estimate
from impactkit.errors import UsageError
from impactkit.evidence.check_result import CheckResult, CovariateBalance
from impactkit.evidence.checks.balance import standardised_differences
from impactkit.reporting.table import Table
from impactkit.wording import Language, format_number, say

BalanceSource: TypeAlias = Study | Estimate | Comparability | CheckResult | Sequence[CheckResult]
LIMITS = (0.1, 0.25)
_MEND = "Give a study with treated= (or first_treated=) and covariates=, or what its balance check found."


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateRow:
    """One covariate.

    Parameters
    ----------
    name : str
        The covariate.
    before : float
        Treated less comparison, in standard deviations within groups; infinite where both are without spread.
    after : float or None
        The same with weights; None where there are none.
    """

    name: str
    before: float
    after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancePicture:
    """How unlike the groups are in each covariate.

    Parameters
    ----------
    heading : str
        What it is about.
    language : {"sv", "en"}
        The language of its words.
    rows : tuple of CovariateRow
        The most unlike before first.

    References
    ----------
    .. [1] Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates
       between treatment groups in propensity-score matched samples. *Statistics in Medicine*, 28, for 0.1.
    .. [2] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*, section 14.2, for 0.25.
    """

    heading: str
    language: Language
    rows: tuple[CovariateRow, ...]

    @classmethod
    def of(cls, source: BalanceSource, language: Language) -> BalancePicture:
        """Return the picture of a study, of what its balance check found, or of two checks: before and after.

        Parameters
        ----------
        source : Study, Estimate, Comparability, CheckResult or sequence of two
            A study with weights is shown without them (before) and with them (after), an estimate that made
            groups alike as they were and as they became.
        language : {"sv", "en"}
            The language of its words.

        Returns
        -------
        BalancePicture
            With a row for each covariate.

        Raises
        ------
        UsageError
            If nobody is known to be treated, or there are no covariates.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"y": [1.0] * 4, "arm": [0, 0, 1, 1], "age": [20.0, 40, 30, 50]})
        >>> study = Study(frame, outcome="y", treated="arm", covariates=["age"])
        >>> BalancePicture.of(study, "sv").table().rows
        (('age', '+1,00'),)
        """
        if isinstance(source, Estimate):
            source = source.comparability or ()
        if isinstance(source, Comparability):
            return _made_alike(source, language)
        before, after = _before_and_after(source)
        if not before:
            raise UsageError("There are no covariates to compare the groups by.", where="plot", mend=_MEND)
        later = {row.name: row.difference for row in after}
        rows = [CovariateRow(name=r.name, before=r.difference, after=later.get(r.name)) for r in before]
        rows.sort(key=lambda row: -math.inf if math.isnan(row.before) else -abs(row.before))
        return cls(heading=say("figure.balance.title", language), language=language, rows=tuple(rows))

    @property
    def has_after(self) -> bool:
        """Whether there is anything after."""
        return any(row.after is not None for row in self.rows)

    @property
    def alt_text(self) -> str:
        """The figure in words, with its numbers."""
        told = [say("figure.balance.alt", self.language)]
        for name, before, *after in self._cells():
            told.append(f"{name}: {' → '.join([before, *after])}.")
        return " ".join(told)

    def table(self) -> Table:
        """Return the differences as a table, one row a covariate."""
        columns = ("covariate", "before", "after") if self.has_after else ("covariate", "effect")
        return Table(
            caption=self.heading,
            header=tuple(say(f"plot.table.{name}", self.language) for name in columns),
            rows=self._cells(),
            numeric=True,
        )

    def _cells(self) -> tuple[tuple[str, ...], ...]:
        return tuple(
            (row.name, self._number(row.before), *([self._number(row.after)] if self.has_after else []))
            for row in self.rows
        )

    def _number(self, value: float | None) -> str:
        return "–" if value is None else format_number(value, self.language, decimals=2, signed=True)


def _made_alike(found: Comparability, language: Language) -> BalancePicture:
    rows = [
        CovariateRow(name=gap.name, before=gap.before, after=None if math.isnan(gap.after) else gap.after)
        for gap in found.covariates
    ]
    rows.sort(key=lambda row: -abs(row.before))
    return BalancePicture(
        heading=say("figure.balance.made_alike", language), language=language, rows=tuple(rows)
    )


def _before_and_after(
    source: Study | CheckResult | Sequence[CheckResult],
) -> tuple[Sequence[CovariateBalance], Sequence[CovariateBalance]]:
    if isinstance(source, CheckResult):
        return source.table, ()
    if isinstance(source, Study):
        if source.columns.treated is None:
            raise UsageError("This study does not say who is treated.", where="plot", mend=_MEND)
        plain = standardised_differences(source, weighted=False)
        return plain, standardised_differences(source) if source.columns.weight is not None else ()
    if len(source) != 2:
        raise UsageError(
            "A love plot shows one balance check, or two: before and after; got {n}.",
            where="plot",
            mend="Give one or two.",
            values={"n": len(source)},
        )
    return source[0].table, source[1].table
