"""Letters that turn the reading direction or cannot be seen let a name pass for another: they are shown."""

from __future__ import annotations

_BIDIRECTIONAL = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_CONTROL = [at for at in range(0x20) if chr(at) not in "\t\n"] + list(range(0x7F, 0xA0))
_HALVES = range(0xD800, 0xE000)
_UNSEEN = (0x200B, 0x2060, 0xFEFF, *range(0xFFF9, 0xFFFC), 0x2028, 0x2029)
_VISIBLE = dict.fromkeys((*_BIDIRECTIONAL, *_CONTROL, *_HALVES, *_UNSEEN), "\N{REPLACEMENT CHARACTER}")


def visible(text: str) -> str:
    r"""Return a text in which nothing is hidden: the replacement character stands for what cannot be seen.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Without control characters, turns of the reading direction and halves of letters.

    Examples
    --------
    >>> visible("a\u202eb")
    'a\ufffdb'
    """
    return text.translate(_VISIBLE)
