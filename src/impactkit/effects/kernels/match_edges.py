"""Who is matched with whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchEdges:
    """Rows and their matches, one edge a match.

    Parameters
    ----------
    focal : ndarray of int, shape (e,)
        The row that was given a match, in rising order of appearance.
    partner : ndarray of int, shape (e,)
        The row it is compared with.
    share : ndarray, shape (e,)
        What the partner weighs among the row's matches; each row's shares add up to one.
    """

    focal: Labels
    partner: Labels
    share: Floats

    @classmethod
    def even(cls, focal: Labels, partner: Labels) -> MatchEdges:
        """Return edges in which a row's matches weigh the same."""
        order = np.argsort(focal, kind="stable")
        focal, partner = focal[order], partner[order]
        n = np.bincount(focal, minlength=1)
        return cls(focal=focal, partner=partner, share=1 / n[focal])

    @property
    def matched(self) -> Labels:
        """Rows with a match."""
        return np.unique(self.focal)

    def joined(self, other: MatchEdges) -> MatchEdges:
        """Return the edges of both."""
        return MatchEdges(
            focal=np.concatenate([self.focal, other.focal]),
            partner=np.concatenate([self.partner, other.partner]),
            share=np.concatenate([self.share, other.share]),
        )

    def imputed(self, outcome: Floats) -> Floats:
        """Return the mean outcome of each row's matches, shape (n,); 0 for rows without."""
        return np.bincount(self.focal, self.share * outcome[self.partner], len(outcome)).astype(np.float64)
