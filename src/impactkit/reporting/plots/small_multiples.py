"""One small panel for each unit, on the same axes."""

from __future__ import annotations

import math
from typing import Any

from impactkit.reporting.axis_words import fit, write_note, write_ticks
from impactkit.reporting.drawing import (
    COMPARISON,
    INK,
    MUTED,
    RULE,
    SMALL,
    TREATED,
    Axes,
    DescribedAxes,
    panels,
    shape_of,
    sheet,
)
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.time_axis import write_periods
from impactkit.reporting.units_picture import MOST, UnitPath, UnitsPicture

_WIDE, _HIGH, _AROUND = 1.5, 1.38, 0.5
_DOTS = 20


def small_multiples(picture: UnitsPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw each unit's trajectory: treated ones solid with dots and their start, the others dashed.

    Parameters
    ----------
    picture : UnitsPicture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        The first panel, off screen; ``alt_text`` says the numbers.
    """
    columns = int((size.room - 0.4) / _WIDE)
    fitting = min(int(min((size.height_room - _AROUND) / _HIGH, MOST)), -(-MOST // columns))
    most = min(columns * fitting, MOST)
    paths = picture.drawn(most)
    columns = min(columns, len(paths))
    rows = -(-len(paths) // columns)
    with sheet(picture, size, height=_AROUND + _HIGH * rows) as axes:
        high = size.height(_AROUND + _HIGH * rows)
        axes.gaps = (0.16, 0.62)
        axes.figure.subplots_adjust(left=0.07, right=0.98, top=1 - 0.42 / high, bottom=0.5 / high)
        every = panels(axes, rows=rows, columns=columns)
        for panel in every[len(paths) :]:
            panel.remove()
        low, up = _reach(paths)
        for at, (panel, path) in enumerate(zip(every, paths, strict=False)):
            panel.set_ylim(low, up)
            _panel(panel, path, picture=picture, room=size.room / columns - 0.36)
            write_ticks(panel, picture.language, which="y")
            if at % columns:
                panel.tick_params(axis="y", labelleft=False)
        write_note(axes, picture.note(most))
    return axes


def _reach(paths: tuple[UnitPath, ...]) -> tuple[float, float]:
    values = [value for path in paths for value in path.values if math.isfinite(value)]
    width = (max(values) - min(values)) or 1.0
    return min(values) - 0.08 * width, max(values) + 0.08 * width


def _panel(axes: Axes, path: UnitPath, *, picture: UnitsPicture, room: float) -> None:
    looks: dict[str, Any] = (
        {"color": TREATED, "ls": "-", "marker": "o", "ms": 3.5 if len(path.periods) <= _DOTS else 0.0}
        if path.is_treated
        else {"color": COMPARISON, "ls": (0, (4, 2))}
    )
    first, last = picture.periods[0], picture.periods[-1]
    pad = 0.06 * (last - first or 1.0)
    axes.set_xlim(first - pad, last + pad)
    axes.plot(path.periods, path.values, lw=1.6, **looks)
    before = [period for period in picture.periods if period < path.start]
    if before and len(before) < len(picture.periods):
        axes.axvline((before[-1] + picture.periods[len(before)]) / 2, color=MUTED, lw=1.0, zorder=1)
    title = f"{fit(path.name, room, points=SMALL)}\n{fit(picture.when(path), room, points=SMALL)}"
    axes.set_title(title, loc="left", fontsize=SMALL, color=INK)
    axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
    axes.tick_params(length=2, labelsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_axisbelow(True)
    _ends(axes, picture)


def _ends(axes: Axes, picture: UnitsPicture) -> None:
    """Write the first and the last period, or as many as there is room for."""
    if shape_of(axes)[0] > 2.5:
        write_periods(axes, picture.periods, names=picture.names)
        return
    at = sorted({0, len(picture.periods) - 1})
    names = _years([picture.names[k] for k in at])
    axes.set_xticks([picture.periods[k] for k in at], names)
    if len(at) > 1:
        first, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")


def _years(names: list[str]) -> list[str]:
    """Return dates as their years, or as months where both are in one year."""
    if not all(name[4:5] == "-" for name in names):
        return names
    short = [name[:4] for name in names]
    return short if len(set(short)) == len(names) else [name[:7] for name in names]
