"""A signature of the manifest: accepted exactly when OpenSSH would accept it, and read without OpenSSH."""

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from impactkit.errors import VerificationError
from impactkit.verification.signature import (
    check_signature,
    fingerprint_of,
    is_private,
    namespace_of,
    read_signature,
)
from ssh_signers import Signer, armoured, string

MANIFEST = b'{"spec":"ikbundle1"}'
KINDS = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
]
SSH_KEYGEN = shutil.which("ssh-keygen")
STORED = Path(__file__).parents[1] / "data" / "signatures"


def is_accepted(signed, manifest=MANIFEST):
    try:
        check_signature(read_signature(signed, "bundle.zip.preparer.sig"), manifest)
    except VerificationError:
        return False
    return True


def refusal(signed, manifest=MANIFEST):
    with pytest.raises(VerificationError) as caught:
        check_signature(read_signature(signed, "b.sig"), manifest)
    (trouble,) = caught.value.troubles
    assert trouble.values["file"] == "b.sig"
    return trouble.what


NONE = "{file} is no SSH signature."
PURPOSE = "{file} was signed for another purpose: its namespace is none of {known}."
WAY = "{file} is signed in a way that is not accepted."
OTHER = "{file} is no signature of this bundle: it was made for another, or one of the two has changed."


@pytest.mark.parametrize("role", ["preparer", "reviewer", "auditor"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_key_signed_is_accepted_and_nothing_else(kind, role):
    signer = Signer(kind)
    signed = signer.sign(MANIFEST, role)
    found = read_signature(signed, "b.sig")
    assert (found.role, found.kind, found.key, found.fingerprint) == (
        role,
        kind,
        signer.blob,
        signer.fingerprint,
    )
    check_signature(found, MANIFEST)
    assert refusal(signed, MANIFEST + b" ") == OTHER
    assert refusal(signer.sign(MANIFEST, blob=Signer(kind, bits=3072).blob)) == OTHER


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"namespace": "git"}, PURPOSE),
        ({"namespace": "impactkit-preparer-v2"}, PURPOSE),
        ({"namespace": "impactkit-preparer-v1 "}, PURPOSE),
        ({"namespace": "å"}, NONE),
        ({"version": 2}, NONE),
        ({"reserved": b"x"}, NONE),
        ({"tail": b"x"}, NONE),
        ({"hash_name": "sha1"}, WAY),
        ({"hash_name": "md5"}, WAY),
        ({"hash_name": "sha3_512"}, WAY),
        ({"blob": string(b"ssh-dss") + string(b"x")}, WAY),
        ({"blob": string(b"ssh-ed25519-cert-v01@openssh.com") + string(b"x")}, WAY),
        ({"blob": string("å".encode())}, NONE),
        ({"blob": b""}, NONE),
        ({"blob": string(b"ssh-ed25519") + string(b"x" * 31)}, OTHER),
        ({"blob": string(b"ssh-ed25519") + string(b"x" * 32) + b"x"}, OTHER),
        ({"algorithm": "ssh-rsa"}, OTHER),
        ({"after": b"x"}, OTHER),
        ({"inner": b"x"}, OTHER),
    ],
    ids=str,
)
def test_a_signature_made_in_another_way_is_refused(settings, said):
    assert refusal(Signer().sign(MANIFEST, **settings)) == said


def test_both_hashes_of_openssh_are_accepted():
    assert all(is_accepted(Signer().sign(MANIFEST, hash_name=name)) for name in ("sha256", "sha512"))


@pytest.mark.parametrize(
    ("bits", "algorithm", "said"),
    [
        (2048, "rsa-sha2-512", None),
        (2048, "rsa-sha2-256", None),
        (2048, "ssh-rsa", WAY),
        (1024, "rsa-sha2-512", WAY),
    ],
)
def test_rsa_is_accepted_with_long_keys_and_without_sha_1(bits, algorithm, said):
    signed = Signer("ssh-rsa", bits=bits).sign(MANIFEST, rsa=algorithm)
    assert is_accepted(signed) if said is None else refusal(signed) == said


def test_more_after_an_rsa_signature_is_refused():
    assert refusal(Signer("ssh-rsa").sign(MANIFEST, after=b"x")) == OTHER


@pytest.mark.parametrize(
    "settings", [{"inner": b"x"}, {"algorithm": "ssh-ed25519"}, {"after": b"x"}], ids=str
)
def test_more_in_a_signature_on_a_curve_is_refused(settings):
    assert refusal(Signer("ecdsa-sha2-nistp256").sign(MANIFEST, **settings)) == OTHER


def test_a_key_on_another_curve_than_its_name_says_is_refused():
    other = Signer("ecdsa-sha2-nistp384")
    blob = string(b"ecdsa-sha2-nistp256") + other.blob[4 + len("ecdsa-sha2-nistp384") :]
    assert refusal(Signer("ecdsa-sha2-nistp256").sign(MANIFEST, blob=blob)) == OTHER


def test_a_key_that_signs_well_under_the_name_of_another_curve_is_refused():
    other = Signer("ecdsa-sha2-nistp384")
    blob = string(b"ecdsa-sha2-nistp256") + other.blob[4 + len("ecdsa-sha2-nistp384") :]
    assert refusal(other.sign(MANIFEST, blob=blob, algorithm="ecdsa-sha2-nistp256")) == OTHER


def test_a_signature_as_large_as_is_allowed_is_read():
    signed = Signer().sign(MANIFEST)
    room = 64 * 1024 - len(signed)
    assert is_accepted(signed + b"\n" * room)
    assert refusal(signed + b"\n" * (room + 1)) == NONE


@pytest.mark.parametrize("settings", [{"after": b"x"}, {"algorithm": "ssh-ed25519"}], ids=str)
@pytest.mark.parametrize("kind", KINDS[-2:])
def test_more_in_a_security_keys_signature_is_refused(kind, settings):
    assert refusal(Signer(kind).sign(MANIFEST, **settings)) == OTHER


def test_a_security_key_on_an_unknown_curve_is_refused():
    kind = KINDS[-1]
    signer = Signer(kind)
    blob = string(kind.encode()) + string(b"nistp999") + string(b"x") + string(b"ssh:")
    assert refusal(signer.sign(MANIFEST, blob=blob)) == OTHER


def test_the_flags_and_the_counter_of_a_security_key_are_signed():
    signer = Signer(KINDS[-2])
    raw = bytearray(base64.b64decode(b"".join(signer.sign(MANIFEST).split(b"\n")[1:-2])))
    for place in (-1, -5):
        changed = raw.copy()
        changed[place] ^= 1
        assert refusal(armoured(bytes(changed))) == OTHER


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"",
        lambda text: text[1:],
        lambda text: b"hello\n" + text,
        lambda text: text + b"hello",
        lambda text: text + text,
        lambda text: text.replace(b"\n", b"", 1),
        lambda text: text.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
        lambda text: text.replace(b"U1NI", b"U1N*"),
        lambda text: text.replace(b"U1NI", b"U1NJ"),
        lambda text: text.replace(b"U1NI", b"U1NIA"),
        lambda text: armoured(b"SSHSIG"),
        lambda text: armoured(b"SSHSIG\0"),
        lambda text: text.replace(b"\n-----END", b"\n" * 70_000 + b"-----END"),
    ],
)
def test_what_is_no_signature_is_called_none(change):
    assert refusal(change(Signer().sign(MANIFEST))) == NONE


def test_line_endings_of_windows_do_not_matter():
    assert is_accepted(Signer().sign(MANIFEST).replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_flipped_bit_is_accepted(kind):
    """Every bit of the key, the namespace, the digest's name and the signature."""
    raw = base64.b64decode(b"".join(Signer(kind).sign(MANIFEST).split(b"\n")[1:-2]))
    step = 8 if kind in ("ssh-ed25519", "ecdsa-sha2-nistp256") else 41
    bits = range(0, 8 * len(raw), 1 if kind == "ssh-ed25519" else step)
    flipped = (raw[: b // 8] + bytes([raw[b // 8] ^ 1 << b % 8]) + raw[b // 8 + 1 :] for b in bits)
    assert [place for place, one in zip(bits, flipped, strict=True) if is_accepted(armoured(one))] == []


PRIVATE = b"-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0IQ==\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "content",
    [
        PRIVATE,
        b"x\n" + PRIVATE,
        b"PuTTY-User-Key-File-3: ssh-ed25519",
        b"b3BlbnNzaC1rZXktdjEAAAA",
        b"openssh-key-v1",
    ],
)
def test_a_private_key_is_refused_without_a_word_of_it(content):
    assert is_private(content)
    with pytest.raises(VerificationError, match="looks like a private key") as caught:
        read_signature(content, "b.sig")
    assert "c2VjcmV0" not in str(caught.value) + repr(caught.value.__cause__)


def test_names_are_those_of_openssh():
    assert [namespace_of(role) for role in ("preparer", "reviewer", "auditor")] == [
        "impactkit-preparer-v1",
        "impactkit-reviewer-v1",
        "impactkit-auditor-v1",
    ]
    assert fingerprint_of(b"abc") == "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0"


@pytest.mark.parametrize("stored", sorted(STORED.glob("*.sig")), ids=lambda file: file.name)
def test_what_openssh_made_is_accepted(stored):
    assert is_accepted(stored.read_bytes(), (STORED / "MANIFEST.json").read_bytes())
    assert not is_accepted(stored.read_bytes(), b"{}")


@pytest.mark.skipif(SSH_KEYGEN is None, reason="ssh-keygen is not installed")
class TestAgainstSshKeygen:
    def says(self, folder, signed, manifest, line):
        (folder / "trusted").write_text(f"anna@kommun.se {line}\n")
        (folder / "signed").write_bytes(signed)
        words = ["-Y", "verify", "-f", "trusted", "-I", "anna@kommun.se", "-n", namespace_of("preparer")]
        asked = [SSH_KEYGEN, *words, "-s", "signed"]
        return subprocess.run(asked, cwd=folder, input=manifest, capture_output=True).returncode == 0

    @pytest.mark.parametrize("kind", KINDS)
    def test_it_accepts_what_we_accept_and_refuses_what_we_refuse(self, tmp_path, kind):
        signer = Signer(kind)
        for settings, manifest in [
            ({}, MANIFEST),
            ({"hash_name": "sha256"}, MANIFEST),
            ({"flags": 0}, MANIFEST),
            ({}, MANIFEST + b" "),
            ({"role": "auditor"}, MANIFEST),
            ({"after": b"x"}, MANIFEST),
        ]:
            signed = signer.sign(MANIFEST, **settings)
            ours = is_accepted(signed, manifest) and b"YXVkaXRvc" not in signed
            ours = ours and read_signature(signed, "b").role == "preparer"
            assert self.says(tmp_path, signed, manifest, signer.line) == ours, settings

    @pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
    def test_what_it_signs_we_accept(self, tmp_path, kind):
        env = {**os.environ, "HOME": str(tmp_path)}
        make = [SSH_KEYGEN, "-q", "-t", kind, "-N", "", "-f", "key"]
        subprocess.run(make, cwd=tmp_path, env=env, check=True, capture_output=True)
        sign = [SSH_KEYGEN, "-Y", "sign", "-n", namespace_of("reviewer"), "-f", "key"]
        made = subprocess.run(sign, cwd=tmp_path, env=env, input=MANIFEST, check=True, capture_output=True)
        found = read_signature(made.stdout, "b.sig")
        check_signature(found, MANIFEST)
        listed = subprocess.run([SSH_KEYGEN, "-lf", "key.pub"], cwd=tmp_path, capture_output=True, text=True)
        assert (found.role, found.fingerprint in listed.stdout) == ("reviewer", True)
