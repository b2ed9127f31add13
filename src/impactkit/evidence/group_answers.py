"""The same question asked in each of several groups, with what their errors share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.study import Study
from impactkit.data.study_part import study_part
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import Estimator
from impactkit.errors import EstimationError, StudyError
from impactkit.evidence.reestimated import Reestimated

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """What one group says.

    Parameters
    ----------
    name : str
        The group.
    answer : Reestimated
        Its effect, or why there is none.
    estimate : Estimate, optional
        The whole estimate; None where there is none.
    """

    name: str
    answer: Reestimated
    estimate: Estimate | None

    @property
    def has_error(self) -> bool:
        """Whether there is an effect with a standard error."""
        found = self.answer.interval
        return found is not None and found.reason is None and found.std_error > 0


def group_answers(
    study: Study, estimator: Estimator, *, codes: Codes, names: list[str]
) -> tuple[GroupAnswer, ...]:
    """Return what each group says.

    Parameters
    ----------
    study : Study
        The study.
    estimator : Estimator
        The estimator.
    codes : ndarray of int, shape (n,)
        Group of each row, 0 .. k-1.
    names : list of str
        The groups.

    Returns
    -------
    tuple of GroupAnswer
        In the order of the names.
    """
    found = []
    for code, name in enumerate(names):
        try:
            estimate = estimator.estimate(study_part(study, codes == code))
        except (EstimationError, StudyError) as error:
            found.append(GroupAnswer(name=name, answer=Reestimated(trouble=error.troubles[0]), estimate=None))
        else:
            found.append(GroupAnswer(name=name, answer=Reestimated.of(estimate), estimate=estimate))
    return tuple(found)


def joint_covariance(answers: tuple[GroupAnswer, ...]) -> Floats:
    """Return the covariance of groups' effects.

    Parameters
    ----------
    answers : tuple of GroupAnswer
        Each with a standard error.

    Returns
    -------
    ndarray, shape (k, k)
        Squared standard errors, and beside them the products of what the same clusters bring to both; 0 for
        groups that share no cluster.
    """
    errors = np.array([answer.answer.interval.std_error for answer in answers if answer.answer.interval])
    found: Floats = np.diag(errors**2)
    held = [_by_name(answer.estimate) for answer in answers]
    for a in range(len(answers)):
        for b in range(a):
            shared = sum(part * held[b][name] for name, part in held[a].items() if name in held[b])
            found[a, b] = found[b, a] = float(shared)
    return found


def _by_name(estimate: Estimate | None) -> dict[str, float]:
    """Return what each named cluster brings to the headline's error; rows without names share nothing."""
    if estimate is None or estimate.cluster_names is None or not estimate.influence.size:
        return {}
    names = estimate.cluster_names().tolist()
    return dict(zip(names, estimate.influence[:, 0].tolist(), strict=True))
