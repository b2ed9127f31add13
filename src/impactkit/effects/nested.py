"""A study with groups whose rows are alike, as a linear problem of independent rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, dense, marked, suited
from impactkit.effects.kernels.nested_intercepts import Likeness, independent_rows
from impactkit.effects.kernels.nested_likelihood import likeness_of
from impactkit.effects.linear import Counted, LinearProblem, Rows, problem_of
from impactkit.effects.panel import follow_up_and_baseline, two_groups
from impactkit.errors import EstimationError
from impactkit.wording import Message, MessageValue

_RANK = 1e-11


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nested:
    """Rows made independent, and how alike they were.

    Parameters
    ----------
    columns : Columns
        The rows.
    problem : LinearProblem
        Of independent rows, if the likeness is true; its last effect is the headline.
    likeness : Likeness
        The variances.
    is_over_time : bool
        Whether changes are compared.
    is_assigned : bool
        Whether the treated can be told by group and drawn again: a cross section of whole groups.
    names : tuple of str or None
        What the outer and the inner groups are called.
    estimand : Message
        In words.
    """

    columns: Columns
    problem: LinearProblem
    likeness: Likeness
    is_over_time: bool
    is_assigned: bool
    names: tuple[str, str | None]
    estimand: Message

    def likeness_in_words(self) -> Message:
        """Return how alike rows of the same group are."""
        outer, inner = self.names
        alike, values = self.likeness, dict[str, MessageValue](cluster=outer)
        if alike.between == 0 and alike.within == 0:
            return Message("estimate.mixed.no_likeness", values)
        values["share"] = alike.share
        if inner is None:
            return Message("estimate.mixed.likeness", values)
        values |= {"unit": inner, "within": alike.within / (alike.between + alike.within + alike.rest)}
        return Message("estimate.mixed.likeness_units", values)


def nested(study: Study) -> Nested:
    """Return a study's rows for a mixed model.

    Parameters
    ----------
    study : Study
        A cross section with ``cluster``, or rows over time with one start.

    Returns
    -------
    Nested
        The problem, and the likeness it rests on.

    Raises
    ------
    EstimationError
        If nothing says which rows belong together, rows weigh unequally, or a group is missing.
    """
    if study.columns.weight is not None:
        raise EstimationError(
            "A mixed model weighs rows by how alike they are; weights of another kind do not go with that.",
            where="weight",
            mend="Leave weight= out, or compare means with clustered standard errors.",
        )
    is_over_time = study.kind != "cross_section"
    columns = two_groups(study) if is_over_time else _one_wave(study)
    outer, inner, names = _groups(study, columns)
    treated = columns.treated
    assert treated is not None
    others, labels = _others(study, columns)
    after = np.ones(len(treated)) if not is_over_time else _after(columns)
    if is_over_time:
        others, labels = np.column_stack([others, treated.astype(float)]), (*labels, "group")
    X = np.column_stack([others, after * treated])
    likeness = likeness_of(columns.outcome, _independent(X), outer, inner=inner)
    G = int(outer.max()) + 1
    is_whole = not (marked(outer, treated, n=G) & marked(outer, ~treated, n=G)).any()
    kept = _Kept(outer=outer, inner=inner, likeness=likeness)
    problem = _problem(columns, kept, others=others, after=after, names=labels, is_whole=is_whole)
    return Nested(
        columns=columns,
        problem=problem,
        likeness=likeness,
        is_over_time=is_over_time,
        is_assigned=is_whole and not is_over_time,
        names=names,
        estimand=_estimand(study, columns, names, is_over_time=is_over_time),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kept:
    """Groups and how alike their rows are."""

    outer: Codes
    inner: Codes | None
    likeness: Likeness

    def independent(self, values: Floats) -> Floats:
        return independent_rows(values, self.likeness, self.outer, inner=self.inner)


def _one_wave(study: Study) -> Columns:
    columns = suited(study)
    if columns.cluster is None:
        raise EstimationError(
            "A mixed model needs to know which rows belong together.",
            where="cluster",
            mend="Give cluster= (the school, the area), or use RandomisedTrial or DoublyRobust.",
        )
    if columns.treated is None or columns.treated.all() or not columns.treated.any():
        raise EstimationError(
            "A mixed model needs treated and comparison rows.",
            where="treated",
            mend="Give treated= (1 for treated, 0 for comparison) with both groups in the data.",
        )
    return columns


def _groups(study: Study, columns: Columns) -> tuple[Codes, Codes | None, tuple[str, str | None]]:
    unit = None if columns.unit is None or columns.period is None else dense(columns.unit)
    if columns.cluster is None:
        if unit is None:
            raise EstimationError(
                "A mixed model needs to know which rows belong together.",
                where="cluster",
                mend="Give cluster= (the school, the area) or unit= (the person followed).",
            )
        return unit, None, (str(study.unit), None)
    outer = dense(columns.cluster)
    if unit is None or int(unit.max()) == int(outer.max()):
        return outer, None, (str(study.cluster), None)
    return outer, unit, (str(study.cluster), str(study.unit))


def _others(study: Study, columns: Columns) -> tuple[Floats, tuple[str, ...]]:
    """Return a one or levels of strata, levels of periods, and covariates."""
    n = len(columns.outcome)
    strata = np.zeros(n, dtype=np.int64) if columns.stratum is None else columns.stratum
    S, T = int(strata.max()) + 1, max(len(columns.periods), 1)
    parts = [(strata[:, None] == np.arange(S)).astype(float)]
    if columns.period is not None:
        parts.append((columns.period[:, None] == np.arange(1, T)).astype(float))
    covariates = columns.covariates
    names = [f"stratum {s}" for s in range(S)] + [f"period {t}" for t in range(1, T)] + list(study.covariates)
    if columns.pre_outcome is not None:
        covariates = np.column_stack([covariates, columns.pre_outcome])
        names.append(str(study.pre_outcome))
    parts.append(covariates - covariates.mean(axis=0) if covariates.shape[1] else covariates)
    return np.hstack(parts), tuple(names)


def _after(columns: Columns) -> Floats:
    follow_up, _ = follow_up_and_baseline(columns)
    assert columns.period is not None
    return np.isin(columns.period, follow_up).astype(float)


def _independent(X: Floats) -> Floats:
    """Return columns that span the same, none of them told by those before it."""
    factor = np.abs(np.diag(np.linalg.qr(X / np.linalg.norm(X, axis=0).clip(1e-300), mode="r")))
    return np.asarray(X[:, factor > _RANK])


def _problem(
    columns: Columns,
    kept: _Kept,
    *,
    others: Floats,
    after: Floats,
    names: tuple[str, ...],
    is_whole: bool,
) -> LinearProblem:
    """Return the problem; where groups hold both treated and not, a row is no longer one of either."""
    treated = columns.treated
    assert treated is not None
    effect = after if is_whole else after * treated
    values = kept.independent(np.column_stack([columns.outcome, others, effect]))
    clusters, by_row = clusters_of(columns)
    rows = Rows(
        outcome=values[:, 0],
        others=values[:, 1:-1],
        bases=values[:, -1:],
        treated=treated if is_whole else np.ones(len(treated), dtype=bool),
        clusters=clusters,
    )
    counted = Counted(
        n_rows=len(treated),
        n_parameters=others.shape[1] + 1,
        by_row=by_row,
        outcome_scale=float(np.abs(columns.outcome).max()),
    )
    return problem_of(rows, names=names, counted=counted)


def _estimand(
    study: Study, columns: Columns, names: tuple[str, str | None], *, is_over_time: bool
) -> Message:
    treated: Flags | None = columns.treated
    assert treated is not None
    outer, inner = names
    kind = "both" if inner is not None else "units" if study.cluster is None else "clusters"
    adjusted = bool(columns.covariates.shape[1]) or columns.pre_outcome is not None
    values: dict[str, MessageValue] = {"cluster": outer, "unit": inner or outer}
    return Message(
        f"estimand.mixed_model.{'over_time' if is_over_time else 'cross_section'}",
        {
            "outcome": study.outcome,
            "treated": columns.n_treated if columns.unit is not None else int(treated.sum()),
            "comparison": (
                columns.n_units - columns.n_treated if columns.unit is not None else int((~treated).sum())
            ),
            "alike": Message(f"estimand.mixed_model.alike.{kind}", values),
            "adjusted": Message(f"estimand.adjustment.{'ancova' if adjusted else 'none'}"),
        },
    )
