"""The tree is that of RFC 6962, and a path leads from its own leaf and place only."""

import hashlib
import itertools

import pytest

from impactkit.verification.merkle import levels, path, root, root_of_path, sorted_leaves


def leaves(n):
    return [hashlib.sha256(bytes([k])).digest() for k in range(n)]


def by_definition(parts):
    """Return the root as section 2.1 of RFC 6962 defines it."""
    if not parts:
        return hashlib.sha256(b"").digest()
    if len(parts) == 1:
        return parts[0]
    split = 1 << (len(parts) - 1).bit_length() - 1
    left, right = by_definition(parts[:split]), by_definition(parts[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def path_by_definition(index, parts):
    """Return the path as section 2.1.1 of RFC 6962 defines it."""
    if len(parts) == 1:
        return []
    split = 1 << (len(parts) - 1).bit_length() - 1
    if index < split:
        return [*path_by_definition(index, parts[:split]), by_definition(parts[split:])]
    return [*path_by_definition(index - split, parts[split:]), by_definition(parts[:split])]


@pytest.mark.parametrize("n", [*range(18), 63, 64, 65, 200])
def test_root_and_paths_are_those_of_the_rfc(n):
    parts = leaves(n)
    tree = levels(b"".join(parts))
    assert root(b"".join(parts)) == tree[-1] == by_definition(parts)
    for index in range(n):
        found = path(tree, index)
        assert list(found) == path_by_definition(index, parts)
        assert root_of_path(parts[index], index, n_leaves=n, path=found) == tree[-1]


@pytest.mark.parametrize("n", [2, 3, 5, 8, 11])
def test_a_leaf_leads_to_the_root_from_its_own_place_only(n):
    parts = leaves(n)
    tree = levels(b"".join(parts))
    for index, place in itertools.permutations(range(n), 2):
        found = root_of_path(parts[index], place, n_leaves=n, path=path(tree, index))
        assert found is None or found != tree[-1]


def test_a_path_that_is_too_short_or_too_long_leads_nowhere():
    parts = leaves(5)
    tree = levels(b"".join(parts))
    found = path(tree, 1)
    for wrong in (found[:-1], (*found, bytes(32)), ()):
        assert root_of_path(parts[1], 1, n_leaves=5, path=wrong) is None
    assert root_of_path(parts[0], 0, n_leaves=1, path=()) == parts[0]
    assert root_of_path(parts[0], 0, n_leaves=1, path=(bytes(32),)) is None


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_there_is_no_place_outside(index):
    assert root_of_path(bytes(32), index, n_leaves=5, path=()) is None
    assert root_of_path(bytes(32), 0, n_leaves=0, path=()) is None


def test_leaves_are_sorted_as_bytes_and_keep_their_zeros():
    parts = [
        b"\xff" + bytes(31),
        bytes(32),
        b"\x00" * 31 + b"\x01",
        b"a" * 31 + b"\x00",
        b"a" * 32,
        bytes(32),
    ]
    assert sorted_leaves(b"".join(parts)) == b"".join(sorted(parts))
    assert sorted_leaves(b"") == b""
