"""Effects in declared groups, whether they differ, and how much of the difference is likely to be chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimator import Estimator
from impactkit.effects.kernels.equal_effects import Equality, equal_effects
from impactkit.effects.kernels.multiplicity import holm
from impactkit.effects.kernels.shrinkage import Shrunken, shrunken
from impactkit.errors import UsageError
from impactkit.evidence.group_answers import GroupAnswer, group_answers, joint_covariance
from impactkit.evidence.reestimated import Reestimated
from impactkit.wording import Facts, Message, MessageValue, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroups:
    """Effects in the groups of one column.

    Parameters
    ----------
    name : str
        The column.
    groups : tuple of GroupAnswer
        What each group says.
    equality : Equality, optional
        The test that all groups have the same effect; None where fewer than two have a standard error.
    adjusted_p : float
        Its p-value adjusted for how many columns are asked about (Holm); nan where there is no test.
    drawn : dict of str to (float, float, float)
        Effect and limits of each group when all groups are taken into account.
    spread : float
        How much effects differ between groups beyond chance, as a standard deviation; nan without a test.
    """

    name: str
    groups: tuple[GroupAnswer, ...]
    equality: Equality | None
    adjusted_p: float
    drawn: dict[str, tuple[float, float, float]]
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupEffects(Shown):
    """Effects in declared groups.

    Parameters
    ----------
    full : Reestimated
        The effect on all.
    columns : tuple of Subgroups
        One for each column of groups, as declared.
    level : float
        Of the limits.
    """

    full: Reestimated
    columns: tuple[Subgroups, ...]
    level: float

    def tidy(self) -> pd.DataFrame:
        """Return one row for each group.

        Returns
        -------
        pandas.DataFrame
            Columns subgroup, group, estimate, std_error, conf_low, conf_high, n_rows, n_treated;
            drawn_estimate, drawn_low and drawn_high (with all groups taken into account); difference_p and
            difference_p_adjusted (that all groups of the column have the same effect); reason. There is no
            p-value of a single group: that one group's interval holds 0 and another's does not says nothing
            of whether they differ.
        """
        import pandas as pd

        return pd.DataFrame([row for column in self.columns for row in _rows(column)])

    def differences(self) -> pd.DataFrame:
        """Return one row for each column of groups.

        Returns
        -------
        pandas.DataFrame
            Columns subgroup, groups, statistic, df, df_error, p_value, p_value_adjusted, spread.
        """
        import pandas as pd

        rows = []
        for column in self.columns:
            found = column.equality
            nan = math.nan
            rows.append(
                {
                    "subgroup": column.name,
                    "groups": len(column.groups),
                    "statistic": nan if found is None else found.statistic,
                    "df": nan if found is None else found.df,
                    "df_error": nan if found is None else found.df_error,
                    "p_value": nan if found is None else found.p_value,
                    "p_value_adjusted": column.adjusted_p,
                    "spread": column.spread,
                }
            )
        return pd.DataFrame(rows)

    def in_words(self) -> tuple[Message, ...]:
        """Return what is known of differences between groups, a sentence for each column."""
        found = []
        for column in self.columns:
            if column.equality is None:
                found.append(Message("heterogeneity.unknown", {"name": column.name}))
                continue
            which = "differ" if column.adjusted_p < 1 - self.level else "not_shown"
            points = [group.answer.point for group in column.groups if group.has_error]
            values: dict[str, MessageValue] = {
                "name": column.name,
                "p": column.adjusted_p,
                "low": min(points),
                "high": max(points),
            }
            found.append(Message(f"heterogeneity.{which}", values))
        return tuple(found)

    def __repr__(self) -> str:
        return one_line("SubgroupEffects", ", ".join(column.name for column in self.columns))

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [(Message("robustness.row.all"), self.full.told())]
        for column in self.columns:
            for group in column.groups:
                named = Message("heterogeneity.group", {"name": column.name, "group": group.name})
                rows.append((named, group.answer.told()))
        rows += [(Message("robustness.row.says"), sentence) for sentence in self.in_words()]
        return Facts(title=Message("heterogeneity.title"), rows=rows)


def subgroup_effects(
    study: Study, estimator: Estimator, *, by: tuple[str, ...] | None = None, level: float = 0.95
) -> SubgroupEffects:
    """Estimate the effect in each declared group, and whether groups differ.

    Parameters
    ----------
    study : Study
        With ``subgroups``: columns declared before the outcome was seen.
    estimator : Estimator
        The estimator, used in each group anew.
    by : tuple of str, optional
        Some of the study's columns of groups; all of them when left out.
    level : float
        Confidence level of "differ", and of the limits with all groups taken into account.

    Returns
    -------
    SubgroupEffects
        Effects by group, the test of a difference for each column (adjusted for how many there are), and
        effects drawn towards each other.

    Raises
    ------
    UsageError
        If the study has no such column of groups.
    EstimationError
        If the estimator cannot answer with all rows.

    Notes
    -----
    Whether groups differ is asked of their difference, and not of who has a p-value under some bound [1]_.
    Groups of which clusters hold several share those clusters' errors. The most striking of several groups is
    too striking on average: effects drawn towards each other, by how unlike groups seem to be, are what a new
    study may be expected to find. They are drawn as if groups shared no clusters.

    References
    ----------
    .. [1] Wang, R., Lagakos, S. W., Ware, J. H., Hunter, D. J., & Drazen, J. M. (2007). Statistics in
       medicine: reporting of subgroup analyses in clinical trials. *New England Journal of Medicine*,
       357(21).

    Examples
    --------
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> import numpy as np
    >>> import pandas as pd
    >>> n = np.arange(80)
    >>> frame = pd.DataFrame({"y": n % 7 + 2.0 * (n % 2) * (n < 40), "drawn": n % 2, "young": n < 40})
    >>> study = Study(frame, outcome="y", treated="drawn", subgroups=["young"])
    >>> found = subgroup_effects(study, RandomisedTrial())
    >>> found.tidy()[["group", "estimate"]].round(2).to_numpy().tolist()
    [['False', -0.05], ['True', 1.95]]
    >>> round(float(found.differences()["p_value"].iloc[0]), 3)
    0.033
    """
    chosen = _chosen(study, by)
    codes = study.columns.subgroups
    assert codes is not None
    full = Reestimated.of(estimator.estimate(study))
    answered = []
    for name in chosen:
        at = list(study.subgroups).index(name)
        labels = [str(label) for label in study.columns.subgroup_labels[at]]
        answered.append(group_answers(study, estimator, codes=codes[:, at], names=labels))
    tests = [_equality(groups) for groups in answered]
    known = [k for k, test in enumerate(tests) if test is not None]
    adjusted = dict(zip(known, _holm([tests[k] for k in known]), strict=True))
    columns = tuple(
        _column(name, groups, tests[k], adjusted.get(k, math.nan), level)
        for k, (name, groups) in enumerate(zip(chosen, answered, strict=True))
    )
    return SubgroupEffects(full=full, columns=columns, level=level)


def _chosen(study: Study, by: tuple[str, ...] | None) -> tuple[str, ...]:
    declared = tuple(study.subgroups)
    if not declared:
        raise UsageError(
            "The study declares no groups.",
            where="subgroups",
            mend="Give the study subgroups= (columns such as sex or age group), chosen before the outcome "
            "is seen.",
        )
    for name in by or ():
        if name not in declared:
            raise UsageError(
                "{name!r} is not among the groups that the study declares: {declared}.",
                where="by",
                mend="Name one of them, or declare it in the study's subgroups=.",
                values={"name": name, "declared": ", ".join(declared)},
            )
    return declared if by is None else by


def _equality(groups: tuple[GroupAnswer, ...]) -> Equality | None:
    known = tuple(group for group in groups if group.has_error)
    if len(known) < _LEAST:
        return None
    intervals = [group.answer.interval for group in known if group.answer.interval is not None]
    df = np.array([interval.df if interval.df > 0 else math.inf for interval in intervals])
    points = np.array([interval.point for interval in intervals])
    return equal_effects(points, joint_covariance(known), df)


def _holm(tests: list[Equality | None]) -> list[float]:
    p = np.array([test.p_value for test in tests if test is not None])
    return [float(value) for value in holm(p)] if len(p) else []


def _column(
    name: str, groups: tuple[GroupAnswer, ...], test: Equality | None, adjusted: float, level: float
) -> Subgroups:
    drawn: dict[str, tuple[float, float, float]] = {}
    spread = math.nan
    if test is not None:
        known = [group for group in groups if group.has_error]
        intervals = [group.answer.interval for group in known if group.answer.interval is not None]
        found: Shrunken = shrunken(
            np.array([interval.point for interval in intervals]),
            np.array([interval.std_error for interval in intervals]),
            level=level,
        )
        ends = zip(found.points.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
        drawn = {group.name: end for group, end in zip(known, ends, strict=True)}
        spread = found.spread
    return Subgroups(name=name, groups=groups, equality=test, adjusted_p=adjusted, drawn=drawn, spread=spread)


def _rows(column: Subgroups) -> list[dict[str, object]]:
    nan = math.nan
    p = nan if column.equality is None else column.equality.p_value
    rows = []
    for group in column.groups:
        interval, sample = group.answer.interval, group.answer.sample
        point, low, high = column.drawn.get(group.name, (nan, nan, nan))
        rows.append(
            {
                "subgroup": column.name,
                "group": group.name,
                "estimate": group.answer.point,
                "std_error": nan if interval is None else interval.std_error,
                "conf_low": nan if interval is None else interval.low,
                "conf_high": nan if interval is None else interval.high,
                "n_rows": 0 if sample is None else sample.n_rows,
                "n_treated": 0 if sample is None else sample.n_treated,
                "drawn_estimate": point,
                "drawn_low": low,
                "drawn_high": high,
                "difference_p": p,
                "difference_p_adjusted": column.adjusted_p,
                "reason": group.answer.reason(),
            }
        )
    return rows
