"""The arms of a lottery with several: which one is compared with which, and all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags
from impactkit.data.roles import did_you_mean
from impactkit.data.study import Study
from impactkit.effects.bands import simultaneous
from impactkit.effects.describe import dense, group_means, sample_of
from impactkit.effects.estimate import Estimate
from impactkit.errors import EstimationError
from impactkit.wording import Message

_DRAWS = 19_999


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arms:
    """Several arms that are compared with one.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Of each row: 0 for the arm compared with, 1 for the headline, 2 and on for the others by name.
    names : tuple of str
        Names in the order of the codes.
    """

    codes: Codes
    names: tuple[str, ...]

    @property
    def in_pair(self) -> Flags:
        """Rows of the headline's arm and of the one it is compared with."""
        return np.asarray(self.codes <= 1)

    def pair(self, columns: Columns) -> Columns:
        """Return the rows of the headline's arm and of the one it is compared with.

        Parameters
        ----------
        columns : Columns
            All rows.

        Returns
        -------
        Columns
            Without strata that neither of the two is in.
        """
        kept = columns.take(self.in_pair)
        if kept.stratum is None or kept.stratum_labels is None:
            return kept
        labels = kept.stratum_labels[np.unique(kept.stratum)]
        return replace(kept, stratum=dense(kept.stratum), stratum_labels=labels)


def arms_of(columns: Columns, wanted: str | None) -> Arms | None:
    """Tell the arms of a lottery apart.

    Parameters
    ----------
    columns : Columns
        With treated and comparison rows.
    wanted : str, optional
        The arm whose effect is the headline.

    Returns
    -------
    Arms or None
        None where one arm is compared with one.

    Raises
    ------
    EstimationError
        If several arms are compared and none is named, or the one named is not among them, or chances of
        assignment are given for several.
    """
    if columns.arm is None or columns.arm_labels is None or columns.treated is None:
        if wanted is None:
            return None
        raise EstimationError(
            "The method names the arm {arm!r}, but the study does not say who is in which.",
            where="arm",
            mend="Give the study arm= (the column with the names of the arms), or leave arm= out.",
            values={"arm": wanted},
        )
    labels = [str(label) for label in columns.arm_labels]
    given = sorted(labels[code] for code in np.unique(columns.arm[columns.treated]))
    control = labels[columns.arm[~columns.treated][0]]
    headline = _headline(given, wanted)
    if len(given) == 1:
        return None
    if columns.probability is not None:
        raise EstimationError(
            "One chance a row does not say how likely each of several arms was.",
            where="probability",
            mend="Give stratum= where chances differ, or compare two arms at a time.",
        )
    names = (control, headline, *(name for name in given if name != headline))
    by_label = np.array([names.index(label) if label in names else -1 for label in labels], dtype=np.int64)
    return Arms(codes=by_label[columns.arm], names=names)


def _headline(given: list[str], wanted: str | None) -> str:
    if wanted is None and len(given) == 1:
        return given[0]
    if wanted is None:
        raise EstimationError(
            "Several arms are compared with one, and the method does not say which of them is promised.",
            where="arm",
            mend="Give the method arm=, one of: {arms}.",
            values={"arms": ", ".join(repr(name) for name in given)},
        )
    if wanted not in given:
        raise EstimationError(
            "No treated row is in the arm {arm!r}.",
            where="arm",
            mend="Did you mean {near}?",
            values={"arm": wanted, "near": did_you_mean(wanted, given)},
        )
    return wanted


def both_arms_in_every_stratum(columns: Columns, arms: Arms | None) -> None:
    """Refuse strata in which only one arm was drawn.

    Parameters
    ----------
    columns : Columns
        The rows.
    arms : Arms, optional
        Where there are several, each of which must be in every stratum.

    Raises
    ------
    EstimationError
        Naming the first such stratum: with everybody in one arm nothing there is compared, and an average
        over all strata cannot be told.
    """
    if columns.stratum is None or columns.treated is None or columns.stratum_labels is None:
        return
    codes = columns.treated.astype(np.int64) if arms is None else arms.codes
    S = len(columns.stratum_labels)
    held = np.zeros((S, int(codes.max()) + 1), dtype=bool)
    held[columns.stratum, codes] = True
    lonely = np.flatnonzero(held.any(axis=1) & ~held.all(axis=1))
    if not len(lonely):
        return
    raise EstimationError(
        "{n} of the strata do not hold every arm, such as {name!r}: not all is compared there.",
        where="stratum",
        mend="Leave those strata out and say so, join them with others drawn alike, or use ClusterRobust() "
        "with strata='effects'.",
        values={"n": len(lonely), "name": str(columns.stratum_labels[lonely[0]])},
    )


def told_of_arms(estimate: Estimate, study: Study, *, arms: Arms, pair: Columns) -> Estimate:
    """Add what holds for all arms at once; sample and means are of the two that the headline compares.

    Parameters
    ----------
    estimate : Estimate
        One effect an arm, the headline's first.
    study : Study
        The study.
    arms : Arms
        The arms.
    pair : Columns
        Rows of the two.

    Returns
    -------
    Estimate
        Limits that hold for all arms at once are wider than those of one; they follow from how the effects
        move together (`Estimate.bands`).
    """
    level = estimate.interval.level
    intervals = [term.interval for term in estimate.terms]
    values: dict[str, str | int | float] = {"n": len(intervals), "control": arms.names[0]}
    try:
        found = simultaneous(intervals, estimate.covariance, level=level, draws=_DRAWS, seed=1)
    except EstimationError:
        told = Message("estimate.arms", values)
    else:
        ends = {"low": float(found.low[0]), "high": float(found.high[0])}
        told = Message("estimate.arms_at_once", {**values, **ends, "arm": arms.names[1], "level": level})
    warnings = (*estimate.warnings, told)
    return replace(estimate, sample=sample_of(study, pair), means=group_means(pair), warnings=warnings)
