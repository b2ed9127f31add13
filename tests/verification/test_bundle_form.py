"""What a bundle must hold and say of itself to be opened at all, told file by file on a small one."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from impactkit.errors import PlanError, UnsafeBundleError, UnsupportedVersionError, UsageError
from impactkit.verification import bundle as bundle_module
from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle, open_bundle
from impactkit.verification.manifest import Manifest, digest, members_of, prose
from impactkit.verification.safe_zip import write_archive

NONE = "0" * 64
AGAIN = "  Mend:  Ask for the bundle again, as impactkit seal wrote it; never unpack this one."
FORM = "The manifest does not have the form it should have."
BASE = {
    "plan/plan.toml": b"impactkit = 1\n",
    "results.json": b'{"spec":"ikresults1"}',
    "report.html": b"<html>",
    "environment.json": b"{}",
    "ro-crate-metadata.json": b"{}",
    "datapackage.json": b"{}",
}
ROWS = {"data": "included", "fingerprint": NONE, "columns": {}}


def manifest_of(members: dict[str, bytes], **more: Any) -> dict[str, Any]:
    """A manifest that says what is there; rows are withheld when nothing else is said."""
    known = {"spec": "ikbundle1", "project": "P", "language": "en", "data": "withheld", "rows": 3}
    digests = dict.fromkeys(("plan_digest", "results_digest"), NONE)
    kept = {"fingerprint": None, "columns": None, "lock_digest": None, "versions": {}}
    held = [member.model_dump() for member in members_of(members)]
    return {**known, **digests, **kept, "members": held, **more}


@pytest.fixture
def opening(tmp_path):
    """Return a function that opens a bundle of the least files, some of them changed or left out (None)."""

    def made(changed=None, /, manifest=None, **more) -> Bundle:
        members = {name: held for name, held in {**BASE, **(changed or {})}.items() if held is not None}
        record = manifest_of(members, **more) if manifest is None else manifest
        file = tmp_path / "bundle.zip"
        file.write_bytes(write_archive({**members, "MANIFEST.json": json.dumps(record).encode()}))
        return open_bundle(file)

    return made


def refusal(call, *operands: Any, error: type[Exception] = UnsafeBundleError, **settings: Any) -> list[str]:
    """Return what a refusal tells, a line each: what, where and the way out."""
    with pytest.raises(error) as raised:
        call(*operands, **settings)
    return str(raised.value).splitlines()


class TestWhatIsThere:
    def test_the_least_bundle_is_opened_from_a_name_or_a_path(self, opening, tmp_path: Path) -> None:
        found = opening()
        assert found.members["results.json"] == BASE["results.json"]
        assert found.results == {"spec": "ikresults1"}
        assert found.manifest.project == "P" and found.manifest.rows == 3
        assert found.archive == (tmp_path / "bundle.zip").read_bytes()
        assert (found.data, found.averages, found.amendments) == ({}, {}, {})
        assert open_bundle(str(tmp_path / "bundle.zip")) == found

    def test_data_averages_and_amendments_are_given_without_their_folders(self) -> None:
        members = {
            **BASE,
            "data/a.csv": b"1",
            "data/old/b.csv": b"2",
            "averages/C1.csv": b"3",
            "averages/plan-0/C1.csv": b"4",
            "amendments/1.json": b"5",
        }
        found = Bundle(archive=b"", members=members, manifest=Manifest(**manifest_of(members)), results={})
        assert found.data == {"a.csv": b"1", "old/b.csv": b"2"}
        assert found.averages == {"C1.csv": b"3", "plan-0/C1.csv": b"4"}
        assert found.amendments == {"1.json": b"5"}
        assert found.prose == "impactkit = 1\n\n5"

    def test_a_plan_is_read_with_or_without_the_mark_of_utf_8(self, opening) -> None:
        found = opening({"plan/plan.toml": b"\xef\xbb\xbfimpactkit = 1\n"})
        with pytest.raises(PlanError, match="claims"):
            found.read_plan()

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        assert refusal(open_bundle, tmp_path / "none.zip", error=UsageError) == [
            "There is no file none.zip.",
            f"  Where: {tmp_path}",
            "  Mend:  Check the name, or seal a bundle with: impactkit seal plan.toml.",
        ]

    def test_a_file_twice_as_large_as_what_is_unpacked_is_still_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bundle_module, "MOST_BYTES", 50)
        file = tmp_path / "bundle.zip"
        file.write_bytes(b"x" * 100)
        assert refusal(open_bundle, file)[0].startswith("The file is no sound zip archive")
        file.write_bytes(b"x" * 101)
        assert refusal(open_bundle, file) == [
            "The file is larger than any bundle that is read.",
            "  Where: bundle.zip",
            AGAIN,
        ]

    def test_an_archive_without_a_manifest_is_no_bundle(self, tmp_path: Path) -> None:
        file = tmp_path / "bundle.zip"
        file.write_bytes(write_archive(BASE))
        assert refusal(open_bundle, file) == [
            "The archive has no manifest, so it is no bundle.",
            "  Where: MANIFEST.json",
            AGAIN,
        ]

    def test_a_workbook_that_would_unpack_to_too_much_is_refused(self, opening) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("sheet.xml", b"0" * 2**21)
        with pytest.raises(UnsafeBundleError, match="grow more than 100"):
            opening({"data/a.xlsx": stream.getvalue()}, **ROWS)


class TestTheManifest:
    def test_one_that_does_not_fit_its_form_is_refused(self, opening) -> None:
        for wrong in ({"rows": "3"}, {"unknown": 1}, {"project": None}, {"plan_digest": "0"}):
            assert refusal(opening, **wrong) == [FORM, "  Where: MANIFEST.json", AGAIN]

    @pytest.mark.parametrize(
        ("changed", "more"),
        [
            ({"data/a.csv": b"1"}, {**ROWS, "fingerprint": None}),
            ({"data/a.csv": b"1"}, {**ROWS, "columns": None}),
            ({"data/a.csv": b"1"}, {**ROWS, "fingerprint": None, "columns": None}),
            ({}, {"fingerprint": NONE, "columns": {}}),
            ({}, {"columns": {}}),
            ({"averages/C1.csv": b"1"}, {"data": "aggregates", "fingerprint": NONE}),
        ],
    )
    def test_rows_go_along_with_their_digests_and_other_data_have_none(
        self, opening, changed: dict[str, bytes], more: dict[str, Any]
    ) -> None:
        assert refusal(opening, changed, **more) == [FORM, "  Where: MANIFEST.json", AGAIN]

    @pytest.mark.parametrize(
        ("changed", "more"),
        [
            ({"data/a.csv": b"1"}, ROWS),
            ({"averages/C1.csv": b"1"}, {"data": "aggregates"}),
            ({"plan/plan.lock.json": b'{"spec":"ikplan1"}'}, {"lock_digest": NONE}),
            ({"commitment.json": b"{}", "ledger.jsonl": b""}, {}),
            (
                {
                    "plan/plan.lock.json": b'{"spec":"ikplan1"}',
                    "amendments/1.json": b'{"spec":"ikamendment1"}',
                },
                {"lock_digest": NONE},
            ),
        ],
        ids=["rows", "averages", "lock", "commitment and ledger", "amendment"],
    )
    def test_what_belongs_in_a_bundle(self, opening, changed: dict[str, bytes], more: dict[str, Any]) -> None:
        assert set(opening(changed, **more).members) == {*BASE, *changed, "MANIFEST.json"}

    @pytest.mark.parametrize(
        ("changed", "more", "odd"),
        [
            ({"extra.txt": b""}, {}, "extra.txt"),
            ({"report.html": None}, {}, "report.html"),
            ({"report.html": None, "extra.txt": b""}, {}, "extra.txt, report.html"),
            ({}, ROWS, "data/"),
            ({}, {"data": "aggregates"}, "data/"),
            ({"data/b.csv": b"1", "data/a.csv": b"1"}, {}, "data/a.csv, data/b.csv"),
            ({"averages/C1.csv": b"1"}, {}, "averages/C1.csv"),
            ({"averages/C1.csv": b"1"}, ROWS, "averages/C1.csv"),
            ({"data/a.csv": b"1"}, {"data": "aggregates"}, "data/a.csv"),
            ({"data/a.csv": b"1", "averages/C1.csv": b"1"}, ROWS, "averages/C1.csv, data/a.csv"),
            (
                {"data/a.csv": b"1", "averages/C1.csv": b"1"},
                {"data": "aggregates"},
                "averages/C1.csv, data/a.csv",
            ),
            ({"plan/plan.lock.json": b'{"spec":"ikplan1"}'}, {}, "plan/plan.lock.json"),
            ({"amendments/1.json": b'{"spec":"ikamendment1"}'}, {}, "amendments/1.json"),
            ({str(n): b"" for n in range(7)}, {}, "0, 1, 2, 3, 4"),
        ],
    )
    def test_a_file_too_many_or_too_few_is_named(
        self, opening, changed: dict[str, bytes | None], more: dict[str, Any], odd: str
    ) -> None:
        assert refusal(opening, changed, **more) == [
            f"The bundle lacks a file, or has one that does not belong in it: {odd}.",
            "  Where: MANIFEST.json",
            AGAIN,
        ]

    @pytest.mark.parametrize(
        ("declared", "odd"),
        [
            ({**BASE, "other": b""}, "other"),
            ({name: held for name, held in BASE.items() if name != "report.html"}, "report.html"),
            ({**BASE, "z": b"", "MANIFEST.json": b""}, "MANIFEST.json, z"),
        ],
        ids=["more than is there", "less than is there", "itself"],
    )
    def test_it_names_what_is_there_and_nothing_else(
        self, opening, declared: dict[str, bytes], odd: str
    ) -> None:
        assert refusal(opening, manifest=manifest_of(declared)) == [
            f"The archive and its manifest do not hold the same files: {odd}.",
            "  Where: MANIFEST.json",
            AGAIN,
        ]

    def test_it_names_each_file_once(self, opening) -> None:
        record = manifest_of(BASE)
        record["members"].append(record["members"][0])
        first = "datapackage.json, datapackage.json, environment.json, plan/plan.toml, report.html"
        assert refusal(opening, manifest=record)[0] == (
            f"The archive and its manifest do not hold the same files: {first}."
        )


class TestForms:
    @pytest.mark.parametrize(
        ("name", "known"),
        [
            ("results.json", "ikresults1"),
            ("plan/plan.lock.json", "ikplan1"),
            ("amendments/1.json", "ikamendment1"),
            ("MANIFEST.json", "ikbundle1"),
        ],
    )
    def test_another_form_is_told_apart_from_none(self, opening, name: str, known: str) -> None:
        def written(spec: object) -> list[Any]:
            record = {} if spec is None else {"spec": spec}
            if name == "MANIFEST.json":
                return [opening, {}, {**manifest_of(BASE), "spec": spec}]
            return [
                lambda changed: opening(changed, lock_digest=NONE),
                {"plan/plan.lock.json": b'{"spec":"ikplan1"}', name: json.dumps(record).encode()},
            ]

        newer = known[:-1] + "2"
        assert refusal(*written(newer), error=UnsupportedVersionError) == [
            f"{name} has the form {newer}; this version of impactkit knows {known}.",
            f"  Where: {name}",
            "  Mend:  Verify it with the version of impactkit that the bundle's environment.json names.",
        ]
        long = known + "0" * 40
        (told, *_) = refusal(*written(long), error=UnsupportedVersionError)
        assert f"the form {long[:40]};" in told
        for spec in (None, 1, "other1", ""):
            assert refusal(*written(spec)) == [
                f"{name} does not say which form it has.",
                f"  Where: {name}",
                AGAIN,
            ]

    @pytest.mark.parametrize(
        "content", [b"= =", b"\xff", b"a = " + b"[" * 100_000], ids=["no TOML", "no text", "deep"]
    )
    def test_what_is_no_plan_is_told(self, opening, content: bytes) -> None:
        assert refusal(opening, {"plan/plan.toml": content}) == [
            "plan/plan.toml is no plan.",
            "  Where: plan/plan.toml",
            AGAIN,
        ]

    def test_a_plan_of_another_form_is_told(self, opening) -> None:
        told = refusal(opening, {"plan/plan.toml": b"impactkit = 2"}, error=UnsupportedVersionError)
        assert told[:2] == [
            "plan/plan.toml has the form 2; this version of impactkit knows 1.",
            "  Where: plan/plan.toml",
        ]

    @pytest.mark.parametrize("content", [b"", b'impactkit = "2"'])
    def test_a_plan_without_a_known_form_is_left_to_the_reader_of_plans(
        self, opening, content: bytes
    ) -> None:
        assert opening({"plan/plan.toml": content}).members["plan/plan.toml"] == content


class TestNames:
    def test_the_files_of_a_bundle(self) -> None:
        assert set(BASE) == names.REQUIRED
        assert {"ro-crate-metadata.json", "datapackage.json"} == names.DESCRIPTORS
        assert (names.MANIFEST, names.LOCK) == ("MANIFEST.json", "plan/plan.lock.json")
        assert (names.COMMITMENT, names.LEDGER) == ("commitment.json", "ledger.jsonl")
        assert (names.DATA, names.AVERAGES, names.AMENDMENTS) == ("data/", "averages/", "amendments/")
        assert Manifest(**{k: v for k, v in manifest_of({}).items() if k != "spec"}).spec == names.SPEC

    def test_what_a_manifest_says_of_its_files_is_sorted(self) -> None:
        found = [member.model_dump() for member in members_of({"b": b"12", "a": b""})]
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        twelve = "6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918"
        assert found == [
            {"path": "a", "sha256": empty, "size": 0},
            {"path": "b", "sha256": twelve, "size": 2},
        ]
        assert digest(b"12") == twelve

    def test_prose_is_plan_amendments_and_ledger_without_digests(self) -> None:
        contents = {
            **BASE,
            "ledger.jsonl": b"four",
            "amendments/2.json": b"three",
            "amendments/1.json": f"two {'0a' * 32}{'f' * 64} {'9' * 64}.".encode(),
            "plan/plan.toml": b"\xef\xbb\xbfone",
            "data/a.csv": b"rows",
            "amendments": b"no folder",
        }
        assert prose(contents) == f"one\ntwo {'0a' * 32}{'f' * 64} .\nthree\nfour"
