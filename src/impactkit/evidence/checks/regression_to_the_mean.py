"""Were the treated chosen when their outcome happened to be extreme: a check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.donor_panel import donor_panel
from impactkit.effects.donor_pool import DonorPool
from impactkit.effects.estimate import Estimate
from impactkit.effects.interval import t_p_value
from impactkit.evidence.check_result import CheckResult
from impactkit.evidence.circumstances import Declared
from impactkit.evidence.cluster_panel import ClusterPanel, cluster_panel
from impactkit.evidence.donor_designs import DONOR_DESIGNS
from impactkit.evidence.selection import selection_code
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Values = dict[str, str | int | float | Message]
_FEWEST_EARLIER = 2
_ROUNDING = 1e-9
_PANELS = frozenset(
    {
        "before_after",
        "difference_in_differences",
        "staggered_difference_in_differences",
        "imputation",
        "sun_abraham",
        "extended_two_way_fixed_effects",
        "stacked_difference_in_differences",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionToTheMean:
    """The treated were not at an extreme just before the start, from which they would return anyway.

    Parameters
    ----------
    rare : float
        How seldom a pick by lot may be as extreme for it to count. Of one unit among donors the most extreme
        of all always counts.
    size : float
        Panels: the smallest difference that counts, in the comparison clusters' standard deviations.

    Notes
    -----
    *Panels.* Each cluster's outcome in the last period before the start (the plan's ``selection_period``,
    where it is among them) is compared with its own mean in the other periods before the start, and the
    treated clusters' mean with the comparison's. With one period before the start there is only the level to
    compare. The difference is held against the comparison clusters' spread by Student's t with one degree of
    freedom less than there are such clusters, as a choice of extremes would narrow the treated's own spread;
    where the treated's is wider, theirs is taken for them (Welch's t). It fails when a return would look
    like the effect, a pick by lot is as extreme in at most ``rare`` of cases, and the difference is larger
    than ``size``. The direction is the one that the plan promises; without a plan it is the estimate's, and
    both tails share ``rare``. So a pick by lot fails in at most ``rare`` of cases, whatever the effect.

    *Donors.* Each unit's outcome in the last period before the start is compared with its own mean in the
    earlier periods, less the median of the donors' such changes. A treated unit among the few most extreme
    fails.

    References
    ----------
    .. [1] Barnett, A. G., van der Pols, J. C., & Dobson, A. J. (2005). Regression to the mean: what it is and
       how to deal with it. *International Journal of Epidemiology*, 34(1).
    .. [2] Chabé-Ferret, S. (2015). Analysis of the bias of matching and difference-in-difference under
       alternative earnings and selection processes. *Journal of Econometrics*, 185(1).

    Examples
    --------
    >>> RegressionToTheMean().rare
    0.05
    """

    name: Literal["regression_to_the_mean"] = "regression_to_the_mean"
    designs: frozenset[str] = DONOR_DESIGNS | _PANELS
    rare: float = 0.05
    size: float = 0.25

    def check(self, study: Study, estimate: Estimate, *, declared: Declared | None = None) -> CheckResult:
        """Ask how extreme the treated were just before the start, where a return would look like the effect.

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
            The statistic is the share of picks by lot that would be as extreme on that side; nan where it
            cannot be known.
        """
        if estimate.method in DONOR_DESIGNS:
            return self._among_donors(study, estimate)
        panel = cluster_panel(study.columns)
        if panel is None or not panel.is_treated.any():
            return self._unknown("not_followed")
        if panel.is_treated.all() and (panel.starts == panel.starts[0]).all():
            return self._unknown("no_comparison")
        if math.isnan(estimate.interval.point) and declared is None:
            return self._unknown("no_direction")
        return self._among_clusters(panel, estimate, declared)

    def _unknown(self, why: str) -> CheckResult:
        sentence = Message(f"check.regression_to_the_mean.{why}")
        return CheckResult(name=self.name, passed=None, statistic=math.nan, sentence=sentence)

    def _among_clusters(
        self, panel: ClusterPanel, estimate: Estimate, declared: Declared | None
    ) -> CheckResult:
        found = _difference(panel, selection_code(panel.periods, declared))
        if found is None:
            return self._unknown("few_units")
        sign = math.copysign(1.0, estimate.interval.point) if declared is None else declared.direction
        rare = self.rare / 2 if declared is None else self.rare
        p = t_p_value(found.mean / found.std_error, found.df, alternative="less" if sign > 0 else "greater")
        size = abs(found.mean) / found.spread
        passed = not (p <= rare and size > self.size)
        values: Values = {"change": found.mean, "size": size, "p": p}
        told = f"{found.kind}_{'usual' if passed else 'extreme'}"
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=p,
            sentence=Message(f"check.regression_to_the_mean.{told}", values),
        )

    def _among_donors(self, study: Study, estimate: Estimate) -> CheckResult:
        panel = donor_panel(study, DonorPool.model_validate(estimate.settings["donors"]), alone=False)
        n, N = panel.n_treated, len(panel.outcomes)
        early = [i for i, start in enumerate(panel.starts.tolist()) if start <= _FEWEST_EARLIER]
        if len(early) == n or math.isnan(estimate.interval.point):
            return self._unknown("few_periods")
        sign = -1.0 if estimate.interval.point > 0 else 1.0
        shares = {}
        for i in sorted(set(range(n)) - set(early)):
            changes = sign * _last_changes(panel.outcomes, int(panel.starts[i]), n)
            shares[i] = (1 + int((changes[n:] >= changes[i]).sum())) / (1 + N - n)
        unit = min(shares, key=lambda i: shares[i])
        share = shares[unit]
        change = float(_last_changes(panel.outcomes, int(panel.starts[unit]), n)[unit])
        # One of several treated units may well be the most extreme by chance.
        passed = share * len(shares) > max(self.rare, 1 / (1 + N - n)) * (1 + 1e-12)
        values: Values = {"unit": panel.names[unit], "change": change, "share": share, "donors": N - n}
        return CheckResult(
            name=self.name,
            passed=passed,
            statistic=share,
            sentence=Message(f"check.regression_to_the_mean.{'usual' if passed else 'extreme'}", values),
        )


def _last_changes(outcomes: Floats, start: int, n_treated: int) -> Floats:
    """Return each unit's last outcome before a start less its earlier mean, and less the donors' median."""
    changes = outcomes[:, start - 1] - outcomes[:, : start - 1].mean(axis=1)
    return np.asarray(changes - np.median(changes[n_treated:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    """How the treated clusters differed from the comparison when they were chosen."""

    kind: Literal["change", "level"]
    mean: float
    std_error: float
    spread: float
    df: float


def _difference(panel: ClusterPanel, chosen: int | None) -> _Difference | None:
    """Return the treated's mean difference over their cohorts; None where no spread can be known."""
    T = len(panel.periods)
    starts = [start for start in np.unique(panel.starts).tolist() if 1 <= start < T]
    several = [start for start in starts if start >= _FEWEST_EARLIER]
    kind: Literal["change", "level"] = "change" if several else "level"
    cohorts = []
    for start in several or starts:
        values = _when_chosen(panel.outcomes[:, :start], chosen)
        seen = np.isfinite(values)
        never = (panel.starts >= T) & seen
        others = never if never.any() else (panel.starts > start) & seen
        own = (panel.starts == start) & seen
        if own.any() and others.sum() >= 2:
            cohorts.append((values, own, others))
    if not cohorts:
        return None
    n = sum(int(own.sum()) for _, own, _ in cohorts)
    mean = spread = unit = squares = 0.0
    pulls = np.zeros(len(panel.starts))
    for values, own, others in cohorts:
        share, usual = own.sum() / n, values[others].mean()
        mean += share * float(values[own].mean() - usual)
        spread += share * float(values[others].var(ddof=1))
        unit += share**2 / int(own.sum())
        squares += float(((values[own] - values[own].mean()) ** 2).sum())
        pulls[others] += share * (values[others] - usual) / others.sum()
    fewest = min(int(others.sum()) for _, _, others in cohorts)
    among = float(pulls @ pulls) * fewest / (fewest - 1)
    if spread <= (_ROUNDING * float(np.nanmax(np.abs(panel.outcomes)))) ** 2:
        return None
    own_df = n - len(cohorts)
    own_spread = squares / own_df if own_df else 0.0
    variance, df = among + unit * spread, float(fewest - 1)
    if own_spread > spread:
        # Satterthwaite: the two spreads are estimated apart.
        variance, parts = among + unit * own_spread, (among**2 / df, (unit * own_spread) ** 2 / own_df)
        df = min(df, variance**2 / sum(parts))
    return _Difference(kind=kind, mean=mean, std_error=math.sqrt(variance), spread=math.sqrt(spread), df=df)


def _when_chosen(before: Floats, chosen: int | None) -> Floats:
    """Return each cluster's outcome when it was chosen, less its own mean in other periods if there are any.

    Clusters without a value then, or without any other, are nan.
    """
    T = before.shape[1]
    at = T - 1 if chosen is None or not 0 <= chosen < T else chosen
    if T == 1:
        return before[:, at]
    others = np.delete(before, at, axis=1)
    seen = np.isfinite(others)
    n = seen.sum(axis=1)
    means = np.divide(np.where(seen, others, 0.0).sum(axis=1), n, out=np.full(len(n), np.nan), where=n > 0)
    return np.asarray(before[:, at] - means)
