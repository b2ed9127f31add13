"""An effect chain: columns of boxes from what is done to the lasting change, with arrows between."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.patches import Rectangle

from impactkit.reporting.axis_words import fit
from impactkit.reporting.chain_picture import ChainPicture, Level
from impactkit.reporting.drawing import (
    CLAIM,
    COMPARISON,
    INK,
    MUTED,
    PAPER,
    SMALL,
    TREATED,
    Axes,
    DescribedAxes,
    sheet,
)
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.wording import say

_EDGE, _GAP, _HEAD = 0.12, 0.26, 0.5
_LINE, _PAD, _BETWEEN = 0.145, 0.08, 0.1
_LINES = (6, 5, 4, 3, 2)
_COLOURS = (INK, TREATED, CLAIM, COMPARISON)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    words: str
    top: float
    height: float


def effect_chain(picture: ChainPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw each level as a column of boxes under its name, with an arrow to the next.

    Parameters
    ----------
    picture : ChainPicture
        What to show.
    size : Size
        The sheet it is drawn on; what has no room is shortened or counted in the last box.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says everything.
    """
    n = len(picture.levels)
    width = (size.room - 2 * _EDGE - (n - 1) * _GAP) / n
    columns = [_boxes(level, width, picture, size) for level in picture.levels]
    wanted = max((boxes[-1].top + boxes[-1].height for boxes in columns if boxes), default=_HEAD) + _EDGE
    with sheet(picture, size, height=wanted) as axes:
        height = size.height(wanted)
        axes.figure.subplots_adjust(left=0, right=1, bottom=0, top=1)
        axes.set_axis_off()
        axes.set_xlim(0, size.room)
        axes.set_ylim(height, 0)
        for k, (level, boxes) in enumerate(zip(picture.levels, columns, strict=True)):
            left = _EDGE + k * (width + _GAP)
            _column(axes, boxes, left=left, width=width, colour=_COLOURS[k % len(_COLOURS)])
            name = fit(level.name, width, lines=2, points=9, bold=True)
            axes.text(
                left,
                _HEAD - 0.08,
                name,
                va="bottom",
                weight="bold",
                fontsize=9,
                color=_COLOURS[k % len(_COLOURS)],
            )
            if k:
                _arrow(axes, left - _GAP, left, at=_HEAD + 0.2)
    return axes


def _boxes(level: Level, width: float, picture: ChainPicture, size: Size) -> list[_Box]:
    """Return the boxes of a level with as many lines each as the sheet has room for."""
    room = size.height_room - _HEAD - _EDGE
    boxes: list[_Box] = []
    for lines in _LINES:
        words = [fit(item, width - 2 * _PAD, lines=lines, points=SMALL) for item in level.items]
        boxes = _stacked(words)
        if not boxes or boxes[-1].top + boxes[-1].height - _HEAD <= room:
            return boxes
    words = [fit(item, width - 2 * _PAD, lines=2, points=SMALL) for item in level.items]
    for kept in range(len(words) - 1, -1, -1):
        more = say("figure.chain.more", picture.language, n=len(words) - kept)
        boxes = _stacked([*words[:kept], fit(more, width - 2 * _PAD, lines=2, points=SMALL)])
        if boxes[-1].top + boxes[-1].height - _HEAD <= room:
            break
    return boxes


def _stacked(words: list[str]) -> list[_Box]:
    boxes, top = [], _HEAD
    for each in words:
        height = 2 * _PAD + _LINE * (1 + each.count("\n"))
        boxes.append(_Box(words=each, top=top, height=height))
        top += height + _BETWEEN
    return boxes


def _column(axes: Axes, boxes: list[_Box], *, left: float, width: float, colour: str) -> None:
    for box in boxes:
        shape = Rectangle(
            (left, box.top), width, box.height, facecolor=PAPER, edgecolor=colour, linewidth=1.0
        )
        axes.add_patch(shape)
        axes.text(
            left + _PAD,
            box.top + box.height / 2,
            box.words,
            va="center",
            fontsize=SMALL,
            linespacing=1.15,
            color=INK,
        )


def _arrow(axes: Axes, start: float, end: float, *, at: float) -> None:
    axes.plot([start + 0.05, end - 0.08], [at, at], color=MUTED, lw=1.6, solid_capstyle="butt")
    axes.plot([end - 0.09], [at], ">", color=MUTED, ms=6, mew=0)
