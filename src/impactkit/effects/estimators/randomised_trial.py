"""Randomised trial: difference in means, within strata, adjusted for covariates."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from impactkit.data.columns import Columns, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import group_means
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import RegressionSettings, TrialInference
from impactkit.effects.inference import ClusterRobust, Neyman
from impactkit.effects.lottery import lottery_test
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.regression import Label, Question, answer, permutation_in, permutation_test
from impactkit.effects.trial_arms import Arms, arms_of, both_arms_in_every_stratum, told_of_arms
from impactkit.effects.trial_compliers import with_compliers
from impactkit.effects.trial_followed import Followed, by_period, followed
from impactkit.effects.trial_problem import TrialDesign, stratum_masses, trial_problem
from impactkit.effects.trial_rows import checked_trial, told_of_clusters, told_of_strata
from impactkit.effects.trial_steps import Steps
from impactkit.effects.trial_terms import with_shares_compared
from impactkit.errors import EstimationError
from impactkit.wording import Message, MessageValue


class RandomisedTrial(RegressionSettings):
    """Effect in a randomised trial: the difference in means between the arms.

    Parameters
    ----------
    adjustment : {"none", "ancova", "lin"}
        ``none`` compares means; ``ancova`` adds the study's covariates and pre_outcome; ``lin`` also lets
        their slopes differ between the arms, which never loses precision in large samples.
    arm : str, optional
        The arm whose effect is the headline, in a study with several; the others are told beside it.
    crossover : {"drawn"}, optional
        For a stepped wedge: clusters (or units) cross over at times that were drawn. Those who have are
        compared with those who have not yet, within each period.
    follow_up : {"mean"}, optional
        For a study with periods and one start: the outcome is the mean of each unit's measurements from the
        start on, ``pre_outcome`` the mean of those before. Each period in which every unit was seen is told
        beside it. Left out, a study with periods is refused; a cross section is read as it is.
    strata : {"effects", "shares"}, optional
        What strata weigh: their precision, as intercepts of their own make it, or their share of the people.
        The same where equal shares were drawn in all. Left out, ``shares`` with `Neyman` or with the study's
        ``probability``, else ``effects``.
    inference : ClusterRobust, GivenUncertainty, Neyman, Permutation or WildClusterBootstrap
        How the headline uncertainty is found.
    permutation : Permutation, optional
        The permutation test that stands beside it; None for none.

    Notes
    -----
    A study with ``stratum`` is compared within strata, a study with ``cluster`` in which whole clusters were
    assigned is permuted by cluster. With ``probability`` each row weighs one over the chance of the arm it
    came to. The permutation statistic is adjusted additively also for ``lin``, and compares two arms alone.
    With ``takeup`` the effect on those whom the lot moved is told beside that of being assigned.

    References
    ----------
    .. [1] Imbens, G. W., & Rubin, D. B. (2015). *Causal Inference for Statistics, Social, and Biomedical
       Sciences*. Cambridge University Press.
    .. [2] Lin, W. (2013). Agnostic notes on regression adjustments to experimental data. *Annals of Applied
       Statistics*, 7(1).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5, 6, 7], "arm": [0, 0, 0, 1, 1, 1]})
    >>> found = RandomisedTrial().estimate(Study(frame, outcome="y", treated="arm"))
    >>> round(found.interval.point, 6), round(found.permutation.p_value(), 6)
    (4.0, 0.1)
    """

    method: Literal["randomised_trial"] = "randomised_trial"
    adjustment: Literal["none", "ancova", "lin"] = "none"
    arm: str | None = None
    crossover: Literal["drawn"] | None = None
    follow_up: Literal["mean"] | None = None
    strata: Literal["effects", "shares"] | None = None
    inference: TrialInference = ClusterRobust()  # type: ignore[assignment]  # one more than the shared ones

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect of being assigned.

        Parameters
        ----------
        study : Study
            A cross section with ``treated``; with ``follow_up`` a panel with one start.

        Returns
        -------
        Estimate
            With the permutation test beside it, and ratios where the outcome is 0 or 1, or a rate.

        Raises
        ------
        EstimationError
            If the study has several periods, nobody or everybody is treated, or no stratum holds both.
        """
        if self.crossover is not None:
            return self._stepped(study, Steps.of(study))
        if self.follow_up is None or study.kind == "cross_section":
            return self._estimated(study, checked_trial(study), None)
        read = followed(study)
        return read.told(self._estimated(read.study, checked_trial(read.study), read), study)

    def _estimated(self, study: Study, columns: Columns, read: Followed | None) -> Estimate:
        arms = arms_of(columns, self.arm)
        pair = columns if arms is None else arms.pair(columns)
        by_share = self._by_share(columns)
        if by_share:
            both_arms_in_every_stratum(columns, arms)
        how, simple = self._how(study, columns, arms, by_share), self._how(study, pair, None, by_share)
        found = answer(
            study,
            columns,
            self._questions(columns, how, arms, read),
            settings=self,
            estimand=self._estimand(study, pair, arms, by_share),
            test=self._test(pair, replace(simple, interacted=False), stratum_masses(columns)),
        )
        if arms is not None:
            found = told_of_arms(found, study, arms=arms, pair=pair)
        found = told_of_strata(found, pair, by_share=by_share)
        found = told_of_clusters(found, pair)
        found = with_shares_compared(found, study, pair)
        return with_compliers(found, pair, simple, inference=self._cluster_robust())

    def _stepped(self, study: Study, steps: Steps) -> Estimate:
        if self.adjustment == "lin" or self.strata == "shares" or isinstance(self.inference, Neyman):
            raise EstimationError(
                "A stepped wedge is compared within periods, with slopes shared by all.",
                where="crossover",
                mend="Use adjustment='none' or 'ancova', strata left out and ClusterRobust().",
            )
        design = self._design(study, steps.columns)
        found = answer(
            study,
            steps.now,
            [Question(problem=steps.problem(design, self._names(study)), labels=(Label(name="ate"),))],
            settings=self,
            estimand=steps.estimand(study, Message(f"estimand.adjustment.{self.adjustment}")),
            test=steps.test(design, permutation_in(self)),
        )
        means = group_means(steps.columns)  # of those ever treated: a unit is in one group all the way
        return replace(found, sample=steps.sample(study), means=means)

    def _questions(
        self, columns: Columns, how: TrialDesign, arms: Arms | None, read: Followed | None
    ) -> list[Question]:
        if arms is None:
            found = [Question(problem=trial_problem(columns, how), labels=(Label(name="ate"),))]
            return found + ([] if read is None else by_period(columns, how, read))
        return [
            Question(problem=trial_problem(columns, how, last=k), labels=(Label(name=arms.names[k]),))
            for k in range(1, len(arms.names))
        ]

    def _test(self, pair: Columns, how: TrialDesign, masses: Floats) -> PermutationTest | None:
        if how.by_share and (pair.stratum is not None or pair.probability is not None):
            return lottery_test(pair, how.design, permutation_in(self), masses=masses)
        return permutation_test(pair, trial_problem(pair, how), self)

    def _how(self, study: Study, columns: Columns, arms: Arms | None, by_share: bool) -> TrialDesign:
        return TrialDesign(
            design=self._design(study, columns),
            names=self._names(study),
            by_share=by_share,
            interacted=self.adjustment == "lin",
            arms=None if arms is None else arms.codes,
        )

    def _cluster_robust(self) -> ClusterRobust:
        if isinstance(self.inference, ClusterRobust):
            return self.inference
        return ClusterRobust(level=self.inference.level)

    def _by_share(self, columns: Columns) -> bool:
        designed = isinstance(self.inference, Neyman) or columns.probability is not None
        if designed and self.strata == "effects":
            raise EstimationError(
                "Chances of assignment and Neyman's standard errors weigh strata by their shares.",
                where="strata",
                mend="Leave strata= out, or use ClusterRobust() without probability=.",
            )
        return designed or self.strata == "shares"

    def _design(self, study: Study, columns: Columns) -> Floats:
        """Return a one and the covariates adjusted for, centred at their (weighted) means."""
        one = np.ones(len(columns.outcome))
        if self.adjustment == "none":
            return one[:, None]
        parts = [one, *columns.covariates.T]
        if columns.pre_outcome is not None:
            parts.append(columns.pre_outcome)
        if len(parts) == 1:
            raise EstimationError(
                "adjustment={adjustment!r} needs covariates, and the study has none.",
                where="adjustment",
                mend="Give the study covariates= or pre_outcome=, or use adjustment='none'.",
                values={"adjustment": self.adjustment},
            )
        # Column by column in memory, as is then what is made of it: there are few columns and many rows.
        design: Floats = np.array(parts).T
        design[:, 1:] -= np.average(design[:, 1:], axis=0, weights=columns.weight)
        return design

    def _names(self, study: Study) -> tuple[str, ...]:
        if self.adjustment == "none":
            return ()
        return (*study.covariates, *([study.pre_outcome] if study.pre_outcome else []))

    def _estimand(self, study: Study, pair: Columns, arms: Arms | None, by_share: bool) -> Message:
        assert pair.treated is not None
        within = "all" if pair.stratum is None else "shares" if by_share else "strata"
        values: dict[str, MessageValue] = {
            "outcome": study.outcome,
            "treated": int(pair.treated.sum()),
            "comparison": int((~pair.treated).sum()),
            "adjusted": Message(f"estimand.adjustment.{self.adjustment}"),
        }
        if arms is None:
            code = {"all": "", "shares": "_by_shares", "strata": "_in_strata"}[within]
            return Message(f"estimand.randomised_trial{code}", values)
        control, arm = arms.names[:2]
        values |= {"arm": arm, "control": control, "within": Message(f"estimand.within.{within}")}
        return Message("estimand.randomised_trial_arm", values)
