"""Which language results show themselves in."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Literal, cast, get_args

from impactkit.errors import UsageError

Language = Literal["sv", "en"]

_chosen: ContextVar[Language | None] = ContextVar("impactkit_language", default=None)


def use_language(language: Language) -> None:
    """Show every result in this language from here on.

    Parameters
    ----------
    language : {"sv", "en"}
        Swedish or English.

    Raises
    ------
    UsageError
        If the language is another.

    Examples
    --------
    >>> use_language("en")
    >>> current_language()
    'en'
    """
    _chosen.set(checked_language(language))


def current_language() -> Language:
    """Return the chosen language: `use_language`, else the variable IMPACTKIT_LANGUAGE, else English.

    Returns
    -------
    {"sv", "en"}
        The language results show themselves in.
    """
    return _chosen.get() or checked_language(os.environ.get("IMPACTKIT_LANGUAGE", "en"))


def checked_language(language: str) -> Language:
    """Return the language if it is one impactkit speaks.

    Parameters
    ----------
    language : str
        A language code.

    Returns
    -------
    {"sv", "en"}
        The same code.

    Raises
    ------
    UsageError
        If it is not spoken here.
    """
    if language not in get_args(Language):
        raise UsageError(
            "Language {language!r} is not available.",
            where="language",
            mend="Choose 'sv' (Swedish) or 'en' (English).",
            values={"language": language},
        )
    return cast(Language, language)
