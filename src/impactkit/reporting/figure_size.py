"""The sizes a figure is made in: for a notebook, for a column of text on A4, and for a slide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from impactkit.errors import UsageError
from impactkit.schema import no_such_choice

FigureSize = Literal["notebook", "column", "slide"]
TEXT = 9.5
"""Points of the letters that a figure is laid out with, before it is enlarged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The sheet a figure is drawn on.

    Parameters
    ----------
    width : float
        Inches.
    tallest : float
        Inches that a figure may be high; ``inf`` where it may grow with its rows.
    text : float
        Points of its letters.
    is_whole : bool
        Whether a figure always fills the sheet's height.

    Notes
    -----
    Everything is laid out with letters of 9.5 points and then enlarged, lines and markers too.

    Examples
    --------
    >>> slide = Size(width=10.0, tallest=5.6, text=19.0, is_whole=True)
    >>> slide.scale, slide.room, slide.height(1.0)
    (2.0, 5.0, 2.8)
    """

    width: float
    tallest: float
    text: float
    is_whole: bool = False

    @property
    def scale(self) -> float:
        """How many times the layout is enlarged."""
        return self.text / TEXT

    @property
    def room(self) -> float:
        """The width in inches before it is enlarged."""
        return self.width / self.scale

    @property
    def height_room(self) -> float:
        """The largest height in inches before it is enlarged."""
        return self.tallest / self.scale

    def height(self, wanted: float) -> float:
        """Return the height in inches before it is enlarged.

        Parameters
        ----------
        wanted : float
            What the figure would have.

        Returns
        -------
        float
            No more than the sheet has; all of it where the figure fills the sheet.
        """
        return self.height_room if self.is_whole else min(wanted, self.height_room)

    def n_that_fit(self, heights: Sequence[float], *, around: float) -> int:
        """Return how many rows stand on the sheet, from the first.

        Parameters
        ----------
        heights : sequence of float
            Inches of each row.
        around : float
            Inches for everything else.

        Returns
        -------
        int
            At least 1 where there are any.
        """
        left, n = self.height_room - around, 0
        for height in heights:
            left -= height
            if left < 0:
                break
            n += 1
        return max(n, min(1, len(heights)))


SIZES: dict[FigureSize, Size] = {
    "notebook": Size(width=7.2, tallest=math.inf, text=9.5),
    "column": Size(width=6.3, tallest=9.3, text=9.5),  # A4 with margins of 25 mm: 160 mm, 236 mm
    "slide": Size(width=10.0, tallest=5.6, text=16.0, is_whole=True),
}
NOTEBOOK = SIZES["notebook"]


def size_of(name: str) -> Size:
    """Return the size of a name.

    Parameters
    ----------
    name : {"notebook", "column", "slide"}
        The name.

    Returns
    -------
    Size
        The sheet.

    Raises
    ------
    UsageError
        If there is none of that name, with the nearest one.
    """
    found = {str(known): size for known, size in SIZES.items()}.get(name)
    if found is None:
        raise no_such_choice(UsageError, "size", given=name, choices=get_args(FigureSize))
    return found
