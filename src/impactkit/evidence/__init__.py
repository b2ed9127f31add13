"""How far to trust it: claims and what may be said of them."""

from impactkit.evidence.claim import Claim

__all__ = ["Claim"]
