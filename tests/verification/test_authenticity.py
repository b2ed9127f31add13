"""Who stands behind a bundle, as the reviewer sees it: no trust comes from the bundle or its neighbours."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from impactkit.errors import UsageError
from impactkit.verification import authenticity, timestamp
from impactkit.verification.authenticity import Beside
from impactkit.verification.bundle import Bundle
from impactkit.verification.trust import Trust
from impactkit.verification.verify import verify
from ssh_signers import Signer

STAMPS = Path(__file__).parents[1] / "data" / "timestamp"
MANIFEST = (STAMPS / "MANIFEST.json").read_bytes()
BUNDLE = Bundle(archive=b"", members={"MANIFEST.json": MANIFEST}, manifest=None, results={})
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ANNA, BO = Signer(), Signer("ecdsa-sha2-nistp256")


@pytest.fixture
def asked(tmp_path):
    """Return a function that asks who signed, given what lies beside the bundle and who is trusted."""

    def ask(signed, trust=None, *, revoked=None, given=()):
        for name, content in signed.items():
            (tmp_path / name).write_bytes(content)
        (tmp_path / "trusted").write_text(trust or "")
        (tmp_path / "revoked").write_text(revoked or "")
        beside = Beside(
            path=tmp_path / "b.zip",
            signatures=tuple(tmp_path / name for name in given),
            trust=Trust(
                signers=tmp_path / "trusted" if trust is not None else None,
                revoked=tmp_path / "revoked" if revoked is not None else None,
            ),
            now=NOW,
        )
        return authenticity.signature(BUNDLE, beside)

    return ask


def told(step):
    return (step.name, step.state, step.sentence.code)


def whats(step):
    assert told(step) == ("signature", "fail", "verify.signature.bad")
    return [trouble.what for trouble in step.troubles]


def test_without_a_signature_nothing_is_checked(asked):
    assert told(asked({}, f"anna {ANNA.line}")) == ("signature", "not_checked", "verify.signature.none")


def test_a_trusted_signer_is_named_with_role_key_and_time(asked):
    line = f'anna@kommun.se valid-before="20270101Z" {ANNA.line}'
    step = asked({"b.zip.preparer.sig": ANNA.sign(MANIFEST)}, line)
    assert told(step) == ("signature", "pass", "verify.signature.trusted")
    who = f"anna@kommun.se as preparer, key {ANNA.fingerprint}, trusted until 2027-01-01 00:00 UTC"
    assert step.text("en") == f"Signed by {who}."
    assert step.text("sv").startswith("Undertecknat av anna@kommun.se som upprättare, nyckel SHA256:")


def test_several_signers_are_all_named(asked):
    signed = {
        "b.zip.preparer.sig": ANNA.sign(MANIFEST),
        "b.zip.auditor.sig": BO.sign(MANIFEST, "auditor"),
        "elsewhere": Signer().sign(MANIFEST, "reviewer"),
    }
    step = asked(signed, f"anna {ANNA.line}\nbo {BO.line}\n")
    first, second = (
        f"anna as preparer, key {ANNA.fingerprint}",
        f"bo as on-site auditor, key {BO.fingerprint}",
    )
    assert step.text("en") == f"Signed by {first}; {second}."


def test_a_signature_given_counts_once_and_may_have_any_name(asked):
    signed = {"b.zip.preparer.sig": ANNA.sign(MANIFEST), "elsewhere": BO.sign(MANIFEST, "reviewer")}
    given = ("elsewhere", "b.zip.preparer.sig")
    step = asked(signed, f"anna {ANNA.line}\nbo {BO.line}", given=given)
    assert [step.text("en").count(f"{who} as") for who in ("anna", "bo")] == [1, 1]


def test_without_a_trust_file_it_is_told_who_it_may_be(asked):
    step = asked({"b.zip.reviewer.sig": ANNA.sign(MANIFEST, "reviewer")})
    assert told(step) == ("signature", "not_checked", "verify.signature.no_trust")
    assert f"reviewer with key {ANNA.fingerprint}" in step.text("en")


def test_a_bad_signature_fails_also_without_a_trust_file(asked):
    (what,) = whats(asked({"b.zip.preparer.sig": ANNA.sign(b"another")}))
    assert what.startswith("{file} is no signature of this bundle")


@pytest.mark.parametrize("named", ["reviewer", "auditor"])
def test_the_name_must_say_the_role_that_was_signed(asked, named):
    name = f"b.zip.{named}.sig"
    step = asked({name: ANNA.sign(MANIFEST)}, f"anna {ANNA.line}")
    assert whats(step) == ["{file} is signed as {role}, and its name says {named}."]
    assert step.troubles[0].values == {"file": name, "role": "preparer", "named": named}


def test_every_bad_signature_is_told_beside_a_good_one(asked):
    signed = {
        "b.zip.preparer.sig": ANNA.sign(MANIFEST),
        "b.zip.reviewer.sig": BO.sign(MANIFEST, "reviewer"),
        "b.zip.auditor.sig": b"hello",
    }
    assert whats(asked(signed, f"anna {ANNA.line}")) == [
        "The key {key} in {file} is not in the trust file.",
        "{file} is no SSH signature.",
    ]


def test_a_revoked_or_outdated_key_fails(asked):
    signed = {"b.zip.preparer.sig": ANNA.sign(MANIFEST)}
    line = f"anna {ANNA.line}"
    assert whats(asked(signed, line, revoked=ANNA.line)) == ["The key {key} in {file} has been revoked."]
    old = f'anna valid-before="20260531Z" {ANNA.line}'
    assert whats(asked(signed, old)) == ["The key {key} in {file} is trusted no longer: its time is out."]


def test_one_key_cannot_stand_for_two_people(asked):
    signed = {f"b.zip.{role}.sig": ANNA.sign(MANIFEST, role) for role in ("preparer", "auditor")}
    step = asked(signed, f"anna {ANNA.line}")
    assert whats(step) == ["The same key {key} has signed as {first} and as {role}."]
    assert step.troubles[0].values == {
        "file": "b.zip.auditor.sig",
        "key": ANNA.fingerprint,
        "first": "preparer",
        "role": "auditor",
    }


def test_the_same_signature_twice_is_no_second_person(asked):
    signed = {"b.zip.preparer.sig": ANNA.sign(MANIFEST), "copy": ANNA.sign(MANIFEST)}
    assert asked(signed, f"anna {ANNA.line}", given=("copy",)).state == "pass"


def test_a_file_that_is_not_there_is_an_error_of_usage(asked):
    with pytest.raises(UsageError, match="There is no file nowhere"):
        asked({}, given=("nowhere",))


PRIVATE = b"-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n"


def test_a_private_key_is_refused_wherever_it_is_given(asked, tmp_path):
    assert whats(asked({"b.zip.preparer.sig": PRIVATE})) == ["{file} looks like a private key."]
    (tmp_path / "key").write_bytes(PRIVATE)
    (tmp_path / "b.zip.tsr").write_bytes((STAMPS / "sha256.tsr").read_bytes())
    for trust in (Trust(signers=tmp_path / "key"), Trust(revoked=tmp_path / "key")):
        with pytest.raises(UsageError, match="looks like a private key") as caught:
            authenticity.signature(BUNDLE, Beside(path=tmp_path / "b.zip", trust=trust, now=NOW))
        assert "c2VjcmV0" not in str(caught.value)
    roots = Beside(path=tmp_path / "b.zip", trust=Trust(timestamp_roots=tmp_path / "key"), now=NOW)
    with pytest.raises(UsageError, match="cannot be read"):
        authenticity.timestamp(BUNDLE, roots)


class TestTimestamp:
    def step(self, folder, name="sha256", roots="root.pem", given=None):
        if name:
            (folder / "b.zip.tsr").write_bytes((STAMPS / f"{name}.tsr").read_bytes())
        trust = Trust(timestamp_roots=STAMPS / roots if roots else None)
        stamp = STAMPS / given if given else None
        return authenticity.timestamp(
            BUNDLE, Beside(path=folder / "b.zip", timestamp=stamp, trust=trust, now=NOW)
        )

    def test_none_is_no_fault(self, tmp_path):
        step = self.step(tmp_path, None)
        assert told(step) == ("timestamp", "not_checked", "verify.timestamp.none")

    def test_a_trusted_one_tells_its_time(self, tmp_path):
        step = self.step(tmp_path)
        at = timestamp.claimed_at((STAMPS / "sha256.tsr").read_bytes()).strftime("%Y-%m-%d %H:%M UTC")
        assert told(step) == ("timestamp", "pass", "verify.timestamp.stamped")
        assert step.sentence.values == {"at": at}

    def test_the_one_given_goes_first(self, tmp_path):
        assert self.step(tmp_path, "sha1", given="sha512.tsr").state == "pass"

    def test_nobody_trusted_or_another_content_fails(self, tmp_path):
        for made in ({"roots": "another-root.pem"}, {"name": "sha1"}, {"name": "rejected"}):
            step = self.step(tmp_path, **made)
            assert told(step) == ("timestamp", "fail", "verify.timestamp.bad")
            assert len(step.troubles) == 1

    def test_without_certificates_it_is_only_told(self, tmp_path):
        step = self.step(tmp_path, roots=None)
        assert told(step) == ("timestamp", "not_checked", "verify.timestamp.no_roots")
        assert "2026" in step.sentence.values["at"]

    def test_without_the_package_it_is_not_checked(self, tmp_path, monkeypatch):
        monkeypatch.setattr(timestamp, "find_spec", lambda name: None)
        step = self.step(tmp_path)
        assert told(step) == ("timestamp", "not_checked", "verify.timestamp.not_installed")


class TestVerify:
    @pytest.fixture
    def signed(self, sealed, opened, tmp_path):
        bundle = sealed()
        manifest = opened(bundle)["MANIFEST.json"]
        (tmp_path / "bundle.zip.preparer.sig").write_bytes(ANNA.sign(manifest))
        (tmp_path / "trusted").write_text(f"anna@kommun.se {ANNA.line}\n")
        return bundle

    def step(self, found, name="signature"):
        return next(step for step in found.steps if step.name == name)

    def test_a_signed_bundle_passes_its_step_and_counts_in_neither_result(self, signed, tmp_path):
        found = verify(signed, trust=tmp_path / "trusted")
        assert self.step(found).state == "pass"
        assert (found.exit_code, found.completeness, found.reliability) == (3, "not_checked", "pass")
        bad = verify(signed, trust=tmp_path / "trusted", beside=[tmp_path / "trusted"])
        assert (bad.exit_code, bad.completeness, bad.reliability) == (1, "not_checked", "pass")

    def test_a_bundle_sealed_again_is_not_the_one_signed(self, signed, opened, resealing, tmp_path):
        members = opened(signed)
        members["report.html"] += b" "
        signed.write_bytes(resealing(members))
        assert self.step(verify(signed, trust=tmp_path / "trusted")).state == "fail"

    def test_trust_inside_or_beside_the_bundle_is_never_used(self, signed, tmp_path):
        for name in ("bundle.zip.trusted", "allowed_signers", "bundle.zip.allowed_signers"):
            (tmp_path / name).write_text(f"anna@kommun.se {ANNA.line}\n")
        assert self.step(verify(signed)).state == "not_checked"

    def test_an_option_is_read_before_the_long_computation(self, signed, monkeypatch):
        monkeypatch.setattr("impactkit.verification.verify.recomputed", None)
        with pytest.raises(UsageError):
            verify(signed, trust="nowhere")

    def test_a_missing_time_stamp_asks_nothing_of_the_exit_code(self, signed):
        from impactkit.verification.verification import Verification

        steps = verify(signed).steps
        sound = [s for s in steps if s.state == "pass" or s.name == "timestamp"]
        assert Verification.of(sound, verdicts={}).exit_code == 0

    def test_neither_ssh_nor_a_key_is_touched(self, signed, tmp_path):
        """In a fresh process without a path: which files are opened, and whether a program is started."""
        home = tmp_path / "home"
        (home / ".ssh").mkdir(parents=True)
        (home / ".ssh" / "id_ed25519").write_bytes(PRIVATE)
        code = f"""
import sys
from impactkit.verification.verify import verify
from impactkit.verification.trust import Trust
seen = []
sys.addaudithook(lambda event, args: seen.append((event, str(args[0]))) if event in
                 ("open", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn") else None)
verify({str(signed)!r}, trust={str(tmp_path / "trusted")!r})
print(*[f"{{event}} {{name}}" for event, name in seen], sep="\\n")
"""
        env = {"PATH": "", "HOME": str(home), "PYTHONPATH": ":".join(sys.path)}
        run = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd=home, check=True
        )
        opened = [line.split(" ", 1) for line in run.stdout.splitlines()]
        assert not [name for _, name in opened if "ssh" in Path(name).parts or ".ssh" in name]
        assert not [name for event, name in opened if event != "open" and "ssh" in name]
        mine = {Path(name).name for _, name in opened if Path(name).parent == tmp_path}
        assert mine == {"bundle.zip", "bundle.zip.preparer.sig", "trusted"}


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_the_commands_that_are_printed_do_what_they_say(sealed, tmp_path, capsys, monkeypatch):
    from impactkit.cli import main

    bundle = sealed()
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / ".ssh" / "id_ed25519")]
    subprocess.run(make, check=True)
    public = (home / ".ssh" / "id_ed25519.pub").read_text().rsplit(" ", 1)[0]
    (tmp_path / "trusted").write_text(f"anna@kommun.se {public}\n")
    assert main(["manifest", str(bundle), "--lang", "en"]) == 0
    said = [line.strip() for line in capsys.readouterr().out.splitlines() if "ssh-keygen -Y" in line]
    assert [line.split()[4] for line in said] == [
        f"impactkit-{r}-v1" for r in ("preparer", "reviewer", "auditor")
    ]
    command = said[1].replace("~", str(home))
    subprocess.run(command, shell=True, check=True, cwd=tmp_path, capture_output=True)
    found = verify(bundle, trust=tmp_path / "trusted")
    step = next(step for step in found.steps if step.name == "signature")
    assert step.text("en").startswith("Signed by anna@kommun.se as reviewer, key SHA256:")
    checked = subprocess.run(
        f"ssh-keygen -Y verify -f trusted -I anna@kommun.se -n impactkit-reviewer-v1 -s {bundle}.reviewer.sig"
        " < MANIFEST.json",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
    )
    assert checked.returncode == 0


def test_the_time_asked_about_is_now(sealed, opened, tmp_path):
    bundle = sealed()
    (tmp_path / "bundle.zip.preparer.sig").write_bytes(ANNA.sign(opened(bundle)["MANIFEST.json"]))
    states = []
    for days in (-2, 2):
        day = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y%m%dZ")
        (tmp_path / "trusted").write_text(f'anna valid-before="{day}" {ANNA.line}')
        found = verify(bundle, trust=tmp_path / "trusted")
        states.append(next(step.state for step in found.steps if step.name == "signature"))
    assert states == ["fail", "pass"]
