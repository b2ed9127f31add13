"""What is malformed or dangerous is refused before it is used; a byte changed anywhere is seen."""

import io
import json
import random
import sys
import zipfile

import pytest

from impactkit.errors import DataError, UsageError, VerificationError
from impactkit.provenance import canonical_json
from impactkit.verification import bundle as bundle_module
from impactkit.verification.bundle import open_bundle
from impactkit.verification.custody import structure
from impactkit.verification.safe_zip import write_archive
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify


def refused(content, tmp_path):
    file = tmp_path / "hostile.zip"
    file.write_bytes(content)
    found = verify(file)
    assert [step.name for step in found.steps] == ["open"]
    assert found.steps[0].troubles
    assert (found.completeness, found.reliability, found.verdicts) == ("fail", "fail", {})
    return found.exit_code


def json_member(name, **changes):
    def change(members):
        record = {**json.loads(members[name]), **changes}
        members[name] = canonical_json({key: value for key, value in record.items() if value is not None})

    return change


def text_member(name, content):
    return lambda members: members.update({name: content})


MALFORMED = {
    "extra member": text_member("extra.txt", b"x"),
    "missing report": lambda members: members.pop("report.html"),
    "missing data": lambda members: members.pop("data/data.csv"),
    "results no object": text_member("results.json", b"[]"),
    "results no JSON": text_member("results.json", b"{"),
    "results not UTF-8": text_member("results.json", b'{"a":"\xff"}'),
    "results with nan": text_member("results.json", b'{"spec":"ikresults1","a":NaN}'),
    "results with a key twice": text_member("results.json", b'{"spec":"ikresults1","spec":"ikresults1"}'),
    "results nested without end": text_member("results.json", b"[" * 200_000),
    "results without a form": json_member("results.json", spec=None),
    "plan no TOML": text_member("plan/plan.toml", b"= ="),
    "plan not UTF-8": text_member("plan/plan.toml", b"\xff"),
}
UNKNOWN = {
    "results": json_member("results.json", spec="ikresults2"),
    "lock": json_member("plan/plan.lock.json", spec="ikplan7"),
    "plan": lambda members: members.update(
        {"plan/plan.toml": members["plan/plan.toml"].replace(b"impactkit = 1", b"impactkit = 2")}
    ),
    "manifest": lambda members: {"spec": "ikbundle2"},
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_bundle_gives_4(forged, tmp_path, change):
    assert refused(forged(lambda members: change(members) and None).read_bytes(), tmp_path) == 4


@pytest.mark.parametrize("change", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_form_gives_5(forged, tmp_path, change):
    assert refused(forged(change).read_bytes(), tmp_path) == 5


@pytest.mark.parametrize(
    "manifest",
    [{"spec": "other"}, {"spec": 1}, {"rows": "49"}, {"unknown": 1}, {"members": []}, {"data": "withheld"}],
    ids=str,
)
def test_a_malformed_manifest_gives_4(forged, tmp_path, manifest):
    assert refused(forged(lambda members: manifest).read_bytes(), tmp_path) == 4


def test_a_manifest_that_names_a_file_twice_gives_4(forged, opened, tmp_path):
    members = opened(forged(lambda members: None))
    record = json.loads(members["MANIFEST.json"])
    record["members"].append(record["members"][0])
    members["MANIFEST.json"] = canonical_json(record)
    assert refused(write_archive(members), tmp_path) == 4


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_archive_gives_4(tmp_path, content):
    assert refused(content, tmp_path) == 4


def test_an_archive_without_a_manifest_gives_4(tmp_path):
    assert refused(write_archive({"a": b"1"}), tmp_path) == 4


def test_a_name_that_leads_out_gives_4_and_writes_nothing(forged, tmp_path):
    before = set(tmp_path.parent.rglob("*"))
    stream = io.BytesIO(forged(lambda members: None).read_bytes())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("../escaped", b"x")
    assert refused(stream.getvalue(), tmp_path) == 4
    assert not any("escaped" in file.name for file in set(tmp_path.parent.rglob("*")) - before)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_bundle_gives_4(sealed, tmp_path, keep):
    content = sealed().read_bytes()
    assert refused(content[: int(len(content) * keep)], tmp_path) == 4


def test_a_file_larger_than_any_bundle_is_not_read(sealed, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_module, "MOST_BYTES", 1000)
    assert refused(sealed().read_bytes(), tmp_path) == 4


def test_a_workbook_that_would_unpack_to_too_much_gives_4(forged, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2**22)
    assert refused(forged(text_member("data/data.csv", stream.getvalue())).read_bytes(), tmp_path) == 4


@pytest.mark.parametrize("place", ["missing.zip", "."])
def test_no_file_is_an_error_of_usage(tmp_path, place):
    with pytest.raises(UsageError, match="There is no file"):
        verify(tmp_path / place)


def repacked(content, compression, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.comment = comment
    return stream.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: repacked(content, zipfile.ZIP_DEFLATED),
        lambda content: repacked(content, zipfile.ZIP_STORED, b"hello"),
        lambda content: b"#!/bin/sh\n" + content,
    ],
    ids=["deflated", "comment", "prefix"],
)
def test_an_archive_in_another_form_than_the_sealed_one_fails(sealed, tmp_path, change):
    file = tmp_path / "other.zip"
    file.write_bytes(change(sealed().read_bytes()))
    found = verify(file)
    assert found.exit_code == 1
    assert [step.name for step in found.steps if step.state == "fail"] == ["structure"]


def test_results_written_in_another_way_fail(forged):
    def spaced(members):
        members["results.json"] = json.dumps(json.loads(members["results.json"])).encode()

    found = verify(forged(spaced))
    assert [step.name for step in found.steps if step.state == "fail"] == ["structure"]


def is_seen(content, file):
    file.write_bytes(content)
    try:
        return structure(open_bundle(file)).state == "fail"
    except VerificationError:
        return True


def flips(content, places):
    for place in places:
        yield content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def unseen(content, places, file):
    return [
        n for n, flipped in zip(places, flips(content, places), strict=True) if not is_seen(flipped, file)
    ]


def test_a_bit_flipped_outside_the_files_is_seen(sealed, tmp_path):
    """Every byte of the directory, every local header, and every fiftieth byte of the files."""
    content = sealed().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        heads = [
            place
            for info in archive.infolist()
            for place in range(info.header_offset, info.header_offset + 30 + len(info.filename))
        ]
        directory = list(range(archive.start_dir, len(content)))
    places = sorted({*heads, *directory, *range(0, len(content), 50)})
    assert unseen(content, places, tmp_path / "flipped.zip") == []


@pytest.mark.slow
def test_a_bit_flipped_anywhere_is_seen(sealed, tmp_path):
    content = sealed().read_bytes()
    assert unseen(content, range(len(content)), tmp_path / "flipped.zip") == []


def test_a_flipped_bit_never_gives_a_good_exit_code(sealed, tmp_path):
    content = sealed().read_bytes()
    places = random.Random(3).sample(range(len(content)), 25)
    file = tmp_path / "flipped.zip"
    for flipped in flips(content, places):
        file.write_bytes(flipped)
        assert verify(file).exit_code in (1, 4, 5)


class TestPersonalNumbers:
    # A valid check digit, for a day on which nobody alive was born.
    NUMBER = "121212-1212"

    @pytest.mark.parametrize(
        ("kwargs", "where"),
        [
            ({"data": lambda text: text.replace("Norrgården", "121212-1212", 1)}, "column namn"),
            ({"data": lambda text: text.replace("namn", "namn 1212121212", 1)}, "column namn 1212121212"),
            ({"change": lambda text: text + "\n# Anna, 121212-1212\n"}, "plan.toml"),
            ({"change": lambda text: text.replace('"data.csv"', '"1212121212.csv"')}, "1212121212.csv"),
        ],
        ids=["cell", "heading", "plan", "file name"],
    )
    def test_they_are_never_sealed(self, project, short_reports, tmp_path, kwargs, where):
        evaluation = project(**kwargs)
        with pytest.raises(DataError, match=r"seems? to hold") as caught:
            seal(evaluation, tmp_path / "bundle.zip")
        assert where in str(caught.value)
        assert not (tmp_path / "bundle.zip").exists()

    def test_a_bundle_that_holds_some_fails(self, sealed, project, monkeypatch, tmp_path):
        monkeypatch.setattr(sys.modules["impactkit.verification.seal"], "refuse_disclosures", lambda *_: None)
        found = verify(sealed(data=lambda text: text.replace("Norrgården", self.NUMBER, 1)))
        assert found.exit_code == 1
        assert [step.name for step in found.steps if step.state == "fail"] == ["disclosure"]
        assert self.NUMBER not in found.steps[-1].text("en")

    @pytest.mark.parametrize("hidden", ["sheet", "property", "comment", "name", None])
    def test_they_are_found_wherever_a_workbook_hides_them(self, project, short_reports, tmp_path, hidden):
        evaluation = in_workbook(project().plan.folder, self.NUMBER, hidden)
        if hidden is None:
            assert verify(seal(evaluation, tmp_path / "bundle.zip")).exit_code == 3
            return
        with pytest.raises(DataError, match=r"seems? to hold"):
            seal(evaluation, tmp_path / "bundle.zip")


def in_workbook(folder, number, hidden):
    """Evaluate the example from a workbook with a personal number somewhere beside its rows."""
    import xlsxwriter

    from impactkit.evaluation import evaluate

    rows = [line.split(";") for line in (folder / "data.csv").read_text("utf-8").splitlines()]
    with xlsxwriter.Workbook(folder / "data.xlsx") as book:
        sheet = book.add_worksheet("Data")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        if hidden == "sheet":
            extra = book.add_worksheet("Gömt")
            extra.hide()
            extra.write_column(0, 0, ["namn", f"Anna {number}"])
        if hidden == "property":
            book.set_properties({"comments": number})
        if hidden == "comment":
            sheet.write_comment("A1", number)
        if hidden == "name":
            book.define_name("anna", f'="{number}"')
    plan = folder / "plan.toml"
    text = plan.read_text("utf-8").replace('file = "data.csv"', 'file = "data.xlsx"\nsheet = "Data"')
    plan.write_text(text, "utf-8")
    (folder / "plan.lock.json").unlink()
    return evaluate(plan)


@pytest.mark.parametrize(
    "content",
    [
        b'{"spec":"ikresults1","a":1e999}',
        b'{"spec":"ikresults1","a":"\\ud800"}',
        b'{"spec":"ikresults1","a":' + b"9" * 5000 + b"}",
    ],
    ids=["infinite", "half a letter", "endless number"],
)
def test_values_that_can_be_read_and_never_written_give_4(forged, tmp_path, content):
    assert refused(forged(text_member("results.json", content)).read_bytes(), tmp_path) == 4


def test_a_file_that_is_also_a_folder_gives_4(forged, tmp_path):
    change = text_member("data/data.csv/more.csv", b"x")
    assert refused(forged(change).read_bytes(), tmp_path) == 4


def test_an_invented_verdict_of_withheld_data_is_not_told(forged):
    def change(members):
        results = json.loads(members["results.json"])
        results["results"][0]["verdict"]["status"] = "\x1b[2Jgreat"
        members["results.json"] = canonical_json(results)

    found = verify(forged(change, change=lambda text: text.replace("public = true", "public = false")))
    assert found.verdicts == {"C2": "inconclusive"}


def test_data_that_cannot_be_searched_fail(sealed, monkeypatch):
    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr("impactkit.verification.disclosed.disclosures", broken)
    assert verify(sealed()).steps[-1].state == "fail"


def test_an_interruption_is_not_taken_for_the_bundles_failure(sealed, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    bundle = sealed()
    monkeypatch.setattr("impactkit.verification.recompute.evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        verify(bundle)


def test_withheld_results_without_any_sense_fail(forged):
    def change(members):
        members["results.json"] = canonical_json({"spec": "ikresults1", "results": "none"})

    found = verify(forged(change, change=lambda text: text.replace("public = true", "public = false")))
    assert (found.exit_code, found.verdicts) == (1, {})
