"""Where numbers come from: file digests, versions, and records that keep every digit."""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import math
import os
import platform
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

PACKAGES = ("impactkit", "numpy", "scipy", "pandas", "pydantic", "narwhals", "babel", "jinja2", "matplotlib")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keyed_digest(key: bytes, content: bytes) -> str:
    """Return the HMAC-SHA256 of bytes: a digest that only those who hold the key can compare.

    Parameters
    ----------
    key : bytes
        Kept at home.
    content : bytes
        What it is of.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> keyed_digest(b"key", b"")[:8] == keyed_digest(b"other", b"")[:8]
    False
    """
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, flushed, and put in place in one step.

    Parameters
    ----------
    path : Path
        The file; replaced if it stands.
    content : bytes
        All of it.

    Notes
    -----
    Whatever stops the program, the old file or the new one stands. What may be left behind is a hidden file
    whose name ends in ``.tmp``, which nothing reads.
    """
    beside = _written_beside(path, content)
    try:
        beside.chmod(0o644)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, where there is none.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        All of it.

    Raises
    ------
    FileExistsError
        If there is a file already; it is left as it is.
    """
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    beside = _written_beside(path, content)
    try:
        # A second name for the same file: unlike a move, it is refused where the name is taken.
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:
        # Some memory sticks know no second names; there the name is taken first and then filled.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
    finally:
        beside.unlink()
    _flush_folder(path.parent)


def _written_beside(path: Path, content: bytes) -> Path:
    """Write a hidden file beside another, so that it can take its place in one step."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _flush_folder(folder: Path) -> None:
    """Put a folder's entries on the disk, where the system lets a program do so."""
    # Windows opens no folder, and some file servers flush none; the file itself is on the disk by now.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that make the numbers and the report.

    Returns
    -------
    dict of str to str
        Version by name.

    Examples
    --------
    >>> "numpy" in versions()
    True
    """
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def canonical_json(record: Any) -> bytes:
    r"""Return the one way a record is written: sorted keys, UTF-8, no spaces, every digit.

    Parameters
    ----------
    record : object
        Anything made of mappings, sequences, texts, numbers, truth values and None; no nan.

    Returns
    -------
    bytes
        The JSON text.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": "å"})
    b'{"a":"\xc3\xa5","b":1}'
    """
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def strict_json(content: bytes) -> Any:
    """Return what JSON holds, strictly: UTF-8, no key twice, no nan and no infinity by name.

    Parameters
    ----------
    content : bytes
        The text.

    Returns
    -------
    object
        Mappings, lists, texts, numbers, truth values and None.

    Raises
    ------
    ValueError
        If it is anything else.
    RecursionError
        If it is nested without end.

    Examples
    --------
    >>> strict_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: the key "a" stands twice
    """
    return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_none_such)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'the key "{key}" stands twice')
        found[key] = value
    return found


def _none_such(name: str) -> None:
    raise ValueError(f"{name} is no number")


def json_ready(value: Any) -> Any:
    """Return dataclasses, arrays and numpy numbers as JSON can hold them; nan becomes None, infinity a text.

    Parameters
    ----------
    value : object
        What to turn into a record.

    Returns
    -------
    object
        Mappings, lists, texts, numbers, truth values and None.

    Examples
    --------
    >>> json_ready({"x": np.array([1.0, np.nan])})
    {'x': [1.0, None]}
    """
    if hasattr(value, "to_record"):
        return json_ready(value.to_record())
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: json_ready(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return json_ready(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [json_ready(item) for item in value]
    if isinstance(value, np.generic):
        return json_ready(value.item())
    if isinstance(value, float):
        return _float_ready(value)
    return value


def _float_ready(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")


def number_from(value: float | str | None) -> float:
    """Return the number a record holds: None is nan, the texts inf and -inf are infinite.

    Parameters
    ----------
    value : float, str or None
        What `json_ready` made of a number.

    Returns
    -------
    float
        The number.

    Examples
    --------
    >>> number_from(None), number_from("inf")
    (nan, inf)
    """
    return math.nan if value is None else float(value)
