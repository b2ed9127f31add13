"""A plan is read whole or refused with every trouble; its digest and seeds follow from what it says."""

import math

import pytest

from impactkit.data.study import Study
from impactkit.errors import DataError, PlanError
from impactkit.indicators import Catalogue
from impactkit.plans import Plan

OWN = {
    **Catalogue.default()["safety/feels-safe-after-dark"].model_dump(mode="json", exclude_none=True),
    "id": "safety/own-question",
    "name": {"sv": "Egen fråga", "en": "Own question"},
}


def refusal(content):
    with pytest.raises(PlanError) as caught:
        Plan.of(content)
    return str(caught.value)


def read_text(tmp_path, text):
    (tmp_path / "plan.toml").write_text(text, "utf-8")
    with pytest.raises(PlanError) as caught:
        Plan.read(tmp_path / "plan.toml")
    return str(caught.value)


def test_every_trouble_is_told_at_once_with_its_key(sound):
    sound["project"]["municipality"] = 180
    sound["project"]["category"] = "safty"
    sound["claims"][0]["minimum_effect"] = 5.5
    sound["data"]["tretaed"] = "insats"
    text = refusal(sound)
    assert 'municipality = "0180"' in text
    assert 'Did you mean "safety"' in text
    assert "Where: plan.toml, claims[1].minimum_effect" in text
    assert "Did you mean treated?" in text
    assert text.count("Mend:") == 4


def test_an_unknown_setting_of_the_estimator_is_told_without_the_tag(sound):
    sound["estimator"]["event_studies"] = True
    text = refusal(sound)
    assert "Where: plan.toml, estimator.event_studies" in text
    assert "Did you mean event_study?" in text


def test_a_claim_after_the_last_follow_up_is_refused_with_both_ways_out(sound):
    sound["claims"][0]["by"] = 2024
    assert refusal(sound) == (
        "Claim period 2024 is after the last follow-up, 2023.\n"
        '  Where: plan.toml, claim "C1"\n'
        "  Mend:  Add the 2024 follow-up, or set by = 2023."
    )


def test_a_plan_without_a_primary_claim_is_refused(sound):
    sound["claims"][0]["role"] = "secondary"
    assert "No claim is primary." in refusal(sound)


def test_a_plan_without_claims_is_refused(sound):
    sound["claims"] = []
    assert "No claim is primary." in refusal(sound)


def test_two_claims_with_one_id_are_refused(sound):
    sound["claims"] *= 2
    assert "2 claims are called C1." in refusal(sound)


def test_two_indicators_in_one_column_are_refused(sound):
    other = {**sound["claims"][0], "id": "C2", "indicator": "safety/reported-vandalism"}
    sound["claims"].append(other)
    assert "the same column, trygga" in refusal(sound)


def test_an_unknown_indicator_is_met_with_a_guess(sound):
    sound["claims"][0]["indicator"] = "safety/feel-safe-after-dark"
    assert 'Did you mean "safety/feels-safe-after-dark"?' in refusal(sound)


def test_a_unit_alone_makes_no_indicator(sound):
    sound["claims"][0] |= {"indicator": "safety/own-question", "unit": "procentenheter"}
    assert "describe your own in the plan: [[indicators]]" in refusal(sound)


def test_an_own_indicator_stands_in_the_plan_and_in_its_digest(sound):
    without = Plan.of(sound).digest
    sound["claims"][0]["indicator"] = "safety/own-question"
    sound["indicators"] = [OWN]
    plan = Plan.of(sound)
    assert plan.catalogue["safety/own-question"].name.sv == "Egen fråga"
    assert len(plan.catalogue) == len(Catalogue.default()) + 1
    assert Plan.of(plan.content()).digest == plan.digest != without


def test_a_fault_of_an_own_indicator_is_told_with_its_place(sound):
    sound["indicators"] = [{**OWN, "sub_area": "perceived-safty", "decimals": "many"}]
    text = refusal(sound)
    assert "indicators[1].decimals" in text


def test_a_follow_up_before_the_baseline_is_refused(sound):
    sound["data"]["baseline_collected"] = "2024-01-01"
    assert "is not after the baseline" in refusal(sound)


def test_more_paid_out_than_granted_is_refused(sound):
    sound["loan"] = {"granted_sek": 1, "paid_out_sek": 2, "financed_share": "1"}
    assert "More was paid out" in refusal(sound)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../data.csv", "C:\\data.csv", "a/../../b.csv", "~/data.csv"]
)
def test_a_file_outside_the_folder_is_refused(sound, name):
    sound["data"]["file"] = name
    assert "points outside the plan's folder" in refusal(sound)


@pytest.mark.parametrize(
    "files", [{}, {"file": "a.csv", "baseline": "b.csv"}, {"baseline": "b.csv"}, {"follow_up": "c.csv"}]
)
def test_one_file_or_two_must_be_named(sound, files):
    sound["data"] = {"outcome": "y", "time": "t", **files}
    assert "must name one file, or a baseline and a follow_up" in refusal(sound)


def test_a_syntax_error_is_told_with_its_line(tmp_path):
    text = read_text(tmp_path, "impactkit = 1\nlanguage = sv\n")
    assert "line 2: language = sv" in text


def test_a_bare_code_is_told_to_be_text(tmp_path):
    assert 'quotes, "0180"' in read_text(tmp_path, "[project]\nmunicipality = 0180\n")


def test_text_left_open_at_the_end_is_told(tmp_path):
    assert "line 1" in read_text(tmp_path, 'name = """x')


def test_a_plan_in_another_encoding_is_told(tmp_path):
    (tmp_path / "plan.toml").write_bytes('name = "Norrgården"'.encode("cp1252"))
    with pytest.raises(PlanError, match="UTF-8"):
        Plan.read(tmp_path)


def test_a_missing_file_is_met_with_the_nearest(tmp_path):
    (tmp_path / "plan.toml").write_text("")
    with pytest.raises(PlanError, match=r"Did you mean plan\.toml"):
        Plan.read(tmp_path / "plans.toml")


def test_the_digest_does_not_depend_on_order_or_spelt_out_defaults(sound):
    reordered = dict(reversed(sound.items()))
    reordered["decision"] = {"decided": "2022-01-01", "alpha": "0.05", "small_cell": 10}
    assert Plan.of(reordered).digest == Plan.of(sound).digest


def test_the_digest_changes_with_any_word(sound):
    before = Plan.of(sound).digest
    sound["claims"][0]["minimum_effect"] = "5.0"
    assert Plan.of(sound).digest != before


def no_floats(value):
    if isinstance(value, dict):
        return all(no_floats(item) for item in value.values())
    if isinstance(value, list):
        return all(no_floats(item) for item in value)
    return not isinstance(value, float)


def test_the_content_holds_no_floats_and_reads_back(sound):
    plan = Plan.of(sound)
    assert no_floats(plan.content())
    assert Plan.of(plan.content()).digest == plan.digest


def test_seeds_follow_from_plan_and_claim(sound):
    sound["claims"].append({**sound["claims"][0], "id": "C2", "role": "secondary"})
    plan = Plan.of(sound)
    assert plan.seed_for("C1") == Plan.of(sound).seed_for("C1")
    assert plan.seed_for("C1") != plan.seed_for("C2")
    assert 0 <= plan.seed_for("C1") < 2**48
    with pytest.raises(PlanError, match="Choose among C1, C2"):
        plan.seed_for("C9")


def test_the_frame_keeps_codes_and_reads_decimal_commas(make):
    frame = make().frame()
    assert frame["område"].tolist() == ["01", "01", "02", "02"]
    assert frame["trygga"].tolist() == [50.5, 56.0, 55.0, 55.5]


def test_roles_and_frame_make_a_study(make):
    plan = make()
    assert Study(plan.frame(), **plan.roles("C1")).n_treated == 1


def test_a_follow_up_year_missing_from_the_rows_is_told(make):
    plan = make(rows="område;år;insats;trygga\n01;2021;1;50\n01;2022;1;51\n")
    with pytest.raises(PlanError, match="2023 is after the last follow-up, 2022"):
        plan.frame()
    assert len(plan.rows()) == 2


def test_waves_that_are_no_years_fall_back_on_the_date(make):
    assert (
        len(make(rows="område;år;insats;trygga\n01;0;1;50\n01;1;1;51\n", start=1, table="data").frame()) == 2
    )


def test_two_files_without_time_take_their_years_from_the_plan(make, tmp_path):
    for name, value in (("före.csv", 50), ("efter.csv", 56)):
        (tmp_path / name).write_text(f"område;insats;trygga\n01;1;{value}\n02;0;55\n", "utf-8")
    changes = {
        "file": None,
        "baseline": "före.csv",
        "follow_up": "efter.csv",
        "baseline_collected": "2022-10-01",
    }
    frame = make("data", **changes).frame()
    assert frame["år"].tolist() == [2022, 2022, 2023, 2023]
    assert frame["trygga"].tolist() == [50, 55, 56, 55]


def test_faults_of_both_files_are_told_at_once(make, tmp_path):
    (tmp_path / "före.csv").write_text("område;insats;trygg\n01;1;1\n02;0;2\n", "utf-8")
    changes = {
        "file": None,
        "baseline": "före.csv",
        "follow_up": "efter.csv",
        "baseline_collected": "2022-10-01",
    }
    with pytest.raises(DataError) as caught:
        make("data", **changes).frame()
    assert "There is no column trygga." in str(caught.value)
    assert "efter.csv" in str(caught.value)


def test_a_text_that_means_missing_is_missing(make):
    rows = "område;år;insats;trygga\n01;2022;1;..\n01;2023;1;56\n"
    assert math.isnan(make("data", rows=rows, missing=[".."]).frame()["trygga"][0])
