"""Mean outcomes by cluster and period: what checks ask about who was chosen, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.effects.describe import clusters_of, dense, marked

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterPanel:
    """Mean outcomes of what was chosen: clusters treated as a whole, else units.

    Parameters
    ----------
    outcomes : ndarray, shape (G, T)
        Weighted means, or counts over their exposure, in the outcome's unit; nan where nobody was seen.
    starts : ndarray of int, shape (G,)
        Code of the first treated period; T for those never treated within the periods.
    periods : ndarray, shape (T,)
        Period values in order.
    """

    outcomes: Floats
    starts: Codes
    periods: Floats

    @property
    def is_treated(self) -> Flags:
        """Which clusters are treated within the periods, shape (G,)."""
        return np.asarray(self.starts < len(self.periods))


def cluster_panel(columns: Columns) -> ClusterPanel | None:
    """Return the mean outcomes of clusters by period.

    Parameters
    ----------
    columns : Columns
        Rows with periods and starts.

    Returns
    -------
    ClusterPanel or None
        None where there are no periods, no starts, or nobody to follow.

    Examples
    --------
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=4, n_treated=2, n_periods=3, start=3)
    >>> found = cluster_panel(world.study(world.draw(1)).columns)
    >>> found.outcomes.shape, found.starts.tolist()
    ((4, 3), [2, 2, 3, 3])
    """
    if columns.period is None or columns.cohort is None:
        return None
    codes = _chosen(columns, columns.cohort)
    if codes is None:
        return None
    G, T = int(codes.max()) + 1, len(columns.periods)
    cell = codes * T + columns.period
    weight = np.ones(len(cell)) if columns.weight is None else columns.weight
    mass = weight if columns.exposure is None else columns.exposure
    total = columns.outcome * weight if columns.exposure is None else columns.outcome
    sums, masses = (np.bincount(cell, values, G * T) for values in (total, mass))
    means = np.divide(sums, masses, out=np.full(G * T, np.nan), where=masses > 0)
    starts = np.full(G, T, dtype=np.int64)
    starts[codes] = np.searchsorted(columns.periods, columns.cohort)
    return ClusterPanel(outcomes=means.reshape(G, T), starts=starts, periods=columns.periods)


def _chosen(columns: Columns, cohort: Floats) -> Codes | None:
    """Return codes of the clusters that start as a whole, else of units; None of rows that nobody follows."""
    clusters, by_row = clusters_of(columns)
    G = int(clusters.max()) + 1
    first = np.full(G, np.inf)
    np.minimum.at(first, clusters, cohort)
    if not by_row and not marked(clusters, cohort > first[clusters], n=G).any():
        return clusters
    return None if columns.unit is None else dense(columns.unit)
