"""Answers at a threshold when something is done otherwise: the one that counts, and the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.errors import UsageError
from impactkit.evidence.reestimated import Reestimated
from impactkit.wording import Facts, Message, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

By = Literal["bandwidth", "donut", "cutoff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """One answer.

    Parameters
    ----------
    at : float
        The bandwidth, the size of the donut, or the cutoff.
    answer : Reestimated
        What comes out.
    """

    at: float
    answer: Reestimated


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdAnswers(Shown):
    """The answer at a threshold beside others.

    Parameters
    ----------
    by : {"bandwidth", "donut", "cutoff"}
        What is done otherwise. Cutoffs are pretended: an effect there is none.
    planned : Otherwise
        The answer that counts.
    others : tuple of Otherwise
        In rising order.
    """

    by: By
    planned: Otherwise
    others: tuple[Otherwise, ...]

    @property
    def known(self) -> tuple[Otherwise, ...]:
        """Those of the others with a number."""
        return tuple(one for one in self.others if one.answer.is_estimated)

    def tidy(self) -> pd.DataFrame:
        """Return the answer that counts, then one row each for the others.

        Returns
        -------
        pandas.DataFrame
            Columns bandwidth (or donut, or cutoff), is_planned, estimate, std_error, conf_low, conf_high,
            p_value, n_rows, n_units, reason.
        """
        import pandas as pd

        rows = [
            {self.by: one.at, "is_planned": one is self.planned, **one.answer.row()}
            for one in (self.planned, *self.others)
        ]
        return pd.DataFrame(rows)

    def in_words(self) -> tuple[Message, ...]:
        """Return how far the answers lie apart, a sentence each."""
        points = [one.answer.point for one in self.known]
        if not points:
            return (Message(f"robustness.threshold.none.{self.by}"),)
        values: dict[str, str | int | float | Message] = {
            "others": len(points),
            "low": min(points),
            "high": max(points),
            "planned": self.planned.answer.point,
        }
        told = [Message(f"robustness.threshold.range.{self.by}", values)]
        sides = [one.answer.side() for one in self.known]
        seen = sum(side in ("above", "below") for side in sides)
        if self.by == "cutoff":
            counts = {"seen": seen, "total": sum(side != "unknown" for side in sides)}
            told.append(Message(f"robustness.threshold.{'seen' if seen else 'unseen'}", counts))
        return tuple(told)

    def label(self, one: Otherwise) -> Message:
        """Return what one of the answers is called."""
        kind = "planned" if one is self.planned else "other"
        return Message(f"robustness.threshold.row.{kind}.{self.by}", {"at": one.at})

    def __repr__(self) -> str:
        return one_line("ThresholdAnswers", self.by, f"{len(self.others)} others")

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (self.label(one), one.answer.told()) for one in (self.planned, *self.others)
        ]
        rows += [(Message("robustness.row.says"), sentence) for sentence in self.in_words()]
        return Facts(title=Message(f"robustness.threshold.title.{self.by}"), rows=rows)


def estimated_at_threshold(study: Study, estimator: Estimator) -> Estimate:
    """Return the estimate that counts; refused for other methods.

    Parameters
    ----------
    study : Study
        The study.
    estimator : RegressionDiscontinuity
        How it was planned.

    Returns
    -------
    Estimate
        At the real threshold.

    Raises
    ------
    UsageError
        If the estimator is of another method.
    """
    if estimator.method != "regression_discontinuity":
        raise UsageError(
            "{method} has no threshold.",
            where="estimator",
            mend="Give RegressionDiscontinuity(cutoff=...).",
            values={"method": estimator.method},
        )
    return estimator.estimate(study)


def checked(values: Iterable[float], name: str, *, least: float = 0.0) -> list[float]:
    """Return numbers in rising order, each once; refused where one is too small.

    Parameters
    ----------
    values : iterable of float
        As they were given.
    name : str
        The argument.
    least : float
        What each must be above.

    Returns
    -------
    list of float
        At least one.

    Raises
    ------
    UsageError
        If there are none, or one is not finite or not above ``least``.

    Examples
    --------
    >>> checked([2, 0.5], "factors")
    [0.5, 2.0]
    """
    found: Sequence[float] = sorted(
        {float(value) for value in np.atleast_1d(np.asarray(values, dtype=float))}
    )
    if not found or any(not math.isfinite(value) or value <= least for value in found):
        raise UsageError(
            "{name} must be numbers above {least:g}.",
            where="{name}",
            mend="Give one or several, such as 0.5 and 2.",
            values={"name": name, "least": least},
        )
    return list(found)


def settings_of(estimate: Estimate) -> dict[str, Any]:
    """Return the settings of an estimate with the bandwidths that it came to use.

    Parameters
    ----------
    estimate : Estimate
        At the threshold.

    Returns
    -------
    dict
        ``bandwidth`` and ``bias_bandwidth``, in the score's unit.
    """
    told = estimate.estimand.values
    return {"bandwidth": float(told["reach"]), "bias_bandwidth": float(told["far"])}  # type: ignore[arg-type]
