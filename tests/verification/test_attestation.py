"""An auditor on the premises computes a bundle again from rows that do not leave them, and signs it."""

import json
import subprocess
from datetime import UTC, datetime

import pytest

from impactkit.cli import main
from impactkit.errors import ImpactkitError, PlanError, UsageError
from impactkit.evaluation import LOCK_NAME, evaluate
from impactkit.examples import copy_example
from impactkit.plans import Lock, Plan, lock
from impactkit.plans.project_key import KEY_NAME, ensured_key
from impactkit.provenance import canonical_json
from impactkit.verification.attestation import SUFFIX, Attestation, _locked, attest
from impactkit.verification.commitment import Commitment
from impactkit.verification.manifest import digest
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from verification.test_aggregates import surveyed  # noqa: F401
from verification.test_verify import split_in_two

NOW = datetime(2025, 1, 2, tzinfo=UTC)


@pytest.fixture
def kept(surveyed, tmp_path):  # noqa: F811
    """Return a function that seals a locked survey whose answers stay at home."""

    def made(rows="aggregates", **options):
        surveyed(**options)
        ensured_key(tmp_path)
        plan = Plan.read(tmp_path / "plan.toml")
        lock(plan, now=datetime(2022, 1, 1, tzinfo=UTC)).write(tmp_path / LOCK_NAME)
        return seal(evaluate(plan), tmp_path / "bundle.zip", rows=rows)

    return made


def attested(bundle, **more):
    folder = bundle.parent
    return attest(
        bundle, **{"data": folder, "auditor": "Audit", "key": folder / KEY_NAME, "now": NOW, **more}
    )


def told(bundle, **options):
    return next(step for step in verify(bundle, **options).steps if step.name == "attestation")


@pytest.mark.parametrize("rows", ["aggregates", "commitment"])
def test_all_holds_when_nothing_was_changed(kept, rows):
    bundle = kept(rows)
    found = attested(bundle)
    made = found.attestation
    assert made.holds
    assert made.report == made.commitment == made.lock == "same"
    assert made.averages == ("same" if rows == "aggregates" else "not_asked")
    assert (made.differences, found.differences, found.troubles) == (0, (), ())
    assert (made.auditor, made.on.isoformat(), made.rows) == ("Audit", "2025-01-02", 56)
    assert made.values > 100
    assert Attestation.read(made.to_bytes(), "a") == made


def test_without_the_key_what_it_opens_is_not_asked(kept):
    made = attested(kept(), key=None).attestation
    assert (made.commitment, made.lock, made.holds) == ("not_asked", "not_asked", True)


def test_the_commitment_is_to_the_rows(kept, opened):
    members = opened(kept())
    said = Commitment.model_validate_json(members["commitment.json"])
    assert said.rows > 1000
    assert {column.name for column in said.columns} == {"area", "year", "got", "safe"}
    assert said.to_bytes() == members["commitment.json"]


def test_an_answer_that_was_changed_is_found(kept):
    bundle = kept()
    data = bundle.parent / "data.csv"
    text = data.read_text()
    line = text.splitlines()[5]
    data.write_text(text.replace(line, line.rpartition(",")[0] + ",1.5", 1))
    found = attested(bundle)
    made = found.attestation
    assert not made.holds
    assert (made.report, made.averages, made.commitment) == ("other", "other", "other")
    assert made.differences == len(found.differences) > 0
    assert "does not hold" in found.conclusion.text("en")


def test_averages_that_could_not_be_sealed_now_are_not_the_sealed_ones(kept):
    bundle = kept()
    data = bundle.parent / "data.csv"
    header, *rows = data.read_text().splitlines()
    alike = [f"{row.rpartition(',')[0]},50" if row.startswith("a03,2022,") else row for row in rows]
    data.write_text("\n".join([header, *alike]) + "\n")
    made = attested(bundle).attestation
    assert (made.averages, made.holds) == ("other", False)


@pytest.mark.parametrize("name", ["norrgarden", "star"])
def test_public_rows_may_be_looked_at_where_they_were_made(project, tmp_path, name):
    evaluated = project(name)
    bundle = seal(evaluated, tmp_path / "bundle.zip")
    made = attest(bundle, data=evaluated.plan.folder, auditor="Audit", now=NOW).attestation
    assert (made.holds, made.report, made.lock, made.differences) == (True, "same", "same", 0)


def test_a_baseline_that_was_changed_afterwards_is_not_the_locked_one(short_reports, tmp_path):
    folder = copy_example("norrgarden", tmp_path / "two").parent
    split_in_two(folder)
    lock(Plan.read(folder), now=datetime(2022, 9, 1, tzinfo=UTC)).write(folder / LOCK_NAME)
    bundle = seal(evaluate(folder), tmp_path / "bundle.zip")
    assert attest(bundle, data=folder, auditor="Audit").attestation.lock == "same"
    before = folder / "before.csv"
    before.write_text(before.read_text("utf-8").replace("47,2", "46,2"), "utf-8")
    made = attest(bundle, data=folder, auditor="Audit").attestation
    assert (made.lock, made.holds) == ("other", False)


def test_a_bundle_whose_lock_cannot_be_read_is_not_attested(kept, opened, resealing):
    bundle = kept()
    members = opened(bundle)
    locked = json.loads(members["plan/plan.lock.json"])
    unsound = canonical_json({**locked, "plan_digest": "0" * 64})
    bundle.write_bytes(resealing({**members, "plan/plan.lock.json": unsound}))
    with pytest.raises(PlanError):
        attested(bundle)


def test_another_key_opens_nothing(kept, tmp_path):
    bundle = kept()
    (tmp_path / "other.key").write_text("0" * 64)
    made = attested(bundle, key=tmp_path / "other.key").attestation
    assert (made.commitment, made.lock, made.holds) == ("other", "same", False)


def test_rows_that_make_no_study_are_attested_not_to_hold(kept):
    bundle = kept()
    (bundle.parent / "data.csv").write_text("area,year,got,safe\na,2021,1,x\n")
    found = attested(bundle)
    assert not found.attestation.holds
    assert found.troubles
    assert Attestation.read(found.attestation.to_bytes(), "a") == found.attestation


def test_a_folder_that_is_not_there_is_named(kept, tmp_path):
    with pytest.raises(UsageError, match="There is no folder"):
        attested(kept(), data=tmp_path / "nowhere")


def spoilt(made, **changes):
    return canonical_json({**json.loads(made.to_bytes()), **changes})


def test_an_attestation_that_contradicts_itself_is_refused(kept):
    made = attested(kept()).attestation
    for content in (
        spoilt(made, holds=False),
        spoilt(made, differences=1),
        spoilt(made, report="other"),
        made.to_bytes() + b"\n",
        b"{}",
        b"x" * 2**21,
    ):
        with pytest.raises(ImpactkitError):
            Attestation.read(content, "a.json")


def sign(file, folder, namespace="impactkit-auditor-v1"):
    """Sign a file with a new key, and return the file of those who are trusted."""
    key = folder / "key"
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", namespace, file], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    (folder / "trusted").write_text(f"audit@example.org {public}\n")
    return folder / "trusted"


def test_verify_tells_of_a_signed_attestation(kept, tmp_path):
    bundle = kept()
    assert told(bundle).sentence.code == "verify.attestation.none"
    file = bundle.with_name(bundle.name + SUFFIX)
    file.write_bytes(attested(bundle).attestation.to_bytes())
    assert told(bundle).sentence.code == "verify.attestation.unsigned"
    trusted = sign(file, tmp_path)
    assert told(bundle).sentence.code == "verify.attestation.unsigned"
    found = told(bundle, trust=trusted)
    assert (found.state, found.sentence.code) == ("pass", "verify.attestation.holds")
    assert "Audit" in found.text("sv")
    assert told(bundle, trust=trusted, beside=[file]).state == "pass"


def test_an_attestation_of_something_else_fails(kept, tmp_path):
    bundle = kept()
    file = bundle.with_name(bundle.name + SUFFIX)
    made = attested(bundle).attestation
    file.write_bytes(spoilt(made, manifest_sha256=digest(b"")))
    assert told(bundle).sentence.code == "verify.attestation.other_bundle"
    file.write_bytes(spoilt(made, report="other", holds=False))
    assert told(bundle).sentence.code == "verify.attestation.fails"
    file.write_bytes(made.to_bytes())
    trusted = sign(file, tmp_path, namespace="impactkit-preparer-v1")
    assert (told(bundle, trust=trusted).state, verify(bundle, trust=trusted).exit_code) == ("fail", 1)
    file.with_name(file.name + ".sig").unlink()
    trusted = sign(file, tmp_path)
    file.write_bytes(spoilt(made, auditor="Somebody else"))
    assert told(bundle, trust=trusted).state == "fail"
    file.write_bytes(b"{}")
    assert told(bundle).state == "fail"
    assert "intyg" in told(bundle).text("sv").lower()


def test_the_command_writes_it_and_tells_how_to_sign(kept, capsys):
    bundle = kept()
    folder = str(bundle.parent)
    words = ["attest", str(bundle), "--data", folder, "--auditor", "Audit", "--key", f"{folder}/{KEY_NAME}"]
    assert main([*words, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "impactkit-auditor-v1" in said
    assert "All holds" in said
    assert Attestation.read((bundle.with_name(bundle.name + SUFFIX)).read_bytes(), "a").holds
    (bundle.parent / "data.csv").write_text(
        (bundle.parent / "data.csv").read_text().replace(",0,f", ",0,m", 3)
    )
    assert main([*words, "--json"]) in (0, 1)


def test_a_lock_that_names_no_participants_has_none_to_differ_from(project):
    evaluation = project()
    found = evaluation.plan, Lock.read(evaluation.plan.folder / LOCK_NAME).model_copy(update={"roster": None})
    assert _locked(*found, None) is True
