"""An indicator: what a claim is about, in which unit, and which way is better."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StrictInt, StringConstraints

from impactkit.schema import Written
from impactkit.wording import Language, current_language

Category = Literal["housing", "safety", "health_education"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


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

    sv: _Text
    en: _Text

    def text(self, language: Language | None = None) -> str:
        """Return the words in the language, the chosen one when left out."""
        return self.sv if (language or current_language()) == "sv" else self.en


class Reference(Written):
    """Where an indicator is defined or published.

    Parameters
    ----------
    text : Words
        The source, as one would cite it, in both languages.
    url : str, optional
        Its address.
    code : str, optional
        Its code at the source, such as a Kolada id.
    """

    text: Words
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    code: _Text | None = None


class Indicator(Written):
    """What a claim is about, in which unit, and which way is better.

    Parameters
    ----------
    id : str
        ``category/slug``: the path of its file in the catalogue.
    name, definition, unit : Words
        In Swedish and English.
    change_unit : Words, optional
        The unit of a change when it differs from the level's: percentage points for a percentage.
    direction : {"up", "down", "target", "none"}
        Which way is better; ``target`` when a value in between is, ``none`` when no way is.
    measure : {"share", "mean", "count", "rate", "index", "currency"}
        What kind of number it is. A share is in per cent.
    decimals : int
        Decimals to show.
    category : {"housing", "safety", "health_education"}
        The folder it lives in.
    caution : Words, optional
        A trap to know before use.
    reference : Reference
        Where it is defined or published.

    Examples
    --------
    >>> from impactkit.indicators import Catalogue
    >>> Catalogue.default()["safety/feels-safe-after-dark"].unit_of_change("en")
    'percentage points'
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]+/[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Words
    definition: Words
    unit: Words
    change_unit: Words | None = None
    direction: Literal["up", "down", "target", "none"]
    measure: Literal["share", "mean", "count", "rate", "index", "currency"]
    decimals: Annotated[StrictInt, Field(ge=0, le=6)]
    category: Category
    caution: Words | None = None
    reference: Reference

    def unit_of_change(self, language: Language | None = None) -> str:
        """Return the unit an effect is told in, such as percentage points."""
        return (self.change_unit or self.unit).text(language)
