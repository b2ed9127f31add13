"""Placebo dates: how the treated stretch of a series ranks among all stretches of its length."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from impactkit.effects.kernels.date_shifts import DateShifts
from impactkit.effects.permutation_test import PermutationTest
from impactkit.wording import Message


class PlaceboDates(BaseModel):
    """The mean of what is left over the treated stretch, ranked among stretches at all other dates.

    Parameters
    ----------
    method : {"placebo_dates"}
        Its name in plans.

    Notes
    -----
    The regression is made without the interruption, a supposed constant effect taken out of the treated
    periods first, and the stretch is moved through what is left in a circle [1]_. It stands beside limits
    from a model of the errors, and needs no such model. Alone it rejected without an effect in 3 to 6 % at a
    nominal 5 % where errors carry over by up to 0.6, and in 8 % at 0.8 (docs/results/series.md): what a line
    leaves of such errors is not quite alike at all dates. With T periods no p-value is below 1 / T: a
    one-sided test at 2.5 % needs 40 periods in all.

    References
    ----------
    .. [1] Chernozhukov, V., Wüthrich, K., & Zhu, Y. (2021). An exact and robust conformal inference method
       for counterfactual and synthetic controls. *Journal of the American Statistical Association*, 116(536).

    Examples
    --------
    >>> PlaceboDates().method
    'placebo_dates'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["placebo_dates"] = "placebo_dates"

    def test(self, shifts: DateShifts) -> PermutationTest:
        """Return the test of any constant effect.

        Parameters
        ----------
        shifts : DateShifts
            The series.

        Returns
        -------
        PermutationTest
            All places are gone through.
        """
        law = Message(
            "inference.law.dates", {"treated": int(shifts.treated.sum()), "n": shifts.n_assignments}
        )
        return PermutationTest(parts=(shifts,), draws=shifts.n_assignments, seed=0, law=law)
