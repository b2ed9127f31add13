"""An effect of which only two ends are known, because outcomes are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from impactkit.data.columns import Flags, Floats
from impactkit.data.study import Study
from impactkit.data.whole_column import whole_codes, whole_column
from impactkit.effects.kernels.partial_bounds import PartialBounds
from impactkit.errors import EstimationError
from impactkit.wording import Facts, Message, MessageValue, Shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class PartlyKnown(Shown):
    """Two ends that hold the effect, and limits that allow for chance.

    Parameters
    ----------
    kind : {"lee", "manski"}
        What is supposed: that being drawn moves nobody both to stay and to leave; or nothing.
    low, high : float
        The bounds, in the outcome's unit.
    limit_low, limit_high : float
        Limits that hold the effect, wherever it lies between the bounds; nan where people of a cluster
        depend on each other.
    level : float
        Confidence level of the limits.
    difference : float
        Difference in means of those who have an outcome.
    lost_treated, lost_comparison : float
        Share of each arm without an outcome.
    """

    kind: Literal["lee", "manski"]
    low: float
    high: float
    limit_low: float
    limit_high: float
    level: float
    difference: float
    lost_treated: float
    lost_comparison: float

    def tidy(self) -> pd.DataFrame:
        """Return one row.

        Returns
        -------
        pandas.DataFrame
            Columns kind, low, high, limit_low, limit_high, level, difference, lost_treated, lost_comparison.
        """
        import pandas as pd

        return pd.DataFrame([{name: getattr(self, name) for name in self.__slots__}])

    def in_words(self) -> tuple[Message, ...]:
        """Return what the bounds say and suppose, a sentence each."""
        values: dict[str, MessageValue] = {"low": self.low, "high": self.high, "difference": self.difference}
        lost = {"treated": self.lost_treated, "comparison": self.lost_comparison}
        told = [Message("robustness.partly_known.lost", lost)]
        told.append(Message(f"robustness.partly_known.{self.kind}", values))
        if np.isfinite(self.limit_low):
            ends = {"low": self.limit_low, "high": self.limit_high, "level": self.level}
            told.append(Message("robustness.partly_known.limits", ends))
        else:
            told.append(Message("robustness.partly_known.no_limits"))
        side = "one_side" if self.low > 0 or self.high < 0 else "both_sides"
        return (*told, Message(f"robustness.partly_known.{side}"))

    def _facts(self) -> Facts:
        title = Message(f"robustness.partly_known.title_{self.kind}")
        return Facts(title=title, rows=[(Message("robustness.row.says"), one) for one in self.in_words()])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arms:
    """Outcomes of two arms, and how many each had.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        Of those who have one.
    treated : ndarray of bool, shape (n,)
        Who of them was drawn.
    drawn : tuple of int
        How many each arm had, the treated first.
    is_independent : bool
        Whether people are independent of each other: not so in clusters.
    """

    outcome: Floats
    treated: Flags
    drawn: tuple[int, int]
    is_independent: bool

    @classmethod
    def of(cls, study: Study) -> Arms:
        """Return the arms of a lottery.

        Parameters
        ----------
        study : Study
            A cross section with ``treated``; rows without an outcome are those lost.

        Returns
        -------
        Arms
            Of those with an outcome.

        Raises
        ------
        EstimationError
            If there are periods, no two arms, or weights, chances of assignment or strata of which different
            shares were drawn, that the bounds do not know of.
        """
        columns = study.columns
        treated = columns.treated
        if study.kind != "cross_section" or treated is None or treated.all() or not treated.any():
            raise EstimationError(
                "Bounds are of a lottery read as one row for each person, with both arms.",
                where="study",
                mend="Give a cross section with treated=; rows without an outcome are those lost.",
            )
        if columns.weight is not None or columns.probability is not None:
            raise EstimationError(
                "Bounds compare plain means: they know nothing of weights or unequal chances.",
                where="weight",
                mend="Ask for the bounds within each stratum of one chance, without weights.",
            )
        _same_share_drawn(study)
        lost = [item for item in study.left_out if item.reason == "outcome_missing"]
        n1, n0 = int(treated.sum()), int((~treated).sum())
        drawn = (n1 + sum(item.n_treated for item in lost), n0 + sum(item.n_comparison for item in lost))
        return cls(
            outcome=columns.outcome, treated=treated, drawn=drawn, is_independent=columns.cluster is None
        )

    def told(self, bounds: PartialBounds, kind: Literal["lee", "manski"], level: float) -> PartlyKnown:
        """Return the bounds with their limits, ready to be told.

        Parameters
        ----------
        bounds : PartialBounds
            The bounds with their standard errors.
        kind : {"lee", "manski"}
            How they were found.
        level : float
            Confidence level.

        Returns
        -------
        PartlyKnown
            Without limits where people depend on each other.
        """
        low, high = bounds.limits(level) if self.is_independent else (float("nan"), float("nan"))
        y, d = self.outcome, self.treated
        kept = (int(d.sum()), int((~d).sum()))
        lost = [1 - m / n for m, n in zip(kept, self.drawn, strict=True)]
        return PartlyKnown(
            kind=kind,
            low=bounds.low,
            high=bounds.high,
            limit_low=low,
            limit_high=high,
            level=level,
            difference=float(y[d].mean() - y[~d].mean()),
            lost_treated=lost[0],
            lost_comparison=lost[1],
        )


def _same_share_drawn(study: Study) -> None:
    """Raise if strata drew shares that differ by more than a person in each of them."""
    if study.stratum is None or study.treated is None:
        return
    strata = whole_codes(study.frame, study.stratum)
    drawn = whole_column(study.frame, study.treated)
    known = (strata >= 0) & ~np.isnan(drawn)
    sizes = np.bincount(strata[known])
    shares = np.bincount(strata[known], drawn[known])[sizes > 0] / sizes[sizes > 0]
    # As many as nearest to a share were drawn, so strata of few people miss it by up to one person.
    one = 1 / sizes[sizes > 0]
    least, most = int((shares + one).argmin()), int((shares - one).argmax())
    if shares[most] - one[most] > shares[least] + one[least] + 1e-9:
        raise EstimationError(
            "Bounds compare plain means, and strata drew different shares: {least} to {most} per cent.",
            where="stratum",
            mend="Ask for the bounds within strata that drew the same share, one study for each share.",
            values={"least": round(100 * shares[least]), "most": round(100 * shares[most])},
        )
