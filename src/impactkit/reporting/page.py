"""A page of HTML that needs nothing else and lets nothing in a name run: no script and no address."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from impactkit.wording import Language, MessageValue, say

if TYPE_CHECKING:
    from jinja2 import Template

# Letters that turn the reading direction or cannot be seen let a name pass for another: they are shown.
_BIDIRECTIONAL = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_CONTROL = [at for at in range(0x20) if chr(at) not in "\t\n"] + list(range(0x7F, 0xA0))
_VISIBLE = dict.fromkeys((*_BIDIRECTIONAL, *_CONTROL), "\N{REPLACEMENT CHARACTER}")


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
    return page.translate(_VISIBLE).encode("utf-8")


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
