"""T9: signatures that are forged, borrowed or out of date. T10: trust in the bundle. T11: collusion."""

from datetime import date

import pytest

from impactkit.verification.seal import seal
from impactkit.verification.trust import Trust
from impactkit.verification.verify import verify
from ssh_signers import Signer
from verification.conftest import members_of, resealed

ANNA, BO = Signer(), Signer()
PREPARER = "preparer.sig"


def manifest_of(bundle):
    return members_of(bundle)["MANIFEST.json"]


def signed_with_nothing(manifest):
    return b"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"


def as_private_key(manifest):
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n"


# What lies beside the bundle, by the end of its name; and who is trusted, where it is not Anna.
FORGED = {
    "of another bundle": ({PREPARER: lambda m: ANNA.sign(m + b" ")}, None),
    "of a stranger": ({PREPARER: BO.sign}, None),
    "of a stranger who names Anna's key": ({PREPARER: lambda m: BO.sign(m, blob=ANNA.blob)}, None),
    "in another role than its name": ({"reviewer.sig": ANNA.sign}, None),
    "for another purpose": ({PREPARER: lambda m: ANNA.sign(m, namespace="file")}, None),
    "in two roles by one key": (
        {PREPARER: ANNA.sign, "reviewer.sig": lambda m: ANNA.sign(m, "reviewer")},
        None,
    ),
    "cut off": ({PREPARER: lambda m: ANNA.sign(m)[:-60]}, None),
    "with something after it": ({PREPARER: lambda m: ANNA.sign(m, tail=b"x")}, None),
    "that says nothing": ({PREPARER: signed_with_nothing}, None),
    "that is a private key": ({PREPARER: as_private_key}, None),
    "made with SHA-1": ({PREPARER: lambda m: Signer("ssh-rsa").sign(m, rsa="ssh-rsa")}, None),
    "after its key ran out": (
        {PREPARER: ANNA.sign},
        f'anna@example.org valid-before="20200101Z" {ANNA.line}',
    ),
    "before its key was valid": (
        {PREPARER: ANNA.sign},
        f'anna@example.org valid-after="20990101Z" {ANNA.line}',
    ),
    "by a key that may not prepare": (
        {PREPARER: ANNA.sign},
        f'anna@example.org namespaces="impactkit-reviewer-v1" {ANNA.line}',
    ),
}


def laid_beside(bundle, files, folder):
    """Copy a bundle, and lay files beside it by the ends of their names."""
    copy = folder / "bundle.zip"
    copy.write_bytes(bundle.read_bytes())
    for end, made in files.items():
        copy.with_name(f"bundle.zip.{end}").write_bytes(made(manifest_of(copy)))
    return copy


def trusting(folder, line=None):
    file = folder / "trusted"
    file.write_text(line or f"anna@example.org {ANNA.line}")
    return file


def test_an_honest_signature_holds(honest, tmp_path):
    copy = laid_beside(honest[0], {PREPARER: ANNA.sign}, tmp_path)
    found = verify(copy, trust=trusting(tmp_path), known_plan_digest=honest[1])
    assert {step.name: step.state for step in found.steps}["signature"] == "pass"
    assert found.exit_code == 3


@pytest.mark.parametrize(("files", "line"), FORGED.values(), ids=FORGED)
def test_a_forged_signature_is_caught(honest, tmp_path, files, line):
    found = verify(laid_beside(honest[0], files, tmp_path), trust=trusting(tmp_path, line))
    failed = {step.name: step.sentence.code for step in found.steps if step.state == "fail"}
    assert failed == {"signature": "verify.signature.bad"}
    assert found.exit_code == 1
    assert "c2VjcmV0" not in "".join(step.text("en") for step in found.steps)


def test_a_key_that_is_trusted_no_longer_is_caught(honest, tmp_path):
    copy = laid_beside(honest[0], {PREPARER: ANNA.sign}, tmp_path)
    (tmp_path / "revoked").write_text(ANNA.line)
    found = verify(copy, trust=Trust(signers=trusting(tmp_path), revoked=tmp_path / "revoked"))
    assert [step.name for step in found.steps if step.state == "fail"] == ["signature"]


def test_a_bundle_altered_after_it_was_signed_is_caught(honest, members, tmp_path):
    copy = laid_beside(honest[0], {PREPARER: ANNA.sign}, tmp_path)
    members["report.html"] += b" "
    copy.write_bytes(resealed(members))
    found = verify(copy, trust=trusting(tmp_path))
    assert {"signature", "report"} <= {step.name for step in found.steps if step.state == "fail"}


@pytest.mark.parametrize(
    "name", ["trusted", "allowed_signers", "MANIFEST.json.sig", "bundle.zip.preparer.sig"]
)
def test_a_trust_that_the_bundle_brings_is_refused(members, tmp_path, name):
    forged = tmp_path / "bundle.zip"
    forged.write_bytes(resealed({**members, name: f"bo@example.org {BO.line}".encode()}))
    assert verify(forged, trust=trusting(tmp_path)).exit_code == 4


def test_a_signature_that_nobody_vouches_for_is_no_pass(honest, tmp_path):
    found = verify(laid_beside(honest[0], {PREPARER: BO.sign}, tmp_path))
    step = next(step for step in found.steps if step.name == "signature")
    assert (step.state, step.sentence.code) == ("not_checked", "verify.signature.no_trust")


def test_two_who_agree_are_out_of_reach_and_it_says_so(project, short_reports, tmp_path):
    """Data that were made up, evaluated honestly and vouched for, verify: no file can tell (T11)."""
    from impactkit.plans.receipt import receipt

    made_up = project(data=lambda text: text.replace("47,2", "17,2"))
    bundle = seal(made_up, tmp_path / "bundle.zip")
    bundle.with_name("bundle.zip.preparer.sig").write_bytes(ANNA.sign(manifest_of(bundle)))
    kept = receipt(made_up.plan, received_by="A friend", received_on=date(2022, 9, 5))
    kept.write(tmp_path / "receipt.json")
    found = verify(bundle, trust=trusting(tmp_path), receipt=tmp_path / "receipt.json")
    assert found.exit_code == 0
    assert "the report is what the plan and the data give" in found.conclusion.text("en")
