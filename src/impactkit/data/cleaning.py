"""Texts as they are kept: composed, without space at the ends and without characters nobody can see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Soft hyphen, zero-width spaces and joiners, byte order mark, marks of writing direction.
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
# Control characters that no text holds on purpose; tab and line breaks are space.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def clean(text: str) -> str:
    """Return a text in Unicode NFC, without space at its ends and without hidden characters.

    Parameters
    ----------
    text : str
        A cell's text.

    Returns
    -------
    str
        The text as it is kept.

    Examples
    --------
    >>> clean(" Ha\u030abo\u200b\u00a0")
    'Håbo'
    """
    text = text.strip()
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _HIDDEN.sub("", text)).strip()


def cleaned(texts: Sequence[str]) -> list[str]:
    """Return texts as they are kept.

    Parameters
    ----------
    texts : sequence of str
        A column or a row of cells.

    Returns
    -------
    list of str
        As many.
    """
    if "".join(texts).isascii():
        return list(map(str.strip, texts))
    return list(map(clean, texts))


def has_control(text: str) -> bool:
    r"""Return whether a text holds a control character, which only damage or an attack puts there.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    bool
        Tab and line breaks are not counted.

    Examples
    --------
    >>> has_control("a\x07b"), has_control("a\nb")
    (True, False)
    """
    return _CONTROL.search(text) is not None
