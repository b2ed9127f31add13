"""How large an effect do those show who got nothing: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.donor_ranks import DonorRanks, choices, root_mean_square
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.cluster_panel import ClusterPanel, cluster_panel
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboInSpace:
    """Told only: how large an effect comparison units show when each is taken for treated in turn.

    Parameters
    ----------
    draws, seed : int
        Random groups where there are too many to go through, and where they start.

    Notes
    -----
    *Two groups, one start.* Every group of comparison clusters as large as the treated is compared with the
    other comparison clusters, in mean change from before the start to after it, and so are the treated with
    all of them. The permutation test beside the estimate asks whether chance could have given what the
    treated show, and mixes them in; this leaves them out, and so shows the size of chance whatever the
    effect.

    *Donors.* The rank of the treated unit's ratio of root mean square gaps after and before the start, among
    those of the placebos that the estimate holds [1]_.

    It never fails: a p-value does not enter the grade, and the verdict has the test already.

    References
    ----------
    .. [1] Abadie, A., Diamond, A., & Hainmueller, J. (2010). Synthetic control methods for comparative case
       studies. *Journal of the American Statistical Association*, 105(490).

    Examples
    --------
    >>> PlaceboInSpace().seed
    1
    """

    name: Literal["placebo_in_space"] = "placebo_in_space"
    designs: frozenset[str] = DONOR_DESIGNS | {
        "difference_in_differences",
        "extended_two_way_fixed_effects",
        "imputation",
        "stacked_difference_in_differences",
        "staggered_difference_in_differences",
        "sun_abraham",
    }
    draws: int = 1999
    seed: int = 1

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Give the treatment to those who did not have it.

        Parameters
        ----------
        study : Study
            The study.
        estimate : Estimate
            What was estimated on it.
        declared : Declared, optional
            What a plan says beside the data.

        Returns
        -------
        CheckResult
            Never passed or failed; the statistic is the share of placebos at least as large.
        """
        if estimate.method in DONOR_DESIGNS:
            return self._among_donors(estimate)
        panel = cluster_panel(study.columns)
        if panel is None or not panel.is_treated.any():
            return self._told("not_followed")
        if len(np.unique(panel.starts[panel.is_treated])) > 1:
            return self._told("several_starts")
        changes, is_treated = _changes(panel)
        own, others = changes[is_treated], changes[~is_treated]
        if not len(own) or len(others) < len(own) + 2:
            return self._told("few")
        effect = float(own.mean() - others.mean())
        apart = others - others.mean()
        # In this order neither names nor the outcome's sign choose the random groups.
        placebos = self._placebos(apart[np.argsort(np.abs(apart), kind="stable")], len(own))
        share = float((np.abs(placebos) >= abs(effect) * (1 - _TIE)).mean())
        usual = float(np.median(np.abs(placebos)))
        values = {"share": share, "usual": usual, "effect": effect, "n": len(others), "treated": len(own)}
        return self._told("groups", share, values)

    def _placebos(self, others: Floats, n: int) -> Floats:
        """Return the effect of each group of comparison clusters beside the rest, of changes in order."""
        chosen, _ = choices(len(others), n, is_alike=True, draws=self.draws, seed=self.seed, most=self.draws)
        sums = others[chosen].sum(axis=1)
        return np.asarray(sums / n - (others.sum() - sums) / (len(others) - n))

    def _among_donors(self, estimate: Estimate) -> CheckResult:
        ranks = None if estimate.permutation is None else estimate.permutation.parts[0]
        if not isinstance(ranks, DonorRanks) or len(ranks.gaps) < 2:
            return self._told("no_placebos")
        after = root_mean_square(ranks.gaps)
        before = ranks.pre_rmspe
        ratios = np.divide(after, before, out=np.full(len(after), np.inf), where=before > 0)
        own, others = ratios[0], ratios[1:]
        larger = int((others >= own * (1 - _TIE)).sum())
        share = larger / len(others)
        values = {"ratio": float(own), "rank": 1 + larger, "total": len(ratios), "share": share}
        return self._told("ranked" if math.isfinite(own) else "exact", share, values)

    def _told(
        self, what: str, share: float = math.nan, values: dict[str, float] | None = None
    ) -> CheckResult:
        sentence = Message(f"check.placebo_in_space.{what}", values or {})
        return CheckResult(name=self.name, passed=None, statistic=share, sentence=sentence)


def _changes(panel: ClusterPanel) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the mean change of each cluster seen on both sides of the start, and which are treated."""
    start = int(panel.starts.min())
    sides = []
    for values in (panel.outcomes[:, :start], panel.outcomes[:, start:]):
        n = np.isfinite(values).sum(axis=1)
        total = np.where(np.isfinite(values), values, 0.0).sum(axis=1)
        sides.append(np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0))
    changes = sides[1] - sides[0]
    seen = np.isfinite(changes)
    return changes[seen], panel.is_treated[seen]
