"""Other weights of donors that fit nearly as well: how far apart the answers are that they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from impactkit.data.study import Study
from impactkit.effects.donor_fits import DonorFits
from impactkit.effects.donor_panel import DonorPanel
from impactkit.effects.donor_support import OF_SPREAD, SHARE, nearly_as_good
from impactkit.effects.estimator import Estimator
from impactkit.errors import UsageError
from impactkit.wording import Facts, Message, Shown

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class _OfDonors(Protocol):
    def beside_donors(self, study: Study) -> tuple[DonorPanel, DonorFits]:
        """Return the treated units and donors, and their weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearOptimalWeights(Shown):
    """The average effect under weights that fit nearly as well before the start.

    Parameters
    ----------
    effect : float
        Under the chosen weights, in the outcome's unit.
    low, high : float
        The smallest and the largest under weights nearly as good.
    allowed : float
        The root mean square gap before the start that such weights may have.
    """

    effect: float
    low: float
    high: float
    allowed: float

    @property
    def keeps_its_sign(self) -> bool:
        """Whether every such effect points the same way."""
        return self.low > 0 or self.high < 0

    def tidy(self) -> pd.DataFrame:
        """Return one row: estimate, lowest, highest, allowed_gap."""
        import pandas as pd

        row = {"estimate": self.effect, "lowest": self.low, "highest": self.high, "allowed_gap": self.allowed}
        return pd.DataFrame([row])

    def in_words(self) -> tuple[Message, ...]:
        """Return how far the answer rests on the choice among weights, a sentence each."""
        values = {"effect": self.effect, "low": self.low, "high": self.high, "allowed": self.allowed}
        sign = "same" if self.keeps_its_sign else "either"
        return (
            Message("robustness.near_optimal.range", values),
            Message(f"robustness.near_optimal.{sign}_way"),
        )

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("robustness.row.says"), sentence) for sentence in self.in_words()
        ]
        return Facts(title=Message("robustness.near_optimal.title"), rows=rows)


def near_optimal(
    study: Study, estimator: Estimator, *, share: float = SHARE, of_spread: float = OF_SPREAD
) -> NearOptimalWeights:
    """Return the range of average effects over donors' weights that fit nearly as well before the start.

    Parameters
    ----------
    study : Study
        The study.
    estimator : SyntheticControl or PenalisedSyntheticControl
        The estimator.
    share, of_spread : float
        How much larger the root mean square gap before the start may be than that of the chosen weights: as
        a share of it, and of the treated unit's own standard deviation before the start.

    Returns
    -------
    NearOptimalWeights
        Exact: no weights that sum to 1 and fit so well give an effect outside it.

    Raises
    ------
    EstimationError
        If the estimator cannot answer.
    UsageError
        If the estimator does not weigh donors, or a share is negative.

    Notes
    -----
    With more donors than periods many averages follow the treated unit equally well, and they need not agree
    after the start. The range says nothing of chance.

    Examples
    --------
    >>> from impactkit.effects.estimators import SyntheticControl
    >>> from impactkit.effects.worlds import FactorPanel
    >>> world = FactorPanel(n_donors=12)
    >>> found = near_optimal(world.study(world.draw(1)), SyntheticControl())
    >>> found.low <= found.effect <= found.high
    True
    """
    if not isinstance(estimator, _OfDonors):
        raise UsageError(
            "{method} has no donors whose weights sum to 1.",
            where="estimator",
            mend="Use SyntheticControl or PenalisedSyntheticControl.",
            values={"method": estimator.method},
        )
    if share < 0 or of_spread < 0:
        raise UsageError(
            "Weights nearly as good cannot fit better than the best: share and of_spread are at least 0.",
            where="share",
            mend="Give 0 or more.",
        )
    _, fits = estimator.beside_donors(study)
    found = nearly_as_good(fits, share=share, of_spread=of_spread)
    return NearOptimalWeights(effect=fits.average, low=found.low, high=found.high, allowed=found.allowed)
