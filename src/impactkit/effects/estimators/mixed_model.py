"""Mixed model: groups compared where those of the same place, or measurements of a person, are alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.inference import ClusterRobust, Permutation, WildClusterBootstrap
from impactkit.effects.nested import Nested, nested
from impactkit.effects.regression import Label, Question, answer, permutation_test

MixedInference = Annotated[ClusterRobust | Permutation | WildClusterBootstrap, Field(discriminator="method")]


class MixedModel(RegressionSettings):
    """Effect by a linear model in which rows of the same group are alike in what is not measured.

    Parameters
    ----------
    inference : ClusterRobust, Permutation or WildClusterBootstrap
        How uncertainty is found. Standard errors hold also where likeness is of another kind than
        the model's.
    permutation : Permutation, optional
        The test that stands beside, for a cross section whose groups were treated whole; None for none.

    Notes
    -----
    Rows of the same ``cluster`` (a school, an area) share a random level, and in a study over time so do
    measurements of the same ``unit``. In a cross section the treated are compared with the others, adjusted
    for covariates and ``pre_outcome``; over time their change is compared from the start on, with levels for
    the groups and the periods. The variances are found by restricted maximum likelihood; the effect is then
    by generalised least squares, and its standard errors by cluster (CR2, with Satterthwaite's degrees of
    freedom) [2]_. A mixed model is a way to weigh rows and not a design: it adjusts for nothing that is not
    measured, but for what is constant in a group over time.

    References
    ----------
    .. [1] Laird, N. M., & Ware, J. H. (1982). Random-effects models for longitudinal data. *Biometrics*,
       38(4).
    .. [2] Pustejovsky, J. E., & Tipton, E. (2018). Small-sample methods for cluster-robust variance
       estimation and hypothesis testing in fixed effects models. *JBES*, 36(4).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "y": [1.0, 2, 3, 3, 4, 5, 5, 6, 7, 6, 8, 9],
    ...     "school": list("aaabbbcccddd"),
    ...     "got_it": [0] * 6 + [1] * 6,
    ... })
    >>> study = Study(frame, outcome="y", treated="got_it", cluster="school")
    >>> round(MixedModel().estimate(study).interval.point, 6)
    3.833333
    """

    method: Literal["mixed_model"] = "mixed_model"
    inference: MixedInference = ClusterRobust()

    def estimate(self, study: Study) -> Estimate:
        """Return the effect on the treated.

        Parameters
        ----------
        study : Study
            A cross section with ``cluster``, or a panel or repeated cross sections with one start.

        Returns
        -------
        Estimate
            With how alike rows of the same group are.

        Raises
        ------
        EstimationError
            If nothing says which rows belong together, there are weights, or a group is missing.
        """
        asked = nested(study)
        label = Label(name="att" if asked.is_over_time else "ate")
        question = Question(problem=asked.problem, labels=(label,))
        test = permutation_test(asked.columns, asked.problem, self) if asked.is_assigned else None
        found = answer(study, asked.columns, [question], settings=self, estimand=asked.estimand, test=test)
        return _told(found, asked)


def _told(found: Estimate, asked: Nested) -> Estimate:
    return replace(found, warnings=(asked.likeness_in_words(), *found.warnings))
