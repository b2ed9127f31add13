"""Effect by dose: how much more the outcome changed where more of the project came."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.dosed import Dosed, dosed
from impactkit.effects.estimate import Estimate
from impactkit.effects.estimator import RegressionSettings
from impactkit.effects.panel import follow_up_and_baseline
from impactkit.effects.regression import Label, Question, answer
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
_ENOUGH = 5


class ContinuousDose(RegressionSettings):
    """Effect of each unit of dose, of any dose against none, and of small and large doses against none.

    Parameters
    ----------
    groups : int
        Into how many groups of about equally many units doses are cut, each compared with no dose; 0 for
        none. Left out, and said, where a group would have fewer than 5 units.
    inference, permutation
        See `RegressionSettings`.

    Notes
    -----
    The headline is the slope of the change on the dose, with those without a dose as comparison: unit
    effects, period effects, covariates and dose from the start on. Under it stand the average effect on those
    with a dose, what the slope says of the mean dose, the slope among those with a dose (alike where the
    first bit of dose does no more than the next), and groups of doses. Any dose and groups against none rest
    on parallel trends alone. The slopes, and any difference of doses, also need *strong* parallel trends:
    those with a small dose show what a larger one would have done to them. Even then a slope weighs effects
    of more dose by the spread of doses: it is the average response only where the response is a line [1]_.

    References
    ----------
    .. [1] Callaway, B., Goodman-Bacon, A., & Sant'Anna, P. H. C. (2024). Difference-in-differences with a
       continuous treatment. *NBER Working Paper* 32117, sections 3 and 4.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"area": list("abcdef") * 2, "year": [1] * 6 + [2] * 6,
    ...     "share": [0, 0, 0.5, 0.5, 1, 1] * 2, "y": [0.0] * 6 + [1, 2, 3, 4, 4, 7]})
    >>> study = Study(frame, outcome="y", unit="area", time="year", dose="share", start=2)
    >>> found = ContinuousDose(groups=0).estimate(study)
    >>> [(term.name, round(term.interval.point, 6)) for term in found.terms[:3]]
    [('per unit of dose', 4.0), ('any dose', 3.0), ('at the mean dose 0.75', 3.0)]
    """

    method: Literal["continuous_dose"] = "continuous_dose"
    groups: int = Field(default=3, ge=0, le=20)

    def estimate(self, study: Study) -> Estimate:
        """Return the effect per unit of dose, with the effects of any dose and of groups under it.

        Parameters
        ----------
        study : Study
            A panel with ``dose`` and one start.

        Returns
        -------
        Estimate
            Its warnings say what each effect assumes; without units of dose 0 there is the slope alone.

        Raises
        ------
        EstimationError
            If there are no doses, units or periods, the starts differ, or all doses are alike.
        """
        design = dosed(study)
        questions = [Question(problem=design.slope(), labels=(Label(name="per unit of dose"),))]
        warnings = [Message("estimate.dose.slope")]
        if design.has_zero:
            questions += self._against_none(design)
            if self.groups and not len(_edges(design, self.groups)):
                warnings.append(Message("estimate.dose.few_for_groups", {"n": _ENOUGH}))
        else:
            warnings.append(Message("estimate.dose.no_zero"))
        estimate = answer(
            study,
            design.columns,
            questions,
            settings=self,
            estimand=_estimand(study, design),
            test=design.test(self),
        )
        return replace(estimate, warnings=(*estimate.warnings, *warnings))

    def _against_none(self, design: Dosed) -> list[Question]:
        at_mean = Label(name=f"at the mean dose {design.mean:.3g}")
        questions = [
            Question(problem=design.level(), labels=(Label(name="any dose"),)),
            Question(problem=design.slope(unit=design.mean), labels=(at_mean,)),
        ]
        if len(np.unique(design.by_unit)) > 2:
            within = Label(name="per unit of dose, among those with one")
            questions.append(Question(problem=design.among(), labels=(within,)))
        edges = _edges(design, self.groups)
        if len(edges):
            questions.append(Question(problem=design.groups(edges), labels=_labels(design, edges)))
        return questions


def _edges(design: Dosed, groups: int) -> Floats:
    """Return the largest dose of each group of units, or none where a group would be too small."""
    if not groups:
        return np.empty(0)
    doses = design.by_unit[design.by_unit > 0]
    edges = np.unique(np.quantile(doses, np.arange(1, groups + 1) / groups, method="inverted_cdf"))
    counts = np.bincount(np.searchsorted(edges, doses))
    return edges if len(edges) > 1 and counts.min() >= _ENOUGH else np.empty(0)


def _labels(design: Dosed, edges: Floats) -> tuple[Label, ...]:
    doses = design.by_unit[design.by_unit > 0]
    place = np.searchsorted(edges, doses)
    spans = [(doses[place == k].min(), doses[place == k].max()) for k in range(len(edges))]
    return tuple(
        Label(name=f"dose {low:.3g}" if low == high else f"dose {low:.3g} to {high:.3g}")
        for low, high in spans
    )


def _estimand(study: Study, design: Dosed) -> Message:
    follow_up, baseline = follow_up_and_baseline(design.columns)
    names, doses = design.columns.period_names, design.by_unit
    spans = [names[t[0]] if len(t) == 1 else f"{names[t[0]]}–{names[t[-1]]}" for t in (follow_up, baseline)]
    return Message(
        f"estimand.continuous_dose.{'with_zero' if design.has_zero else 'without_zero'}",
        {
            "outcome": study.outcome,
            "dose": str(study.dose),
            "treated": int((doses > 0).sum()),
            "comparison": int((doses == 0).sum()),
            "low": float(doses[doses > 0].min()),
            "high": float(doses.max()),
            "follow_up": spans[0],
            "baseline": spans[1],
        },
    )
