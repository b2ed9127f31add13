"""Sub-experiments of a study with several starts: one a start, each with its own clean controls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from impactkit.effects.describe import clusters_of, dense, marked
from impactkit.effects.kernels.demean import demean
from impactkit.effects.kernels.group_time import Cells, Control
from impactkit.effects.linear import LinearProblem, Rows, whole_clusters
from impactkit.effects.staggered import Staggered
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
StackWeights: TypeAlias = Literal["treated", "sample", "cohort"]
_NUMBERS_AT_ONCE = 1 << 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which periods around a start take part.

    Parameters
    ----------
    before, after : int
        Periods before the start, and after the first treated one.
    """

    before: int
    after: int

    @property
    def length(self) -> int:
        """How many periods."""
        return self.before + 1 + self.after


@dataclass(frozen=True, kw_only=True, eq=False)
class Stacks:
    """A study's rows by sub-experiment.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    window : Window
        The same for every sub-experiment.
    arms : ndarray of int, shape (S,)
        The cohort that starts in each sub-experiment.
    controls : ndarray of bool, shape (S, A)
        The cohorts that it is compared with.
    notes : tuple of Message
        Which starts were left out, and why.
    """

    design: Staggered
    window: Window
    arms: Codes
    controls: Flags
    notes: tuple[Message, ...] = ()

    @cached_property
    def firsts(self) -> Codes:
        """Code of the first period of each sub-experiment's window, shape (S,)."""
        return np.asarray(_start_codes(self.design)[self.arms] - self.window.before)

    @cached_property
    def cells(self) -> Cells:
        """The effects: by sub-experiment, then by time since the start, without the last period before it."""
        at = np.delete(np.arange(self.window.length), self.window.before - 1)
        S, W = len(self.arms), len(at)
        return Cells(
            arm=np.repeat(self.arms, W),
            period=(self.firsts[:, None] + at).ravel(),
            base=np.repeat(self.firsts + self.window.before - 1, W),
            controls=np.repeat(self.controls, W, axis=0),
            is_post=np.tile(at >= self.window.before, S),
        )

    @cached_property
    def rows(self) -> tuple[Codes, Codes]:
        """Which row stands in which sub-experiment, shape (n,) each: all of a cluster's rows together."""
        design, columns = self.design, self.design.columns
        assert columns.period is not None
        found = [np.flatnonzero(self._member(s)) for s in range(len(self.arms))]
        rows = np.concatenate(found)
        stack = np.repeat(np.arange(len(found)), [len(part) for part in found])
        order = np.argsort(clusters_of(design.columns)[0][rows], kind="stable")
        return rows[order], stack[order]

    @property
    def used(self) -> Codes:
        """The rows that take part in any sub-experiment."""
        return np.unique(self.rows[0])

    def masses(self, weights: StackWeights) -> Floats:
        """Return what each cohort counts in averages, shape (A,); 0 for cohorts without a sub-experiment.

        Parameters
        ----------
        weights : {"treated", "sample", "cohort"}
            Its units, all units of its sub-experiment, or 1.
        """
        own = unit_masses(self.design)
        counted = np.zeros(len(own))
        treated = own[self.arms]
        counted[self.arms] = {
            "treated": treated,
            "sample": treated + self.controls @ own,
            "cohort": np.ones(len(self.arms)),
        }[weights]
        return counted

    def problem(self, names: tuple[str, ...]) -> LinearProblem:
        """Return the regression on the stacked rows: unit and period effects in each stack, and the cells.

        Parameters
        ----------
        names : tuple of str
            Names of the covariates, which have the same slope in every sub-experiment.

        Returns
        -------
        LinearProblem
            A unit that stands in several sub-experiments is in one cluster, built whole.
        """
        columns, rows = self.design.columns, self.rows[0]
        clusters = dense(clusters_of(columns)[0][rows])
        treated = self._treated(slice(None))
        G, named = int(clusters.max()) + 1, (*self._names(), *names)
        width = len(named) + len(self.cells)
        pieces = whole_clusters(clusters, rows_at_once=max(_NUMBERS_AT_ONCE // width, 1))
        weight = np.ones(len(columns.outcome)) if columns.weight is None else columns.weight
        squares = sum((weight[rows[p]] @ self._raw(p) ** 2 for p in pieces), start=np.zeros(width))
        outcome = columns.outcome[rows]

        def build(piece: slice) -> Rows:
            X, y, w = self._raw(piece), outcome[piece], weight[rows[piece]]
            if self.design.is_panel:
                units = self._unit_by_stack(piece)
                X, y = demean(X, units, weights=w), demean(y, units, weights=w)
            X, y = X * np.sqrt(w)[:, None], y * np.sqrt(w)
            return Rows(
                outcome=y,
                others=X[:, : len(named)],
                bases=X[:, len(named) :],
                treated=np.ones(len(y), dtype=np.bool_),
                clusters=clusters[piece],
            )

        return LinearProblem(
            pieces=pieces,
            build=build,
            names=named,
            n_effects=len(self.cells),
            n_rows=len(rows),
            n_parameters=width + int(self.design.is_panel),
            by_row=False,
            n_clusters=G,
            norms=np.sqrt(squares),
            cluster_treated=int(marked(clusters, treated, n=G).sum()),
            cluster_comparison=int(marked(clusters, ~treated, n=G).sum()),
            outcome_scale=max(float(outcome.max()), -float(outcome.min())),
        )

    def _member(self, stack: int) -> Flags:
        columns, first = self.design.columns, self.firsts[stack]
        assert columns.period is not None
        cohorts = self.controls[stack].copy()
        cohorts[self.arms[stack]] = True
        inside = (columns.period >= first) & (columns.period < first + self.window.length)
        return np.asarray(inside & cohorts[self.design.arms])

    def _treated(self, piece: slice) -> Flags:
        rows, stack = self.rows
        return np.asarray(self.design.arms[rows[piece]] == self.arms[stack[piece]])

    def _unit_by_stack(self, piece: slice) -> Codes:
        rows, stack = self.rows
        both = self.design.unit_of_row[rows[piece]] * len(self.arms) + stack[piece]
        return np.asarray(np.unique(both, return_inverse=True)[1], dtype=np.int64)

    def _names(self) -> tuple[str, ...]:
        design, W = self.design, self.window.length
        starts = [design.name_of(float(design.starts[arm])) for arm in self.arms]
        groups = () if design.is_panel else ("stack {}", "those who start in {}")
        levels = tuple(level.format(start) for level in groups for start in starts)
        periods = tuple(
            f"period {design.columns.period_names[first + at]} of stack {start}"
            for start, first in zip(starts, self.firsts, strict=True)
            for at in range(W)
            if at != self.window.before - 1
        )
        return (*levels, *periods)

    def _raw(self, piece: slice) -> Floats:
        """Return the regressors before unit effects are absorbed: adjusted for, then the effects."""
        columns, (rows, stack) = self.design.columns, self.rows
        assert columns.period is not None
        rows, stack, treated = rows[piece], stack[piece], self._treated(piece)
        S, reference, n = len(self.arms), self.window.before - 1, len(rows)
        at = columns.period[rows] - self.firsts[stack]
        periods = np.zeros((n, len(self.cells)))
        dated = np.flatnonzero(at != reference)
        column = stack * (self.window.length - 1) + at - (at > reference)
        periods[dated, column[dated]] = 1.0
        levels = np.eye(S)[stack][:, : 0 if self.design.is_panel else None]
        return np.hstack(
            [levels, levels * treated[:, None], periods, columns.covariates[rows], periods * treated[:, None]]
        )


def stacks(design: Staggered, *, window: tuple[int, int] | None, control: Control) -> Stacks:
    """Cut a study with several starts into sub-experiments.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.
    window : (before, after), optional
        Periods before the start, and after the first treated one; None for the widest that every start has.
    control : {"never", "not_yet"}
        Units that never start in the data, or also those that start after the window has closed.

    Returns
    -------
    Stacks
        Of the starts that have the whole window and clean controls in all of it.

    Raises
    ------
    EstimationError
        If no start has.
    """
    T, codes = len(design.periods), _start_codes(design)
    starts = np.flatnonzero(design.treated)
    around = (
        Window(before=int(codes[starts].min()), after=T - 1 - int(codes[starts].max()))
        if window is None
        else Window(before=window[0], after=window[1])
    )
    closes = np.where(codes[starts] + around.after < T, codes[starts] + around.after, T - 1)
    never = design.starts > design.periods[-1]
    late = design.starts > design.periods[closes][:, None]
    controls = np.broadcast_to(never, late.shape).copy() if control == "never" else late
    fits = (codes[starts] >= around.before) & (codes[starts] + around.after < T)
    compared = controls.any(axis=1)
    seen = np.array(
        [_is_seen(design, int(arm), own, around) for arm, own in zip(starts, controls, strict=True)]
    )
    kept = fits & compared & seen
    reasons = {"window": ~fits, "controls": fits & ~compared, "rows": fits & compared & ~seen}
    if not kept.any():
        _refuse(reasons, around)
    return Stacks(
        design=design,
        window=around,
        arms=starts[kept],
        controls=controls[kept],
        notes=_notes(design, starts, reasons, around),
    )


def unit_masses(design: Staggered) -> Floats:
    """Return how many units each cohort has, weighted; rows where there are no units.

    Parameters
    ----------
    design : Staggered
        The rows by cohort.

    Returns
    -------
    ndarray, shape (A,)
        Sums of weights.
    """
    return np.bincount(design.unit_arms, design.unit_weights, len(design.starts)).astype(np.float64)


def _start_codes(design: Staggered) -> Codes:
    return np.asarray(np.searchsorted(design.periods, design.starts), dtype=np.int64)


def _is_seen(design: Staggered, arm: int, controls: Flags, window: Window) -> bool:
    """Return whether those who start, and their controls, have rows in every period of the window."""
    columns, first = design.columns, int(_start_codes(design)[arm]) - window.before
    assert columns.period is not None
    last = first + window.length
    if first < 0 or last > len(design.periods):
        return False
    groups = (design.arms == arm, controls[design.arms])
    counts = [np.bincount(columns.period[g], minlength=len(design.periods))[first:last] for g in groups]
    return bool((np.array(counts) > 0).all())


def _notes(
    design: Staggered, starts: Codes, reasons: dict[str, Flags], window: Window
) -> tuple[Message, ...]:
    counts = np.bincount(design.unit_arms, minlength=len(design.starts))
    return tuple(
        Message(
            f"estimate.trimmed.{reason}{'' if design.is_panel else '_rows'}",
            {
                "starts": ", ".join(design.name_of(float(start)) for start in design.starts[starts[gone]]),
                "n": int(counts[starts[gone]].sum()),
                "before": window.before,
                "after": window.after,
            },
        )
        for reason, gone in reasons.items()
        if gone.any()
    )


def _refuse(reasons: dict[str, Flags], window: Window) -> None:
    if not reasons["window"].all() and reasons["controls"].any():
        raise EstimationError(
            "No start has clean controls through its whole window.",
            where="control",
            mend="Use control='not_yet' or a shorter event_window, or add units that never start.",
        )
    raise EstimationError(
        "No start has rows of its own and of its controls {before} periods before and {after} after it.",
        where="event_window",
        mend="Use a shorter event_window, or add the missing measurements.",
        values={"before": window.before, "after": window.after},
    )
