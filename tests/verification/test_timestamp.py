"""A time stamp counts when a trusted authority made it of these very bytes, and for nothing else."""

import base64
from datetime import UTC
from pathlib import Path

import pytest

from impactkit.errors import UsageError, VerificationError
from impactkit.verification import timestamp
from impactkit.verification.timestamp import can_be_read, claimed_at, stamped_at

STORED = Path(__file__).parents[1] / "data" / "timestamp"
MANIFEST = (STORED / "MANIFEST.json").read_bytes()
ROOT = (STORED / "root.pem").read_bytes()
TOKEN = (STORED / "sha256.tsr").read_bytes()
STRANGE = "of another content, or signed by nobody who is trusted"


@pytest.mark.parametrize("name", ["sha256", "sha512"])
def test_a_stamp_tells_its_time(name):
    token = (STORED / f"{name}.tsr").read_bytes()
    at = stamped_at(MANIFEST, token, ROOT)
    assert (at.tzinfo, at) == (UTC, claimed_at(token))
    assert at.strftime("%Y%m%d%H%M%SZ").encode() in token


@pytest.mark.parametrize("name", ["sha1", "without-certificate"])
def test_a_stamp_that_proves_too_little_is_refused(name):
    with pytest.raises(VerificationError, match=STRANGE):
        stamped_at(MANIFEST, (STORED / f"{name}.tsr").read_bytes(), ROOT)


def test_other_bytes_or_another_authority_are_refused():
    for content, root in [(MANIFEST + b" ", "root"), (MANIFEST, "another-root")]:
        with pytest.raises(VerificationError, match=STRANGE):
            stamped_at(content, TOKEN, (STORED / f"{root}.pem").read_bytes())


def test_several_authorities_may_be_trusted():
    both = (STORED / "another-root.pem").read_bytes() + ROOT
    assert stamped_at(MANIFEST, TOKEN, both) == claimed_at(TOKEN)


@pytest.mark.parametrize(
    "token",
    [b"", b"hello", TOKEN[:-1], TOKEN + b"x", TOKEN + bytes(2**20), (STORED / "rejected.tsr").read_bytes()],
    ids=["empty", "text", "cut", "longer", "huge", "rejected"],
)
def test_what_is_no_stamp_is_called_none(token):
    for ask in (claimed_at, lambda token: stamped_at(MANIFEST, token, ROOT)):
        with pytest.raises(VerificationError, match="no time stamp"):
            ask(token)


@pytest.mark.parametrize(
    "roots", [b"", b"hello", ROOT + b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0", ROOT[:200]], ids=range(4)
)
def test_certificates_that_cannot_be_read_are_an_error_of_usage(roots):
    with pytest.raises(UsageError, match="cannot be read") as caught:
        stamped_at(MANIFEST, TOKEN, roots)
    assert "c2VjcmV0" not in str(caught.value)


def test_no_flipped_bit_gives_another_time():
    """Some bits name algorithms and are not signed: flipping them may go through, and changes nothing."""
    at = stamped_at(MANIFEST, TOKEN, ROOT)
    passed = 0
    for place in range(len(TOKEN)):
        changed = TOKEN[:place] + bytes([TOKEN[place] ^ 1 << place % 8]) + TOKEN[place + 1 :]
        try:
            assert stamped_at(MANIFEST, changed, ROOT) == at
            passed += 1
        except VerificationError:
            continue
    assert passed < len(TOKEN) / 50


def test_a_stamp_may_be_a_mebibyte_and_no_more(monkeypatch):
    assert timestamp.MOST_BYTES == 2**20
    monkeypatch.setattr(timestamp, "MOST_BYTES", len(TOKEN))
    assert claimed_at(TOKEN) == stamped_at(MANIFEST, TOKEN, ROOT)
    monkeypatch.setattr(timestamp, "MOST_BYTES", len(TOKEN) - 1)
    with pytest.raises(VerificationError, match="no time stamp") as caught:
        claimed_at(TOKEN)
    assert caught.value.troubles[0].values == {"name": "*.tsr"}


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch):
    assert can_be_read()
    monkeypatch.setattr(timestamp, "find_spec", lambda name: None)
    assert not can_be_read()
    for ask in (claimed_at, lambda token: stamped_at(MANIFEST, token, ROOT)):
        with pytest.raises(UsageError, match=r"pip install impactkit\[timestamp\]"):
            ask(TOKEN)


def test_a_certificate_of_der_form_is_no_pem():
    body = b"".join(ROOT.split(b"\n")[1:-2])
    with pytest.raises(UsageError):
        stamped_at(MANIFEST, TOKEN, base64.b64decode(body))
