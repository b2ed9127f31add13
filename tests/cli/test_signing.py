"""Signing and verifying from the command line."""

from pathlib import Path

from ssh_signers import Signer


def test_a_signed_bundle_is_verified_with_the_reviewers_own_file(run, project, tmp_path):
    file = project()
    run("seal", file)
    bundle = file.parent / "bundle.zip"
    told = run("manifest", bundle, "--output", tmp_path / "M.json")
    assert (told.code, told.out.count("ssh-keygen -Y sign -n impactkit-")) == (0, 3)
    signer, content = Signer(), (tmp_path / "M.json").read_bytes()
    signature = tmp_path / "anna.sig"
    signature.write_bytes(signer.sign(content))
    trusted = tmp_path / "trusted"
    trusted.write_text(f"anna@kommun.se {signer.line}\n")
    told = run("verify", bundle, "--signature", signature, "--trust", trusted, "--html", tmp_path / "v.html")
    assert told.code == 3
    assert "anna@kommun.se som upprättare" in " ".join(told.out.split())
    assert b'<html lang="sv">' in (tmp_path / "v.html").read_bytes()
    revoked = tmp_path / "revoked"
    revoked.write_text(signer.line)
    told = run("verify", bundle, "--signature", signature, "--trust", trusted, "--revoked", revoked)
    assert (told.code, "återkallad" in told.out) == (1, True)


def test_a_time_stamp_of_another_content_fails(run, project):
    stamps = Path(__file__).parents[1] / "data" / "timestamp"
    file = project()
    run("seal", file)
    bundle = file.parent / "bundle.zip"
    words = ["--timestamp", stamps / "sha256.tsr", "--timestamp-root", stamps / "root.pem"]
    told = run("verify", bundle, *words, "--lang", "en")
    assert (told.code, "of another content" in told.out) == (1, True)
    told = run("verify", bundle, "--timestamp", stamps / "sha256.tsr", "--lang", "en")
    assert (told.code, "you gave no certificate" in " ".join(told.out.split())) == (3, True)


def test_a_private_key_given_by_mistake_is_not_repeated(run, project, tmp_path):
    file = project()
    run("seal", file)
    key = tmp_path / "id_ed25519"
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n")
    told = run("verify", file.parent / "bundle.zip", "--trust", key)
    assert (told.code, "privat nyckel" in told.err, "c2VjcmV0" in told.out + told.err) == (2, True, False)
    told = run("verify", file.parent / "bundle.zip", "--signature", key)
    assert (told.code, "privat nyckel" in told.out, "c2VjcmV0" in told.out + told.err) == (1, True, False)


def test_a_manifest_is_not_taken_from_a_broken_bundle(run, tmp_path):
    (tmp_path / "bundle.zip").write_bytes(b"hello")
    assert run("manifest").code == 2
    assert not (tmp_path / "MANIFEST.json").exists()
