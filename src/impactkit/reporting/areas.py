"""Areas from a GeoJSON file that the user has: polygons by code, checked before anything is drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from impactkit.errors import DataError

MOST_BYTES, MOST_AREAS, MOST_POINTS = 50_000_000, 10_000, 1_000_000
_GET = "Write the areas again as a FeatureCollection of Polygon and MultiPolygon, in longitude and latitude."

Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area.

    Parameters
    ----------
    code : str
        By which its value is found.
    polygons : tuple of tuple of rings
        Each an outer ring and its holes, of (longitude, latitude).
    """

    code: str
    polygons: tuple[tuple[Ring, ...], ...]


def read_areas(source: str | Path | Mapping[str, Any], *, key: str | None = None) -> tuple[Area, ...]:
    """Read areas.

    Parameters
    ----------
    source : path or mapping
        A GeoJSON FeatureCollection (RFC 7946) of Polygon and MultiPolygon, as a file or as read already.
    key : str, optional
        The property that holds each area's code; the feature's own ``id`` when left out.

    Returns
    -------
    tuple of Area
        In the order of the file; features with the same code are one area.

    Raises
    ------
    DataError
        If it is no such file, is larger than 50 MB, 10,000 areas or 1,000,000 points, or holds a coordinate
        that is no longitude or latitude.

    Examples
    --------
    >>> ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    >>> feature = {"type": "Feature", "id": "01", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    >>> read_areas({"type": "FeatureCollection", "features": [feature]})[0].code
    '01'
    """
    name, content = "areas", cast(Any, source)
    if isinstance(source, str | Path):
        name, content = _loaded(Path(source))
    features = content.get("features") if isinstance(content, Mapping) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection" or not features:
        raise _fault("{file} is not a GeoJSON FeatureCollection with features.", name)
    if len(features) > MOST_AREAS:
        raise _fault(
            "{file} holds {n} areas; at most {most} can be drawn.", name, n=len(features), most=MOST_AREAS
        )
    found: dict[str, tuple[tuple[Ring, ...], ...]] = {}
    left = MOST_POINTS
    for place, feature in enumerate(features, start=1):
        code = _code(feature, key, name=name, place=place)
        polygons = _polygons(feature, name=name, place=place)
        left -= sum(len(ring) for polygon in polygons for ring in polygon)
        if left < 0:
            raise _fault("{file} holds more than {most} points.", name, most=MOST_POINTS)
        found[code] = found.get(code, ()) + polygons
    return tuple(Area(code=code, polygons=polygons) for code, polygons in found.items())


def _loaded(path: Path) -> tuple[str, Any]:
    if not path.is_file():
        raise DataError(
            "There is no file {file}.", where="areas", mend="Mend the path.", values={"file": str(path)}
        )
    if path.stat().st_size > MOST_BYTES:
        raise _fault("{file} is larger than {most} bytes.", path.name, most=MOST_BYTES)
    try:
        return path.name, json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _fault("{file} cannot be read as JSON.", path.name) from error


def _code(feature: Any, key: str | None, *, name: str, place: int) -> str:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise _fault("Feature {place} of {file} is not a GeoJSON Feature.", name, place=place)
    if key is None:
        code = feature.get("id")
    else:
        properties = feature.get("properties")
        code = properties.get(key) if isinstance(properties, Mapping) else None
    if isinstance(code, bool) or not isinstance(code, str | int):
        raise DataError(
            "Feature {place} of {file} has no code in {key}.",
            where="areas",
            mend="Name the values' index as the property that holds each area's code; it must be text or a "
            "whole number.",
            values={"place": place, "file": name, "key": key or "id"},
        )
    return str(code)


def _polygons(feature: Mapping[str, Any], *, name: str, place: int) -> tuple[tuple[Ring, ...], ...]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or kind not in ("Polygon", "MultiPolygon"):
        raise _fault("Feature {place} of {file} is neither a Polygon nor a MultiPolygon.", name, place=place)
    coordinates: Any = geometry.get("coordinates")
    polygons: Any = coordinates if kind == "MultiPolygon" else [coordinates]
    if not _is_filled(polygons) or not all(_is_filled(polygon) for polygon in polygons):
        raise _fault("Feature {place} of {file} has no rings.", name, place=place)
    return tuple(tuple(_ring(ring, name=name, place=place) for ring in polygon) for polygon in polygons)


def _is_filled(values: object) -> bool:
    return isinstance(values, list | tuple) and bool(values)


def _ring(ring: object, *, name: str, place: int) -> Ring:
    given = ring if isinstance(ring, list | tuple) else ()
    points = [_point(point, name=name, place=place) for point in given]
    if len(points) < 4 or points[0] != points[-1]:
        raise _fault(
            "A ring in feature {place} of {file} is not closed by four points or more.", name, place=place
        )
    return tuple(points)


def _point(point: object, *, name: str, place: int) -> Point:
    numbers = point[:2] if isinstance(point, list | tuple) else ()
    good = len(numbers) == 2 and all(isinstance(x, int | float) and not isinstance(x, bool) for x in numbers)
    if good and abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90:  # never true of nan
        return float(numbers[0]), float(numbers[1])
    raise _fault(
        "Feature {place} of {file} has a point that is no longitude and latitude.", name, place=place
    )


def _fault(what: str, file: str, **values: int) -> DataError:
    return DataError(what, where="areas", mend=_GET, values={"file": file, **values})
