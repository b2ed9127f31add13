"""Leaving out those who have nobody like them in the other group."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from impactkit.effects.compared_groups import ComparedGroups
from impactkit.effects.kernels.arm_weights import Target
from impactkit.effects.kernels.trimming import smallest_chance
from impactkit.effects.unlike_groups import chances
from impactkit.errors import EstimationError
from impactkit.wording import Message

Flags = npt.NDArray[np.bool_]


class Trimmed(NamedTuple):
    """Rows that are left, and what was done.

    Parameters
    ----------
    groups : ComparedGroups
        The rows that are left.
    kept : ndarray of bool, shape (n,)
        Which they are among all.
    words : Message
        How it changes whom the effect is about.
    """

    groups: ComparedGroups
    kept: Flags
    words: Message


def trimmed_groups(
    groups: ComparedGroups, trim: float | Literal["optimal"] | None, *, target: Target
) -> Trimmed:
    """Leave out rows whose chance of being treated is nearly certain.

    Parameters
    ----------
    groups : ComparedGroups
        The rows.
    trim : float, "optimal" or None
        Chances below it or above one less it are left out; for the effect on the treated only the latter.
    target : {"att", "ate", "overlap"}
        Whose effect.

    Returns
    -------
    Trimmed
        The chances are those of one logistic regression on all rows; errors take who is left as given.

    Raises
    ------
    EstimationError
        If nobody is left in a group, or the covariates tell who is treated.
    """
    if trim is None:
        every = np.ones(len(groups.outcome), dtype=bool)
        return Trimmed(groups, every, Message("estimand.trimmed.none"))
    p = chances(groups).probabilities
    least = smallest_chance(p, groups.weights) if trim == "optimal" else trim
    kept = np.asarray(p <= 1 - least)
    if target != "att":
        kept &= p >= least
    n = int(len(kept) - kept.sum())
    if not (groups.treated & kept).any() or not (~groups.treated & kept).any():
        raise EstimationError(
            "With trim={trim} nobody is left in one of the groups.",
            where="trim",
            mend="Choose a smaller trim, or other covariates.",
            values={"trim": str(trim)},
        )
    left = groups if n == 0 else groups.among(kept)
    kind = "treated" if target == "att" else "both"
    words = Message(f"estimand.trimmed.{kind}", {"least": least, "most": 1 - least, "n": n})
    return Trimmed(left, kept, words)
