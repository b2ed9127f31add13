"""JSON-stat and PX in the shapes that the formats allow."""

import json

import pytest

import impactkit as ik

DIMENSION = {
    "Region": {
        "label": "region",
        "category": {"index": {"0114": 0, "0180": 1}, "label": {"0180": "Stockholm"}},
    },
    "Tid": {"label": "år", "category": {"index": ["2023", "2024"]}},
}


def read(tmp_path, told, **settings):
    (tmp_path / "a.json").write_text(json.dumps(told), "utf-8")
    return ik.read(tmp_path / "a.json", **settings)


def second(**changes):
    return {
        "version": "2.0",
        "class": "dataset",
        "id": ["Region", "Tid"],
        "size": [2, 2],
        "role": {"time": ["Tid"]},
        "dimension": DIMENSION,
        "value": [1.25, 2, 3, 4],
        **changes,
    }


def test_version_1_says_the_same_as_version_2(tmp_path):
    inner = {"id": ["Region", "Tid"], "size": [2, 2], "role": {"time": ["Tid"]}, **DIMENSION}
    first = {"bef": {"label": "Folkmängd", "dimension": inner, "value": [1.25, 2, 3, 4]}}
    mine, theirs = (read(tmp_path, told).to_frame() for told in (first, second()))
    assert mine.equals(theirs)
    assert mine["unit"].tolist() == ["0114", "0114", "0180", "0180"]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": {"0": 1.25, "1": 2, "3": 4}},
        {"value": [1.25, 2, None, 4]},
    ],
)
def test_values_may_be_sparse(tmp_path, changes):
    assert read(tmp_path, second(**changes)).to_frame()["status"].tolist() == [
        "value",
        "value",
        "missing",
        "value",
    ]


@pytest.mark.parametrize("status", [{"2": "c"}, ["", "", "c", ""]])
def test_a_status_tells_why_a_value_is_not_there(tmp_path, status):
    told = second(value=[1.25, 2, None, 4], status=status)
    with pytest.raises(ik.ImpactkitError, match="c in column value is not a number"):
        read(tmp_path, told)
    found = read(tmp_path, told, withheld=["c"])
    assert found.to_frame()["status"].tolist()[2] == "withheld"
    assert found.to_frame()["source_status"].tolist()[2] == "c"


def test_several_data_sets_are_not_chosen_among(tmp_path):
    with pytest.raises(ik.ImpactkitError, match="holds 2 data sets"):
        read(tmp_path, {"class": "collection", "link": {"item": [second(), second()]}})
    assert len(read(tmp_path, {"class": "collection", "link": {"item": [second(), {"href": "x"}]}})) == 4


PX = (
    'CHARSET="ANSI";\nCODEPAGE="iso-8859-1";\nLANGUAGE="sv";\nLANGUAGES="sv","en";\nMATRIX="M1";\n'
    'TITLE="Besök, "\n"efter område";\nTITLE[en]="Visits";\nSTUB="område";\nHEADING="år";\n'
    'VALUES("område")="Åre","Håbo";\nVALUES[en]("area")="A","H";\nCODES("område")="01","02";\n'
    'VALUES("år")="2023","2024";\nTIMEVAL("år")=TLIST(A1,"2023"-"2024");\nMAP("område")="karta";\n'
)


def px(tmp_path, data, *, more=""):
    (tmp_path / "a.px").write_bytes((PX + more + data).encode("latin-1"))
    return ik.read(tmp_path / "a.px")


def test_px_keeps_codes_and_labels_of_the_main_language(tmp_path):
    found = px(tmp_path, 'DATA=\n1 2.5\n"-" "..";\n')
    assert found.units == ("01", "02")
    assert found.labels["område"] == {"01": "Åre", "02": "Håbo"}
    assert found.to_frame()["status"].tolist() == ["value", "value", "value", "missing"]
    assert found.to_frame()["value"].tolist()[:3] == [1.0, 2.5, 0.0]
    assert [fault.value for fault in found.warnings] == ["-", ".."]


@pytest.mark.parametrize("data", ["DATA=1,2.5,3,4;", "DATA=1\t2.5\r\n3\t4;", "DATA=1;2.5;3;4;"])
def test_px_cells_stand_between_any_of_its_separators(tmp_path, data):
    assert px(tmp_path, data).to_frame()["value"].tolist() == [1.0, 2.5, 3.0, 4.0]


def test_px_rows_with_keys_may_be_left_out_and_are_zero(tmp_path):
    found = px(tmp_path, 'DATA=\n"02",3 4;', more='KEYS("område")=CODES;\n')
    assert found.to_frame()["value"].tolist() == [0.0, 0.0, 3.0, 4.0]


def test_a_sign_may_mean_something_else_in_one_table(tmp_path):
    (tmp_path / "a.px").write_bytes((PX + 'DATA=1 ".." 3 4;').encode("latin-1"))
    found = ik.read(tmp_path / "a.px", layout=ik.Layout(marks={"..": "withheld"}))
    assert found.to_frame()["status"].tolist()[1] == "withheld"
