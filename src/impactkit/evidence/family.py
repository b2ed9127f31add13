"""How the claims of a family share the risk of a false finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from impactkit.effects.kernels.multiplier_bootstrap import joint_alpha
from impactkit.evidence.bar import directions
from impactkit.evidence.case import Case
from impactkit.evidence.multiplicity import Effect, joint_correlation

_DRAWS = 19_999  # behind Romano and Wolf's shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplicity:
    """How claims share the risk of a false finding.

    Parameters
    ----------
    method : {"holm", "romano_wolf"}
        Holm's shares, or those that Romano and Wolf's step-down needs for effects that move together.
    family : {"primary", "all"}
        The claims that share alpha.
    seed : int
        Where Romano and Wolf's draws start.
    """

    method: Literal["holm", "romano_wolf"] = "holm"
    family: Literal["primary", "all"] = "primary"
    seed: int = 1

    def members(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases that share alpha."""
        return [case for case in cases if self.family == "all" or case.claim.role == "primary"]


def stepped_levels(family: Sequence[Case], alpha: float, how: Multiplicity) -> dict[str, float]:
    """Return the confidence level of the limits of each claim of a family.

    Parameters
    ----------
    family : sequence of Case
        The claims that share alpha.
    alpha : float
        Two-sided level.
    how : Multiplicity
        How they share it.

    Returns
    -------
    dict of str to float
        By claim: the level of its step, and of the step that failed for it and all after.
    """
    p_values = {case.claim.id: case.p_value() for case in family}
    ordered = sorted(family, key=lambda case: p_values[case.claim.id])
    levels: dict[str, float] = {}
    share, stopped = alpha, False
    for step, case in enumerate(ordered):
        if not stopped:
            left = ordered[step:]
            share = _share(left, alpha, how)
            stopped = p_values[case.claim.id] > share / 2
        levels[case.claim.id] = 1 - share
    return levels


def _share(left: Sequence[Case], alpha: float, how: Multiplicity) -> float:
    if how.method == "holm":
        return alpha / len(left)
    return _joint_share(left, alpha, how.seed)


def _joint_share(left: Sequence[Case], alpha: float, seed: int) -> float:
    """Return the share of each claim at which the smallest p-value of all that are left rejects at alpha."""
    single = all(len(directions(case.claim)) == 1 and not case.claim.relative for case in left)
    correlation = joint_correlation([Effect(case.claim.id, case.estimate, 0) for case in left])
    if correlation is None or not single:
        return alpha / len(left)
    signs = np.array([case.claim.direction for case in left])
    signed = correlation * np.outer(signs, signs)
    return 2 * joint_alpha(signed, alpha / 2, draws=_DRAWS, seed=seed, alternative="one-sided")
