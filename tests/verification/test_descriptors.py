"""A bundle describes itself to archives: the descriptions are read by their own libraries, and verified."""

import json
import zipfile

import pytest

from impactkit.verification.descriptors import _slug, _type_of
from impactkit.verification.seal import seal
from impactkit.verification.verify import verify
from verification.test_aggregates import surveyed  # noqa: F401


@pytest.fixture
def unpacked(tmp_path):
    def made(bundle):
        folder = tmp_path / "unpacked"
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder)  # our own, just sealed
        return folder

    return made


@pytest.fixture(params=["public", "aggregates", "commitment"])
def bundle(request, project, surveyed, short_reports, tmp_path):  # noqa: F811
    made = surveyed() if request.param == "aggregates" else project()
    return seal(made, tmp_path / "bundle.zip", rows=request.param)


def test_the_crate_is_read_by_a_library_of_its_own(bundle, unpacked):
    rocrate = pytest.importorskip("rocrate.rocrate")
    folder = unpacked(bundle)
    crate = rocrate.ROCrate(folder)
    held = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    told = {entity.id for entity in crate.get_entities() if entity.type == "File"}
    assert told == held - {"MANIFEST.json", "ro-crate-metadata.json"}
    assert crate.name
    assert crate.license
    action = crate.dereference("#evaluation")
    assert [each.id for each in action["result"]] == ["results.json", "report.html"]
    assert action["instrument"]["version"]


def test_every_reference_in_the_crate_leads_somewhere(bundle, opened):
    graph = json.loads(opened(bundle)["ro-crate-metadata.json"])["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(ids) == len(set(ids))
    text = json.dumps([{key: value for key, value in each.items() if key != "@id"} for each in graph])
    named = {part.split('"')[0] for part in text.split('"@id": "')[1:]}
    assert named - set(ids) == {"https://w3id.org/ro/crate/1.1"}
    root = next(entity for entity in graph if entity["@id"] == "./")
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)


def test_the_package_is_valid_for_frictionless(bundle, unpacked):
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(unpacked(bundle) / "datapackage.json"))
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize("name", ["ro-crate-metadata.json", "datapackage.json"])
def test_a_description_of_something_else_fails(sealed, opened, resealing, tmp_path, name):
    members = opened(sealed())
    members[name] = members[name].replace(b"impactkit", b"impactkat", 1)
    forged = tmp_path / "forged.zip"
    forged.write_bytes(resealing(members, described=False))
    found = verify(forged)
    steps = {step.name: step for step in found.steps}
    assert (found.exit_code, steps["descriptions"].state) == (1, "fail")
    assert name in steps["descriptions"].text("sv")


def test_a_description_is_not_compared_with_a_plan_that_cannot_be_read(forged):
    def change(members):
        members["plan/plan.toml"] = b"impactkit = 1\n"

    steps = {step.name: step.state for step in verify(forged(change)).steps}
    assert steps["descriptions"] == "not_checked"


@pytest.mark.parametrize(
    ("name", "slug", "kind"),
    [
        ("data/Enkät 2022.xlsx", "data-enk-t-2022.xlsx", "application/vnd.openxmlformats"),
        ("averages/C1.csv", "averages-c1.csv", "text/csv"),
        ("ÅÄÖ", "table", "application/octet-stream"),
    ],
)
def test_names_and_kinds(name, slug, kind):
    assert _slug(name) == slug
    assert _type_of(name).startswith(kind)
