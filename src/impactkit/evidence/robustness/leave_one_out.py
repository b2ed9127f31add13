"""Leaving out one at a time: whether the answer rests on a single unit, cohort or cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.counterfactual import Counterfactual
from impactkit.effects.estimator import Estimator
from impactkit.errors import EstimationError, UsageError
from impactkit.evidence.claim import Claim
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.wording import Facts, Message, Shown, one_line
from impactkit.wording.progress import progressed

if TYPE_CHECKING:
    import pandas as pd

By = Literal["unit", "cohort", "cluster"]
Values = dict[str, str | int | float | Message]
Codes = npt.NDArray[np.int64]
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The answer without one.

    Parameters
    ----------
    name : str
        Which unit, cohort or cluster.
    is_treated : bool
        Whether it has treated rows.
    answer : Reestimated
        What the others say.
    """

    name: str
    is_treated: bool
    answer: Reestimated


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOneOut(Shown):
    """The answer without each in turn.

    Parameters
    ----------
    by : {"unit", "cohort", "cluster"}
        What is left out.
    full : Reestimated
        The answer with all.
    without : tuple of Without
        In the order of the data.
    threshold : float
        The effect on whose side the intervals are asked to stay: 0, or what is claimed.
    """

    by: By
    full: Reestimated
    without: tuple[Without, ...]
    threshold: float = 0.0

    @property
    def refused(self) -> tuple[Without, ...]:
        """Those without which nothing can be estimated."""
        return tuple(item for item in self.without if not item.answer.is_estimated)

    @property
    def estimated(self) -> tuple[Without, ...]:
        """Those without which there is a number, the one that moves the answer most first."""
        found = [item for item in self.without if item.answer.is_estimated]
        return tuple(sorted(found, key=lambda item: -abs(self.change(item))))

    @property
    def most_influential(self) -> Without | None:
        """The one that moves the answer most."""
        return next(iter(self.estimated), None)

    def change(self, item: Without) -> float:
        """Return how much the answer changes without one, in the outcome's unit."""
        return item.answer.point - self.full.point

    @property
    def sign_changes(self) -> tuple[Without, ...]:
        """Those without which the effect points the other way."""
        sign = np.sign(self.full.point)
        return tuple(item for item in self.estimated if np.sign(item.answer.point) != sign)

    @property
    def side_changes(self) -> tuple[Without, ...]:
        """Those without which the interval lies otherwise to no effect."""
        return self._moved(0.0)

    @property
    def claim_changes(self) -> tuple[Without, ...]:
        """Those without which the interval lies otherwise to what is claimed."""
        return self._moved(self.threshold)

    def _moved(self, of: float) -> tuple[Without, ...]:
        side = self.full.side(of)
        return tuple(item for item in self.estimated if item.answer.side(of) != side)

    def tidy(self) -> pd.DataFrame:
        """Return one row for each left out.

        Returns
        -------
        pandas.DataFrame
            Columns left_out, group, estimate, change, std_error, conf_low, conf_high, p_value, n_rows,
            n_units, reason.
        """
        import pandas as pd

        rows = [
            {
                "left_out": item.name,
                "group": "treated" if item.is_treated else "comparison",
                "change": self.change(item),
                **item.answer.row(),
            }
            for item in self.without
        ]
        table = pd.DataFrame(rows)
        return table[
            ["left_out", "group", "estimate", *table.columns.drop(["left_out", "group", "estimate"])]
        ]

    def in_words(self) -> tuple[Message, ...]:
        """Return what the answer rests on, a sentence each."""
        return tuple(sentence for sentence in (self._most(), *self._changes(), self._refused()) if sentence)

    def _most(self) -> Message | None:
        most = self.most_influential
        if most is None:
            return None
        values: Values = {"name": most.name, "point": most.answer.point, "full": self.full.point}
        return Message(f"robustness.leave_one_out.most.{self.by}", values)

    def _changes(self) -> tuple[Message, ...]:
        if not self.estimated:
            return ()
        total = len(self.estimated)
        told = [("sign", self.sign_changes), ("side", self.side_changes)]
        if self.threshold:
            told.append(("claim", self.claim_changes))
        if not any(items for _, items in told):
            return (Message("robustness.leave_one_out.stands", {"n": total}),)
        return tuple(
            Message(
                f"robustness.leave_one_out.{what}",
                {"n": len(items), "total": total, "names": _names(items)},
            )
            for what, items in told
            if items
        )

    def _refused(self) -> Message | None:
        if not self.refused:
            return None
        values: Values = {"n": len(self.refused), "names": _names(self.refused)}
        return Message("robustness.leave_one_out.refused", values)

    def __repr__(self) -> str:
        return one_line("LeaveOneOut", self.by, f"{len(self.without)} left out in turn")

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("robustness.row.all"), self.full.told()),
            *[
                (Message("robustness.row.without", {"name": item.name}), item.answer.told())
                for item in (*self.estimated[:_SHOWN], *self.refused[:_SHOWN])
            ],
            *[(Message("robustness.row.says"), sentence) for sentence in self.in_words()],
        ]
        return Facts(title=Message(f"robustness.leave_one_out.title.{self.by}"), rows=rows)


def leave_one_out(
    study: Study,
    estimator: Estimator,
    *,
    by: By = "unit",
    comparison: bool = False,
    claim: Claim | None = None,
) -> LeaveOneOut:
    """Estimate again without each treated unit, cohort or cluster.

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        The estimator.
    by : {"unit", "cohort", "cluster"}
        What is left out, one at a time.
    comparison : bool
        Whether each comparison unit (cluster) is left out in turn as well. Of an estimator that weighs donors
        the donors with a weight always are, and one treated unit never is.
    claim : Claim, optional
        What was promised: asks also whether the interval stays on its side of the claimed effect.

    Returns
    -------
    LeaveOneOut
        One row each; a row without a number says why, and is counted.

    Raises
    ------
    EstimationError
        If the estimator cannot answer with all rows.
    UsageError
        If the study does not have what is to be left out.

    Notes
    -----
    Every row is a new estimate, with its own uncertainty, on the rows that are left. It does not say that
    the unit left out is wrong, and a study of few units must move when one of them goes.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=12, n_treated=4)
    >>> found = leave_one_out(world.study(world.draw(1)), DifferenceInDifferences())
    >>> len(found.without), found.tidy()["group"].unique().tolist()
    (4, ['treated'])
    """
    columns = study.columns
    codes, names = _left_out_by(columns, by)
    estimate = estimator.estimate(study)
    full = Reestimated.of(estimate)
    treated = _marked(columns, codes, len(names))
    chosen = np.flatnonzero(treated) if by == "cohort" or not comparison else np.arange(len(names))
    if by == "unit" and estimate.counterfactual is not None and estimate.counterfactual.weights:
        chosen = _with_donors(chosen, names, treated, estimate.counterfactual)
    without = tuple(
        Without(
            name=names[code],
            is_treated=bool(treated[code]),
            answer=reestimated(study_part(study, codes != code), estimator),
        )
        for code in progressed(chosen.tolist(), Message("progress.leave_one_out"))
    )
    threshold = 0.0
    if claim is not None:
        size = float(claim.minimum_effect)
        threshold = claim.direction * (-size if claim.is_of_margin else size)
    return LeaveOneOut(by=by, full=full, without=without, threshold=threshold)


def _left_out_by(columns: Columns, by: By) -> tuple[Codes, list[str]]:
    """Return what each row belongs to, coded 0 .. m-1, and the names."""
    held = {"unit": columns.unit, "cluster": columns.cluster, "cohort": columns.cohort}[by]
    if held is None:
        raise UsageError(
            "The study has nothing to leave out by={by!r}: no column plays that part.",
            where="by",
            mend="Give the study unit=, cluster= or first_treated=, or leave out by another of these.",
            values={"by": by},
        )
    seen, codes = np.unique(held, return_inverse=True)
    if by == "cohort":
        return codes, [_start_name(columns, float(start)) for start in seen]
    labels = columns.unit_labels if by == "unit" else columns.cluster_labels
    assert labels is not None
    return codes, [str(labels[code]) for code in seen]


def _with_donors(
    chosen: Codes, names: list[str], treated: npt.NDArray[np.bool_], built: Counterfactual
) -> Codes:
    """Return donors with a weight too, and no treated unit that is alone."""
    weighed = {donor.unit for donor in built.weights}
    found = np.isin(np.arange(len(names)), chosen) | np.array([name in weighed for name in names])
    if treated.sum() == 1:
        found &= ~treated
    return np.flatnonzero(found)


def _start_name(columns: Columns, start: float) -> str:
    at = int(np.searchsorted(columns.periods, start))
    is_period = at < len(columns.periods) and columns.periods[at] == start
    return columns.period_names[at] if is_period else f"{start:g}"


def _marked(columns: Columns, codes: Codes, n: int) -> npt.NDArray[np.bool_]:
    if columns.treated is None or not columns.treated.any():
        raise EstimationError(
            "Nobody is treated: there is nothing to compare with.",
            where="first_treated or treated",
            mend="Say who is treated from when.",
        )
    found = np.zeros(n, dtype=np.bool_)
    found[codes[columns.treated]] = True
    return found


def _names(items: tuple[Without, ...]) -> str:
    shown = ", ".join(item.name for item in items[:_SHOWN])
    return shown + (" …" if len(items) > _SHOWN else "")
