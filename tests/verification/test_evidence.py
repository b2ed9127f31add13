"""What a service answered goes into the bundle, and a changed answer is found."""

import json

import pytest

import impactkit as ik
from impactkit.data.evidence import Evidence, Page
from impactkit.verification.safe_zip import read_archive

BODY = (
    '{"count": 1, "values": [{"kpi": "N1", "municipality": "0180", "period": 2024, "values": '
    '[{"gender": "T", "value": 1.5, "count": 1, "status": ""}]}]}'
)


def with_evidence(project, *, spoil=False):
    def change(text):
        return text.replace("[data]\n", '[data]\nevidence = ["kolada.json"]\n', 1)

    evaluation = project("kielmc", locked=False)
    folder = evaluation.plan.folder
    page = Page(url="https://api.kolada.se/v3/data", fetched="2026-01-02T03:04:05Z", body=BODY)
    file = Evidence(service="kolada", pages=(page,)).save(folder / "kolada.json")
    if spoil:
        told = json.loads(file.read_text("utf-8"))
        told["pages"][0]["body"] = BODY.replace("2024", "2023")
        file.write_text(json.dumps(told), "utf-8")
    plan = folder / "plan.toml"
    plan.write_text(change(plan.read_text("utf-8")), "utf-8")
    return ik.evaluate(ik.Plan.read(plan))


def test_evidence_goes_into_the_bundle_and_is_verified_there(project, short_reports, tmp_path):
    bundle = ik.seal(with_evidence(project), tmp_path / "bundle.zip")
    members = read_archive(bundle.read_bytes())
    assert any(name.endswith("kolada.json") for name in members)
    assert ik.verify(bundle).exit_code in (0, 3)


def test_an_answer_that_was_changed_stops_the_evaluation(project):
    with pytest.raises(ik.ImpactkitError, match="Answer 1 is not the one that was fetched"):
        with_evidence(project, spoil=True)
