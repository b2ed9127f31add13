"""The loan's three project categories and the sub-areas of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from impactkit.indicators.words import Words

Category = Literal["housing", "safety", "health_education"]
CATEGORIES: tuple[Category, ...] = get_args(Category)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Described:
    name: Words
    sub_areas: dict[str, Words]


def sub_areas(category: Category) -> dict[str, Words]:
    """Return the sub-areas of a category with their names.

    Parameters
    ----------
    category : {"housing", "safety", "health_education"}
        The loan category.

    Returns
    -------
    dict of str to Words
        Name by slug, in the order they are shown.

    Examples
    --------
    >>> sub_areas("housing")["renovation"].en
    'Socially sustainable renovation'
    """
    return dict(_all()[category].sub_areas)


def category_name(category: Category) -> Words:
    """Return the name of a category.

    Parameters
    ----------
    category : {"housing", "safety", "health_education"}
        The loan category.

    Returns
    -------
    Words
        In both languages.

    Examples
    --------
    >>> category_name("safety").sv
    'Trygghet, säkerhet och tillgänglighet'
    """
    return _all()[category].name


@cache
def _all() -> dict[str, _Described]:
    page = (files("impactkit.indicators") / "sub_areas.toml").read_text("utf-8")
    return {
        category: _Described(
            name=Words.model_validate(content["name"]),
            sub_areas={slug: Words.model_validate(words) for slug, words in content["sub_areas"].items()},
        )
        for category, content in tomllib.loads(page).items()
    }
