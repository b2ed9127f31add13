"""How the effect varies with a few things known before: the straight line nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.effects.compared_groups import ComparedGroups, compared_groups
from impactkit.effects.describe import clusters_of
from impactkit.effects.estimator import Estimator
from impactkit.effects.estimators import DoublyRobust, RandomisedTrial
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.augmented import Nuisances
from impactkit.effects.kernels.equal_effects import Equality, no_effect
from impactkit.effects.learners import cross_fitted
from impactkit.effects.linear import Counted, Rows, problem_of
from impactkit.errors import EstimationError, UsageError
from impactkit.wording import Facts, Message, MessageValue, Shown, one_line

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
_AVERAGE = "average"


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection(Shown):
    """The straight line nearest to the effect.

    Parameters
    ----------
    names : tuple of str
        ``average``, then what the effect is projected on.
    intervals : tuple of Interval
        The average effect, and how much more it is for one unit more of each, the others alike.
    equality : Equality
        The test that it varies with none of them.
    level : float
        Of the limits.
    """

    names: tuple[str, ...]
    intervals: tuple[Interval, ...]
    equality: Equality
    level: float

    def tidy(self) -> pd.DataFrame:
        """Return one row for the average and for each thing that it is projected on.

        Returns
        -------
        pandas.DataFrame
            Columns term, estimate, std_error, statistic, p_value, conf_low, conf_high.
        """
        import pandas as pd

        rows = [
            {
                "term": name,
                "estimate": found.point,
                "std_error": found.std_error,
                "statistic": found.statistic,
                "p_value": found.p_value,
                "conf_low": found.low,
                "conf_high": found.high,
            }
            for name, found in zip(self.names, self.intervals, strict=True)
        ]
        return pd.DataFrame(rows)

    def in_words(self) -> Message:
        """Return whether the effect varies with any of them."""
        which = "varies" if self.equality.p_value < 1 - self.level else "none"
        values: dict[str, MessageValue] = {"names": ", ".join(self.names[1:]), "p": self.equality.p_value}
        return Message(f"heterogeneity.projection.{which}", values)

    def __repr__(self) -> str:
        return one_line("Projection", "on " + ", ".join(self.names[1:]))

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = []
        for name, found in zip(self.names, self.intervals, strict=True):
            is_average = name == _AVERAGE
            words = "heterogeneity.projection." + ("average" if is_average else "per_unit")
            told = Message("robustness.answer", {"point": found.point, "limits": found.limits()})
            rows.append((Message(words, {} if is_average else {"name": name}), told))
        rows.append((Message("robustness.row.says"), self.in_words()))
        return Facts(title=Message("heterogeneity.projection.title"), rows=rows)


def best_linear_projection(
    study: Study, estimator: Estimator, *, on: Sequence[str], inference: ClusterRobust | None = None
) -> Projection:
    """Project the effect on a few covariates declared beforehand.

    Parameters
    ----------
    study : Study
        A cross section with ``treated``, and with what it is projected on among its covariates.
    estimator : DoublyRobust or RandomisedTrial
        How groups are made alike; of a trial the chances are those of the lot.
    on : sequence of str
        Some of the study's covariates (or ``pre_outcome``): few, and chosen before the outcome is seen.
    inference : ClusterRobust, optional
        Standard errors; CR2 (HC2 by row) when left out.

    Returns
    -------
    Projection
        The average effect on everyone, and how much more it is for one unit more of each.

    Raises
    ------
    UsageError
        If the estimator is of another kind, or a name is not among the covariates.
    EstimationError
        If the study cannot be answered by the estimator.

    Notes
    -----
    The doubly robust score of each row, whose mean is the average effect, is regressed on the centred
    covariates [1]_. That is the straight line nearest to the effect as it is, whatever its shape: it is no
    forecast for single people.

    References
    ----------
    .. [1] Semenova, V., & Chernozhukov, V. (2021). Debiased machine learning of conditional average treatment
       effects and other causal functions. *Econometrics Journal*, 24(2).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> n = np.arange(400)
    >>> frame = pd.DataFrame({"drawn": n % 2, "age": n % 9.0, "y": (n % 2) * (n % 9) + n % 5})
    >>> study = Study(frame, outcome="y", treated="drawn", covariates=["age"])
    >>> found = best_linear_projection(study, RandomisedTrial(), on=["age"])
    >>> [round(interval.point, 1) for interval in found.intervals]
    [4.0, 1.0]
    """
    if not isinstance(estimator, (DoublyRobust, RandomisedTrial)):
        raise UsageError(
            "An effect is projected by the scores of DoublyRobust or RandomisedTrial, and not of {method}.",
            where="estimator",
            mend="Use DoublyRobust(...), or RandomisedTrial() where a lot was drawn.",
            values={"method": estimator.method},
        )
    groups = compared_groups(study)
    at = [_place(groups, name) for name in on]
    if not at:
        raise UsageError(
            "Nothing is named that the effect could vary with.", where="on", mend="Name some covariates."
        )
    level = ClusterRobust() if inference is None else inference
    return _projected(groups, _scores(groups, estimator), groups.values[:, at], tuple(on), level)


def _place(groups: ComparedGroups, name: str) -> int:
    if name not in groups.names:
        raise UsageError(
            "{name!r} is not among the study's covariates: {known}.",
            where="on",
            mend="Give it as one of covariates=; the effect is projected on what is also adjusted for.",
            values={"name": name, "known": ", ".join(groups.names)},
        )
    return groups.names.index(name)


def _scores(groups: ComparedGroups, estimator: DoublyRobust | RandomisedTrial) -> Floats:
    """Return a number for each row whose mean, given covariates, is the effect given them."""
    if isinstance(estimator, DoublyRobust):
        learnt = cross_fitted(
            groups,
            folds=estimator.folds,
            seed=estimator.seed,
            outcome=estimator.outcome_model,
            chance=estimator.propensity_model,
        )
    else:
        learnt = replace(_by_arm(groups), probabilities=_of_the_lot(groups))
    y, d, p = groups.outcome, groups.treated, learnt.probabilities
    above, below = (y - learnt.if_treated) / p, (y - learnt.if_not) / (1 - p)
    found: Floats = learnt.if_treated - learnt.if_not + np.where(d, above, -below)
    return found


def _by_arm(groups: ComparedGroups) -> Nuisances:
    fallback = DoublyRobust()
    return cross_fitted(groups, folds=fallback.folds, seed=fallback.seed, outcome=None, chance=None)


def _of_the_lot(groups: ComparedGroups) -> Floats:
    drawn = groups.columns.probability
    if drawn is not None:
        return drawn
    share = float(np.average(groups.treated, weights=groups.weights))
    return np.full(len(groups.treated), share)


def _projected(
    groups: ComparedGroups, scores: Floats, X: Floats, names: tuple[str, ...], inference: ClusterRobust
) -> Projection:
    root = np.sqrt(groups.weights)
    design = np.column_stack([np.ones(len(X)), X - np.average(X, axis=0, weights=groups.weights)])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise EstimationError(
            "What the effect is projected on does not vary, or one of them follows from the others.",
            where="on",
            mend="Leave one out.",
        )
    clusters, by_row = clusters_of(groups.columns)
    rows = Rows(
        outcome=scores * root,
        others=np.empty((len(X), 0)),
        bases=design * root[:, None],
        treated=np.ones(len(X), dtype=bool),
        clusters=clusters,
    )
    counted = Counted(
        n_rows=len(X),
        n_parameters=design.shape[1],
        by_row=by_row,
        outcome_scale=float(np.abs(scores).max()),
    )
    problem = problem_of(rows, names=(), counted=counted)
    found = inference.infer(problem, problem.fit())
    slopes = found.intervals[1:]
    df = min(interval.df for interval in slopes)
    test = no_effect(np.array([interval.point for interval in slopes]), found.covariance[1:, 1:], df)
    return Projection(
        names=(_AVERAGE, *names), intervals=tuple(found.intervals), equality=test, level=inference.level
    )
