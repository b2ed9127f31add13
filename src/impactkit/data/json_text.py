"""JSON files: numbers kept as they are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from impactkit.data.text_encoding import decoded


def loaded(content: bytes, file: str) -> Any:
    """Return the content of a JSON text, with decimal numbers as the texts they are written as.

    Parameters
    ----------
    content : bytes
        The text.
    file : str
        Name of the file.

    Returns
    -------
    object
        Lists, mappings, texts, whole numbers, truth values and None.

    Raises
    ------
    ValueError
        If it is no JSON, or holds the constants NaN and Infinity, which JSON does not know.

    Examples
    --------
    >>> loaded(b'{"value": [1, 2.50]}', "a.json")
    {'value': [1, '2.50']}
    """
    text, _ = decoded(content, file)
    return json.loads(text, parse_float=str, parse_constant=_refused)


def mentions(path: Path, head_bytes: bytes, *keys: str) -> bool:
    """Return whether a file is JSON and has all the keys somewhere.

    Parameters
    ----------
    path : Path
        The file.
    head_bytes : bytes
        Its beginning.
    *keys : str
        Keys, without quotation marks.

    Returns
    -------
    bool
        Judged by the text, before it is taken apart.
    """
    if not head_bytes.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return False
    content = path.read_bytes()
    return all(f'"{key}"'.encode() in content for key in keys)


def _refused(constant: str) -> None:
    raise ValueError(constant)
