"""Rows on both sides of a cutoff, with who the rule treats, and what keeps them from being compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, suited
from impactkit.effects.kernels.discontinuity_variance import Side, Variance, side
from impactkit.errors import EstimationError

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Kind = Literal["sharp", "fuzzy", "kink"]
TreatedSide = Literal["above", "below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who gets it.

    Parameters
    ----------
    cutoff : float
        In the score's unit.
    treated_side : {"above", "below"}
        The side on which the rule treats.
    at_cutoff : {"treated", "untreated"}
        What the rule does with a score that is the cutoff itself.
    donut : float
        Scores nearer to the cutoff than this are left out.
    """

    cutoff: float
    treated_side: TreatedSide
    at_cutoff: Literal["treated", "untreated"]
    donut: float = 0.0

    @property
    def is_turned(self) -> bool:
        """Whether distances are counted downwards, so that the cutoff itself lies on the upper side."""
        return (self.treated_side == "below") == (self.at_cutoff == "treated")

    def distances(self, score: Floats) -> Floats:
        """Return how far scores lie from the cutoff; those at it count as 0."""
        return self.cutoff - score if self.is_turned else score - self.cutoff

    def treats(self, score: Floats) -> Flags:
        """Return who is treated by the rule."""
        upper = self.distances(score) >= 0
        return np.asarray(upper if self.at_cutoff == "treated" else ~upper)


@dataclass(frozen=True, kw_only=True, eq=False)
class ThresholdRows:
    """Rows of a study in the order of their score.

    Parameters
    ----------
    columns : Columns
        The rows used, in the study's order; ``treated`` is by the rule.
    rule : Rule
        The rule.
    names : tuple of str
        Covariates that enter.
    has_takeup : bool
        Whether what was received enters, beside the outcome.
    n_inside : tuple of 2 ints
        Treated and comparison rows left out of the donut.
    """

    columns: Columns
    rule: Rule
    names: tuple[str, ...]
    has_takeup: bool
    n_inside: tuple[int, int]

    @cached_property
    def _sorted(self) -> tuple[Codes, Floats]:
        assert self.columns.running is not None
        x = self.rule.distances(self.columns.running)
        order = np.argsort(x)
        found = x[order]
        if bool((found[1:] == found[:-1]).any()):
            # Rows of one score keep the study's order; where no score is shared there is but one order.
            order = np.argsort(x, kind="stable")
        return order, found

    @property
    def order(self) -> Codes:
        """The rows from the lowest distance to the highest."""
        return self._sorted[0]

    @property
    def distances(self) -> Floats:
        """Distances in that order."""
        return self._sorted[1]

    @cached_property
    def cut(self) -> int:
        """Where the upper side begins in that order."""
        return int(np.searchsorted(self.distances, 0.0))

    @cached_property
    def measured(self) -> Floats:
        """Outcome, treatment received if it enters, and covariates, in that order, shape (n, d)."""
        c = self.columns
        parts = [c.outcome, *([c.takeup] if self.has_takeup and c.takeup is not None else [])]
        parts += list(c.covariates.T)
        if c.pre_outcome is not None:
            parts.append(c.pre_outcome)
        # Column by column in memory, as they are gone through.
        found = np.empty((len(parts), len(self.order)))
        for part, line in zip(parts, found, strict=True):
            np.take(part, self.order, out=line, mode="clip")
        return found.T

    @cached_property
    def clusters(self) -> Codes | None:
        """Clusters in that order; None where rows stand for themselves."""
        codes, by_row = clusters_of(self.columns)
        return None if by_row else codes[self.order]

    @property
    def is_lower_treated(self) -> bool:
        """Whether the rule treats the lower side of the distances."""
        return self.rule.at_cutoff == "untreated"

    def sides(self, variance: Variance, *, matches: int = 3) -> tuple[Side, Side]:
        """Return both sides, ready for estimation; a column that never varies is nothing but zeros.

        No jump hangs on where a column's zero is, and rounding of a large number is then not taken for noise.

        Parameters
        ----------
        variance : str
            How residuals are made.
        matches : int
            Nearest rows each is compared with, for ``"nearest"``.

        Returns
        -------
        below, above : Side
            By distance.
        """
        weight = None if self.columns.weight is None else self.columns.weight[self.order]
        columns = _without_constants(self.measured)
        lower, upper = (
            side(
                self.distances[part],
                columns[part],
                variance=variance,
                weights=None if weight is None else weight[part],
                clusters=None if self.clusters is None else self.clusters[part],
                matches=matches,
            )
            for part in (slice(0, self.cut), slice(self.cut, None))
        )
        return lower, upper

    def n_turned(self, rows: tuple[slice, slice], weights: tuple[Floats, Floats]) -> int:
        """Return how many rows (or clusters) in a range of each side have weight."""
        if self.clusters is None:
            return sum(int(np.count_nonzero(each)) for each in weights)
        low, high = rows
        parts = (self.clusters[low], self.clusters[self.cut + high.start : self.cut + high.stop])
        return len(np.unique(np.concatenate([part[w != 0] for part, w in zip(parts, weights, strict=True)])))

    def within(self, rows: tuple[slice, slice]) -> Codes:
        """Return which rows of the study lie in a range of each side, from the lowest distance on."""
        low, high = rows
        return self.order[low.start : self.cut + high.stop]

    def near(self, rows: tuple[slice, slice]) -> Codes:
        """Return which rows of the study lie in a range of each side, in the study's order."""
        is_near = np.zeros(len(self.order), dtype=bool)
        is_near[self.within(rows)] = True
        return np.flatnonzero(is_near)


def _without_constants(measured: Floats) -> Floats:
    constant = [bool(line[0] == line[-1] and not np.ptp(line) > 0) for line in measured.T]
    return np.where(constant, 0.0, measured) if any(constant) else measured


def threshold_rows(study: Study, rule: Rule, kind: Kind) -> ThresholdRows:
    """Gather the rows on both sides of a cutoff.

    Parameters
    ----------
    study : Study
        A cross section with ``running``.
    rule : Rule
        Who gets it.
    kind : {"sharp", "fuzzy", "kink"}
        Whether the rule decides, makes it likelier, or changes how much.

    Returns
    -------
    ThresholdRows
        With who is treated by the rule.

    Raises
    ------
    EstimationError
        If the study has periods or no score, a side has no rows, what is said of treatment contradicts the
        rule, or a fuzzy design does not say who received it.
    """
    columns = suited(study)
    if study.kind != "cross_section":
        raise EstimationError(
            "A threshold is read as one row for each person or unit; this study has periods.",
            where="time",
            mend="Keep the follow-up rows, with the baseline as pre_outcome=.",
        )
    if columns.running is None:
        raise EstimationError(
            "Nothing says what score the rule went by.",
            where="running",
            mend="Give the study running=: the column with the score.",
        )
    _takeup_told(columns, rule, kind)
    by_rule = rule.treats(columns.running)
    _agrees(study, columns, by_rule)
    kept, n_inside = replace(columns, treated=by_rule), (0, 0)
    if rule.donut:
        inside = np.abs(columns.running - rule.cutoff) < rule.donut
        kept = kept.take(~inside) if inside.any() else kept
        n_inside = int((inside & by_rule).sum()), int((inside & ~by_rule).sum())
    _both_sides(kept, rule)
    pre = [study.pre_outcome] if study.pre_outcome else []
    return ThresholdRows(
        columns=kept,
        rule=rule,
        names=(*study.covariates, *pre),
        has_takeup=kind != "sharp" and columns.takeup is not None,
        n_inside=n_inside,
    )


def _takeup_told(columns: Columns, rule: Rule, kind: Kind) -> None:
    if kind == "fuzzy" and columns.takeup is None:
        raise EstimationError(
            "A fuzzy threshold needs to know who received it.",
            where="takeup",
            mend="Give the study takeup= (0 or 1, or how much), or use kind='sharp'.",
        )
    assert columns.running is not None
    if kind != "sharp" or columns.takeup is None:
        return
    other = int((columns.takeup != rule.treats(columns.running)).sum())
    if other:
        raise EstimationError(
            "Rows in which what was received is not what the rule says: {n}.",
            where="takeup",
            mend="Use kind='fuzzy', in which the rule only makes treatment likelier.",
            values={"n": other},
        )


def _agrees(study: Study, columns: Columns, by_rule: Flags) -> None:
    """Refuse a study whose ``treated`` is not what the rule says, naming rows."""
    if columns.treated is None or bool((columns.treated == by_rule).all()):
        return
    assert columns.running is not None
    rows = np.flatnonzero(columns.treated != by_rule)
    named = columns.unit is not None and columns.unit_labels is not None
    shown = [
        f"{columns.unit_labels[columns.unit[row]]} ({columns.running[row]:g})"  # type: ignore[index]
        if named
        else f"{columns.running[row]:g}"
        for row in rows[:5]
    ]
    raise EstimationError(
        "Rows in which treated and the rule disagree: {n}, with the scores {shown}.",
        where="treated and running",
        mend="Correct cutoff= or treated_side=; where some got it against the rule, give that as takeup= "
        "with kind='fuzzy' and leave treated= out.",
        values={"n": len(rows), "shown": ", ".join(shown) + (" …" if len(rows) > len(shown) else "")},
    )


def _both_sides(columns: Columns, rule: Rule) -> None:
    assert columns.running is not None and columns.treated is not None
    if columns.treated.any() and not columns.treated.all():
        return
    scores = columns.running
    raise EstimationError(
        "No row lies on the other side of the cutoff {cutoff:g}: scores run from {low:g} to {high:g}.",
        where="cutoff",
        mend="Give cutoff= in the score's own unit, and rows from both sides of it.",
        values={
            "cutoff": rule.cutoff,
            "low": float(scores.min()) if len(scores) else float("nan"),
            "high": float(scores.max()) if len(scores) else float("nan"),
        },
    )
