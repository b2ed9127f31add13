"""A figure as a file to put into a document."""

from __future__ import annotations

import io

from impactkit.reporting.drawing import DescribedAxes, figure_of, house_style


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
    stream = io.BytesIO()
    with house_style():
        figure_of(axes).savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    return stream.getvalue()
