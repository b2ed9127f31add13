"""A page of HTML that needs nothing else and lets nothing in a name run: no script and no address."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from impactkit.reporting.visible import visible
from impactkit.wording import Language, MessageValue, say

if TYPE_CHECKING:
    from jinja2 import Template


def page_of(template: str, language: Language, /, **values: object) -> bytes:
    """Return a page, the same bytes every time.

    Parameters
    ----------
    template : str
        The name of a file in ``renderers/templates``.
    language : {"sv", "en"}
        The language of what the template itself says.
    **values : object
        What the template names; every text is escaped.

    Returns
    -------
    bytes
        UTF-8.
    """
    from markupsafe import Markup

    def told(code: str, /, **named: MessageValue) -> str:
        return say(f"report.{code}", language, **named)

    css = Markup(_file("report.css"))  # noqa: S704
    page: str = _template(template).render(say=told, language=language, css=css, **values)
    return visible(page).encode("utf-8")


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def _file(name: str) -> str:
    return (files("impactkit.reporting.renderers") / "templates" / name).read_text("utf-8")
