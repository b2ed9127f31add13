"""One HTML file that needs nothing else: no script, no address, every figure inside."""

from __future__ import annotations

from markupsafe import Markup

from impactkit.reporting.drawing import to_svg
from impactkit.reporting.page import page_of
from impactkit.reporting.pictures import Picture
from impactkit.reporting.plot import draw
from impactkit.reporting.report import Report

SYMBOLS = {
    "supported": "✓",
    "partly_supported": "◐",
    "inconclusive": "?",
    "contradicted": "✕",
    "not_assessable": "–",
}
STATES = {True: "✓", False: "✕", None: "i"}


def html(report: Report) -> bytes:
    """Return a report as one HTML file, the same bytes every time.

    Parameters
    ----------
    report : Report
        What to write.

    Returns
    -------
    bytes
        UTF-8.
    """
    return page_of(
        "report.html.j2", report.language, report=report, draw=_figure, symbols=SYMBOLS, states=STATES
    )


def _figure(picture: Picture, name: str) -> Markup:
    """Return a figure as markup: `to_svg` escapes every text that goes into it."""
    return Markup(to_svg(draw(picture), name=name))  # noqa: S704
