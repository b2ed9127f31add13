"""Difference in differences for treatment that is switched on and off."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from impactkit.data.study import Study
from impactkit.effects.describe import ENOUGH, chosen_in_words, cluster_names, group_means, sample_of
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import CohortSettings
from impactkit.effects.inference import ClusterRobust, InfluenceFunction, Permutation
from impactkit.effects.inference.permutation import headline_only
from impactkit.effects.influenced import InfluencedEffects
from impactkit.effects.regression import Label
from impactkit.effects.switched_paths import SwitchedPaths, inferred, influenced, path_test, switched_paths
from impactkit.wording import Message


class SwitchingDifferenceInDifferences(CohortSettings):
    """Changes when treatment is switched on or off, against units that stay as those were before.

    Parameters
    ----------
    inference, level, permutation
        See `CohortSettings`.

    Notes
    -----
    The study's ``treated`` is a path of 0 and 1 with ``switching=True``. Between each two consecutive periods
    those who join are compared with those who stay untreated, and those who leave with those who stay
    treated (the sign turned), and the effects are averaged over all switches: ``DID_M`` [1]_. It is the
    effect of treatment in the first period after a switch; it takes effects not to linger, so that who left
    is like who never had it. ``placebo`` is the same comparison one period earlier. Contributions of
    switches are about the average of all, so that differences between their effects count as uncertainty.

    References
    ----------
    .. [1] de Chaisemartin, C., & D'Haultfoeuille, X. (2020). Two-way fixed effects estimators with
       heterogeneous treatment effects. *American Economic Review*, 110(9).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("aaabbbccc"), "year": [1, 2, 3] * 3,
    ...                       "on": [0, 1, 0] + [0] * 3 + [1] * 3, "y": [1.0, 4, 2, 2, 3, 3, 5, 6, 6]})
    >>> study = Study(frame, outcome="y", unit="area", time="year", treated="on", switching=True)
    >>> SwitchingDifferenceInDifferences().estimate(study).interval.point
    2.0
    """

    method: Literal["switching_difference_in_differences"] = "switching_difference_in_differences"

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect over switches, with those on, those off and the placebo.

        Parameters
        ----------
        study : Study
            A panel with ``switching=True``, balanced or not.

        Returns
        -------
        Estimate
            With the permutation test of paths beside it.

        Raises
        ------
        EstimationError
            If there are no paths, or no unit switches while another stays.
        """
        paths = switched_paths(study)
        effects = paths.effects()
        headline = influenced(paths, effects["att"])
        permuted = self.inference if isinstance(self.inference, Permutation) else self.permutation
        test = path_test(paths, permuted)
        inference = self._inference(headline)
        if isinstance(inference, Permutation):
            found = headline_only([effect.point for effect in effects.values()], test, inference.level)
        else:
            found = inferred(paths, effects, inference)
        alone = paths.joins.n_alone + paths.leaves.n_alone
        left = (Message("estimate.switches_alone", {"n": alone}),) if alone else ()
        pairs = zip(effects, found.intervals, strict=True)
        sample = replace(
            sample_of(study, paths.columns),
            n_treated_clusters=headline.n_treated,
            n_comparison_clusters=headline.n_comparison,
        )
        chosen = chosen_in_words(inference, found.intervals[0], sample=sample, test=test)
        return Estimate(
            settings=self.model_dump(mode="json"),
            outcome=study.outcome,
            estimand=_estimand(study, paths),
            terms=tuple(Label(name=name).term(interval) for name, interval in pairs),
            inference=found.words,
            sample=sample,
            means=group_means(paths.columns),
            warnings=(*study.notes, *left, *chosen),
            contributions=found.contributions,
            covariance=found.covariance,
            permutation=test,
            cluster_names=cluster_names(paths.columns),
        )

    def _inference(self, headline: InfluencedEffects) -> ClusterRobust | InfluenceFunction | Permutation:
        """Return the inference asked for, or the one that the number of clusters calls for."""
        if self.inference is not None:
            return self.inference
        is_large = min(headline.n_treated, headline.n_comparison) >= ENOUGH
        return InfluenceFunction(level=self.level) if is_large else ClusterRobust(level=self.level)


def _estimand(study: Study, paths: SwitchedPaths) -> Message:
    joins, leaves = paths.joins, paths.leaves
    n_on, n_off = (int(np.count_nonzero(kind.switchers)) for kind in (joins, leaves))
    switching = joins.switchers.any(axis=1) | leaves.switchers.any(axis=1)
    staying = joins.stayers.any(axis=1) | leaves.stayers.any(axis=1)
    return Message(
        "estimand.switching_difference_in_differences",
        {
            "outcome": study.outcome,
            "switches": n_on + n_off,
            "joins": n_on,
            "leaves": n_off,
            "treated": int(switching.sum()),
            "comparison": int(staying.sum()),
            "first": paths.columns.period_names[0],
            "last": paths.columns.period_names[-1],
        },
    )
