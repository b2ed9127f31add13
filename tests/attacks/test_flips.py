"""Every byte of every member of a small bundle, changed one at a time, makes it fail."""

from dataclasses import replace

import pytest

from impactkit.errors import VerificationError
from impactkit.verification.bundle import open_bundle
from impactkit.verification.custody import digests, structure
from impactkit.verification.manifest import MANIFEST
from impactkit.verification.safe_zip import write_archive
from impactkit.verification.verify import verify
from verification.conftest import resealed


@pytest.fixture
def bundle(honest):
    return open_bundle(honest[0])


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def test_every_byte_of_every_member_is_held_by_its_digest(bundle):
    """A file is hashed alone: what the others hold does not change whether its own digest fits."""
    unseen = []
    by_name = {member.path: member for member in bundle.manifest.members}
    for name in sorted(set(bundle.members) - {MANIFEST}):
        content = bundle.members[name]
        alone = replace(
            bundle,
            members={**dict.fromkeys(bundle.members, b""), name: content},
            manifest=bundle.manifest.model_copy(update={"members": (by_name[name],)}),
        )
        for place in range(len(content)):
            alone.members[name] = flipped(content, place)
            if digests(alone).state != "fail" or name not in digests(alone).sentence.values["names"]:
                unseen.append((name, place))
    assert unseen == []


def test_every_byte_of_the_manifest_is_seen(bundle, tmp_path):
    file, content = tmp_path / "flipped.zip", bundle.members[MANIFEST]
    unseen = []
    for place in range(len(content)):
        file.write_bytes(write_archive({**bundle.members, MANIFEST: flipped(content, place)}))
        try:
            opened = open_bundle(file)
        except VerificationError:
            continue
        if "fail" not in (structure(opened).state, digests(opened).state, _read_again(opened, bundle)):
            unseen.append(place)
    assert unseen == []


def _read_again(opened, bundle):
    """Return a failure where the manifest says another thing that is computed again when verifying."""
    computed = ("project", "language", "rows", "fingerprint", "columns", "plan_digest", "versions")
    said = [getattr(opened.manifest, name) != getattr(bundle.manifest, name) for name in computed]
    return "fail" if any(said) else "pass"


@pytest.mark.parametrize(
    "said",
    [
        {"project": "Another"},
        {"language": "en"},
        {"rows": 48},
        {"fingerprint": "0" * 64},
        {"columns": {}},
        {"plan_digest": "0" * 64},
        {"versions": {"impactkit": "9"}},
    ],
    ids=lambda said: next(iter(said)),
)
def test_what_the_manifest_says_is_computed_again(members, tmp_path, said):
    file = tmp_path / "forged.zip"
    file.write_bytes(resealed(members, said))
    assert verify(file).exit_code == 1
