"""Several treated units beside one average of donors, sought for their mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from impactkit.effects.donor_fits import DonorFits, Pool, nearest_donors
from impactkit.effects.donor_panel import DonorPanel, listed
from impactkit.effects.kernels.donor_ranks import DonorRanks, Statistic, choices
from impactkit.effects.kernels.simplex import nearest_in_hull
from impactkit.errors import EstimationError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class PooledFits(DonorFits):
    """Treated units of one start, beside the average of donors that is nearest to their mean.

    Parameters
    ----------
    mean : DonorFits
        Their mean beside the donors, as if it were one unit.
    """

    mean: DonorFits

    @property
    def fitted(self) -> DonorFits:
        """The mean beside its donors, for which weights were sought."""
        return self.mean

    @cached_property
    def weights(self) -> Floats:
        """What each donor weighs, the same for each treated unit, shape (n, D)."""
        return np.repeat(self.mean.weights, self.n_treated, axis=0)

    def ranks(self, *, pool: Pool, statistic: Statistic, draws: int, seed: int) -> DonorRanks:
        """Return the gaps of the treated units' mean and of means of as many donors beside the others.

        Parameters
        ----------
        pool : {"all", "untreated"}
            Treated units are never donors of the placebos.
        statistic : {"mean_gap", "rmspe_ratio"}
            What is ranked.
        draws, seed : int
            Random choices of donors, and where they start.

        Returns
        -------
        DonorRanks
            The treated first; nothing else where there are no donors beside as many.
        """
        n, start, donors = self.n_treated, int(self.starts[0]), self.outcomes[self.n_treated :]
        D, paths, n_choices = len(donors), [self.path], 0
        if n < D:
            is_alike = bool(np.allclose(self.shares, 1 / n))
            chosen, n_choices = choices(D, n, is_alike=is_alike, draws=draws, seed=seed)
            is_other = np.ones(D, dtype=bool)
            for rows in chosen:
                is_other[rows] = False
                own, others = self.shares @ donors[rows], donors[is_other]
                paths.append(own - nearest_in_hull(others[:, :start], own[:start]).weights @ others)
                is_other[rows] = True
        gaps = np.stack(paths)
        return DonorRanks(
            gaps=gaps[:, start:],
            shifts=np.append(1.0, np.zeros(len(gaps) - 1)),
            before=gaps[:, :start],
            statistic=statistic,
            n_assignments=n_choices + 1,
        )


def pooled_fits(panel: DonorPanel) -> PooledFits:
    """Return the treated units of a panel beside one average of donors.

    Parameters
    ----------
    panel : DonorPanel
        Treated units and donors.

    Returns
    -------
    PooledFits
        Weights are those of `nearest_in_hull` for the treated units' mean.

    Raises
    ------
    EstimationError
        If the treated start at different times.
    """
    starts = np.unique(panel.starts)
    if len(starts) > 1:
        names = panel.columns.period_names
        raise EstimationError(
            "Treated units start at different times ({periods}): no one average of donors fits "
            "them together.",
            where="treated",
            mend="Choose treated='separate', or estimate each start in a study of its own.",
            values={"periods": listed([names[start] for start in starts.tolist()])},
        )
    together = mean_panel(panel)
    mean = DonorFits(
        outcomes=together.outcomes,
        names=together.names,
        starts=starts,
        shares=np.ones(1),
        weigh=nearest_donors(together.outcomes),
    )
    return PooledFits(
        outcomes=panel.outcomes,
        names=panel.names,
        starts=panel.starts,
        shares=panel.shares,
        weigh=nearest_donors(panel.outcomes),
        mean=mean,
    )


def mean_panel(panel: DonorPanel) -> DonorPanel:
    """Return a panel with the treated units' mean in their place.

    Parameters
    ----------
    panel : DonorPanel
        Treated units of one start, and donors.

    Returns
    -------
    DonorPanel
        One treated row, named after all of them.
    """
    n = panel.n_treated
    return replace(
        panel,
        outcomes=np.vstack([panel.shares @ panel.outcomes[:n], panel.outcomes[n:]]),
        names=(listed(panel.names[:n]), *panel.names[n:]),
        starts=panel.starts[:1],
        shares=np.ones(1),
    )
