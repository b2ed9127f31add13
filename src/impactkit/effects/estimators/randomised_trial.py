"""Randomised trial: difference in means, within strata, adjusted for covariates."""

from __future__ import annotations

from typing import Literal

import numpy as np

from impactkit.data.columns import Codes, Columns, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, marked, suited
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.linear import LinearProblem, Rows, whole_clusters
from impactkit.effects.regression import NUMBERS_AT_ONCE, Label, Question, answer, permutation_test
from impactkit.errors import EstimationError
from impactkit.wording import Message


class RandomisedTrial(RegressionSettings):
    """Effect in a randomised trial: the difference in means between the arms.

    Parameters
    ----------
    adjustment : {"none", "ancova", "lin"}
        ``none`` compares means; ``ancova`` adds the study's covariates and pre_outcome; ``lin`` also lets
        their slopes differ between the arms, which never loses precision in large samples.
    inference, permutation
        See `RegressionSettings`.

    Notes
    -----
    A study with ``stratum`` is compared within strata (stratum fixed effects), a study with ``cluster`` in
    which whole clusters were assigned is permuted by cluster. The permutation statistic is adjusted
    additively also for ``lin``.

    References
    ----------
    .. [1] Lin, W. (2013). Agnostic notes on regression adjustments to experimental data. *Annals of Applied
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

    def estimate(self, study: Study) -> Estimate:
        """Return the average effect of being assigned.

        Parameters
        ----------
        study : Study
            A cross section with ``treated``.

        Returns
        -------
        Estimate
            With the permutation test beside it.

        Raises
        ------
        EstimationError
            If the study has several periods, nobody or everybody is treated, or no stratum holds both.
        """
        columns = _checked(study)
        design, names = self._design(study, columns), _names(study, self.adjustment)
        additive = _problem(columns, design, names=names, interacted=False)
        headline = additive
        if self.adjustment == "lin":
            headline = _problem(columns, design, names=names, interacted=True)
        question = Question(problem=headline, labels=(Label(name="ate"),))
        test = permutation_test(columns, additive, self)
        estimand = self._estimand(study, columns)
        return answer(study, columns, [question], settings=self, estimand=estimand, test=test)

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

    def _estimand(self, study: Study, columns: Columns) -> Message:
        assert columns.treated is not None
        within = "_in_strata" if columns.stratum is not None else ""
        return Message(
            f"estimand.randomised_trial{within}",
            {
                "outcome": study.outcome,
                "treated": int(columns.treated.sum()),
                "comparison": int((~columns.treated).sum()),
                "adjusted": Message(f"estimand.adjustment.{self.adjustment}"),
            },
        )


def _names(study: Study, adjustment: str) -> tuple[str, ...]:
    if adjustment == "none":
        return ()
    return (*study.covariates, *([study.pre_outcome] if study.pre_outcome else []))


def _checked(study: Study) -> Columns:
    columns = suited(study)
    if study.kind != "cross_section":
        raise EstimationError(
            "A randomised trial is read as one row for each person or unit; this study has periods.",
            where="time",
            mend="Keep the follow-up rows with the baseline as pre_outcome=, or use DifferenceInDifferences.",
        )
    if columns.treated is None or columns.treated.all() or not columns.treated.any():
        raise EstimationError(
            "A randomised trial needs treated and comparison rows.",
            where="treated",
            mend="Give treated= (1 for treated, 0 for comparison) with both groups in the data.",
        )
    return columns


def _problem(columns: Columns, design: Floats, *, names: tuple[str, ...], interacted: bool) -> LinearProblem:
    clusters, by_row = clusters_of(columns)
    treated = columns.treated
    assert treated is not None
    root = None if columns.weight is None else np.sqrt(columns.weight)
    S = 1 if columns.stratum is None else int(columns.stratum.max()) + 1

    def build(piece: slice) -> Rows:
        y, one, x = columns.outcome[piece], design[piece, :1], design[piece, 1:]
        others = design[piece]
        if columns.stratum is not None:
            others = np.hstack([_dummies(columns.stratum[piece], S), x])
        bases = np.hstack([x, one]) if interacted else one
        if root is not None:
            w = root[piece]
            y, others, bases = y * w, others * w[:, None], bases * w[:, None]
        return Rows(outcome=y, others=others, bases=bases, treated=treated[piece], clusters=clusters[piece])

    p = design.shape[1] - 1
    K = 1 + (p if interacted else 0)
    G = int(clusters.max()) + 1
    return LinearProblem(
        pieces=whole_clusters(clusters, rows_at_once=max(NUMBERS_AT_ONCE // (S + p + K + 1), 4096)),
        build=build,
        names=(*(f"stratum {s}" for s in range(S)), *names),
        n_effects=K,
        n_rows=len(clusters),
        n_parameters=S + p + K,
        by_row=by_row,
        n_clusters=G,
        cluster_treated=int(marked(clusters, treated, n=G).sum()),
        cluster_comparison=int(marked(clusters, ~treated, n=G).sum()),
        outcome_scale=max(float(columns.outcome.max()), -float(columns.outcome.min())),
    )


def _dummies(strata: Codes, S: int) -> Floats:
    dummies = np.zeros((len(strata), S), order="F")
    dummies[np.arange(len(strata)), strata] = 1.0
    return dummies
