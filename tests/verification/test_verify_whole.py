"""What verify puts together: the steps in their order, what the reviewer gave, and what is refused."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from impactkit.errors import PlanError, UsageError
from impactkit.provenance import canonical_json
from impactkit.verification import authenticity, substance
from impactkit.verification import verify as module
from impactkit.verification.authenticity import Beside
from impactkit.verification.results import record_of
from impactkit.verification.safe_zip import write_archive
from impactkit.verification.trust import Trust
from impactkit.verification.verification import Verification
from impactkit.verification.verify import verify
from ssh_signers import Signer
from verification import in_memory as held
from verification.conftest import resealed, short_page
from verification.in_memory import OTHER
from verification.test_verification import ALL

ORDER = [
    *("open", "structure", "digests", "descriptions", "signature", "timestamp", "attestation", "lock"),
    *("handed_over", "prior", "ledger", "completeness", "recompute", "numbers", "verdict", "report"),
    "disclosure",
]
ANNA = Signer()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(substance, "rendered", short_page)


def said(found: Verification, name: str) -> tuple[str, str]:
    (step,) = [one for one in found.steps if one.name == name]
    return step.state, step.sentence.code.rpartition(".")[2]


def resealed_as(tmp_path: Path, change: Any, manifest: dict[str, Any] | None = None) -> Path:
    """Return a bundle that claims something else, with a manifest that fits."""
    members = dict(held.bundle().members)
    results = held.open_json(members["results.json"])
    change(results)
    members["results.json"] = canonical_json(results)
    file = tmp_path / "bundle.zip"
    file.write_bytes(resealed(members, manifest))
    return file


def test_every_step_is_taken_in_order() -> None:
    found = verify(held.file())
    assert [step.name for step in found.steps] == ORDER
    assert sorted(ORDER) == ALL
    asked_for = {"signature", "timestamp", "attestation", "handed_over", "prior", "ledger"}
    assert {step.name for step in found.steps if step.state != "pass"} == asked_for
    assert said(found, "open") == ("pass", "safe")
    assert (found.exit_code, found.differences) == (3, ())
    assert found.verdicts == {"C1": "inconclusive", "C2": "inconclusive"}


def test_a_path_may_be_written_as_text() -> None:
    assert verify(str(held.file())).exit_code == 3


class TestGiven:
    def test_a_digest(self) -> None:
        found = verify(held.file(), known_plan_digest=held.plan().digest)
        assert said(found, "handed_over") == ("pass", "same")

    @pytest.mark.parametrize("kind", [str, Path])
    def test_a_receipt(self, tmp_path: Path, kind: type) -> None:
        kept = held.receipt().write(tmp_path / "receipt.json")
        found = verify(held.file(), receipt=kind(kept))
        assert said(found, "handed_over") == ("pass", "received")
        assert said(found, "prior") == ("pass", "proved")

    def test_a_receipt_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(PlanError, match="no receipt"):
            verify(held.file(), receipt=tmp_path / "receipt.json")

    def test_a_head(self) -> None:
        assert said(verify(held.file()), "ledger") == ("not_checked", "none")
        assert said(verify(held.file(), known_head=OTHER), "ledger") == ("fail", "gone")

    @pytest.mark.parametrize("kind", [str, Path])
    def test_a_signature_and_whom_to_trust(self, tmp_path: Path, kind: type) -> None:
        bundle = tmp_path / "copy.zip"
        shutil.copy(held.file(), bundle)
        signed = tmp_path / "elsewhere.sig"
        signed.write_bytes(ANNA.sign(held.bundle().members["MANIFEST.json"]))
        trusted = tmp_path / "trusted"
        trusted.write_text(f"anna {ANNA.line}")
        assert said(verify(bundle), "signature") == ("not_checked", "none")
        assert said(verify(bundle, beside=[kind(signed)]), "signature") == ("not_checked", "no_trust")
        found = verify(bundle, beside=[kind(signed)], trust=kind(trusted))
        assert said(found, "signature") == ("pass", "trusted")
        signed.rename(bundle.with_name("copy.zip.preparer.sig"))
        assert said(verify(bundle, trust=Trust(signers=trusted)), "signature") == ("pass", "trusted")

    def test_who_vouches_is_asked_of_all_that_came_and_of_now(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        asked: list[Beside] = []

        def note(bundle: Any, beside: Beside) -> Any:
            assert bundle.members == held.bundle().members
            asked.append(beside)
            return authenticity.step("signature", "not_checked", "none")

        monkeypatch.setattr(authenticity, "timestamp", note)
        before = datetime.now(UTC)
        stamp = tmp_path / "other.tsr"
        verify(held.file(), beside=[stamp])
        (came,) = asked
        assert (came.path, came.timestamp, came.trust) == (held.file(), stamp, Trust())
        assert before <= came.now <= datetime.now(UTC)

    def test_a_file_that_is_not_there_is_told_before_anything_is_computed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(module, "recomputed", None)
        with pytest.raises(UsageError):
            verify(held.file(), beside=[tmp_path / "gone.sig"])


class TestFound:
    def test_differences_are_those_between_the_results_and_what_was_computed(self, tmp_path: Path) -> None:
        bundle = resealed_as(tmp_path, lambda r: r["results"][0]["estimate"]["sample"].update(n_units=8))
        found = verify(bundle)
        assert [(one.where, one.claimed, one.recomputed) for one in found.differences] == [
            ("C1.estimate.sample.n_units", 8, 7)
        ]
        assert (said(found, "numbers"), said(found, "verdict")) == (("fail", "differ"), ("pass", "follow"))
        assert found.exit_code == 1

    def test_verdicts_are_those_computed(self, tmp_path: Path) -> None:
        bundle = resealed_as(tmp_path, lambda r: r["results"][0]["verdict"].update(status="supported"))
        found = verify(bundle)
        assert found.verdicts == {"C1": "inconclusive", "C2": "inconclusive"}
        assert [one.where for one in found.differences] == ["C1.verdict.status"]
        assert (said(found, "numbers"), said(found, "verdict")) == (("pass", "agree"), ("fail", "differ"))

    def test_every_value_is_counted(self) -> None:
        def values(record: Any) -> int:
            inner = list(record.values()) if isinstance(record, dict) else record
            return sum(map(values, inner)) if isinstance(inner, list) and inner else 1

        (step,) = [one for one in verify(held.file()).steps if one.name == "numbers"]
        assert step.sentence.values == {"n": values(record_of(held.evaluation()))}

    @pytest.mark.parametrize(
        ("results", "verdicts"),
        [
            ([("C1", "supported"), ("C2", "contradicted")], {"C1": "supported", "C2": "contradicted"}),
            ([("C1", "true"), (2, "inconclusive")], {"2": "inconclusive"}),
            ([], {}),
            (None, {}),
        ],
        ids=["statuses", "none of them", "no result", "nothing"],
    )
    def test_where_nothing_is_computed_verdicts_are_those_claimed(
        self, tmp_path: Path, results: Any, verdicts: dict[str, str]
    ) -> None:
        """The plan cannot be read: what the results tell is told on, where it is a status at all."""
        if results is not None:
            results = [{"claim": claim, "verdict": {"status": status}} for claim, status in results]
        bundle = self.without_plan(tmp_path, lambda r: r.update(results=results))
        found = verify(bundle)
        assert (found.verdicts, found.differences, found.exit_code) == (verdicts, (), 1)
        assert said(found, "numbers") == ("not_checked", "not_computed")

    @pytest.mark.parametrize(
        "change",
        [lambda r: r.pop("results"), lambda r: r["results"][1].pop("verdict"), lambda r: r.update(results=3)],
        ids=["no results", "no verdict", "a number"],
    )
    def test_results_of_another_form_tell_no_verdict(self, tmp_path: Path, change: Any) -> None:
        assert verify(self.without_plan(tmp_path, change)).verdicts == {}

    def without_plan(self, tmp_path: Path, change: Any) -> Path:
        members = dict(held.bundle().members)
        results = held.open_json(members["results.json"])
        change(results)
        members["results.json"] = canonical_json(results)
        members["plan/plan.toml"] = members["plan/plan.toml"].replace(b"[project]", b"[projekt]")
        file = tmp_path / "bundle.zip"
        file.write_bytes(resealed(members))
        return file


class TestRefused:
    def test_what_is_no_bundle_is_unsafe(self, tmp_path: Path) -> None:
        file = tmp_path / "bundle.zip"
        file.write_bytes(write_archive({"a.txt": b"a"}))
        found = verify(file)
        (step,) = found.steps
        assert (step.name, said(found, "open")) == ("open", ("fail", "unsafe"))
        assert [trouble.values["name"] for trouble in step.troubles] == ["MANIFEST.json"]
        assert (found.exit_code, found.verdicts, found.differences) == (4, {}, ())
        assert step.text("sv") != step.text("en")

    def test_a_form_that_is_not_known_is_unsupported(self, tmp_path: Path) -> None:
        members = held.bundle().members
        manifest = canonical_json({**held.open_json(members["MANIFEST.json"]), "spec": "ikbundle2"})
        file = tmp_path / "bundle.zip"
        file.write_bytes(write_archive({**members, "MANIFEST.json": manifest}))
        found = verify(file)
        (step,) = found.steps
        assert (step.name, said(found, "open")) == ("open", ("fail", "unsupported"))
        assert [trouble.values["spec"] for trouble in step.troubles] == ["ikbundle2"]
        assert (found.exit_code, found.verdicts, found.differences) == (5, {}, ())
        assert step.text("sv") != step.text("en")

    def test_a_file_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no file"):
            verify(tmp_path / "bundle.zip")
