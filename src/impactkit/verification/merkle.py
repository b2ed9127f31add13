"""A hash tree as in RFC 6962: one root over many leaves, and the path that ties a single leaf to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

SIZE = 32
_NODE = b"\x01"


def sorted_leaves(leaves: bytes) -> bytes:
    """Return digests, one after another, in ascending order.

    Parameters
    ----------
    leaves : bytes
        Digests of 32 bytes, joined.

    Returns
    -------
    bytes
        The same digests; one that stands twice still does.

    Examples
    --------
    >>> sorted_leaves(bytes([2]) * 32 + bytes([1]) * 32)[0]
    1
    """
    return np.sort(np.frombuffer(leaves, dtype=f"S{SIZE}")).tobytes()


def levels(leaves: bytes) -> list[bytes]:
    """Return every level of the tree, from the leaves to the root.

    Parameters
    ----------
    leaves : bytes
        Digests of 32 bytes, joined, in order.

    Returns
    -------
    list of bytes
        The last is the root. An odd one out is carried up, which gives the tree of RFC 6962. The root over
        nothing is the SHA-256 of nothing.

    Examples
    --------
    >>> [len(level) // 32 for level in levels(bytes(3 * 32))]
    [3, 2, 1]
    """
    found = [leaves or hashlib.sha256(b"").digest()]
    while len(found[-1]) > SIZE:
        found.append(_above(found[-1]))
    return found


def root(leaves: bytes) -> bytes:
    """Return the root over leaves.

    Parameters
    ----------
    leaves : bytes
        Digests of 32 bytes, joined, in order.

    Returns
    -------
    bytes
        32 bytes.

    Examples
    --------
    >>> root(bytes(32)) == bytes(32)
    True
    """
    level = leaves or hashlib.sha256(b"").digest()
    while len(level) > SIZE:
        level = _above(level)
    return level


def path(tree: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return what a leaf is joined with on its way to the root.

    Parameters
    ----------
    tree : sequence of bytes
        As `levels` gives it.
    index : int
        The leaf's place, counted from 0.

    Returns
    -------
    tuple of bytes
        Its neighbours, from the leaf's own level upwards.

    Examples
    --------
    >>> len(path(levels(bytes(3 * 32)), 2))
    1
    """
    found = []
    for level in tree[:-1]:
        beside = index ^ 1
        if beside * SIZE < len(level):
            found.append(level[beside * SIZE : (beside + 1) * SIZE])
        index //= 2
    return tuple(found)


def root_of_path(leaf: bytes, index: int, *, n_leaves: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf and its path lead to.

    Parameters
    ----------
    leaf : bytes
        The leaf's digest.
    index : int
        Its place, counted from 0.
    n_leaves : int
        How many leaves the tree has.
    path : sequence of bytes
        Its neighbours, from the leaf's own level upwards.

    Returns
    -------
    bytes or None
        None if there is no such place, or the path is too short or too long for it.

    Examples
    --------
    >>> tree = levels(bytes(3 * 32))
    >>> root_of_path(bytes(32), 1, n_leaves=3, path=path(tree, 1)) == tree[-1]
    True
    """
    if not 0 <= index < n_leaves:
        return None
    rest, found, width = list(path), leaf, n_leaves
    while width > 1:
        if index % 2 or index + 1 < width:
            if not rest:
                return None
            beside = rest.pop(0)
            found = _joined(beside, found) if index % 2 else _joined(found, beside)
        index, width = index // 2, (width + 1) // 2
    return None if rest else found


def _above(level: bytes) -> bytes:
    whole = len(level) // (2 * SIZE) * (2 * SIZE)
    digest = hashlib.sha256
    pairs = [digest(_NODE + level[at : at + 2 * SIZE]).digest() for at in range(0, whole, 2 * SIZE)]
    return b"".join(pairs) + level[whole:]


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
