"""What may be shown of few people: what is hidden, what goes with it, and the audit of both."""

from impactkit.reporting.disclosure.protected import Carried, ProtectedClaim, protected_claims
from impactkit.reporting.disclosure.shown import Disclosure, ShownMean

__all__ = ["Carried", "Disclosure", "ProtectedClaim", "ShownMean", "protected_claims"]
