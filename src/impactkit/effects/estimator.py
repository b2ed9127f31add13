"""What every estimator is: frozen settings with one verb."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.donor_pool import DonorPool
from impactkit.effects.estimate import Estimate
from impactkit.effects.inference import (
    ClusterRobust,
    Conformal,
    FermanPinto,
    GivenUncertainty,
    InfluenceFunction,
    Neyman,
    Permutation,
    PlaceboInSpace,
    PredictionInterval,
    SyntheticVariance,
    WildClusterBootstrap,
)
from impactkit.effects.settings import Settings

Inference = Annotated[
    ClusterRobust | GivenUncertainty | Permutation | WildClusterBootstrap, Field(discriminator="method")
]
PanelInference = Annotated[
    ClusterRobust | FermanPinto | GivenUncertainty | Permutation | WildClusterBootstrap,
    Field(discriminator="method"),
]

TrialInference = Annotated[
    ClusterRobust | GivenUncertainty | Neyman | Permutation | WildClusterBootstrap,
    Field(discriminator="method"),
]
CohortInference = Annotated[ClusterRobust | InfluenceFunction | Permutation, Field(discriminator="method")]


class Estimator(Protocol):
    """Frozen settings with one verb; keeps no state, so that a reviewer can run it again."""

    @property
    def method(self) -> str:
        """The estimator's slug in a plan."""

    def estimate(self, study: Study) -> Estimate:
        """Return what the study says about the effect."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Return the settings."""


class RegressionSettings(Settings):
    """Settings shared by estimators that are one linear regression.

    Parameters
    ----------
    inference : ClusterRobust, GivenUncertainty, Permutation or WildClusterBootstrap
        How the headline uncertainty is found.
    permutation : Permutation, optional
        The permutation test that stands beside it; None for none.
    """

    inference: Inference = ClusterRobust()
    permutation: Permutation | None = Permutation()


class CohortSettings(Settings):
    """Settings shared by estimators of designs with several starts.

    Parameters
    ----------
    inference : ClusterRobust, InfluenceFunction or Permutation, optional
        How uncertainty is found. None chooses: large-sample standard errors from influence functions, or CR2
        with Satterthwaite's degrees of freedom where there are fewer than 40 treated or comparison clusters
        or degrees of freedom. The estimate says in words what was chosen.
    level : float
        Confidence level of what is chosen; an inference that is given has its own.
    permutation : Permutation, optional
        The permutation test that stands beside it; None for none.
    """

    inference: CohortInference | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
    permutation: Permutation | None = Permutation()


RowInference = Annotated[ClusterRobust | InfluenceFunction, Field(discriminator="method")]


class RowSettings(Settings):
    """Settings shared by estimators of a cross section that are known by each row's influence.

    Parameters
    ----------
    inference : ClusterRobust or InfluenceFunction, optional
        How uncertainty is found. None chooses: large-sample standard errors from influence functions, or
        ones corrected for few rows with Satterthwaite's degrees of freedom where there are fewer than 40
        treated or comparison rows (clusters, where the study has them) or degrees of freedom. The estimate
        says in words what was chosen.
    level : float
        Confidence level of what is chosen; an inference that is given has its own.
    """

    inference: RowInference | None = None
    level: float = Field(default=0.95, gt=0, lt=1)


CellInference = Annotated[ClusterRobust | Permutation | WildClusterBootstrap, Field(discriminator="method")]


class CellRegressionSettings(Settings):
    """Settings shared by estimators that are one regression with an effect for each cohort and period.

    Parameters
    ----------
    inference : ClusterRobust, Permutation or WildClusterBootstrap
        How uncertainty is found.
    permutation : Permutation, optional
        The permutation test that stands beside it; None for none.
    """

    inference: CellInference = ClusterRobust()
    permutation: Permutation | None = Permutation()


DonorInference = Annotated[Conformal | PlaceboInSpace | PredictionInterval, Field(discriminator="method")]


class DonorSettings(Settings):
    """Settings shared by estimators that compare treated units with averages of donors.

    Parameters
    ----------
    donors : DonorPool
        Which units may be donors; all that are not treated when left out.
    inference : PlaceboInSpace, Conformal or PredictionInterval
        How uncertainty is found.
    permutation : PlaceboInSpace, optional
        The placebo test that stands beside another inference; None for none.
    """

    donors: DonorPool = DonorPool()
    inference: DonorInference = PlaceboInSpace()
    permutation: PlaceboInSpace | None = PlaceboInSpace()


DifferenceInference = Annotated[PlaceboInSpace | SyntheticVariance, Field(discriminator="method")]
