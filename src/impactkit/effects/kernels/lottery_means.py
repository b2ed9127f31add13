"""Means of two arms as the lot itself makes them uncertain: within strata, pairs and clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats, Labels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What was drawn, one entry a unit of assignment (a person, or a whole cluster).

    Parameters
    ----------
    totals : ndarray, shape (G,)
        Weighted sum of the outcome.
    sizes : ndarray, shape (G,)
        Sum of weights: 1 for a person who weighs 1.
    treated : ndarray of bool, shape (G,)
        Which were assigned.
    strata : ndarray of int, shape (G,)
        Stratum of each, coded 0 .. S-1.
    chance : ndarray, shape (G,), optional
        Each unit's chance of being assigned, where the chances differ within strata.
    clusters : ndarray of int, shape (G,), optional
        Cluster by which contributions are told; each unit's own when left out.
    n_clusters : int, optional
        How many clusters there are, where the last ones may hold nothing that was drawn here.
    masses : ndarray, shape (S,), optional
        What strata weigh; the sizes of what was drawn in them when left out.
    """

    totals: Floats
    sizes: Floats
    treated: Flags
    strata: Labels
    chance: Floats | None = None
    clusters: Labels | None = None
    n_clusters: int | None = None
    masses: Floats | None = None

    @property
    def shares(self) -> Floats:
        """What each stratum weighs: its share of all, shape (S,)."""
        mass = np.bincount(self.strata, self.sizes) if self.masses is None else self.masses
        return np.asarray(mass / mass.sum())

    @property
    def inverse(self) -> Floats:
        """What each unit stands for in its own arm, shape (G,)."""
        if self.chance is None:
            return np.ones(len(self.totals))
        return np.asarray(1 / np.where(self.treated, self.chance, 1 - self.chance))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LotteryMeans:
    """The mean of each arm, had everybody been in it, with what every unit brings to its error.

    Parameters
    ----------
    means : ndarray, shape (2,)
        Of the treated arm and of the comparison arm, in the outcome's unit.
    influence : ndarray, shape (G, 2)
        The variance of a combination ``c`` of the two means is the sum of squares of ``influence @ c``. Nan
        where it is unknown.
    components, degrees : ndarray, shape (K,)
        Variances that the variance of the difference is the sum of, and their degrees of freedom.
    n_alone : int
        Strata in which an arm has a single unit, such as pairs; their variance is that between strata.
    """

    means: Floats
    influence: Floats
    components: Floats
    degrees: Floats
    n_alone: int

    @property
    def difference(self) -> float:
        """The effect, in the outcome's unit."""
        return float(self.means[0] - self.means[1])

    @property
    def std_error(self) -> float:
        """Standard error of the effect, in the outcome's unit."""
        errors = self.influence @ [1.0, -1.0]
        return float(np.sqrt(errors @ errors))

    @property
    def df(self) -> float:
        """Satterthwaite's degrees of freedom."""
        total = self.components.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(total**2 / (self.components**2 / self.degrees).sum())


def lottery_means(drawn: Drawn) -> LotteryMeans:
    """Return the arms' means over all strata, each weighing its share of all, with their uncertainty.

    Parameters
    ----------
    drawn : Drawn
        Every stratum with both arms.

    Returns
    -------
    LotteryMeans
        The design-based answer; it supposes no model of outcomes and no constant effect.

    Notes
    -----
    In stratum ``s`` an arm's mean is the ratio of its totals to its sizes, both over the chances of
    assignment (Hajek's; the plain mean where chances are the same). With two or more units in both arms its
    variance is Neyman's: ``m / (m - 1)`` times the sum of squares of ``(total - size * mean) / chance``, over
    the square of the sizes' sum; for whole clusters that is the variance of a ratio of totals. What cannot be
    known from one lot, how unlike the effects are, is left out and makes it too large rather than too
    small [1]_.

    Strata in which an arm has one unit say nothing of their own spread. They are taken together: with
    ``a = w^2 / (1 - 2 w)`` of their shares ``w``, the variance is ``sum a (mean - average)^2 / (1 + sum a)``,
    for equal pairs that of the pairs' differences [2]_, [3]_. Beside larger strata it is added to theirs. It
    is unknown where one such stratum is half of them or more.

    References
    ----------
    .. [1] Neyman, J. (1923/1990). On the application of probability theory to agricultural experiments.
       *Statistical Science*, 5(4).
    .. [2] Imai, K. (2008). Variance identification and efficiency analysis in randomized experiments under
       the matched-pair design. *Statistics in Medicine*, 27(24).
    .. [3] Pashley, N. E., & Miratrix, L. W. (2021). Insights on variance estimation for blocked and matched
       pairs designs. *Journal of Educational and Behavioral Statistics*, 46(3).

    Examples
    --------
    >>> people = Drawn(totals=np.array([3.0, 5, 1, 2]), treated=np.array([True, True, False, False]),
    ...                sizes=np.ones(4), strata=np.zeros(4, dtype=np.int64))
    >>> found = lottery_means(people)
    >>> found.difference, round(found.std_error, 6)
    (2.5, 1.118034)
    """
    S, G = len(drawn.shares), len(drawn.totals)
    arms = (drawn.treated, ~drawn.treated)
    weights = drawn.inverse
    counts = np.stack([np.bincount(drawn.strata[arm], minlength=S) for arm in arms])
    alone = counts.min(axis=0) < 2
    by_stratum, influence = np.empty((2, S)), np.zeros((G, 2))
    components, degrees = [], []
    for k, arm in enumerate(arms):
        codes, w = drawn.strata[arm], weights[arm]
        mass = np.bincount(codes, w * drawn.sizes[arm], S)
        by_stratum[k] = np.bincount(codes, w * drawn.totals[arm], S) / mass
        left = w * (drawn.totals[arm] - drawn.sizes[arm] * by_stratum[k][codes])
        factor = np.where(alone, 0.0, np.sqrt(counts[k] / np.maximum(counts[k] - 1.0, 1.0)))
        influence[arm, k] = left * (factor * drawn.shares / mass)[codes]
        components.append(np.bincount(codes, influence[arm, k] ** 2, S)[~alone])
        degrees.append(counts[k][~alone] - 1.0)
    if alone.any():
        between = _between_strata(drawn.shares[alone], by_stratum[:, alone])
        spread = np.zeros((S, 2))
        spread[alone] = between / np.sqrt(counts.sum(axis=0)[alone, None])
        influence += spread[drawn.strata]
        components.append(np.array([((between @ [1.0, -1.0]) ** 2).sum()]))
        degrees.append(np.array([alone.sum() - 1.0]))
    return LotteryMeans(
        means=by_stratum @ drawn.shares,
        influence=influence,
        components=np.concatenate(components),
        degrees=np.concatenate(degrees),
        n_alone=int(alone.sum()),
    )


def _between_strata(w: Floats, means: Floats) -> Floats:
    """Return what each stratum brings to the error of each arm's weighted mean, shape (S, 2)."""
    share = w / w.sum()
    if bool(np.isclose(share, share[0]).all()):
        weighs = np.full(len(w), 1 / (len(w) * (len(w) - 1.0)) if len(w) > 1 else np.nan)
    elif share.max() >= 0.5:
        weighs = np.full(len(w), np.nan)
    else:
        each = share**2 / (1 - 2 * share)
        weighs = each / (1 + each.sum())
    left = means - (means @ share)[:, None]
    return np.asarray((w.sum() * np.sqrt(weighs) * left).T)


def by_cluster(drawn: Drawn, influence: Floats) -> Floats:
    """Return contributions summed by the clusters they are told by.

    Parameters
    ----------
    drawn : Drawn
        What was drawn.
    influence : ndarray, shape (G, K)
        What each unit of assignment brings.

    Returns
    -------
    ndarray, shape (clusters, K)
        The sums.
    """
    if drawn.clusters is None:
        return influence
    n = int(drawn.clusters.max()) + 1 if drawn.n_clusters is None else drawn.n_clusters
    return np.column_stack([np.bincount(drawn.clusters, column, n) for column in influence.T])
