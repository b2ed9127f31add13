"""A map of values by area: darker and more patterned the higher, with the value printed if it fits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.patches import Rectangle
from matplotlib.path import Path

from impactkit.reporting.areas import Area, Ring
from impactkit.reporting.axis_words import fit, write_note
from impactkit.reporting.drawing import INK, MUTED, PAPER, SMALL, Axes, DescribedAxes, inches, shape_of, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.map_picture import MapPicture
from impactkit.wording import say

_LIGHT, _DARK = (230, 240, 247), (0, 67, 107)
_HATCHES = ("", "...", "///", "xxx", "+++")
_NONE = "\\\\\\"
_LINE = "#8a97a1"
_LEGEND = 1.75
_VEIL = {"boxstyle": "round,pad=0.12", "fc": PAPER, "ec": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    x: float
    y: float
    wide: float
    high: float


def choropleth(picture: MapPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw areas filled by the step their value belongs to; areas without a value are striped.

    Parameters
    ----------
    picture : MapPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    low, high = _box(picture.areas)
    flat = math.cos(math.radians((low[1] + high[1]) / 2))
    across, upwards = (high[0] - low[0]) * flat or 1e-9, (high[1] - low[1]) or 1e-9
    wanted = min(max((size.room - _LEGEND) * upwards / across, 2.2), 6.5) + 0.4
    with sheet(picture, size, height=wanted) as axes:
        axes.set_axis_off()
        right = 1 - _LEGEND / size.room
        bottom = 0.55 if picture.note else 0.1
        axes.figure.subplots_adjust(left=0.02, right=right, top=0.98, bottom=bottom / size.height(wanted))
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(low[1], high[1])
        axes.set_aspect(1 / flat, adjustable="box", anchor="NW")
        for step in range(len(picture.steps)):
            _fill(axes, [a for a in picture.areas if _step(picture, a) == step], step, n=len(picture.steps))
        _fill(axes, [a for a in picture.areas if a.code not in picture.values], None)
        axes.apply_aspect()
        _print_values(axes, picture)
        _legend(axes, picture, left=right)
        write_note(axes, picture.note)
    return axes


def _step(picture: MapPicture, area: Area) -> int | None:
    return picture.step(picture.values[area.code]) if area.code in picture.values else None


def _colour(step: int, n: int) -> str:
    share = 0.5 if n == 1 else step / (n - 1)
    mixed = [round(a + (b - a) * share) for a, b in zip(_LIGHT, _DARK, strict=True)]
    return "#" + "".join(f"{each:02x}" for each in mixed)


def _looks(step: int | None, n: int = 1) -> dict[str, object]:
    if step is None:
        return {"facecolor": PAPER, "hatch": _NONE, "edgecolor": _LINE}
    edge = PAPER if step > (n - 1) / 3 else _LINE
    return {"facecolor": _colour(step, n), "hatch": _HATCHES[step], "edgecolor": edge}


def _fill(axes: Axes, areas: list[Area], step: int | None, *, n: int = 1) -> None:
    if areas:
        shapes = PathCollection([_path(area) for area in areas], linewidth=0.8, **_looks(step, n))  # type: ignore[arg-type]
        axes.add_collection(shapes, autolim=False)


def _path(area: Area) -> Path:
    """Return one path with outer rings one way round and holes the other, so that holes stay empty."""
    points: list[tuple[float, float]] = []
    codes: list[np.uint8] = []
    for polygon in area.polygons:
        for k, ring in enumerate(polygon):
            turned = ring if (_signed(ring) > 0) == (k == 0) else ring[::-1]
            points += turned
            codes += [Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY]
    return Path(np.array(points), np.array(codes))


def _signed(ring: Ring) -> float:
    """Return twice the area of a ring, above 0 where it turns to the left."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))


def _box(areas: tuple[Area, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    points = np.array([point for area in areas for polygon in area.polygons for point in polygon[0]])
    low, high = points.min(axis=0), points.max(axis=0)
    pad = 0.02 * (high - low)
    low, high = low - pad, high + pad
    return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))


def _print_values(axes: Axes, picture: MapPicture) -> None:
    """Print each value inside its area where there is room."""
    wide, high = shape_of(axes)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    per_x, per_y = wide / (right - left), high / (top - bottom)
    for area in picture.areas:
        if area.code not in picture.values:
            continue
        words = picture.measure.number(picture.values[area.code])
        place = _inside(area)
        if place.wide * per_x > inches(words, points=SMALL) + 0.14 and place.high * per_y > 0.26:
            axes.text(
                place.x, place.y, words, ha="center", va="center", fontsize=SMALL, color=INK, bbox=_VEIL
            )


def _inside(area: Area) -> _Place:
    """Return the widest place inside the largest polygon, half way up it."""
    polygon = max(area.polygons, key=lambda rings: abs(_signed(rings[0])))
    heights = [y for _, y in polygon[0]]
    low, high = min(heights), max(heights)
    best = _Place(x=polygon[0][0][0], y=polygon[0][0][1], wide=0.0, high=high - low)
    for share in (0.5, 0.4, 0.6, 0.3, 0.7):
        y = low + share * (high - low)
        ends = sorted(x for ring in polygon for x in _crossings(ring, y))
        for start, end in zip(ends[::2], ends[1::2], strict=False):
            if end - start > best.wide * 1.2:
                best = _Place(
                    x=(start + end) / 2, y=y, wide=end - start, high=(high - low) * 2 * min(share, 1 - share)
                )
    return best


def _crossings(ring: Ring, y: float) -> Iterator[float]:
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 <= y) != (y1 <= y):
            yield x0 + (y - y0) / (y1 - y0) * (x1 - x0)


def _legend(axes: Axes, picture: MapPicture, *, left: float) -> None:
    """Say what each step is, the highest at the top, in a panel of its own at the right."""
    figure = axes.figure
    width, height = figure.get_size_inches()  # type: ignore[union-attr]
    key = figure.add_axes((left, 0.0, 1 - left, 1.0))
    key.set_axis_off()
    key.set_xlim(0, float(width) * (1 - left))
    key.set_ylim(float(height), 0)
    rows: list[tuple[str, int | None]] = []
    rows += [(step.label, k) for k, step in enumerate(picture.steps)][::-1]
    if picture.without:
        rows.append((say("figure.map.none", picture.language), None))
    room = float(width) * (1 - left) - 0.62
    key.text(
        0.15,
        0.2,
        fit(picture.measure.unit, room + 0.4, points=SMALL),
        fontsize=SMALL,
        color=MUTED,
        va="center",
    )
    for k, (words, step) in enumerate(rows):
        top = 0.36 + 0.3 * k
        looks = _looks(step, len(picture.steps))
        key.add_patch(Rectangle((0.15, top), 0.34, 0.22, linewidth=0.8, **looks))  # type: ignore[arg-type]
        key.text(0.57, top + 0.11, fit(words, room, points=SMALL), fontsize=SMALL, color=INK, va="center")
