"""What a study looks like: means, counts, clusters, what was assigned, and what that allows to be known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.estimate import Group, GroupMean, Sample
from impactkit.effects.interval import Interval
from impactkit.effects.permutation_test import PermutationTest
from impactkit.errors import EstimationError
from impactkit.wording import Message

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
ENOUGH = 40
"""With fewer clusters of either kind, or degrees of freedom, small-sample inference is chosen."""
_CORRECTED = ("CR2", "HC2", "CR3", "HC3")
_HARDLY_REJECTS = 2  # clusters of a kind with which the restricted wild bootstrap hardly ever rejects


class Settings(Protocol):
    """How uncertainty was found."""

    @property
    def method(self) -> str:
        """The slug."""


def suited(study: Study, *, counts: bool = False, switching: bool = False) -> Columns:
    """Return a study's rows, if the estimator takes counts and paths that switch where the study has them.

    Parameters
    ----------
    study : Study
        The study.
    counts : bool
        Whether the estimator models counts over their exposure.
    switching : bool
        Whether the estimator takes treatment that is switched off again.

    Returns
    -------
    Columns
        The rows.

    Raises
    ------
    EstimationError
        With the estimator or the setting that fits.
    """
    columns = study.columns
    if columns.exposure is not None and not counts:
        raise EstimationError(
            "The outcome is a count over an exposure; this estimator compares levels.",
            where="exposure",
            mend="Give the study rates=, or use ExtendedTwoWayFixedEffects(family='poisson').",
        )
    if columns.path is not None and not switching:
        raise EstimationError(
            "Treatment is switched off again in this study; this estimator takes a start that lasts.",
            where="switching",
            mend="Use SwitchingDifferenceInDifferences, or give the study first_treated=.",
        )
    return columns


def group_means(columns: Columns) -> tuple[GroupMean, ...]:
    """Return the mean outcome of each group in each period.

    Parameters
    ----------
    columns : Columns
        Rows with a treated group; without one every row counts as treated.

    Returns
    -------
    tuple of GroupMean
        Treated first, in order of period; cells without rows are left out.
    """
    weight, outcome = columns.weight, columns.outcome
    n, sums, *masses = _cell_sums(columns, None, outcome if weight is None else outcome * weight, weight)
    mass = masses[0] if weight is not None else n
    means = np.divide(sums, mass, out=np.zeros(len(n)), where=n > 0).tolist()
    periods: list[float | None] = list(columns.periods.tolist()) or [None]
    names: tuple[str | None, ...] = columns.period_names or (None,) * len(periods)
    groups: tuple[Group, Group] = ("treated", "comparison")
    cells = product(groups, zip(periods, names, strict=True))
    return tuple(
        GroupMean(group=group, period=period, mean=mean, n=rows, period_name=name)
        for (group, (period, name)), mean, rows in zip(cells, means, n.astype(int).tolist(), strict=True)
        if rows
    )


def _cell_sums(columns: Columns, *values: Floats | None) -> list[Floats]:
    """Return sums (of ones, for None) in each period: the treated group's, then the comparison's."""
    rows, T = columns.by_unit, max(len(columns.periods), 1)
    treated = np.ones(len(rows.outcome), dtype=bool) if rows.treated is None else rows.treated
    if columns.is_regular:
        groups = np.array([treated, ~treated], dtype=float)
        sizes = np.repeat(groups.sum(axis=1), T)
        return [sizes if each is None else (groups @ each.reshape(-1, T)).ravel() for each in values]
    cell = np.where(treated, 0, T) + (0 if columns.period is None else columns.period)
    return [np.bincount(cell, each, 2 * T).astype(float) for each in values]


def clusters_of(columns: Columns) -> tuple[Codes, bool]:
    """Return the cluster of each row, and whether every row is its own.

    Parameters
    ----------
    columns : Columns
        The rows, sorted by cluster, unit and period.

    Returns
    -------
    clusters : ndarray of int, shape (n,)
        Dense codes: the study's clusters, else its units over time, else its rows.
    by_row : bool
        Whether the rows are the clusters.
    """
    if columns.cluster is not None:
        return dense(columns.cluster), False
    if columns.unit is not None and columns.period is not None:
        return dense(columns.unit), False
    return np.arange(len(columns.outcome)), True


def cluster_names(columns: Columns) -> Callable[[], npt.NDArray[np.str_]] | None:
    """Return what gives the name of each cluster of `clusters_of`; None where rows have no names.

    Parameters
    ----------
    columns : Columns
        The rows.

    Returns
    -------
    callable or None
        Nothing is looked up before it is called.
    """
    by_cluster = columns.cluster is not None
    codes = columns.cluster if by_cluster else columns.unit
    labels = columns.cluster_labels if by_cluster else columns.unit_labels
    if codes is None or labels is None:
        return None
    is_row = not by_cluster and columns.period is None

    def names() -> npt.NDArray[np.str_]:
        return np.asarray(labels[codes if is_row else np.unique(codes)]).astype(np.str_)

    return names


def dense(codes: Codes) -> Codes:
    """Return codes without gaps, in the same order.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Codes that may skip numbers.

    Returns
    -------
    ndarray of int, shape (n,)
        Codes 0 .. m-1.

    Examples
    --------
    >>> dense(np.array([0, 0, 3])).tolist()
    [0, 0, 1]
    """
    if not bool((codes[1:] >= codes[:-1]).all()):
        return np.unique(codes, return_inverse=True)[1].astype(np.int64)
    changes = codes[1:] != codes[:-1]
    if len(codes) and codes[0] == 0 and codes[-1] == np.count_nonzero(changes):
        return codes
    found = np.zeros(len(codes), dtype=np.int64)
    np.cumsum(changes, out=found[1:])
    return found


def marked(codes: Codes, flags: Flags, *, n: int | None = None) -> Flags:
    """Return which codes have a flagged row.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Codes 0 .. m-1.
    flags : ndarray of bool, shape (n,)
        The flags.
    n : int, optional
        How many codes there are.

    Returns
    -------
    ndarray of bool, shape (m,)
        Whether each code has a flagged row.

    Examples
    --------
    >>> marked(np.array([0, 0, 1]), np.array([False, True, False])).tolist()
    [True, False]
    """
    found = np.zeros(int(codes.max()) + 1 if n is None else n, dtype=bool)
    found[codes[flags]] = True
    return found


def sample_of(study: Study, columns: Columns) -> Sample:
    """Return what an estimate on these rows rests on.

    Parameters
    ----------
    study : Study
        The study.
    columns : Columns
        The rows used.

    Returns
    -------
    Sample
        Rows, units and clusters, and the rows left out.
    """
    rows = columns.by_unit
    clusters, by_row = clusters_of(rows)
    treated = np.ones(len(clusters), dtype=bool) if rows.treated is None else rows.treated

    def having(flags: Flags) -> int:
        return int(np.count_nonzero(flags if by_row else marked(clusters, flags)))

    return Sample(
        n_rows=len(columns.outcome),
        n_units=columns.n_units,
        n_treated=columns.n_units if rows.treated is None else columns.n_treated,
        n_clusters=int(clusters.max()) + 1,
        n_treated_clusters=having(treated),
        n_comparison_clusters=having(~treated),
        left_out=study.left_out_in_words(),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """What was assigned to treatment, and within which strata.

    Parameters
    ----------
    units : ndarray of int, shape (n,)
        Assignment unit of each row, coded 0 .. A-1.
    treated : ndarray of bool, shape (A,)
        Which were treated.
    strata : ndarray of int, shape (A,)
        Stratum of each.
    law : Message
        In words.
    """

    units: Codes
    treated: Flags
    strata: Codes
    law: Message


def assignment_of(columns: Columns) -> Assignment:
    """Tell what was assigned: clusters where treatment is constant within them, else units, else rows.

    Parameters
    ----------
    columns : Columns
        Rows with a treated group.

    Returns
    -------
    Assignment
        The law of assignment: as many treated in each stratum.

    Raises
    ------
    EstimationError
        If a stratum changes within an assignment unit.
    """
    treated = columns.treated
    assert treated is not None
    what, units = _assigned(columns, treated)
    n = int(units.max()) + 1
    strata = _strata(columns, units, n)
    assigned = treated.copy() if what == "rows" else marked(units, treated, n=n)
    law = Message(
        f"inference.law.{what}{'_in_strata' if columns.stratum is not None else ''}",
        {"n": n, "treated": int(assigned.sum())},
    )
    return Assignment(units=units, treated=assigned, strata=strata, law=law)


def _assigned(columns: Columns, treated: Flags) -> tuple[str, Codes]:
    clusters, by_row = clusters_of(columns)
    if not by_row:
        G = int(clusters.max()) + 1
        mixed = marked(clusters, treated, n=G) & marked(clusters, ~treated, n=G)
        if not mixed.any():
            return ("clusters" if columns.cluster is not None else "units"), clusters
    if columns.unit is not None:
        return "units", dense(columns.unit)
    return "rows", np.arange(len(clusters))


def _strata(columns: Columns, units: Codes, n: int) -> Codes:
    drawn_by_period = columns.unit is None and columns.period is not None and n == len(units)
    if columns.stratum is None and not drawn_by_period:
        return np.zeros(n, dtype=np.int64)
    strata = np.zeros(len(units), dtype=np.int64) if columns.stratum is None else columns.stratum
    if drawn_by_period and columns.period is not None:
        # Rows of repeated cross sections were drawn period by period: as many treated in each stay treated.
        strata = strata * len(columns.periods) + columns.period
    found = np.zeros(n, dtype=np.int64)
    found[units] = strata
    if bool((found[units] != strata).any()):
        raise EstimationError(
            "A stratum changes within a unit of assignment.",
            where="stratum",
            mend="Give each unit (or cluster) of assignment one stratum.",
        )
    return dense(found)


def chosen_in_words(
    inference: Settings, headline: Interval, *, sample: Sample, test: PermutationTest | None
) -> tuple[Message, ...]:
    """Say why this inference, from the number of clusters and their leverage.

    Parameters
    ----------
    inference : ClusterRobust, InfluenceFunction, WildClusterBootstrap or another
        What was used.
    headline : Interval
        What it gave; its degrees of freedom count the clusters by their leverage.
    sample : Sample
        How many clusters of either kind.
    test : PermutationTest, optional
        The test beside it.

    Returns
    -------
    tuple of Message
        Empty where the inference was asked for and says all there is itself.
    """
    counts = {"treated": sample.n_treated_clusters, "comparison": sample.n_comparison_clusters}
    method, kind = inference.method, str(getattr(inference, "kind", ""))
    if method not in ("cluster_robust", "influence_function", "wild_cluster_bootstrap"):
        return ()
    if sample.n_comparison_clusters and min(counts.values()) < 2:
        return (_alone(counts, headline.level, test),)
    if method == "wild_cluster_bootstrap":
        few = min(counts.values()) <= _HARDLY_REJECTS and sample.n_comparison_clusters
        return (Message("inference.chosen.hardly_rejects", counts),) if few else ()
    fewest = min(sample.n_treated_clusters, sample.n_comparison_clusters or sample.n_treated_clusters)
    if kind in _CORRECTED:
        return _corrected(kind, headline, sample, counts)
    if fewest < ENOUGH:
        return (Message("inference.chosen.too_sure", counts),)
    return (Message("inference.chosen.large", counts),)


def _corrected(kind: str, headline: Interval, sample: Sample, counts: dict[str, int]) -> tuple[Message, ...]:
    if not math.isfinite(headline.df):
        return ()
    what = "small" if sample.n_comparison_clusters else "one_group"
    rows = "_rows" if sample.n_clusters == sample.n_rows else ""
    found = Message(f"inference.chosen.{what}{rows}", {**counts, "df": round(headline.df, 1)})
    # Equal clusters count as two less than all (or one, of one group); half of that is far from equal.
    if kind in ("CR2", "HC2") and headline.df < (sample.n_clusters - 2) / 2 and counts["treated"] > 1:
        return found, Message("inference.chosen.uneven")
    return (found,)


def _alone(counts: dict[str, int], level: float, test: PermutationTest | None) -> Message:
    """Say what can be known of one treated (or one comparison) cluster: its rank."""
    if test is None:
        return Message("inference.chosen.alone", counts)
    needed = (1 - level) / 2
    values = {**counts, "n": test.n_assignments, "smallest": test.smallest_p, "needed": needed}
    reach = "ranked" if test.smallest_p <= needed else "too_few"
    return Message(f"inference.chosen.alone_{reach}", values)
