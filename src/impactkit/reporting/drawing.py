"""Figures without a display: made off screen, never in pyplot, so that none is left open.

Colours are those of Okabe and Ito, told apart also by marker and dash. Text stays text in the SVG, so that
the page's own letters are used and the figure grows with them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from html import escape
from typing import Any, Protocol, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Annotation, Text
from matplotlib.textpath import TextToPath

from impactkit.reporting.figure_size import TEXT, Size
from impactkit.reporting.lettering import one_line
from impactkit.reporting.table import Table
from impactkit.wording import Message
from impactkit.wording.card import table as html_table

__all__ = [
    "CLAIM", "COMPARISON", "INK", "MUTED", "PAPER", "RULE", "SMALL", "TINT", "TREATED", "Axes",
    "DescribedAxes", "figure_of", "house_style", "inches", "new_axes", "panels", "shape_of", "sheet",
    "to_svg",
]  # fmt: skip
INK = "#1d2b36"
MUTED = "#566470"
RULE = "#c9d1d7"
TINT = "#e3efe9"
PAPER = "#ffffff"
TREATED = "#0072B2"
COMPARISON = "#B24C00"
CLAIM = "#00694F"
SMALL = 8.5
_TICKS = {"length": 3.5, "width": 0.8, "pad": 3.5}
_EDGE = 0.08  # inches kept clear around a figure
_TIGHT = 0.97  # letters on a screen may be a little wider than they are drawn

_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "svg.fonttype": "none",
    "svg.hashsalt": "impactkit",
}


class DescribedAxes(Axes):
    """Axes that say in words what they show.

    Attributes
    ----------
    heading : str
        What the figure is about.
    alt_text : str
        What it shows, with its numbers.
    picture : picture, optional
        What it was drawn from.
    gaps : tuple of float
        Inches between panels that stand beside and under each other.
    """

    name = "impactkit.described"
    heading: str = ""
    alt_text: str = ""
    picture: Shown | None = None
    gaps: tuple[float, float] = (0.0, 0.0)

    @property
    def numbers(self) -> Table | None:
        """What it shows as a table; None where it was drawn from nothing."""
        return None if self.picture is None else self.picture.table()

    def _repr_html_(self) -> str:
        picture = to_svg(self, name="plot")
        caption = f"<figcaption>{escape(self.heading)}</figcaption>"
        below = ""
        numbers = self.numbers
        if numbers is not None:
            shown = html_table(self.heading, numbers.header, numbers.text_rows)
            below = f"<details><summary>{escape(str(Message('figure.numbers')))}</summary>{shown}</details>"
        return f"<figure>{picture}{caption}{one_line(below)}</figure>"

    def _mime_(self) -> tuple[str, str]:
        # marimo asks this first, and would else show matplotlib's own picture, without words.
        return "text/html", self._repr_html_()


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in our own style whatever the user has set, and put the user's back.

    Yields
    ------
    None
        With the style in force.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        cast(Any, mpl.rcParams).update(_STYLE)
        yield


def new_axes(*, height: float, width: float = 7.2) -> DescribedAxes:
    """Return empty axes on a figure of their own.

    Parameters
    ----------
    height, width : float
        In inches.

    Returns
    -------
    DescribedAxes
        To be drawn on inside `house_style`.
    """
    figure = Figure(figsize=(width, height), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = cast(DescribedAxes, figure.add_subplot(axes_class=DescribedAxes))
    axes.tick_params(length=3, width=0.8)
    return axes


class Shown(Protocol):
    """What a figure shows, in words."""

    @property
    def heading(self) -> str:
        """What it is about."""

    @property
    def alt_text(self) -> str:
        """What it shows, with its numbers."""

    def table(self) -> Table:
        """Return its numbers as a table."""


@contextmanager
def sheet(picture: Shown, size: Size, *, height: float) -> Iterator[DescribedAxes]:
    """Draw on a sheet of a size; what is written is kept inside it, and then everything is enlarged.

    Parameters
    ----------
    picture : picture
        What to show.
    size : Size
        The sheet.
    height : float
        Inches wanted, before the figure is enlarged.

    Yields
    ------
    DescribedAxes
        Empty, with the picture's words.
    """
    with house_style():
        axes = new_axes(height=size.height(height), width=size.room)
        axes.heading, axes.alt_text = one_line(picture.heading), one_line(picture.alt_text)
        axes.picture = picture
        yield axes
        _settle(axes)
        _enlarge(figure_of(axes), size.scale)


def panels(
    axes: DescribedAxes, *, rows: int, columns: int = 1, heights: Sequence[float] | None = None
) -> list[Axes]:
    """Return a figure's panels, from left to right and from the top down; the axes given are the first.

    Parameters
    ----------
    axes : DescribedAxes
        The only axes of the figure so far.
    rows, columns : int
        How many.
    heights : sequence of float, optional
        How high the rows are beside each other.

    Returns
    -------
    list of Axes
        Empty; ``axes.gaps`` says how far apart they stand.
    """
    figure = figure_of(axes)
    grid = figure.add_gridspec(rows, columns, height_ratios=heights)
    axes.set_subplotspec(grid[0, 0])
    others = [figure.add_subplot(grid[k // columns, k % columns]) for k in range(1, rows * columns)]
    for other in others:
        other.tick_params(length=3, width=0.8)
    return [axes, *others]


@cache
def inches(text: str, *, points: float = TEXT, bold: bool = False) -> float:
    """Return how wide a text is.

    Parameters
    ----------
    text : str
        In one line.
    points : float
        The size of its letters.
    bold : bool
        Whether they are bold.

    Returns
    -------
    float
        Inches.
    """
    font = FontProperties(family="DejaVu Sans", size=points, weight="bold" if bold else "normal")
    return float(TextToPath().get_text_width_height_descent(text, font, False)[0]) / 72


def figure_of(axes: Axes) -> Figure:
    """Return the figure that axes stand on.

    Parameters
    ----------
    axes : Axes
        The axes.

    Returns
    -------
    Figure
        The figure.
    """
    return cast(Figure, axes.figure)


def shape_of(axes: Axes) -> tuple[float, float]:
    """Return how wide and how high axes are, in inches before they are enlarged.

    Parameters
    ----------
    axes : Axes
        The axes.

    Returns
    -------
    tuple of float
        Width and height.
    """
    width, height = figure_of(axes).get_size_inches()
    place = axes.get_position()
    return float(width * place.width), float(height * place.height)


def _written(axes: Axes) -> list[Text]:
    """Return what is written in and around axes."""
    found = _own_texts(axes)
    for axis in (axes.xaxis, axes.yaxis):
        if axes.axison and axis.get_visible():
            found += [axis.label, *axis.get_ticklabels()]
    return [text for text in found if text.get_visible() and text.get_text()]


def _own_texts(axes: Axes) -> list[Text]:
    """Return titles and what is written inside axes."""
    return [child for child in axes.get_children() if isinstance(child, Text)]


def _settle(axes: DescribedAxes) -> None:
    """Widen the margins until nothing that is written leaves the figure or runs into its note."""
    figure = figure_of(axes)
    canvas = cast(FigureCanvasAgg, figure.canvas)
    for _ in range(4):
        _set_gaps(axes)
        figure.draw_without_rendering()
        renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
        notes = [text.get_window_extent(renderer) for text in figure.texts]
        boxes = [text.get_window_extent(renderer) for each in figure.axes for text in _written(each)]
        if not boxes:
            return
        width, height = figure.bbox.width, figure.bbox.height
        edge = _EDGE * figure.dpi
        floor = max((note.y1 for note in notes), default=0.0) + edge * (2 if notes else 1)
        over = {
            "left": edge - min(box.x0 for box in boxes),
            "bottom": floor - min(box.y0 for box in boxes),
            "right": max(box.x1 for box in boxes) - (width - edge),
            "top": max(box.y1 for box in boxes) - (height - edge),
        }
        if max(over.values()) <= 0.5:
            return
        place = figure.subplotpars
        figure.subplots_adjust(
            left=place.left + max(over["left"], 0) / width,
            bottom=place.bottom + max(over["bottom"], 0) / height,
            right=place.right - max(over["right"], 0) / width,
            top=place.top - max(over["top"], 0) / height,
        )


def _set_gaps(axes: DescribedAxes) -> None:
    """Keep the panels so many inches apart, however wide the margins are."""
    figure, spec = figure_of(axes), axes.get_subplotspec()
    if len(figure.axes) < 2 or spec is None:
        return
    grid, place = spec.get_gridspec(), figure.subplotpars
    width, height = figure.get_size_inches()
    shares = []
    for n, gap, whole in (
        (grid.ncols, axes.gaps[0], width * (place.right - place.left)),
        (grid.nrows, axes.gaps[1], height * (place.top - place.bottom)),
    ):
        shares.append(gap * n / max(whole - gap * (n - 1), 0.1))
    figure.subplots_adjust(wspace=shares[0], hspace=shares[1])


def _enlarge(figure: Figure, times: float) -> None:
    """Make the sheet larger, and everything on it that is measured in points."""
    figure.set_size_inches(*(side * times for side in figure.get_size_inches()))
    if times == 1:
        return
    for axes in figure.axes:
        for line in axes.lines:
            line.set_linewidth(line.get_linewidth() * times)
            line.set_markersize(line.get_markersize() * times)
            line.set_markeredgewidth(line.get_markeredgewidth() * times)
        for patch in (*axes.patches, *axes.spines.values()):
            patch.set_linewidth(patch.get_linewidth() * times)
        for group in axes.collections:
            group.set_linewidth([width * times for width in np.atleast_1d(group.get_linewidth())])
        for axis in (axes.xaxis, axes.yaxis):
            given = axis.get_tick_params()
            own = {name: float(given.get(name, usual)) * times for name, usual in _TICKS.items()}
            own["labelsize"] = float(given.get("labelsize", TEXT)) * times
            axis.set_tick_params(**own)  # type: ignore[arg-type]
            axis.labelpad *= times
        for text in (*_own_texts(axes), axes.xaxis.label, axes.yaxis.label):
            _enlarge_text(text, times)
    for text in figure.texts:
        _enlarge_text(text, times)


def _enlarge_text(text: Text, times: float) -> None:
    if isinstance(text, Annotation) and text.anncoords == "offset points":
        right, up = text.xyann
        text.xyann = (right * times, up * times)
    text.set_fontsize(float(text.get_fontsize()) * times)


def to_svg(axes: DescribedAxes, *, name: str) -> str:
    """Return a figure as SVG to stand inside a page, the same bytes every time.

    Parameters
    ----------
    axes : DescribedAxes
        The figure's axes.
    name : str
        Goes before every id, so that several figures can stand on one page.

    Returns
    -------
    str
        An ``svg`` element with its description for those who do not see it.
    """
    assert isinstance(axes.figure, Figure)
    stream = io.StringIO()
    unsigned = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with house_style():
        axes.figure.savefig(stream, format="svg", metadata=unsigned)
    body = stream.getvalue().partition("<svg")[2].partition(">")
    box = re.search(r'viewBox="[^"]*"', body[0])
    assert box is not None
    content = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", body[2].rstrip())
    # A style element would reach the whole page; what it says is inherited from the root instead.
    content = re.sub(r"<style.*?</style>", "", content, flags=re.DOTALL)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {box[0]}'
        f' stroke-linejoin="round" role="img"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-description">'
        f'<title id="{name}-title">{escape(axes.heading)}</title>'
        f'<desc id="{name}-description">{escape(axes.alt_text)}</desc>{content}'
    )
