"""Before and after: the change in the treated group, with nobody to compare with."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from impactkit.data.columns import Columns, Flags, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, dense, suited
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.inference import ClusterRobust, GivenUncertainty, Permutation
from impactkit.effects.kernels.demean import demean
from impactkit.effects.linear import Counted, LinearProblem, Rows, problem_of
from impactkit.effects.regression import Label, Question, answer
from impactkit.errors import EstimationError
from impactkit.wording import Message


class BeforeAfter(RegressionSettings):
    """Change in the treated group from before the start to after it.

    Parameters
    ----------
    paired : bool, optional
        Whether the same units are followed (unit fixed effects); by default whenever the study has units.
    inference : ClusterRobust or GivenUncertainty
        Standard errors; there is no assignment to permute.

    Notes
    -----
    A change is not an effect: nothing says what would have happened anyway. The evidence grade is 1 and no
    claim is called supported on it. With ``pre_outcome`` and no time, the paired change is outcome less
    pre_outcome.

    References
    ----------
    .. [1] Shadish, W. R., Cook, T. D., & Campbell, D. T. (2002). *Experimental and Quasi-Experimental
       Designs for
       Generalized Causal Inference*, chapter 4.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"who": [1, 1, 2, 2, 3, 3], "year": [1, 2] * 3, "y": [1.0, 2, 2, 4, 3, 6]})
    >>> found = BeforeAfter().estimate(Study(frame, outcome="y", unit="who", time="year"))
    >>> round(found.interval.point, 6), round(found.interval.df, 6)
    (2.0, 2.0)
    """

    method: Literal["before_after"] = "before_after"
    paired: bool | None = None
    inference: Annotated[ClusterRobust | GivenUncertainty, Field(discriminator="method")] = ClusterRobust()
    permutation: Permutation | None = None

    def estimate(self, study: Study) -> Estimate:
        """Return the change from before to after.

        Parameters
        ----------
        study : Study
            A panel or repeated cross sections; two periods, or more with a start. Comparison rows are left
            out.

        Returns
        -------
        Estimate
            With a warning that a change is not an effect.

        Raises
        ------
        EstimationError
            If there is only one wave, no start among several periods, or ``paired`` without units.
        """
        if self.permutation is not None:
            raise EstimationError(
                "Before and after has no assignment to permute.",
                where="permutation",
                mend="Leave permutation out.",
            )
        columns = _treated_rows(study)
        if study.kind == "cross_section":
            problem = _wide_problem(study, columns)
        else:
            problem = _long_problem(study, columns, paired=self._is_paired(study))
        found = answer(
            study,
            columns,
            [Question(problem=problem, labels=(Label(name="change"),))],
            settings=self,
            estimand=_estimand(study, columns),
            test=None,
        )
        return _warned(found)

    def _is_paired(self, study: Study) -> bool:
        if self.paired and study.unit is None:
            raise EstimationError(
                "A paired comparison needs to know who is who.",
                where="paired",
                mend="Give the study unit=, or use paired=False.",
            )
        return study.unit is not None if self.paired is None else self.paired


def _warned(found: Estimate) -> Estimate:
    return replace(found, warnings=(Message("estimate.change_is_not_effect"), *found.warnings))


def _treated_rows(study: Study) -> Columns:
    columns = suited(study)
    if columns.treated is None or not columns.treated.any():
        return columns
    return columns if columns.treated.all() else columns.take(columns.treated)


def _after(study: Study, columns: Columns) -> Flags:
    """Return which rows lie after the start."""
    start = study.start_value
    if start is None and columns.cohort is not None and np.isfinite(columns.cohort).any():
        after = columns.time >= columns.cohort
    elif start is None:
        seen = np.unique(columns.time)
        if len(seen) != 2:
            raise EstimationError(
                "Before and after needs two periods or a start; the data have {n} periods.",
                where="time",
                mend="Give start= (the first period after), or keep one period before and one after.",
                values={"n": len(seen)},
            )
        after = columns.time == seen[1]
    else:
        after = columns.time >= start
    if after.all():
        mend = "Add the baseline measurement, or correct the start."
        raise EstimationError("All rows lie after the start.", where="time", mend=mend)
    if not after.any():
        mend = "Add the follow-up measurement, or correct the start."
        raise EstimationError("All rows lie before the start.", where="time", mend=mend)
    return np.asarray(after)


def _long_problem(study: Study, columns: Columns, *, paired: bool) -> LinearProblem:
    after = _after(study, columns).astype(float)[:, None]
    n, y, w = len(after), columns.outcome, columns.weight
    intercept = np.empty((n, 0)) if paired else np.ones((n, 1))
    raw = np.hstack([intercept, columns.covariates, after])
    rooted = np.ones(n) if w is None else np.sqrt(w)
    norms = np.linalg.norm(raw * rooted[:, None], axis=0)
    if paired:
        assert columns.unit is not None
        units = dense(columns.unit)
        raw, y = demean(raw, units, weights=w), demean(y, units, weights=w)
    names = (*(() if paired else ("intercept",)), *study.covariates)
    return _problem(columns, raw * rooted[:, None], y * rooted, names=names, norms=norms)


def _wide_problem(study: Study, columns: Columns) -> LinearProblem:
    if columns.pre_outcome is None:
        raise EstimationError(
            "Before and after needs two measurements; this study has one.",
            where="time",
            mend="Give time= with a baseline and a follow-up, or the baseline as pre_outcome=.",
        )
    n = len(columns.outcome)
    rooted = np.ones(n) if columns.weight is None else np.sqrt(columns.weight)
    centred = columns.covariates - rooted**2 @ columns.covariates / (rooted @ rooted)
    raw = np.hstack([centred, np.ones((n, 1))]) * rooted[:, None]
    change = (columns.outcome - columns.pre_outcome) * rooted
    return _problem(columns, raw, change, names=tuple(study.covariates), norms=None)


def _problem(
    columns: Columns, X: Floats, outcome: Floats, *, names: tuple[str, ...], norms: Floats | None
) -> LinearProblem:
    """Return the problem whose last column is the change; everybody in it is treated."""
    clusters, by_row = clusters_of(columns)
    rows = Rows(
        outcome=outcome,
        others=X[:, :-1],
        bases=X[:, -1:],
        treated=np.ones(len(outcome), dtype=bool),
        clusters=clusters,
    )
    absorbed = 1 if norms is not None and "intercept" not in names else 0
    counted = Counted(
        n_rows=len(outcome),
        n_parameters=X.shape[1] + absorbed,
        by_row=by_row,
        outcome_scale=float(np.abs(columns.outcome).max()),
    )
    problem = problem_of(rows, names=names, counted=counted, norms=norms)
    return replace(problem, given_variance=columns.given_variance)


def _estimand(study: Study, columns: Columns) -> Message:
    return Message("estimand.before_after", {"outcome": study.outcome, "units": columns.n_units})
