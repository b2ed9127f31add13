"""The estimators a plan may name."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


# A seam: becomes the union of impactkit.effects.estimators.ALL, told apart by method.
class EstimatorSettings(BaseModel):
    """An estimator by its method's name, with its settings."""

    model_config = ConfigDict(frozen=True, extra="allow")

    method: Literal["before_after", "difference_in_differences", "randomised_trial"]
