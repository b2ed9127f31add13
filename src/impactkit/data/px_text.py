"""The grammar of PX files: keywords, and the values written for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STATEMENT = re.compile(r'\s*([A-Za-z][A-Za-z0-9-]*)(?:\[([^\]]*)\])?(?:\(\s*((?:"[^"]*"\s*,?\s*)+)\))?\s*=')
_END = re.compile(r'"[^"]*"|;')
_ITEM = re.compile(r'((?:"[^"]*"\s*)+)|([^",\s]+)')
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A keyword and what is written for it.

    Parameters
    ----------
    keyword : str
        In capitals.
    language : str
        Empty for the main language.
    about : str
        The variable it is about, empty for the whole table.
    text : str
        What follows the equals sign.
    """

    keyword: str
    language: str
    about: str
    text: str

    def items(self) -> tuple[str, ...]:
        """Return the values: quoted texts, each joined over its lines, and bare words."""
        return tuple(
            "".join(_QUOTED.findall(match[1])) if match[1] else match[2]
            for match in _ITEM.finditer(self.text)
        )

    def words(self) -> str:
        """Return the values as one text."""
        return " ".join(self.items())


def statements(text: str) -> Iterator[Statement]:
    r"""Yield the statements of a PX file, in order; what stands after DATA= up to the last semicolon is one.

    Parameters
    ----------
    text : str
        The file.

    Yields
    ------
    Statement
        The next.

    Raises
    ------
    ValueError
        If something else than a statement stands where one should, or one never ends.

    Examples
    --------
    >>> found = list(statements('TITLE="A "\n"b";VALUES("kön")="män","kvinnor";DATA=1 2;'))
    >>> [(each.keyword, each.about, each.items()) for each in found]
    [('TITLE', '', ('A b',)), ('VALUES', 'kön', ('män', 'kvinnor')), ('DATA', '', ('1', '2'))]
    """
    place, end = 0, len(text.rstrip())
    while place < end:
        head = _STATEMENT.match(text, place)
        if head is None:
            raise ValueError(text[place : place + 20])
        keyword = head[1].upper()
        stop = end - 1 if keyword == "DATA" else _end(text, head.end())
        if stop < head.end() or text[stop] != ";":
            raise ValueError(keyword)
        about = _QUOTED.findall(head[3])[0] if head[3] else ""
        yield Statement(keyword=keyword, language=head[2] or "", about=about, text=text[head.end() : stop])
        place = stop + 1


def _end(text: str, place: int) -> int:
    for match in _END.finditer(text, place):
        if match[0] == ";":
            return match.start()
    raise ValueError("statement")
