"""PX files (PC-Axis), as cubes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from impactkit.data.cube import Cube, Dimension
from impactkit.data.layout import Mark
from impactkit.data.px_text import Statement, statements
from impactkit.data.texts import Texts

_CODEPAGE = re.compile(rb'CODEPAGE\s*=\s*"([A-Za-z0-9_-]+)"')
_CELL = re.compile(r'"([^"]*)"|([^\s,;"]+)')
_GEO = {"G", "GEO", "GEOGRAPHICAL"}
_TIME = {"T", "TIME"}

# The format's own signs: one to six dots for what is missing, a dash for nothing at all.
MARKS: dict[str, Mark] = {**{"." * n: "missing" for n in range(1, 7)}, "-": "zero"}


def px_encoding(content: bytes) -> str | None:
    """Return the encoding that a PX file tells, if it tells one.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    str or None
        A code page's name.
    """
    found = _CODEPAGE.search(content[:65536])
    return found[1].decode("ascii") if found else None


def px_cube(text: str) -> Cube:
    """Return the cube of a PX file.

    Parameters
    ----------
    text : str
        The file.

    Returns
    -------
    Cube
        In the main language, with codes where the file has them, labels, and the signs of missing values as
        they are written.

    Raises
    ------
    KeyError, ValueError, IndexError
        If it is not PX; to be told as a damaged file.

    References
    ----------
    .. [1] Statistics Sweden (2013). *PX-file format specification*, AXIS-VERSION 2013.
    """
    main: dict[tuple[str, str], Statement] = {}
    for statement in statements(text):
        if not statement.language:
            main.setdefault((statement.keyword, statement.about), statement)
    stub, heading = (_items(main, keyword) for keyword in ("STUB", "HEADING"))
    dimensions = tuple(_dimension(main, name) for name in (*stub, *heading))
    keys = {name for keyword, name in main if keyword == "KEYS"}
    data = main["DATA", ""].text
    values = _keyed(data, main, dimensions, len(stub)) if keys else _cells(data)
    matrix = _items(main, "MATRIX")
    return Cube(
        dimensions=dimensions,
        values=Texts.of(values),
        name=matrix[0] if matrix else "",
        title=" ".join(_items(main, "TITLE")) or " ".join(_items(main, "CONTENTS")),
        notes=tuple(s.words() for (keyword, _), s in main.items() if keyword in ("NOTE", "NOTEX")),
    )


def _items(main: Mapping[tuple[str, str], Statement], keyword: str, about: str = "") -> tuple[str, ...]:
    statement = main.get((keyword, about))
    return statement.items() if statement else ()


def _dimension(main: Mapping[tuple[str, str], Statement], name: str) -> Dimension:
    values, codes = _items(main, "VALUES", name), _items(main, "CODES", name)
    if not values or (codes and len(codes) != len(values)):
        raise ValueError(name)
    kind = " ".join(_items(main, "VARIABLE-TYPE", name)).upper()
    role = "metric" if _items(main, "CONTVARIABLE") == (name,) else ""
    if ("TIMEVAL", name) in main or kind in _TIME:
        role = "time"
        codes = ()  # the values are the periods; the codes may be any
    elif ("MAP", name) in main or kind in _GEO or name.casefold().strip() in ("region", "kommun", "län"):
        role = "geo"
    distinct = codes if codes and len(set(codes)) == len(codes) else values
    if len(set(distinct)) < len(distinct):
        raise ValueError(name)
    labels = dict(zip(distinct, values, strict=True)) if distinct is codes else {}
    return Dimension(name=name.strip(), title=name.strip(), codes=distinct, labels=labels, role=role)


def _cells(data: str) -> list[str]:
    # Comma, semicolon, tab and space are the same between cells.
    if '"' not in data and "," not in data and ";" not in data:
        return data.split()
    return [quoted or bare for quoted, bare in _CELL.findall(data)]


def _keyed(
    data: str,
    main: Mapping[tuple[str, str], Statement],
    dimensions: Sequence[Dimension],
    n_stub: int,
) -> list[str]:
    """Return all cells of a file whose rows tell their stub; a row that is left out holds zeros."""
    stub, width = dimensions[:n_stub], 1
    for dimension in dimensions[n_stub:]:
        width *= len(dimension.codes)
    places = []
    for dimension in stub:
        by_code = " ".join(_items(main, "KEYS", dimension.name)).upper() == "CODES"
        texts = dimension.codes if by_code else tuple(dimension.labels.get(c, c) for c in dimension.codes)
        places.append({text: place for place, text in enumerate(texts)})
    size = width
    for dimension in stub:
        size *= len(dimension.codes)
    if size > 20_000_000:
        raise ValueError("size")
    cells = ["0"] * size
    tokens = [quoted or bare for quoted, bare in _CELL.findall(data)]
    if len(tokens) % (n_stub + width):
        raise ValueError("DATA")
    for start in range(0, len(tokens), n_stub + width):
        row = 0
        for known, text, dimension in zip(places, tokens[start:], stub, strict=False):
            row = row * len(dimension.codes) + known[text]
        cells[row * width : (row + 1) * width] = tokens[start + n_stub : start + n_stub + width]
    return cells
