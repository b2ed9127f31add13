"""The estimators a plan may name, told apart by their method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from impactkit.effects.estimators import ALL

if TYPE_CHECKING:
    from impactkit.effects.estimator import RegressionSettings as EstimatorSettings
else:
    EstimatorSettings = Annotated[Union[ALL], Field(discriminator="method")]  # noqa: UP007 - a tuple made at run time

__all__ = ["EstimatorSettings"]
