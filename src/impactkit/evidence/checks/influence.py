"""Does the answer rest on one unit that is unlike the others: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.describe import clusters_of, marked
from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import t_p_value
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.designs import ALIKE_DESIGNS
from impactkit.evidence.reestimated import reestimated
from impactkit.evidence.settings_again import estimator_of, holds_learner
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
_FEWEST = 5
_ROUNDING = 1e-9
_MANY = 1000  # clusters from which the influence itself is the change


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """No single cluster, unlike the others of its group, moves the answer much or turns it.

    Parameters
    ----------
    rare : float
        How seldom normally distributed clusters may hold one as extreme for it to count as unlike them.
    most : float
        How many standard errors one that is unlike may move the answer.

    Notes
    -----
    In each group the cluster with the largest influence is left out and the effect estimated again. With few
    treated clusters one of them always moves the answer, and an effect near 0 changes sign for nothing: so it
    fails only where the cluster is also unlike the others by Grubbs' test [1]_ on the influences, at half of
    ``rare`` in each group, and leaving it out changes the sign or moves the effect by more than ``most``
    standard errors of the estimate without it. Sound studies with normal errors fail in at most ``rare`` of
    cases. Groups of fewer than five show nothing: where two of three or three of four happen to be equal the
    last is infinitely unlike. Where clusters weigh very unequally, or a cell rests on a few rows, influences
    are unlike by design and it fails oftener: the answer does rest on them. It is not said that the cluster
    is wrong.

    References
    ----------
    .. [1] Grubbs, F. E. (1950). Sample criteria for testing outlying observations. *Annals of Mathematical
       Statistics*, 21(1).

    Examples
    --------
    >>> Influence().rare
    0.01
    """

    name: Literal["influence"] = "influence"
    designs: frozenset[str] = ALIKE_DESIGNS | {
        "continuous_dose",
        "difference_in_differences",
        "extended_two_way_fixed_effects",
        "imputation",
        "randomised_trial",
        "stacked_difference_in_differences",
        "staggered_difference_in_differences",
        "sun_abraham",
        "switching_difference_in_differences",
        "triple_difference",
    }
    rare: float = 0.01
    most: float = 1.0

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Leave out the most influential cluster of each group.

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
            The statistic is the change in standard errors of the estimate without the cluster; nan where no
            influence is known, or the plan says that rows may not be shown.
        """
        columns = study.columns
        clusters, _ = clusters_of(columns)
        influence = estimate.influence[:, 0] if estimate.influence.size else np.empty(0)
        G = int(clusters.max()) + 1
        if G < 2 or len(influence) != G or not np.isfinite(influence).all() or columns.treated is None:
            return self._untold("unknown")
        groups = _groups(clusters, columns.treated, G)
        found = [
            _left_out(study, estimate, clusters, int(members[np.argmax(np.abs(influence[members]))]))
            for members in groups
        ]
        p_values = [_grubbs(influence[members]) for members in groups]
        unlike = [p <= self.rare / len(groups) for p in p_values]
        failed = [
            one for one, is_unlike in zip(found, unlike, strict=True) if is_unlike and one.matters(self.most)
        ]
        worst = max(failed or found, key=lambda one: one.size)
        if math.isnan(worst.point):
            return self._untold("refused")
        names = None if estimate.cluster_names is None else estimate.cluster_names()
        values: dict[str, str | int | float | Message] = {
            "name": str(worst.cluster + 1 if names is None else names[worst.cluster]),
            "full": estimate.interval.point,
            "without": worst.point,
            "size": worst.size,
        }
        is_few = any(math.isnan(p) for p in p_values)
        what = "unlike" if failed else "few" if is_few else "stands"
        # What one unit changes gives its outcome away, so of rows that may not be shown no number is told.
        is_shown = declared is None or declared.is_public
        return CheckResult(
            name=self.name,
            passed=False if failed else None if is_few else True,
            statistic=worst.size if is_shown else math.nan,
            sentence=Message(
                f"check.influence.{what}{'' if is_shown else '_hidden'}", values if is_shown else {}
            ),
        )

    def _untold(self, why: str) -> CheckResult:
        return CheckResult(
            name=self.name, passed=None, statistic=math.nan, sentence=Message(f"check.influence.{why}")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Without:
    """The effect without one cluster."""

    cluster: int
    full: float
    point: float
    size: float

    def matters(self, most: float) -> bool:
        """Return whether the sign changes or the effect moves by more than so many standard errors."""
        return self.size > most or np.sign(self.point) != np.sign(self.full)


def _groups(clusters: Codes, treated: Flags, G: int) -> list[Codes]:
    """Return the clusters of each group; one group where clusters hold both, or all are treated."""
    with_treated, with_others = marked(clusters, treated, n=G), marked(clusters, ~treated, n=G)
    if (with_treated & with_others).any() or not with_others.any():
        return [np.arange(G)]
    return [np.flatnonzero(with_treated), np.flatnonzero(with_others)]


def _left_out(study: Study, estimate: Estimate, clusters: Codes, cluster: int) -> _Without:
    full, point, error = estimate.interval.point, math.nan, math.nan
    if estimate.sample.n_clusters > _MANY or holds_learner(estimate):
        point, error = full - float(estimate.influence[cluster, 0]), estimate.interval.std_error
    else:
        again = estimator_of(estimate, event_study=False, permutation=None)
        answer = reestimated(study_part(study, clusters != cluster), again)
        if answer.interval is not None:
            point, error = answer.interval.point, answer.interval.std_error
    least = _ROUNDING * float(np.abs(study.columns.outcome).max())
    if not error > least:
        error = estimate.interval.std_error
    if abs(point - full) <= least:
        point = full
    size = abs(point - full) / error if error > 0 else 0.0
    return _Without(cluster=cluster, full=full, point=point, size=0.0 if math.isnan(size) else size)


def _grubbs(values: Floats) -> float:
    """Return the p-value that the most extreme of normal values is as extreme; nan of fewer than five."""
    n = len(values)
    if n < _FEWEST:
        return math.nan
    spread = values.std(ddof=1)
    if not spread > 0:
        return 1.0
    G2 = float((np.abs(values - values.mean()).max() / spread) ** 2)
    left = (n - 1) ** 2 - n * G2
    if left <= 0:
        return 0.0
    return min(1.0, n * t_p_value(math.sqrt(G2 * n * (n - 2) / left), n - 2))
