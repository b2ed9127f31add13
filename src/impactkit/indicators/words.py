"""The same words in Swedish and English."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from impactkit.schema import Written
from impactkit.wording import Language, current_language

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Words(Written):
    """The same words in Swedish and English.

    Parameters
    ----------
    sv, en : str
        The words.

    Examples
    --------
    >>> Words(sv="procent", en="per cent").text("sv")
    'procent'
    """

    sv: Text
    en: Text

    def text(self, language: Language | None = None) -> str:
        """Return the words in the language, the chosen one when left out."""
        return self.sv if (language or current_language()) == "sv" else self.en
