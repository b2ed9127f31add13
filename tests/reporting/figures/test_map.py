"""A map draws the areas it is given, and refuses a file that is not what it says."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import impactkit as ik
from impactkit.errors import DataError, UsageError
from impactkit.reporting import areas as borders
from impactkit.reporting.areas import read_areas
from impactkit.wording.message import told
from reporting.figures.gallery import square, squares


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def column(**values: Any) -> pd.Series:
    return pd.Series(values, name="share").rename_axis("code")


def shapes(axes: Any) -> list[tuple[str, str | None, int]]:
    """Colour, hatch and number of areas of each group that is drawn alike."""
    from matplotlib.colors import to_hex

    return [
        (to_hex(group.get_facecolor()[0]), group.get_hatch(), len(group.get_paths()))
        for group in axes.collections
    ]


def test_every_area_is_drawn_once_and_those_without_a_value_striped() -> None:
    values, areas = squares()
    axes = ik.plot(values, areas=areas, language="en")
    groups = shapes(axes)
    assert sum(n for *_, n in groups) == 16
    assert groups[-1] == ("#ffffff", "\\\\\\", 2)
    assert "No value (2), striped: 0014, 0015." in axes.alt_text
    assert any("0014, 0015" in text.get_text() for text in axes.figure.texts)


def test_steps_are_told_apart_by_more_than_colour() -> None:
    values, areas = squares()
    groups = shapes(ik.plot(values, areas=areas, language="en"))
    assert len({hatch for _, hatch, _ in groups}) == len({colour for colour, *_ in groups}) == len(groups)
    light = [sum(int(colour[k : k + 2], 16) for k in (1, 3, 5)) for colour, *_ in groups[:-1]]
    assert light == sorted(light, reverse=True)


def test_values_are_printed_where_they_fit() -> None:
    values, areas = squares()
    axes = ik.plot(values, areas=areas, language="sv")
    printed = {text.get_text() for text in axes.texts}
    assert {"12,0", "15,1", "52,3"} <= printed
    assert len(printed) == 13  # all 14 but the one whose middle is a hole


def test_a_hole_is_empty_and_every_part_of_an_area_is_drawn() -> None:
    values, areas = squares()
    axes = ik.plot(values, areas=areas, language="en", size="column")
    paths = [path for group in axes.collections for path in group.get_paths()]
    figure = axes.figure
    figure.canvas.draw()
    picture = np.asarray(figure.canvas.buffer_rgba())

    def colour(x: float, y: float) -> tuple[int, ...]:
        column, row = axes.transData.transform((x, y))
        return tuple(picture[picture.shape[0] - 1 - int(row), int(column)][:3])

    assert colour(16.5, 59.5) == (255, 255, 255)  # the hole
    assert colour(20.35, 58.35) != (255, 255, 255)  # the second part of an area
    assert colour(19.5, 58.35) == (255, 255, 255)  # between the two
    assert len(paths) == 16


def test_a_degree_is_as_wide_as_it_is_at_that_latitude() -> None:
    axes = ik.plot(column(a=1.0), areas=collection(square("a", 15, 60)), language="en")
    axes.figure.canvas.draw()
    (x0, y0), (x1, y1) = axes.transData.transform([(15, 60), (16, 61)])
    assert (x1 - x0) / (y1 - y0) == pytest.approx(math.cos(math.radians(60.5)), rel=1e-3)


def test_the_same_map_comes_from_a_file(tmp_path: Path) -> None:
    values, areas = squares()
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps(areas), "utf-8")
    from_file = ik.plot(values, areas=path, language="en")
    assert from_file.alt_text == ik.plot(values, areas=areas, language="en").alt_text
    assert shapes(from_file) == shapes(ik.plot(values, areas=areas, language="en"))


def test_without_a_name_the_codes_are_the_ids_of_the_features() -> None:
    feature = {**square("x", 15, 60), "id": "0114"}
    axes = ik.plot(pd.Series({"0114": 3.0}), areas=collection(feature), language="en")
    assert "0114 3.00" in axes.alt_text


def test_one_value_for_all_has_one_step() -> None:
    axes = ik.plot(
        column(a=2.0, b=2.0), areas=collection(square("a", 1, 1), square("b", 2, 1)), language="en"
    )
    assert [n for *_, n in shapes(axes)] == [2]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (column(a=1.0, c=2.0), "1 codes have no area, such as c"),
        (pd.Series([1.0, 2.0], index=["a", "a"]).rename_axis("code"), "stand more than once, such as a"),
        (column(a="many"), "must be numbers"),
        (column(a=math.inf), "must be numbers"),
        (column(a=math.nan), "must be numbers"),
        (pd.Series({"a": 1.0}).rename_axis("kod"), "no code in kod"),
    ],
    ids=["astray", "twice", "text", "infinite", "missing", "wrong property"],
)
def test_values_that_cannot_be_placed_are_refused(values: Any, what: str) -> None:
    with pytest.raises(DataError, match=what):
        ik.plot(values, areas=collection(square("a", 15, 60)), language="en")


def test_codes_read_as_numbers_are_told_of_their_lost_zeros() -> None:
    values = pd.Series([1.0], index=[114]).rename_axis("code")
    with pytest.raises(DataError, match="no area, such as 114") as caught:
        ik.plot(values, areas=collection(square("0114", 15, 60)))
    assert "tappar nollor" in told(caught.value, "sv")


def with_ring(*points: Any) -> dict[str, Any]:
    return collection(
        {
            "type": "Feature",
            "properties": {"code": "a"},
            "geometry": {"type": "Polygon", "coordinates": [list(points)]},
        }
    )


def deep(levels: int) -> Any:
    found: Any = 0
    for _ in range(levels):
        found = [found]
    return found


BAD: dict[str, Any] = {
    "a list": [1, 2],
    "nothing": {},
    "no features": collection(),
    "features of text": {"type": "FeatureCollection", "features": "abc"},
    "a feature of text": collection("abc"),
    "no geometry": collection({"type": "Feature", "properties": {"code": "a"}, "geometry": None}),
    "a point": collection(
        {"type": "Feature", "properties": {"code": "a"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    ),
    "coordinates of text": collection(
        {
            "type": "Feature",
            "properties": {"code": "a"},
            "geometry": {"type": "Polygon", "coordinates": "abc"},
        }
    ),
    "nan": with_ring([0, 0], [1, 0], [math.nan, 1], [0, 0]),
    "infinity": with_ring([0, 0], [1, 0], [1, math.inf], [0, 0]),
    "text among numbers": with_ring([0, 0], ["1", 0], [1, 1], [0, 0]),
    "true": with_ring([0, 0], [True, 0], [1, 1], [0, 0]),
    "metres": with_ring([674000, 6580000], [675000, 6580000], [675000, 6581000], [674000, 6580000]),
    "an open ring": with_ring([0, 0], [1, 0], [1, 1], [0, 1]),
    "three points": with_ring([0, 0], [1, 0], [0, 0]),
    "too deep": with_ring(deep(50), [1, 0], [1, 1], deep(50)),
    "a huge number": with_ring([0, 0], [10**400, 0], [1, 1], [0, 0]),
    "a code of many": collection(
        {**square("a", 1, 1), "properties": {"code": ["a"]}},
    ),
    "properties of text": collection({**square("a", 1, 1), "properties": "code"}),
}


@pytest.mark.parametrize("given", BAD)
def test_borders_that_are_not_what_they_say_are_refused(given: str) -> None:
    with pytest.raises(DataError) as caught:
        ik.plot(column(a=1.0), areas=BAD[given], language="en")
    assert told(caught.value, "sv") != str(caught.value)
    english = {line.partition(":")[2].strip() for line in str(caught.value).split("\n")[1:]} - {"areas"}
    assert not any(text and text in told(caught.value, "sv") for text in english)


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe", b"[" * 100_000, b'{"type": "FeatureCollection", "features": ' + b"[" * 50_000],
    ids=["cut off", "not text", "deep", "deep features"],
)
def test_a_file_that_cannot_be_read_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read as JSON"):
        ik.plot(column(a=1.0), areas=path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file"):
        ik.plot(column(a=1.0), areas=tmp_path / "none.geojson")


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_AREAS", "MOST_POINTS"])
def test_a_file_that_is_too_large_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps(squares()[1]), "utf-8")
    assert len(read_areas(path, key="code")) == 16
    monkeypatch.setattr(borders, limit, 15)
    with pytest.raises(DataError, match="15"):
        read_areas(path, key="code")


def test_a_column_needs_areas_and_areas_a_column() -> None:
    with pytest.raises(UsageError, match="borders"):
        ik.plot(column(a=1.0))
    with pytest.raises(UsageError, match="no map of EffectChain"):
        ik.plot(ik.plans.EffectChain.of("safety"), areas=collection(square("a", 1, 1)))


def test_a_column_has_no_view_but_the_map() -> None:
    areas = collection(square("a", 1, 1))
    assert ik.plot(column(a=1.0), areas=areas, view="map", language="en").heading == "share by area"
    with pytest.raises(UsageError, match="no funnel of Series"):
        ik.plot(column(a=1.0), areas=areas, view="funnel")
