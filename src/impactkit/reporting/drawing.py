"""Figures without a display: made off screen, never in pyplot, so that none is left open.

Colours are those of Okabe and Ito, told apart also by marker and dash. Text stays text in the SVG, so that
the page's own letters are used and the figure grows with them.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from impactkit.reporting.visible import visible
from impactkit.wording import Language, format_number

INK = "#1d2b36"
MUTED = "#566470"
RULE = "#c9d1d7"
TINT = "#e3efe9"
PAPER = "#ffffff"
TREATED = "#0072B2"
COMPARISON = "#B24C00"
CLAIM = "#00694F"
TEXT = 9.5
_YEARS, _MOST_DATES = 3, 6
_APART = 0.075

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
    """

    name = "impactkit.described"
    heading: str = ""
    alt_text: str = ""

    def _repr_html_(self) -> str:
        picture = to_svg(self, name="plot")
        return f"<figure>{picture}<figcaption>{escape(self.heading)}</figcaption></figure>"


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


def write_ticks(axes: Axes, language: Language, *, which: str) -> None:
    """Write an axis's numbers as the language does, with the decimals that its steps need.

    Parameters
    ----------
    axes : Axes
        Where the limits are set already.
    language : {"sv", "en"}
        The language.
    which : {"x", "y"}
        The axis.
    """
    from matplotlib.ticker import FixedLocator, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    places = [
        float(at)
        for at in MaxNLocator(nbins=7, steps=[1, 2, 5, 10], min_n_ticks=4).tick_values(low, high)
        if low <= at <= high
    ]
    step = places[1] - places[0] if len(places) > 1 else 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    labels = [format_number(round(at, decimals), language, decimals=decimals) for at in places]
    axis.set_major_locator(FixedLocator(places))
    axis.set_ticklabels(labels)


def mark_start(axes: Axes, periods: Sequence[float], *, start: float, label: str) -> None:
    """Mark the start between the last period before it and the first from it on.

    Parameters
    ----------
    axes : Axes
        Where the lines are drawn already.
    periods : sequence of float
        All of them, in order; without one before the start nothing is marked.
    start : float
        First treated period.
    label : str
        The words beside the mark.
    """
    if not any(period < start for period in periods):
        return
    last = max(period for period in periods if period < start)
    first = min((period for period in periods if period >= start), default=start)
    at, right = (last + first) / 2, axes.get_xlim()[1]
    axes.axvspan(at, right, color="#f1f4f6", linewidth=0, zorder=0)
    axes.axvline(at, color=MUTED, lw=1.1, zorder=1)
    axes.set_xlim(right=right)
    low, high = axes.get_xlim()
    late = (at - low) / (high - low) > 0.6
    axes.annotate(
        label,
        (at, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if late else 5, -4),
        textcoords="offset points",
        ha="right" if late else "left",
        va="top",
        color=INK,
    )


def label_ends(axes: Axes, ends: Sequence[tuple[str, float, str]]) -> None:
    """Name each line beside its end, in the margin kept for it, pushed apart where two meet.

    Parameters
    ----------
    axes : Axes
        Where the lines are drawn already.
    ends : sequence of (label, height, colour)
        One or two lines.
    """
    low, high = axes.get_ylim()
    heights = [(end - low) / (high - low) for _, end, _ in ends]
    if len(heights) == 2 and abs(heights[0] - heights[1]) < _APART:
        middle = sum(heights) / 2
        upper = 0 if heights[0] >= heights[1] else 1
        heights[upper], heights[1 - upper] = middle + _APART / 2, middle - _APART / 2
    for (label, _, colour), height in zip(ends, heights, strict=True):
        axes.annotate(
            label,
            (1.0, height),
            xycoords="axes fraction",
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            weight="bold",
            color=colour,
            annotation_clip=False,
        )


def finish_periods(axes: Axes, periods: Sequence[float], *, names: Sequence[str], language: Language) -> None:
    """Write the periods along the bottom and numbers along the side, and leave room for the lines' names.

    Parameters
    ----------
    axes : Axes
        Where the limits are set already.
    periods, names : sequence
        All of them and how they are written; see `written_periods`.
    language : {"sv", "en"}
        The language.
    """
    from matplotlib.ticker import FixedLocator

    shown = written_periods(names)
    axes.xaxis.set_major_locator(FixedLocator([periods[k] for k in shown]))
    axes.set_xticklabels(list(shown.values()))
    write_ticks(axes, language, which="y")
    axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    axes.figure.subplots_adjust(left=0.11, right=0.78, top=0.90, bottom=0.11)


def written_periods(names: Sequence[str]) -> dict[int, str]:
    """Return which periods to write out and how, so that they do not run into each other.

    Parameters
    ----------
    names : sequence of str
        How all are written; dates as ``2022-03-01``.

    Returns
    -------
    dict
        Places, in order, and words: the year at its first day where at least three years begin, months
        without their first day, and anything else as it is.

    Examples
    --------
    >>> written_periods(["2021", "2022"])
    {0: '2021', 1: '2022'}
    >>> written_periods(["2021-11-01", "2021-12-01", "2022-01-01"])
    {0: '2021-11', 1: '2021-12', 2: '2022-01'}
    """
    dated = all(len(name) == len("2022-03-01") and name[4] == name[7] == "-" for name in names)
    if not dated:
        return {k: names[k] for k in thinned(len(names))}
    years = [k for k, name in enumerate(names) if name.endswith("-01-01")]
    if len(years) >= _YEARS:
        return {years[j]: names[years[j]][:4] for j in thinned(len(years))}
    end = len("2022-03") if all(name.endswith("-01") for name in names) else None
    return {k: names[k][:end] for k in thinned(len(names), most=_MOST_DATES)}


def thinned(n: int, *, most: int = 9) -> list[int]:
    """Return which of n periods to write out: all, or every so many counted from the last.

    Parameters
    ----------
    n : int
        How many there are.
    most : int
        At most so many are written.

    Returns
    -------
    list of int
        Places, in order.

    Examples
    --------
    >>> thinned(20)
    [1, 4, 7, 10, 13, 16, 19]
    """
    return list(range(n - 1, -1, -n // most))[::-1]


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
    return visible(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {box[0]}'
        f' stroke-linejoin="round" role="img"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-description">'
        f'<title id="{name}-title">{escape(axes.heading)}</title>'
        f'<desc id="{name}-description">{escape(axes.alt_text)}</desc>{content}'
    )


def to_png(axes: DescribedAxes, *, dpi: int = 160) -> bytes:
    """Return a figure as PNG, the same bytes every time.

    Parameters
    ----------
    axes : DescribedAxes
        The figure's axes.
    dpi : int
        Dots an inch.

    Returns
    -------
    bytes
        Without date or program.
    """
    assert isinstance(axes.figure, Figure)
    stream = io.BytesIO()
    with house_style():
        axes.figure.savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()


def font_folder() -> str:
    """Return the folder of the fonts that come with matplotlib, the same on every machine.

    Returns
    -------
    str
        A path.
    """
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf")


def covered_letters(font: Path) -> frozenset[str]:
    """Return the letters that a font can show.

    Parameters
    ----------
    font : Path
        A TrueType file.

    Returns
    -------
    frozenset of str
        One letter each.
    """
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(str(font)).get_charmap()))
