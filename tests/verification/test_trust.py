"""A reviewer's file of allowed signers is read as OpenSSH reads it; what is not understood is refused."""

import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

from impactkit.errors import UsageError, VerificationError
from impactkit.verification.signature import namespace_of, read_signature
from impactkit.verification.trust import Trust, TrustedKey, fits, revoked_keys, trusted, trusted_keys
from ssh_signers import Signer

MANIFEST = b"{}"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ANNA = Signer()
OTHER = Signer("ecdsa-sha2-nistp256")
SSH_KEYGEN = shutil.which("ssh-keygen")


@pytest.fixture
def keys(tmp_path):
    """Return a function that reads a file of allowed signers."""

    def read(text):
        file = tmp_path / "trusted"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return trusted_keys(file)

    return read


def asked(keys, *, role="preparer", revoked=frozenset(), now=NOW):
    found = read_signature(ANNA.sign(MANIFEST, role), "b.sig")
    return trusted(found, keys, revoked, now=now)


def refusal(keys, **kwargs):
    with pytest.raises(VerificationError) as caught:
        asked(keys, **kwargs)
    (trouble,) = caught.value.troubles
    assert trouble.values == {
        "file": "b.sig",
        "key": ANNA.fingerprint,
        "role": kwargs.get("role", "preparer"),
    }
    return trouble.what


def test_a_line_says_who_for_what_and_how_long(keys):
    text = (
        "# the municipality\n\n \t\n"
        f"anna@kommun.se {ANNA.line} Anna's laptop\r\n"
        f'  "bo ek@kommun.se,*@x.se" namespaces="impactkit-*,git",valid-after="20260101Z",'
        f'valid-before="202612312359Z" {OTHER.line}\n'
    )
    assert keys("\ufeff" + text) == (
        TrustedKey(who="anna@kommun.se", key=ANNA.blob),
        TrustedKey(
            who="bo ek@kommun.se,*@x.se",
            key=OTHER.blob,
            namespaces="impactkit-*,git",
            valid_after=datetime(2026, 1, 1, tzinfo=UTC),
            valid_before=datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
        ),
    )
    assert keys("# nobody") == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20260601", datetime(2026, 6, 1).astimezone()),
        ("202606011330", datetime(2026, 6, 1, 13, 30).astimezone()),
        ("20260601133059", datetime(2026, 6, 1, 13, 30, 59).astimezone()),
        ("20260601133059Z", datetime(2026, 6, 1, 13, 30, 59, tzinfo=UTC)),
    ],
)
def test_times_are_of_this_computers_zone_unless_they_say_z(keys, written, meant):
    (found,) = keys(f'a valid-before="{written}" {ANNA.line}')
    assert found.valid_before == meant


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has one time zone")
def test_another_zone_moves_what_does_not_say_z(keys, monkeypatch):
    monkeypatch.setenv("TZ", "XXX-5")
    time.tzset()
    try:
        text = f'a valid-before="202606011200" {ANNA.line}\nb valid-before="202606011200Z" {ANNA.line}'
        assert [one.valid_before for one in keys(text)] == [
            datetime(2026, 6, 1, 7, tzinfo=UTC),
            datetime(2026, 6, 1, 12, tzinfo=UTC),
        ]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "line",
    [
        "anna@kommun.se",
        "anna@kommun.se ssh-ed25519",
        '"anna',
        '"anna" ',
        f'"anna {ANNA.line}',
        "anna ssh-ed25519 !!!!",
        f"anna {ANNA.line[:40]}!{ANNA.line[40:]}",
        "anna ssh-ed25519 åäö",
        f"anna ssh-rsa {ANNA.line.split()[1]}",
        "anna ssh-ed25519 AAAA",
        f'anna namespaces="a",namespaces="b" {ANNA.line}',
        f"anna namespaces=a {ANNA.line}",
        f'anna namespaces="a {ANNA.line}',
        f'anna no-such-option="a" {ANNA.line}',
        f'anna valid-before="2026-01-01" {ANNA.line}',
        f'anna valid-before="20261301" {ANNA.line}',
        f'anna valid-after="00000000" {ANNA.line}',
        f'anna valid-after="2026010" {ANNA.line}',
        f"anna\f {ANNA.line}",
        f"anna cert-authorityx {ANNA.line}",
    ],
    ids=lambda line: re.sub(r"AAAAC3[A-Za-z0-9+/!]+", "KEY", line),
)
def test_a_line_that_is_not_understood_is_named_by_number_only(keys, line):
    with pytest.raises(UsageError, match=r"Line 2 of trusted is not understood") as caught:
        keys(f"# first\n{line}\n")
    assert ANNA.line.split()[1] not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_certificate_authority_is_refused_by_name(keys):
    with pytest.raises(UsageError, match="Line 1 of trusted trusts a certificate authority"):
        keys(f'* cert-authority,namespaces="impactkit-preparer-v1" {ANNA.line}')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n", "looks like a private key"),
        (b"SSHKRL\n\x00rest", "binary list of revoked keys"),
        (b"anna \xff", "no file of public keys"),
        (b"anna\0", "no file of public keys"),
        (b"#" * (2**20 + 1), "no file of public keys"),
    ],
)
def test_a_file_of_another_kind_is_refused(keys, content, said):
    with pytest.raises(UsageError, match=said) as caught:
        keys(content)
    assert "c2VjcmV0" not in str(caught.value)


def test_a_file_as_large_as_is_allowed_is_read(keys):
    assert keys(b"#" * 2**20) == ()


def test_a_file_that_is_not_there_is_an_error_of_usage(tmp_path):
    for read in (trusted_keys, revoked_keys):
        with pytest.raises(UsageError, match="There is no file nowhere"):
            read(tmp_path / "nowhere")


def test_revoked_keys_stand_one_a_line(tmp_path):
    file = tmp_path / "revoked"
    file.write_text(f"# lost\n{ANNA.line} Anna\n{OTHER.line}\n")
    assert revoked_keys(file) == {ANNA.blob, OTHER.blob}
    file.write_text(f"{ANNA.line}\nssh-ed25519\n")
    with pytest.raises(UsageError, match="Line 2 of revoked is not understood"):
        revoked_keys(file)


def test_a_path_is_a_file_of_signers():
    assert Trust.of("file") == Trust(signers="file")
    assert Trust.of(None) == Trust()
    whole = Trust(signers="a", revoked="b", timestamp_roots="c")
    assert Trust.of(whole) is whole


class TestTrusted:
    def test_by_key_role_and_time(self, keys):
        found = keys(f'a {OTHER.line}\nb namespaces="git" {ANNA.line}\nc {ANNA.line}\nd {ANNA.line}')
        assert asked(found).who == "c"

    def test_a_stranger_is_not(self, keys):
        said = "The key {key} in {file} is not in the trust file."
        assert refusal(keys(f"a {OTHER.line}")) == said
        assert refusal(()) == said

    @pytest.mark.parametrize("role", ["preparer", "reviewer", "auditor"])
    def test_a_role_that_the_line_does_not_allow_is_not(self, keys, role):
        found = keys(f'a namespaces="impactkit-reviewer-v1" {ANNA.line}')
        if role == "reviewer":
            assert asked(found, role=role).who == "a"
        else:
            assert refusal(found, role=role) == "The key {key} in {file} is trusted, but not as {role}."

    def test_a_revoked_key_is_not_whatever_the_lines_say(self, keys):
        said = refusal(keys(f"a {ANNA.line}"), revoked=frozenset({ANNA.blob}))
        assert said == "The key {key} in {file} has been revoked."
        assert asked(keys(f"a {ANNA.line}"), revoked=frozenset({OTHER.blob})).who == "a"

    def test_both_ends_of_its_time_count_in(self, keys):
        start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        found = keys(f'a valid-after="20260101Z",valid-before="20270101Z" {ANNA.line}')
        assert asked(found, now=start) == asked(found, now=end) == found[0]
        second = timedelta(seconds=1)
        assert refusal(found, now=start - second) == "The key {key} in {file} is not trusted yet."
        late = "The key {key} in {file} is trusted no longer: its time is out."
        assert refusal(found, now=end + second) == late

    def test_a_later_line_may_still_trust(self, keys):
        found = keys(f'a valid-before="20200101Z" {ANNA.line}\nb valid-after="20990101Z" {ANNA.line}')
        assert refusal(found) == "The key {key} in {file} is trusted no longer: its time is out."
        found += keys(f"c {ANNA.line}")
        assert asked(found).who == "c"


@pytest.mark.parametrize(
    ("text", "patterns", "expected"),
    [
        ("abc", "abc", True),
        ("abc", "ABC", False),
        ("abc", "ab", False),
        ("abc", "a*", True),
        ("abc", "a?c", True),
        ("abc", "a?", False),
        ("abc", "x,a*", True),
        ("abc", "x,y", False),
        ("abc", "!abc", False),
        ("abc", "a*,!abc", False),
        ("abc", "!x,a*", True),
        ("abc", "!x", False),
        ("a[b]c", "a[b]c", True),
        ("abc", "a[b]c", False),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("a\nc", "a*", True),
        ("abc", "", False),
    ],
)
def test_patterns_are_those_of_openssh(text, patterns, expected):
    assert fits(text, patterns) is expected


@pytest.mark.skipif(SSH_KEYGEN is None, reason="ssh-keygen is not installed")
@pytest.mark.parametrize(
    "options",
    [
        "",
        'namespaces="impactkit-preparer-v1"',
        'namespaces="git,impactkit-*"',
        'namespaces="impactkit-*,!impactkit-preparer-v1"',
        'namespaces="git"',
        'namespaces="impactkit-preparer-v?"',
        'NAMESPACES="git"',
        'valid-after="20200101"',
        'valid-after="20990101"',
        'valid-before="20200101Z"',
        'valid-before="209901011200"',
        'valid-after="20200101",valid-before="20990101",namespaces="impactkit-preparer-v1"',
        'valid-after="20200101",valid-before="20210101"',
        'valid-after="2020-01-01"',
        'unknown="x"',
    ],
)
def test_ssh_keygen_trusts_the_same_lines(tmp_path, options):
    (tmp_path / "trusted").write_text(f"# x\nanna@kommun.se {options} {ANNA.line} comment\n")
    (tmp_path / "signed").write_bytes(ANNA.sign(MANIFEST))
    words = ["-f", "trusted", "-I", "anna@kommun.se", "-n", namespace_of("preparer"), "-s", "signed"]
    run = subprocess.run(
        [SSH_KEYGEN, "-Y", "verify", *words], cwd=tmp_path, input=MANIFEST, capture_output=True
    )
    try:
        ours = asked(trusted_keys(tmp_path / "trusted"), now=datetime.now(UTC)).who == "anna@kommun.se"
    except (VerificationError, UsageError):
        ours = False
    assert ours == (run.returncode == 0)
