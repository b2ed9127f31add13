"""Which of several arms stands out when the lot is drawn again, all of them held at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from impactkit.data.columns import Codes, Columns, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of, dense
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.arm_assignment import LargestOfArms, largest_of_arms
from impactkit.effects.trial_arms import Arms, arms_of
from impactkit.errors import EstimationError
from impactkit.wording import Facts, Message, MessageValue, Shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmsAtOnce(Shown):
    """Several arms against one, by the lot drawn again.

    Parameters
    ----------
    arms : tuple of str
        The arms, the estimate's own first.
    control : str
        The arm compared with.
    found : LargestOfArms
        p-values of each alone and with all held at once.
    draws : int
        Lots that were drawn, where not all were gone through.
    """

    arms: tuple[str, ...]
    control: str
    found: LargestOfArms
    draws: int

    def tidy(self) -> pd.DataFrame:
        """Return one row an arm.

        Returns
        -------
        pandas.DataFrame
            Columns arm, p_value (alone), adjusted_p (all held at once).
        """
        import pandas as pd

        return pd.DataFrame({"arm": self.arms, "p_value": self.found.own, "adjusted_p": self.found.at_once})

    def in_words(self) -> tuple[Message, ...]:
        """Return what each arm's p-value is, and what it is of, a sentence each."""
        rows = zip(self.arms, self.found.own.tolist(), self.found.at_once.tolist(), strict=True)
        told = [
            Message("robustness.arms_at_once.arm", {"arm": arm, "alone": alone, "p": p})
            for arm, alone, p in rows
        ]
        values: dict[str, MessageValue] = {"control": self.control, "n": self.found.n_assignments}
        if self.found.is_exact:
            return (*told, Message("robustness.arms_at_once.exact", values))
        return (*told, Message("robustness.arms_at_once.drawn", {"control": self.control, "n": self.draws}))

    def _facts(self) -> Facts:
        says = Message("robustness.row.says")
        title = Message("robustness.arms_at_once.title")
        return Facts(title=title, rows=[(says, sentence) for sentence in self.in_words()])


def arms_at_once(study: Study, estimate: Estimate, *, draws: int = 9_999, seed: int = 1) -> ArmsAtOnce:
    """Draw the lot of several arms again, and ask how far the arm that strays most would stray by chance.

    Parameters
    ----------
    study : Study
        A cross section with ``arm``.
    estimate : Estimate
        A randomised trial on it; the arm it names comes first.
    draws, seed : int
        Random lots where there are too many to go through, and where they start.

    Returns
    -------
    ArmsAtOnce
        p-values of each arm alone and with all arms held at once.

    Raises
    ------
    EstimationError
        If the estimate is not of several arms.

    Notes
    -----
    Outcomes are taken less the mean of their stratum, and an arm's difference is divided by a standard error
    that lets variances differ. The hypothesis is that no arm did anything to anybody; people (or whole
    clusters) then have the same outcome in whichever arm. Covariates are not adjusted for.

    References
    ----------
    .. [1] Westfall, P. H., & Young, S. S. (1993). *Resampling-Based Multiple Testing*. Wiley.

    Examples
    --------
    >>> import pandas as pd
    >>> from impactkit.effects.estimators import RandomisedTrial
    >>> frame = pd.DataFrame({"y": [0.0, 1, 2, 8, 9, 7, 1, 0, 2], "arm": list("nnnvvvccc")})
    >>> trial = Study(frame, outcome="y", arm="arm", control="n")
    >>> found = arms_at_once(trial, RandomisedTrial(arm="v").estimate(trial))
    >>> found.tidy()["arm"].tolist(), found.found.n_assignments
    (['v', 'c'], 1680)
    """
    columns = study.columns
    arms = None
    if estimate.method == "randomised_trial" and study.kind == "cross_section":
        arms = arms_of(columns, estimate.settings.get("arm"))
    if arms is None:
        raise EstimationError(
            "Only a lottery of several arms can hold them at once.",
            where="estimate",
            mend="Give a cross section with arm= and an estimate by RandomisedTrial(arm=...).",
        )
    units, strata = _drawn(columns, arms)
    G = int(units.max()) + 1
    codes, places = np.zeros(G, dtype=np.int64), np.zeros(G, dtype=np.int64)
    codes[units], places[units] = arms.codes, strata
    weight = np.ones(len(units)) if columns.weight is None else columns.weight
    left = columns.outcome - _means(columns.outcome, weight, strata)
    found = largest_of_arms(
        np.bincount(units, weight * left, G).astype(np.float64),
        np.bincount(units, weight, G).astype(np.float64),
        codes,
        places,
        draws=draws,
        seed=seed,
    )
    return ArmsAtOnce(arms=arms.names[1:], control=arms.names[0], found=found, draws=draws)


def _drawn(columns: Columns, arms: Arms) -> tuple[Codes, Codes]:
    """Return what was drawn (clusters where the arm is the same within them) and its strata, by row."""
    clusters, by_row = clusters_of(columns)
    strata = np.zeros(len(clusters), dtype=np.int64) if columns.stratum is None else dense(columns.stratum)
    if by_row:
        return clusters, strata
    first = np.zeros(int(clusters.max()) + 1, dtype=np.int64)
    first[clusters] = arms.codes
    if np.array_equal(first[clusters], arms.codes):
        return clusters, strata
    return np.arange(len(clusters)), strata


def _means(values: Floats, weight: Floats, strata: Codes) -> Floats:
    return np.asarray((np.bincount(strata, weight * values) / np.bincount(strata, weight))[strata])
