"""What is read from and written to the terminal, in which language and how wide."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from impactkit.wording import Language, current_language, say, use_language
from impactkit.wording.language import checked_language

WIDTH = 100
_IN_PLAN = re.compile(rb'^[ \t]*language[ \t]*=[ \t]*"(sv|en)"', re.MULTILINE)
_IN_BUNDLE = re.compile(rb'"language":"(sv|en)"')
_START = 65536
_CONTROL = (*(sign for sign in range(0x20) if chr(sign) != "\n"), *range(0x7F, 0xA0))
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_STEERING = dict.fromkeys((*_CONTROL, *_TURNING), "\N{REPLACEMENT CHARACTER}")


def force_utf8() -> None:
    """Write UTF-8 whatever the terminal's code page: a Swedish letter must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def starting_language(words: Sequence[str]) -> Language:
    """Return the language before any file is read: ``--lang``, else IMPACTKIT_LANGUAGE, else Swedish.

    Parameters
    ----------
    words : sequence of str
        The command line.

    Returns
    -------
    {"sv", "en"}
        The language.
    """
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words):
            return checked_language(words[place + 1])
        if word.startswith("--lang="):
            return checked_language(word.removeprefix("--lang="))
    return checked_language(os.environ.get("IMPACTKIT_LANGUAGE") or "sv")


def speak_as(path: str | Path, asked: str | None) -> Language:
    """Speak the language asked for, else that of a plan or bundle, else the one begun with.

    Parameters
    ----------
    path : str or Path
        A plan, its folder, or a bundle. Looked at only for its language, so that its faults can be told.
    asked : str or None
        What ``--lang`` said.

    Returns
    -------
    {"sv", "en"}
        The language spoken from here on.
    """
    if asked is None and (found := _language_in(Path(path))):
        use_language(found)
    return current_language()


def _language_in(file: Path) -> Language | None:
    file = file / "plan.toml" if file.is_dir() else file
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        start = stream.read(_START)
    found = _IN_PLAN.search(start) or _IN_BUNDLE.search(start)
    return checked_language(found[1].decode()) if found else None


def line(code: str, /, *, indent: int = 0, **values: str | int | float) -> None:
    """Print the sentence ``cli.<code>``, wrapped.

    Parameters
    ----------
    code : str
        Which sentence.
    indent : int
        Spaces before the lines after the first.
    **values
        What it names.
    """
    write(say(f"cli.{code}", current_language(), **values), indent=indent)


def write(text: str, *, indent: int = 0) -> None:
    """Print a text, wrapped at 100 columns.

    Parameters
    ----------
    text : str
        The text.
    indent : int
        Spaces before the lines after the first.
    """
    wrapped = textwrap.wrap(
        visible(text),
        WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )
    print("\n".join(wrapped))


def print_json(record: Any) -> None:
    """Print a record for a machine to read.

    Parameters
    ----------
    record : object
        Ready for JSON.
    """
    print(json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False))


def error(text: str) -> None:
    """Print to standard error.

    Parameters
    ----------
    text : str
        What went wrong.
    """
    print(visible(text), file=sys.stderr)


def visible(text: str) -> str:
    """Return a text without characters that steer a terminal or turn the reading direction.

    Parameters
    ----------
    text : str
        A text in which a stranger's file may have a say.

    Returns
    -------
    str
        The text, with a replacement character for each of them.

    Examples
    --------
    >>> visible(chr(27) + "[2J") == chr(0xFFFD) + "[2J"
    True
    """
    return text.translate(_STEERING)
