"""Marks along time: the start, the names of lines at their ends, and periods written out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from impactkit.reporting.axis_words import write_ticks
from impactkit.reporting.drawing import INK, MUTED, RULE, inches, shape_of
from impactkit.wording import Language

if TYPE_CHECKING:
    from impactkit.reporting.drawing import Axes

_YEARS, _MOST_DATES = 3, 6
_APART = 0.19  # inches between the names of two lines


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
    """Name each line beside its end, in the margin kept for it, pushed apart where some meet.

    Parameters
    ----------
    axes : Axes
        Where the lines are drawn already.
    ends : sequence of (label, height, colour)
        One a line.
    """
    low, high = axes.get_ylim()
    tall = shape_of(axes)[1]
    heights = [tall * (end - low) / (high - low) for _, end, _ in ends]
    for (label, _, colour), height in zip(ends, apart(heights, _APART), strict=True):
        axes.annotate(
            label,
            (1.0, height / tall),
            xycoords="axes fraction",
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            weight="bold",
            color=colour,
            annotation_clip=False,
        )


def apart(places: Sequence[float], least: float) -> list[float]:
    """Return places moved as little as they need to be, so that none is nearer another than the least.

    Parameters
    ----------
    places : sequence of float
        Where each would stand.
    least : float
        How far apart they are to be.

    Returns
    -------
    list of float
        In the order given.

    Examples
    --------
    >>> apart([5.0, 0.0, 0.5], 1.0)
    [5.0, -0.25, 0.75]
    """
    order = sorted(range(len(places)), key=lambda k: places[k])
    # Less the distance due to those before, places need only not fall: pool neighbours that do.
    blocks: list[list[float]] = []
    for rank, k in enumerate(order):
        blocks.append([places[k] - least * rank])
        while len(blocks) > 1 and sum(blocks[-2]) / len(blocks[-2]) > sum(blocks[-1]) / len(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    means = [sum(block) / len(block) for block in blocks for _ in block]
    moved = dict(zip(order, (mean + least * rank for rank, mean in enumerate(means)), strict=True))
    return [moved[k] for k in range(len(places))]


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
    axes.figure.subplots_adjust(left=0.11, right=0.78, top=0.90, bottom=0.11)
    write_periods(axes, periods, names=names)
    write_ticks(axes, language, which="y")
    axes.grid(axis="y", color=RULE, lw=0.5, alpha=0.7)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)


def write_periods(axes: Axes, periods: Sequence[float], *, names: Sequence[str]) -> None:
    """Write the periods along the bottom, fewer of them where they would run into each other.

    Parameters
    ----------
    axes : Axes
        Where the limits are set already.
    periods, names : sequence
        All of them and how they are written.
    """
    shown = written_periods(names)
    wide = max(map(inches, shown.values()), default=0.0) + 0.12
    most = max(int(shape_of(axes)[0] / wide), 1)
    if len(shown) > most:
        places = list(shown)
        shown = {places[k]: shown[places[k]] for k in thinned(len(places), most=most)}
    axes.set_xticks([periods[k] for k in shown], list(shown.values()))


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
