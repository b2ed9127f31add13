"""Settings shared by estimators that make two groups alike by what was measured of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from impactkit.effects.inference import ClusterRobust, InfluenceFunction
from impactkit.effects.settings import Settings

RowInference = Annotated[ClusterRobust | InfluenceFunction, Field(discriminator="method")]


class ComparedSettings(Settings):
    """How uncertainty is found where the effect is known by each row's influence.

    Parameters
    ----------
    inference : ClusterRobust or InfluenceFunction, optional
        None chooses: large-sample standard errors, or CR2 with Satterthwaite's degrees of freedom where there
        are fewer than 40 treated or comparison clusters or degrees of freedom.
    level : float
        Confidence level of what is chosen; an inference that is given has its own.
    """

    inference: RowInference | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
