"""One HTML file that needs nothing else: no script, no address, every figure inside."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from impactkit.reporting.drawing import to_svg
from impactkit.reporting.pictures import Picture
from impactkit.reporting.plot import draw
from impactkit.reporting.report import Report
from impactkit.wording import MessageValue, say

# Letters that turn the reading direction or cannot be seen let a name pass for another: they are shown.
_BIDIRECTIONAL = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_CONTROL = [at for at in range(0x20) if chr(at) not in "\t\n"] + list(range(0x7F, 0xA0))
_VISIBLE = dict.fromkeys((*_BIDIRECTIONAL, *_CONTROL), "\N{REPLACEMENT CHARACTER}")
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

    def told(code: str, /, **values: MessageValue) -> str:
        return say(f"report.{code}", report.language, **values)

    page = _template().render(
        report=report, say=told, draw=_figure, symbols=SYMBOLS, states=STATES, css=_css()
    )
    return page.translate(_VISIBLE).encode("utf-8")


def _figure(picture: Picture, name: str) -> Markup:
    """Return a figure as markup: `to_svg` escapes every text that goes into it."""
    return Markup(to_svg(draw(picture), name=name))  # noqa: S704


def _css() -> Markup:
    return Markup(_page("report.css"))  # noqa: S704


@cache
def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_page),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")


def _page(name: str) -> str:
    return (files("impactkit.reporting.renderers") / "templates" / name).read_text("utf-8")
