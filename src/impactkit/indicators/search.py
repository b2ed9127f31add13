"""Which indicators a search finds, and in which order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from impactkit.indicators.indicator import Indicator
from impactkit.indicators.sub_areas import category_name, sub_areas


def ranked(indicators: Iterable[Indicator], text: str) -> list[Indicator]:
    """Return the indicators that hold every word, the best match first.

    Parameters
    ----------
    indicators : iterable of Indicator
        Where to look.
    text : str
        Words in Swedish or English, in any order; part of a word is enough.

    Returns
    -------
    list of Indicator
        Those whose code is a word asked for, then those whose name holds all of them, then the others.
    """
    words = _plain(text).split()
    hits = [item for item in indicators if all(word in _everything(item) for word in words)]
    return sorted(hits, key=lambda item: _distance(item, words))


def _distance(item: Indicator, words: list[str]) -> int:
    if _plain(item.source_code or "") in words:
        return 0
    named = _plain(f"{item.id} {item.name.sv} {item.name.en}")
    return 1 if all(word in named for word in words) else 2


def _everything(item: Indicator) -> str:
    area = sub_areas(item.category)[item.sub_area]
    words = (item.name, item.definition, item.population, area, category_name(item.category))
    told = " ".join(f"{each.sv} {each.en}" for each in words)
    return _plain(f"{item.id} {told} {item.source_code or ''}")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
