"""JSON-stat, versions 1 and 2, as statistics offices answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from impactkit.data.cube import Cube, Dimension
from impactkit.data.frame_table import as_text
from impactkit.data.layout import Mark
from impactkit.data.texts import Texts
from impactkit.errors import DataError

MARKS: dict[str, Mark] = {"..": "missing", "...": "missing", ".": "missing", ":": "missing"}


def json_stat_cube(answer: Any, file: str) -> Cube:
    """Return the cube of a JSON-stat answer.

    Parameters
    ----------
    answer : object
        The JSON, as `loaded` gives it.
    file : str
        Name of the file.

    Returns
    -------
    Cube
        With codes, labels, roles and status. A missing value is told by its status, or empty where it has
        none.

    Raises
    ------
    DataError
        If it holds several data sets, or none.
    KeyError, TypeError, ValueError, IndexError, AttributeError
        If it is not JSON-stat; to be told as a damaged file.

    References
    ----------
    .. [1] Badosa, X. JSON-stat Format 2.0. https://json-stat.org/full/
    """
    dataset = _dataset(answer, file)
    about = dataset["dimension"]
    ids, sizes = dataset.get("id", about.get("id")), dataset.get("size", about.get("size"))
    roles = dataset.get("role", about.get("role", {})) or {}
    dimensions = tuple(
        _dimension(name, about[name], roles, int(size)) for name, size in zip(ids, sizes, strict=True)
    )
    n = 1
    for size in sizes:
        n *= int(size)
    status = _by_cell(dataset.get("status"), n, file)
    values = _by_cell(dataset["value"], n, file)
    if values is None:
        raise ValueError("value")
    if status is not None:
        values = [text or remark for text, remark in zip(values, status, strict=True)]
    told = dataset.get("extension", {}).get("px", {})
    notes = [str(note) for note in _listed(dataset.get("note"))]
    return Cube(
        dimensions=dimensions,
        values=Texts.of(values),
        status=Texts.of(status) if status is not None and any(status) else None,
        name=str(told.get("tableid", "")),
        title=str(dataset.get("label", "")),
        notes=tuple(notes),
    )


def _dataset(answer: Any, file: str) -> Mapping[str, Any]:
    if answer.get("class") == "collection":
        held = [item for item in answer["link"]["item"] if "value" in item]
    elif "dimension" in answer:
        held = [answer]
    else:
        held = [item for item in answer.values() if isinstance(item, dict) and "dimension" in item]
    if len(held) != 1:
        raise DataError(
            "The file holds {n} data sets; one is read at a time.",
            where="{file}",
            mend="Fetch the table you need on its own.",
            values={"file": file, "n": len(held)},
        )
    found: Mapping[str, Any] = held[0]
    return found


def _dimension(
    name: str, about: Mapping[str, Any], roles: Mapping[str, Sequence[str]], size: int
) -> Dimension:
    category = about["category"]
    index, labels = category.get("index"), category.get("label", {})
    if index is None:
        codes = list(labels)
    elif isinstance(index, Mapping):
        codes = sorted(index, key=lambda code: int(index[code]))
    else:
        codes = list(index)
    if len(codes) != size or len(set(codes)) != size:
        raise ValueError(name)
    role = next((role for role in ("time", "geo", "metric") if name in roles.get(role, ())), "")
    # A name that can be nothing but a region, in the table databases of Statistics Sweden.
    role = role or ("geo" if name.casefold() in ("region", "regioner") else "")
    return Dimension(
        name=str(name),
        title=str(about.get("label", name)),
        codes=tuple(map(str, codes)),
        labels={str(code): str(label) for code, label in labels.items()},
        role=role,
    )


def _by_cell(given: Any, n: int, file: str) -> list[str] | None:
    """Return a text for each cell: given as a list, sparsely by position, or once for all."""
    if given is None:
        return None
    if isinstance(given, str):
        return [given] * n
    if isinstance(given, Mapping):
        if n > len(given) * 1000 + 10_000_000:
            raise ValueError("size")
        texts = [""] * n
        for place, value in given.items():
            position = int(place)
            if not 0 <= position < n:
                raise ValueError("position")
            texts[position] = as_text(value)
        return texts
    return list(map(as_text, given))


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return given if isinstance(given, list) else [given]
