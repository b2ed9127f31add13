"""What is written is read back: the whole from JSON and CSV, the mapped fields from the others."""

import csv
import io
import json
import tomllib
from importlib.resources import files

import pytest

from impactkit.errors import DataError, ImpactkitError
from impactkit.evidence import Claim
from impactkit.evidence.claim import Subgroup
from impactkit.examples import ALL, copy_example
from impactkit.exchange import export, imported
from impactkit.exchange.export import FORMATS
from impactkit.exchange.formats import common_impact_data, csv_table, indigo, table_schema
from impactkit.exchange.plan_words import SILENT, plain
from impactkit.exchange.records import flat
from impactkit.indicators import Catalogue, Indicator
from impactkit.plans import Plan, new_project

CATALOGUE = Catalogue.default()
MAPPING = tomllib.loads((files("impactkit.exchange") / "mapping.toml").read_text("utf-8"))
VOCABULARIES = ("table_schema", "indigo", "common_impact_data")


def whole(item):
    return [each.model_dump(mode="json") for each in item] if isinstance(item, Catalogue) else item.content()


@pytest.fixture(params=[f"{example.name}-{language}" for example in ALL for language in ("sv", "en")])
def plan(request, tmp_path):
    name, _, language = request.param.partition("-")
    return Plan.read(copy_example(name, tmp_path / request.param, language=language))


@pytest.mark.parametrize("name", ["a.json", "a.csv"])
class TestTheWhole:
    def test_of_a_catalogue_comes_back(self, tmp_path, name):
        assert whole(imported(export(CATALOGUE, tmp_path / name))) == whole(CATALOGUE)

    def test_of_one_indicator_comes_back(self, tmp_path, name):
        item = CATALOGUE["safety/feels-safe-after-dark"]
        assert list(imported(export(item, tmp_path / name))) == [item]

    def test_of_a_plan_comes_back_with_its_digest(self, tmp_path, name, plan):
        assert imported(export(plan, tmp_path / name)).digest == plan.digest


def test_awkward_texts_survive_a_table(tmp_path):
    awkward = ["=1+1", "+46", "-5 till 5", "@home", "'quoted", "semi;colon", 'quo"te', "två\nrader", "-5"]
    item = CATALOGUE["safety/feels-safe-after-dark"]
    own = [
        item.model_copy(
            update={
                "id": f"safety/own-{place}",
                "name": item.name.model_copy(update={"sv": text}),
                "traps": (item.name.model_copy(update={"sv": text}),),
            }
        )
        for place, text in enumerate(awkward)
    ]
    assert whole(imported(export(Catalogue(own), tmp_path / "a.csv"))) == whole(Catalogue(own))


def test_no_cell_could_be_a_formula_and_excel_finds_the_letters(tmp_path):
    content = export(CATALOGUE, tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t")]
    assert len(rows) == len(CATALOGUE) + 1


@pytest.mark.parametrize("which", ["catalogue", "plan"])
class TestMappedFieldsComeBack:
    @pytest.fixture
    def what(self, which, tmp_path):
        return CATALOGUE if which == "catalogue" else new_project(tmp_path / "new", category="safety")

    def test_from_indigo(self, tmp_path, what):
        file = export(what, tmp_path / "a.json", format="indigo")
        assert imported(file, format="indigo") == indigo.metrics(what)

    def test_from_common_impact_data(self, tmp_path, what):
        file = export(what, tmp_path / "a.jsonld")
        assert imported(file) == common_impact_data.indicators(what)

    def test_from_a_data_package(self, tmp_path, what):
        file = export(what, tmp_path / "datapackage.json", format="table_schema")
        found = imported(file, format="table_schema")
        assert table_schema.write(what) == file.read_bytes()
        if isinstance(what, Plan):
            assert found["trygga"]["constraints"] == {"minimum": 0.0, "maximum": 100.0}
            assert found["område"]["type"] == "string"
        else:
            assert found["decimals"]["type"] == "integer"


class TestTheMappingTable:
    @pytest.mark.parametrize(("table", "model"), [("indicator", Indicator), ("claim", Claim)])
    def test_names_every_field(self, table, model):
        assert set(MAPPING[table]) == set(model.model_fields)

    def test_tells_what_each_vocabulary_really_gets(self, tmp_path):
        plan = new_project(tmp_path, category="safety")
        metric = json.loads(indigo.write(plan))["outcome_metrics"][0]
        linked = json.loads(common_impact_data.write(plan))[0]
        told = {
            name: {
                term
                for table in MAPPING.values()
                for field in table.values()
                for term in field[name].split(", ")
                if term
            }
            for name in VOCABULARIES
        }
        assert told["indigo"] == set(metric) | {"secondary_sdg_targets"}
        assert told["common_impact_data"] == set(linked) - {"@context", "@type"}

    def test_of_indigo_names_only_fields_of_its_metric(self):
        assert {name for name in indigo.OutcomeMetric.__slots__} == {
            term for table in MAPPING.values() for field in table.values()
            for term in field["indigo"].split(", ") if term
        }  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_is_something_else_is_refused(tmp_path, format):
    (tmp_path / "a.json").write_text('{"spec": "other"}', "utf-8")
    with pytest.raises(ImpactkitError):
        imported(tmp_path / "a.json", format=format)


@pytest.mark.parametrize(
    ("name", "format", "said"),
    [("a.xyz", None, "does not say"), ("a.json", "indgo", 'Did you mean "indigo"')],
)
def test_a_format_that_is_not_there_is_refused_and_nothing_written(tmp_path, name, format, said):
    with pytest.raises(ImpactkitError, match=said):
        export(CATALOGUE, tmp_path / name, format=format)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["osf_markdown", "aea_markdown"])
class TestRegistrations:
    def test_every_claim_estimator_and_exclusion_appears(self, tmp_path, plan, format):
        file = export(plan, tmp_path / "a.md", format=format)
        found = imported(file, format=format)
        text = file.read_text("utf-8")
        for claim in plan.claims:
            assert text.count(f"{claim.id} ({claim.role}): ") == 1
            assert f"{claim.change}, {claim.minimum_effect}" in text
        for key, value in flat(plan.content()).items():
            assert f"- {key} = {plain(value)}\n" in text + "\n"
        assert all(f"estimator.{key}" in text for key in plan.content()["estimator"])
        assert "are left out and counted" in text
        assert all(f'"{plain(missing)}"' in text for missing in plan.data.missing)
        assert plan.digest in text
        assert all(found.values())

    def test_what_the_plan_leaves_out_is_said_to_be(self, tmp_path, format):
        plan = new_project(tmp_path / "new", category="safety")
        found = imported(export(plan, tmp_path / "a.md", format=format), format=format)
        silent = {"osf_markdown": "Blinding", "aea_markdown": "IRB Approval"}[format]
        assert found[silent] == SILENT

    def test_what_somebody_wrote_makes_no_heading(self, tmp_path, plan, format):
        project = plan.project.model_copy(update={"need": "x\n### Blinding\ndouble <script>"})
        file = export(plan.model_copy(update={"project": project}), tmp_path / "a.md", format=format)
        assert file.read_text("utf-8").count("\n### Blinding") == (format == "osf_markdown")
        assert "<" not in file.read_text("utf-8")

    def test_of_a_catalogue_there_is_none(self, tmp_path, format):
        with pytest.raises(ImpactkitError, match="a plan can"):
            export(CATALOGUE, tmp_path / "a.md", format=format)


def test_exclusions_name_the_subgroup_and_what_is_accepted(tmp_path):
    plan = new_project(tmp_path / "new", category="safety")
    claim = plan.claims[0].model_copy(
        update={
            "subgroup": Subgroup(column="kön", value="kvinnor", compared_with="män"),
            "accept": {"definition_break": "The question was reworded in both groups."},
            "target": 70,
        }
    )
    plan = plan.model_copy(update={"claims": (claim, *plan.claims[1:])})
    told = imported(export(plan, tmp_path / "a.md", format="osf_markdown"), format="osf_markdown")
    assert "only rows where kön is kvinnor" in told["Data exclusion"]
    assert "definition_break is accepted because: The question was reworded" in told["Data exclusion"]
    assert "Only rows where kön is kvinnor, compared with män." in told["Hypotheses"]
    assert "Level aimed at: 70." in told["Hypotheses"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"id;" + b"a" * 200_000,
        b"id;name\n1;2;3\n",
        b"key;kind;value\nimpactkit;int\n",
        b"year;value\n2020;1\n",
    ],
    ids=["nothing", "no text", "a name without end", "a long row", "a short row", "other columns"],
)
def test_a_table_that_is_none_of_ours_is_refused_by_name(content):
    with pytest.raises(DataError, match="neither a catalogue nor a plan"):
        csv_table.read(content)


def test_a_heading_that_no_catalogue_has_is_refused_however_long_a_cell_may_be():
    """How long a cell csv takes is of the whole process, and other libraries change it."""
    before = csv.field_size_limit(10**6)
    try:
        for heading in (b"id;" + b"a" * 200_000, b"id;another", b"id;name.sv;another"):
            with pytest.raises(DataError, match="neither a catalogue nor a plan"):
                csv_table.read(heading)
    finally:
        csv.field_size_limit(before)
