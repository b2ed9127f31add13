"""SHA-256, or HMAC-SHA-256 with a key that stays at home."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import partial

from impactkit.errors import UsageError

HashFunction = Callable[[bytes], bytes]
_KEY_SIZE = 32


def digest_with(key: bytes | None) -> HashFunction:
    """Return SHA-256, or HMAC-SHA-256 with a key.

    Parameters
    ----------
    key : bytes or None
        32 bytes.

    Returns
    -------
    callable
        Takes bytes and returns 32.

    Raises
    ------
    UsageError
        If the key has another length.

    Examples
    --------
    >>> digest_with(None)(b"").hex()[:8]
    'e3b0c442'
    """
    if key is None:
        return _sha256
    if not isinstance(key, bytes) or len(key) != _KEY_SIZE:
        raise UsageError(
            "A key has 32 secret bytes; this one has {n}.",
            where="key",
            mend="Make one with new_key, once for the project, and read it from its file with read_key.",
            values={"n": len(key)},
        )
    return partial(_hmac, key)


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")
