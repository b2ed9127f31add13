"""A ring of neighbours: what the investment may also have changed next to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.estimator import Estimator
from impactkit.errors import EstimationError, UsageError
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.wording import Facts, Message, Shown

if TYPE_CHECKING:
    import pandas as pd

How = Literal["exclude", "model"]
Neighbours = str | Sequence[Any]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilloverRing(Shown):
    """The effect with neighbours among the comparison, and without.

    Parameters
    ----------
    with_neighbours : Reestimated
        The effect as the study stands.
    without_neighbours : Reestimated
        The effect compared with those that are no neighbours.
    ring : Reestimated, optional
        The neighbours' own change compared with the same; None where it was not asked for.
    n_neighbours : int
        Comparison places that are neighbours.
    n_left : int
        Comparison places that are not.
    n_treated_neighbours : int
        Named neighbours that are treated themselves, and stay treated.
    """

    with_neighbours: Reestimated
    without_neighbours: Reestimated
    ring: Reestimated | None
    n_neighbours: int
    n_left: int
    n_treated_neighbours: int

    @property
    def change(self) -> float:
        """How much the effect changes when neighbours are no comparison, in the outcome's unit."""
        return self.without_neighbours.point - self.with_neighbours.point

    def tidy(self) -> pd.DataFrame:
        """Return one row an effect.

        Returns
        -------
        pandas.DataFrame
            Columns term (with_neighbours, without_neighbours, ring), estimate, std_error, conf_low,
            conf_high, p_value, n_rows, n_units, reason.
        """
        import pandas as pd

        rows = [
            {"term": name, **answer.row()}
            for name in ("with_neighbours", "without_neighbours", "ring")
            if (answer := getattr(self, name)) is not None
        ]
        return pd.DataFrame(rows)

    def in_words(self) -> tuple[Message, ...]:
        """Return what the neighbours change, and what cannot be seen, a sentence each."""
        values = {
            "all": self.with_neighbours.point,
            "rest": self.without_neighbours.point,
            "n": self.n_neighbours,
            "left": self.n_left,
        }
        told = [Message("robustness.spillover_ring.refused", {"reason": self.without_neighbours.reason()})]
        if self.without_neighbours.is_estimated:
            told = [Message("robustness.spillover_ring.change", values)]
        told += self._ring()
        if self.n_treated_neighbours:
            told.append(Message("robustness.spillover_ring.treated", {"n": self.n_treated_neighbours}))
        return (*told, Message("robustness.spillover_ring.unseen"))

    def _ring(self) -> list[Message]:
        if self.ring is None:
            return []
        if not self.ring.is_estimated:
            return [Message("robustness.spillover_ring.ring_refused", {"reason": self.ring.reason()})]
        what = "seen" if self.ring.side() in ("above", "below") else "unseen"
        values = {"point": self.ring.point, "limits": self.ring.limits()}
        return [Message(f"robustness.spillover_ring.ring_{what}", values)]

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (Message(f"robustness.spillover_ring.row.{name}"), answer.told())
            for name in ("with_neighbours", "without_neighbours", "ring")
            if (answer := getattr(self, name)) is not None
        ]
        rows += [(Message("robustness.row.says"), sentence) for sentence in self.in_words()]
        return Facts(title=Message("robustness.spillover_ring.title"), rows=rows)


def spillover_ring(
    study: Study,
    estimator: Estimator,
    *,
    neighbours: Neighbours,
    cut: float | None = None,
    how: How = "exclude",
) -> SpilloverRing:
    """Compare with places that are no neighbours of the treated, and ask what happened to the neighbours.

    Parameters
    ----------
    study : Study
        With ``unit``, or ``cluster`` where there are no units: the places.
    estimator : Estimator
        The estimator.
    neighbours : str or sequence
        A column of the study's table (1 for neighbours, else 0; or a distance, with ``cut``), the names of
        neighbouring places, or pairs ``(treated place, neighbour)``.
    cut : float, optional
        Largest distance at which a place is a neighbour.
    how : {"exclude", "model"}
        Leave neighbours out of the comparison; or also give them an effect of their own, against the same
        places further away.

    Returns
    -------
    SpilloverRing
        The effect with and without neighbours.

    Raises
    ------
    EstimationError
        If the estimator cannot answer as the study stands, or no comparison place is a neighbour or all are.
    UsageError
        If places are unknown, the column is no 0 and 1 (or ``cut`` is missing), or the neighbours' start
        cannot be told.

    Notes
    -----
    The ring's effect is the estimator's answer when neighbours are taken for treated from the start of the
    place they adjoin, and treated places are left out. In a balanced panel without covariates, with one
    start, both effects are those of one regression with a term for the treated and one for the ring. With
    several starts give pairs, so that each neighbour has its start (the earliest of several).

    References
    ----------
    .. [1] Butts, K. (2021). Difference-in-differences estimation with spatial spillovers. arXiv:2105.03737.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=12, n_treated=4)
    >>> study = world.study(world.draw(1))
    >>> near = [str(unit) for unit in study.columns.unit_labels[-3:]]
    >>> found = spillover_ring(study, DifferenceInDifferences(), neighbours=near, how="model")
    >>> found.n_neighbours, found.tidy()["term"].tolist()
    (3, ['with_neighbours', 'without_neighbours', 'ring'])
    """
    columns = study.columns
    places = _Places.of(study)
    pairs = _pairs(study, places, neighbours, cut)
    named = np.zeros(len(places.labels), dtype=np.bool_)
    named[pairs[:, 1]] = True
    near, treated = named & ~places.is_treated, places.is_treated
    n_near, n_left = int(near.sum()), int((~named & ~treated).sum())
    if not n_near or not n_left:
        raise EstimationError(
            "No comparison place is a neighbour: there is nothing to leave out."
            if not n_near
            else "Every comparison place is a neighbour: there is nothing left to compare with.",
            where="neighbours",
            mend="Name the comparison places next to the treated, and keep some that are further away.",
        )
    ring = None
    if how == "model":
        cohort = _ring_starts(columns, places, pairs)
        rows = ~treated[places.code]
        ring = reestimated(study_part(study, rows, cohort=cohort[places.code]), estimator)
    return SpilloverRing(
        with_neighbours=Reestimated.of(estimator.estimate(study)),
        without_neighbours=reestimated(study_part(study, ~near[places.code]), estimator),
        ring=ring,
        n_neighbours=n_near,
        n_left=n_left,
        n_treated_neighbours=int((named & treated).sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """Units, or clusters where there are no units: code of each row, names, and which are treated."""

    column: str
    code: Codes
    labels: list[Any]
    is_treated: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, study: Study) -> _Places:
        """Return the places of a study."""
        columns = study.columns
        held = columns.unit if columns.unit is not None else columns.cluster
        labels = columns.unit_labels if columns.unit is not None else columns.cluster_labels
        if held is None or labels is None or columns.treated is None:
            raise UsageError(
                "Neighbours are places, and the study has neither units nor clusters.",
                where="unit or cluster",
                mend="Give the study unit=, or cluster= with the place of each row.",
            )
        is_treated = np.zeros(len(labels), dtype=np.bool_)
        is_treated[held[columns.treated]] = True
        name = study.unit or study.cluster
        assert name is not None
        return cls(column=name, code=held, labels=labels.tolist(), is_treated=is_treated)


def _pairs(study: Study, places: _Places, neighbours: Neighbours, cut: float | None) -> Codes:
    """Return pairs of codes, treated (or -1 where not said) and neighbour, shape (m, 2)."""
    if isinstance(neighbours, str):
        near = _near(study, places, neighbours, cut)
        return np.array([(-1, code) for code in near], dtype=np.int64).reshape(-1, 2)
    codes = {str(label): code for code, label in enumerate(places.labels)}
    pairs = [item if isinstance(item, tuple) and len(item) == 2 else (None, item) for item in neighbours]
    unknown = [str(n) for pair in pairs for n in pair if n is not None and str(n) not in codes]
    if unknown:
        raise UsageError(
            "Places that are not in the study: {n}, such as {name!r}.",
            where="neighbours",
            mend="Write them as in column {column!r}.",
            values={"n": len(unknown), "name": unknown[0], "column": places.column},
        )
    found = [(-1 if own is None else codes[str(own)], codes[str(other)]) for own, other in pairs]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _near(study: Study, places: _Places, column: str, cut: float | None) -> list[int]:
    """Return the places that a column of the table makes neighbours."""
    table = nw.from_native(study.frame).lazy()
    names = table.collect_schema().names()
    if column not in names:
        raise UsageError(
            "Column {column!r} is not in the data.",
            where="neighbours",
            mend="Give a column of the study's table, or the names of places.",
            values={"column": column},
        )
    frame: pd.DataFrame = table.select([places.column, column]).collect("pandas").to_native()
    by_place = frame.groupby(places.column)[column]
    low, high = by_place.min(), by_place.max()
    values = set(frame[column].dropna().unique().tolist())
    if (cut is None and not values <= {0, 1}) or bool((low != high).any()):
        raise UsageError(
            "Column {column!r} does not say who is a neighbour: 0 or 1, or a distance with cut=.",
            where="neighbours",
            mend="Write 1 for neighbours, else 0, the same in all rows of a place; or give cut=.",
            values={"column": column},
        )
    chosen = low <= cut if cut is not None else low == 1
    near = set(low.index[chosen].tolist())
    return [code for code, label in enumerate(places.labels) if label in near]


def _ring_starts(columns: Columns, places: _Places, pairs: Codes) -> Floats:
    """Return the start of each place in the ring, inf for all others."""
    if columns.cohort is None:
        raise UsageError(
            "Neighbours can have an effect of their own only from a start on; the study has none.",
            where="how",
            mend="Give the study time= and first_treated=, or use how='exclude'.",
        )
    own = np.full(len(places.labels), np.inf)
    own[places.code] = columns.cohort
    starts = np.unique(own[places.is_treated])
    if len(starts) > 1 and (pairs[:, 0] < 0).any():
        raise UsageError(
            "The treated start in {n} different periods: which start is a neighbour's?",
            where="neighbours",
            mend="Give pairs (treated place, neighbour).",
            values={"n": len(starts)},
        )
    found = np.full(len(places.labels), np.inf)
    given = np.where(pairs[:, 0] < 0, starts[0], own[pairs[:, 0]])
    np.minimum.at(found, pairs[:, 1], given)
    return np.where(places.is_treated, np.inf, found)
