"""Averages over areas: a brute-force definition, every fault, and the file they travel in."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impactkit.errors import DataError, StudyError
from impactkit.plans.averages import Averages, analysed_rows, averages
from impactkit.plans.averages_file import columns_of, from_bytes, to_bytes, unsafe_names
from impactkit.plans.data_files import ANSWERS, MISSING, SPREAD, WEIGHT, DataFiles


def roles(**more):
    given = {
        "file": "data.csv",
        "outcome": "y",
        "time": "year",
        "treated": "got",
        "start": 2022,
        "aggregate_by": "area",
    }
    return DataFiles(**{**given, **more})


def people(seed=1, areas=3, years=(2021, 2022), per=6):
    rng = np.random.default_rng(seed)
    rows = [
        {
            "area": f"a{area}",
            "year": float(year),
            "got": float(area == 0),
            "y": rng.normal(),
            "age": rng.normal(),
            "w": rng.uniform(0.5, 2),
            "town": f"t{area % 2}",
        }
        for area in range(areas)
        for year in years
        for _ in range(per + area)
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=seed).reset_index(drop=True)


def by_hand(rows, outcome, weight):
    """Return mean, standard error, answers and missing of one cell, the slow way."""
    kept = [(row[outcome], row[weight] if weight else 1.0) for _, row in rows.iterrows()]
    known = [(value, w) for value, w in kept if not math.isnan(value)]
    total = sum(w for _, w in known)
    mean = sum(value * w for value, w in known) / total
    squared = sum((w * (value - mean)) ** 2 for value, w in known)
    n = len(known)
    error = math.sqrt(squared * n / (n - 1)) / total if n > 1 else math.nan
    return mean, error, n, len(kept) - n


@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("seed", range(5))
def test_averages_are_those_of_the_definition(seed, weight):
    rows = people(seed)
    rows.loc[rows.sample(5, random_state=seed).index, "y"] = np.nan
    found = averages(rows, roles(weight=weight, covariates=("age",), cluster="town"), outcome="y", where="C1")
    assert found.frame[["area", "year"]].apply(tuple, axis=1).is_monotonic_increasing
    for _, cell in found.frame.iterrows():
        of = rows[(rows.area == cell.area) & (rows.year == cell.year)]
        mean, error, n, missing = by_hand(of, "y", weight)
        assert cell["y"] == pytest.approx(mean, abs=1e-13)
        assert cell[SPREAD] == pytest.approx(error, rel=1e-12)
        assert (cell[ANSWERS], cell[MISSING]) == (n, missing)
        assert cell["got"] == of["got"].iloc[0]
        assert cell["town"] == of["town"].iloc[0]
        answered = of[of["y"].notna()]
        assert cell["age"] == pytest.approx(by_hand(answered, "age", weight)[0], abs=1e-13)
    assert found.n_answers + found.n_missing == len(rows)
    assert found.fewest == found.frame[ANSWERS].min()


def test_the_order_of_rows_changes_nothing_that_is_counted():
    rows = people()
    one = averages(rows, roles(), outcome="y", where="C1").frame
    two = averages(rows.iloc[::-1].reset_index(drop=True), roles(), outcome="y", where="C1").frame
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


def test_areas_weigh_alike_or_by_their_answers_over_the_years():
    found = averages(people(), roles(), outcome="y", where="C1")
    assert analysed_rows(found, roles()) is found.frame
    weighed = analysed_rows(found, roles(aggregate_weight="answers"))
    assert weighed[WEIGHT].tolist() == [6.0, 6.0, 7.0, 7.0, 8.0, 8.0]


def test_a_cross_section_is_averaged_by_area_alone():
    data = roles(time=None, start=None)
    found = averages(people(), data, outcome="y", where="C1")
    assert found.frame["area"].tolist() == ["a0", "a1", "a2"]
    assert "year" not in found.frame.columns


def spoilt(column, value, rows=slice(0, 2)):
    def made(frame):
        frame = frame.copy()
        frame[column] = frame[column].astype(object)
        frame.loc[frame.index[rows], column] = value
        return frame.infer_objects()

    return made


@pytest.mark.parametrize(
    ("spoil", "more", "words"),
    [
        (spoilt("area", None), {}, "2 rows have no area"),
        (spoilt("year", np.nan), {}, "2 rows have no year"),
        (lambda rows: rows.assign(got=np.arange(len(rows)) % 2), {}, "do not agree about got: a0, a1, a2"),
        (spoilt("w", 0.0), {"weight": "w"}, "2 answers have a weight in w"),
        (spoilt("w", np.nan), {"weight": "w"}, "2 answers have a weight in w"),
        (spoilt("w", np.inf), {"weight": "w"}, "2 answers have a weight in w"),
        (
            lambda rows: rows.assign(y=rows.y.where(~((rows.area == "a1") & (rows.year == 2022)))),
            {},
            "Nobody answered in a1/2022.0",
        ),
    ],
)
def test_rows_that_cannot_be_averaged_are_refused_by_name(spoil, more, words):
    with pytest.raises(StudyError, match=words):
        averages(spoil(people()), roles(**more), outcome="y", where="C1")


def test_every_fault_is_told_at_once():
    rows = spoilt("w", -1.0)(spoilt("area", None)(people()))
    with pytest.raises(StudyError) as caught:
        averages(rows, roles(weight="w"), outcome="y", where="C1")
    assert len(caught.value.troubles) == 2


@pytest.mark.parametrize("more", [{"covariates": ("age",), "cluster": "town"}, {"time": None, "start": None}])
def test_a_file_of_averages_comes_back_the_same(more):
    data = roles(**more)
    found = averages(people(), data, outcome="y", where="C1")
    content = to_bytes(found)
    assert content.decode().splitlines()[0].split(",") == columns_of(data, "y")
    back = from_bytes(content, data, outcome="y", name="C1.csv")
    pd.testing.assert_frame_equal(back.frame, found.frame, check_exact=True)


def test_dates_come_back_as_dates():
    rows = people()
    rows["year"] = pd.to_datetime(rows["year"].astype(int).astype(str) + "-03-01")
    rows["start"] = pd.to_datetime(pd.Series(np.where(rows["got"] > 0, "2022-01-01", None)))
    data = roles(first_treated="start", treated=None, start=None)
    found = averages(rows, data, outcome="y", where="C1")
    back = from_bytes(to_bytes(found), data, outcome="y", name="C1.csv")
    assert back.frame["year"].dt.year.tolist() == [2021, 2022] * 3
    assert back.frame["start"].isna().sum() == 4
    assert to_bytes(back) == to_bytes(found)


@given(st.lists(st.floats(-1e9, 1e9), min_size=4, max_size=8))
@settings(max_examples=100, deadline=None)
def test_every_digit_comes_back(values):
    rows = pd.DataFrame({"area": ["a", "b"] * 4, "year": 2021.0, "got": [1.0, 0.0] * 4, "y": 0.0})[
        : len(values)
    ]
    rows["y"] = values
    found = averages(rows, roles(), outcome="y", where="C1")
    back = from_bytes(to_bytes(found), roles(), outcome="y", name="C1.csv")
    assert back.frame["y"].tolist() == found.frame["y"].tolist()


GOOD = b"""area,year,got,y,answers,without_answer,std_error_of_average
a,2021,1,2.5,12,0,0.5
b,2021,0,3,11,1,0.25
"""


def test_a_plain_file_is_read():
    assert from_bytes(GOOD, roles(), outcome="y", name="C1.csv").frame["y"].tolist() == [2.5, 3.0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        GOOD.split(b"\n")[0] + b"\n",
        GOOD.replace(b"year", b"time"),
        GOOD.replace(b"2.5", b"2.50"),
        GOOD.replace(b"2.5", b"2,5"),
        GOOD.replace(b"2.5", b"nan"),
        GOOD.replace(b"2.5", b"inf"),
        GOOD.replace(b"2.5", b"1e999"),
        GOOD.replace(b"2.5", b"0x1"),
        GOOD.replace(b"2.5", b"2.5 "),
        GOOD.replace(b"2.5", b"+2.5"),
        GOOD.replace(b"12,0", b"12.0,0"),
        GOOD.replace(b"12,0", b"-12,0"),
        GOOD.replace(b"12,0", b"99999999999,0"),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.rstrip(b"\n"),
        GOOD + b"\n",
        GOOD + b"c,2021\n",
        GOOD.replace(b"a,2021", b'"a",2021'),
        GOOD.replace(b"a,2021", b'"a,2021'),
        GOOD.replace(b"b,2021", b"b,2021-13-45").replace(b"a,2021", b"a,2021-01-01"),
        GOOD.replace(b"a,2021", b"a,2021-01-01"),
    ],
)
def test_what_could_not_have_been_written_is_refused(content):
    with pytest.raises(DataError, match="is no file of averages"):
        from_bytes(content, roles(), outcome="y", name="C1.csv")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_names_that_a_spreadsheet_would_carry_out_are_found(sign):
    frame = pd.DataFrame({"area": [sign + "1", "b", sign + "1"], "town": ["x", "y", "z"]})
    assert unsafe_names(Averages(frame=frame), roles(cluster="town")) == [sign + "1"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"aggregate_by": None, "aggregate_weight": "equal"}, "no aggregate_by says which"),
        ({"exposure": "n", "rates": "weighted"}, "about areas already"),
        ({"std_error": "se"}, "about areas already"),
        ({"covariates": ("answers",)}, "called answers"),
        ({"weight": WEIGHT}, "called average_answers"),
    ],
)
def test_roles_that_contradict_averaging_are_refused(more, words):
    with pytest.raises(ValueError, match=words):
        roles(**more)


def test_the_roles_of_what_is_analysed():
    data = roles(cluster="area", weight="w", aggregate_weight="answers")
    assert data.shows_units
    assert (data.analysed.unit, data.analysed.cluster, data.analysed.weight) == ("area", None, WEIGHT)
    assert roles(cluster="town").analysed.cluster == "town"
    assert roles().analysed.weight is None
    plain = roles(aggregate_by=None, unit="area")
    assert plain.analysed is plain
    assert not plain.shows_units
