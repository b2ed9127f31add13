"""Region codes: whole, found by code or name, with conflicts reported and old codes followed."""

from datetime import date

import pytest
from tests.plans.conftest import SOUND

from impactkit.errors import IndicatorError, PlanError
from impactkit.indicators import Regions
from impactkit.plans import Plan

REGIONS = Regions.default()


def refusal(call):
    with pytest.raises(IndicatorError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "n"), [("country", 1), ("region", 21), ("county", 21), ("municipality", 290)]
)
def test_every_region_of_today_is_there_once(kind, n):
    found = REGIONS.filter(kind=kind, on=2026)
    assert len(found) == n
    assert len({region.code for region in found}) == n


def test_a_municipality_lies_in_the_county_of_its_code():
    counties = {region.code for region in REGIONS.filter(kind="county")}
    for region in REGIONS.filter(kind="municipality"):
        assert region.code[:2] == region.county
        assert region.county in counties
        assert len(region.code) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0127", "0127"),
        ("Botkyrka", "0127"),
        ("botkyrka kommun", "0127"),
        ("Göteborgs stad", "1480"),
        ("Karlstads kommun", "1780"),
        ("Östra Göinge", "1256"),
        ("Region Gotland", "0009"),
        ("Gotlands län", "09"),
        ("Borås", "1490"),
        ("Mora", "2062"),
    ],
)
def test_a_name_or_a_code_finds_one_region(text, code):
    assert REGIONS.find(text).code == code


def test_a_name_that_means_several_is_reported_with_all_of_them():
    text = refusal(lambda: REGIONS.find("Gotland"))
    assert [code in text for code in ("0009", "0980", "09 Gotlands län")] == [True] * 3
    assert 'kind="municipality"' in text
    assert REGIONS.find("Gotland", kind="municipality").code == "0980"
    assert REGIONS.find("Gotland", kind="region").code == "0009"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: REGIONS["0128x"], "no region"),
        (lambda: REGIONS.find("Botkirka"), "Did you mean Botkyrka (0127)"),
        (lambda: REGIONS[180], 'Write "0180"'),
        (lambda: REGIONS.check(code="0180", name="Göteborg"), "0180 is Stockholm, not Göteborg"),
        (lambda: REGIONS.check(code="0180", name="Göteborg"), "1480"),
        (lambda: REGIONS["0180A0010"], "form of a DeSO code"),
    ],
)
def test_what_cannot_be_found_or_does_not_agree_is_told(call, said):
    assert said in refusal(call)


def test_a_code_and_a_name_that_agree_are_one_region():
    assert REGIONS.check(code="1480", name="Göteborgs stad").name == "Göteborg"


class TestOldCodes:
    def test_heby_changed_county_and_code_in_2007(self):
        old, new = REGIONS["1917"], REGIONS["0331"]
        assert old.valid_on(2006) and not old.valid_on(2007)
        assert new.valid_on(2007) and not new.valid_on(date(2006, 12, 31))
        assert REGIONS.successors("1917") == (new,)

    def test_merged_deso_areas_have_one_successor(self):
        assert REGIONS.successors("1883A0010") == REGIONS.successors("1883A0020")

    @pytest.mark.parametrize(
        ("code", "first", "last", "now"),
        [
            ("1917", 2005, 2010, ("0331",)),
            ("1917", 2004, 2006, ()),
            ("0331", 2008, 2010, ()),
            ("0380", 2002, 2004, ("0330",)),
            ("0330", 2002, 2004, ("0380",)),
            ("0380", 2003, 2010, ()),
            ("0181", 1998, 1999, ("0140",)),
        ],
    )
    def test_a_code_whose_area_changed_between_two_years_is_told(self, code, first, last, now):
        found = REGIONS.changed_between(code, first=first, last=last)
        assert tuple(region.code for region in found) == now

    def test_every_successor_is_there_and_begins_when_the_old_code_ends(self):
        for region in REGIONS:
            for code in region.successors:
                assert (REGIONS[code].valid_from - region.valid_to).days == 1

    def test_uppsala_and_knivsta(self):
        assert not REGIONS["0330"].valid_on(2002)
        assert REGIONS["0330"].valid_on(2003)


@pytest.mark.parametrize(("code", "said"), [("0129", "no region"), ("1917", 'Write municipality = "0331"')])
def test_a_plan_with_a_wrong_code_is_refused_with_the_right_one(code, said):
    with pytest.raises(PlanError, match=said):
        Plan.of({**SOUND, "project": {**SOUND["project"], "municipality": code}})


def test_a_table_keeps_codes_as_text():
    frame = REGIONS.to_frame()
    assert frame["code"].iloc[0] == "0000"
    assert "0180" in REGIONS.filter(county="01")._repr_html_()
