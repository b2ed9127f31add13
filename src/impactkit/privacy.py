"""What keeps people unknown: keys, and names replaced by pseudonyms."""

from impactkit.data.pseudonym import new_key, pseudonymise

__all__ = ["new_key", "pseudonymise"]
