"""A start that never was: an effect before anything happened is no effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.estimator import Estimator
from impactkit.errors import EstimationError, UsageError
from impactkit.evidence.reestimated import Reestimated, reestimated
from impactkit.wording import Facts, Message, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PretendedStart:
    """What an earlier start would have been credited with.

    Parameters
    ----------
    earlier : int
        How many periods before each real start.
    start : str
        The pretended start of the first cohort, as the period is written.
    left_out : int
        Treated units without periods enough before such a start.
    answer : Reestimated
        The effect it would have had.
    """

    earlier: int
    start: str
    left_out: int
    answer: Reestimated


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboInTime(Shown):
    """The real effect beside effects of starts that never were.

    Parameters
    ----------
    real : Reestimated
        The effect of the real start.
    placebos : tuple of PretendedStart
        The nearest to the real start first.
    """

    real: Reestimated
    placebos: tuple[PretendedStart, ...]

    @property
    def largest(self) -> PretendedStart | None:
        """The pretended start with the largest effect."""
        found = [placebo for placebo in self.placebos if placebo.answer.is_estimated]
        return max(found, key=lambda placebo: abs(placebo.answer.point), default=None)

    def ratio(self, placebo: PretendedStart) -> float:
        """Return the size of a placebo effect as a share of the real one's; inf where that is 0."""
        real = abs(self.real.point)
        return abs(placebo.answer.point) / real if real > 0 else np.inf

    def tidy(self) -> pd.DataFrame:
        """Return the real start and one row a pretended one.

        Returns
        -------
        pandas.DataFrame
            Columns start, periods_earlier, ratio, estimate, std_error, conf_low, conf_high, p_value, n_rows,
            n_units, reason, units_left_out.
        """
        import pandas as pd

        real = {"start": "", "periods_earlier": 0, "ratio": 1.0, **self.real.row(), "units_left_out": 0}
        rows = [
            {
                "start": placebo.start,
                "periods_earlier": placebo.earlier,
                "ratio": self.ratio(placebo),
                **placebo.answer.row(),
                "units_left_out": placebo.left_out,
            }
            for placebo in self.placebos
        ]
        return pd.DataFrame([real, *rows])

    def in_words(self) -> tuple[Message, ...]:
        """Return how large effects of starts that never were are, a sentence each."""
        largest = self.largest
        if largest is None:
            return (Message("robustness.placebo_in_time.none"),)
        seen = [p for p in self.placebos if p.answer.side() in ("above", "below")]
        known = [p for p in self.placebos if p.answer.side() != "unknown"]
        values: dict[str, str | int | float | Message] = {
            "n": largest.earlier,
            "start": largest.start,
            "point": largest.answer.point,
            "real": self.real.point,
            "ratio": self.ratio(largest),
        }
        told = [Message("robustness.placebo_in_time.largest", values)]
        if known:
            what = "seen" if seen else "unseen"
            told.append(
                Message(f"robustness.placebo_in_time.{what}", {"seen": len(seen), "total": len(known)})
            )
        gone = max(placebo.left_out for placebo in self.placebos)
        if gone:
            told.append(Message("robustness.placebo_in_time.left_out", {"n": gone}))
        return tuple(told)

    def __repr__(self) -> str:
        return one_line("PlaceboInTime", f"{len(self.placebos)} pretended starts")

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("robustness.placebo_in_time.row.real"), self.real.told()),
            *[
                (
                    Message(
                        "robustness.placebo_in_time.row.pretended",
                        {"n": placebo.earlier, "start": placebo.start},
                    ),
                    placebo.answer.told(),
                )
                for placebo in self.placebos
            ],
            *[(Message("robustness.row.says"), sentence) for sentence in self.in_words()],
        ]
        return Facts(title=Message("robustness.placebo_in_time.title"), rows=rows)


def placebo_in_time(
    study: Study,
    estimator: Estimator,
    *,
    start: float | Sequence[float] | None = None,
    earlier: int | Sequence[int] | None = None,
) -> PlaceboInTime:
    """Pretend that it started earlier, on the periods before the real start alone.

    Parameters
    ----------
    study : Study
        A panel or repeated cross sections with a start.
    estimator : Estimator
        The estimator.
    start : float or sequence of float, optional
        Pretended first periods, where all treated start in one period.
    earlier : int or sequence of int, optional
        How many periods earlier to pretend; every cohort's start is moved as much. Default: every number
        that leaves some cohort a period before the pretended start.

    Returns
    -------
    PlaceboInTime
        The real effect first.

    Raises
    ------
    EstimationError
        If the estimator cannot answer with the real start, or the study has fewer than two periods before
        it, or too few before a pretended one.
    UsageError
        If ``start`` is given for several real starts, or with ``earlier``.

    Notes
    -----
    A treated unit's rows from its real start on are dropped, and everybody's from the last start on. Units
    without a period before the pretended start are left out, and counted. With many pretended starts some
    intervals leave out zero by chance; with few and short ones none may although trends differ.

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_periods=6, start=4)
    >>> found = placebo_in_time(world.study(world.draw(1)), DifferenceInDifferences())
    >>> found.tidy()["start"].tolist()
    ['', '3', '2']
    """
    columns = study.columns
    if columns.period is None or columns.cohort is None:
        raise EstimationError(
            "A placebo in time needs periods and a start.",
            where="time",
            mend="Give time= and first_treated= (or treated= with start=).",
        )
    real = Reestimated.of(estimator.estimate(study))
    starts = np.searchsorted(columns.periods, columns.cohort)
    treated = np.isfinite(columns.cohort) & (starts < len(columns.periods))
    most = int(starts[treated].max()) - 1
    if most < 1:
        raise EstimationError(
            "A placebo in time needs two periods before the start; there is {n}.",
            where="time",
            mend="Add earlier measurements; without them nothing can be pretended.",
            values={"n": most + 1},
        )
    wanted = range(1, most + 1) if start is None and earlier is None else _wanted(columns, start, earlier)
    _check(wanted, most)
    placebos = tuple(_pretended(study, estimator, steps) for steps in wanted)
    return PlaceboInTime(real=real, placebos=placebos)


def _wanted(
    columns: Columns, start: float | Sequence[float] | None, earlier: int | Sequence[int] | None
) -> list[int]:
    """Return how many periods earlier each pretended start is."""
    assert columns.cohort is not None
    if start is None:
        assert earlier is not None
        return [int(steps) for steps in np.atleast_1d(np.asarray(earlier))]
    real = np.unique(columns.cohort[columns.cohort <= columns.periods[-1]])
    if earlier is not None or len(real) > 1:
        raise UsageError(
            "One pretended start says nothing of {n} real ones."
            if earlier is None
            else "Give start= or earlier=, not both.",
            where="start",
            mend="Use earlier= (how many periods before each real start).",
            values={"n": len(real)},
        )
    at = int(np.searchsorted(columns.periods, real[0]))
    pretended = np.searchsorted(columns.periods, np.atleast_1d(np.asarray(start, dtype=float)))
    return [at - int(code) for code in pretended]


def _check(wanted: Sequence[int], most: int) -> None:
    wrong = [steps for steps in wanted if not 1 <= steps <= most]
    if wrong:
        raise EstimationError(
            "A start pretended {steps} periods earlier leaves no period before it, or is not earlier.",
            where="start or earlier",
            mend="Pretend 1 to {most} periods earlier.",
            values={"steps": wrong[0], "most": most},
        )


def _pretended(study: Study, estimator: Estimator, steps: int) -> PretendedStart:
    columns = study.columns
    assert columns.cohort is not None and columns.period is not None
    T = len(columns.periods)
    real = np.searchsorted(columns.periods, columns.cohort)
    treated = np.isfinite(columns.cohort) & (real < T)
    has_baseline = treated & (real - steps >= 1)
    last = int(real[has_baseline].max())
    rows = np.where(treated, has_baseline & (columns.period < real), columns.period < last)
    pretended = columns.periods[np.maximum(real - steps, 0).clip(max=T - 1)]
    cohort = np.where(treated, pretended, np.inf)
    answer = reestimated(study_part(study, rows, cohort=cohort), estimator)
    first = float(cohort[has_baseline].min())
    who = columns.unit if columns.unit is not None else np.arange(len(columns.period))
    return PretendedStart(
        earlier=steps,
        start=columns.period_names[int(np.searchsorted(columns.periods, first))],
        left_out=len(np.unique(who[treated & ~has_baseline])),
        answer=answer,
    )
