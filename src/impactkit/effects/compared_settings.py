"""Settings shared by estimators that make two groups alike by what was measured of them."""

from __future__ import annotations

from impactkit.effects.estimator import RowSettings
from impactkit.effects.inference import Permutation


class ComparedSettings(RowSettings):
    """How uncertainty is found where two groups are made alike.

    Parameters
    ----------
    inference, level
        See `RowSettings`.
    permutation : Permutation, optional
        The test that stands beside it, in which everybody's treatment is drawn again with the chance that a
        logistic regression gives; None for none.
    """

    permutation: Permutation | None = Permutation()
