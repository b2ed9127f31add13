"""The catalogue: every indicator of a folder of TOML files, by id, with a user's own layered on top."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from pydantic import ValidationError

from impactkit.errors import IndicatorError, Trouble, Value
from impactkit.indicators.indicator import SOURCES, DataLevel, Indicator, Level, Source
from impactkit.indicators.search import ranked
from impactkit.indicators.shown import table_of
from impactkit.indicators.sub_areas import CATEGORIES, Category, sub_areas
from impactkit.schema import no_such_choice, troubles_of
from impactkit.wording import Language

if TYPE_CHECKING:
    import pandas as pd


class Catalogue:
    """Indicators by id, in an order: that of their ids, or the best match first after a search.

    Parameters
    ----------
    indicators : iterable of Indicator
        What it holds, in the order it is to be shown; an id that comes twice stands for the last.

    Examples
    --------
    >>> catalogue = Catalogue.default()
    >>> catalogue["housing/tenant-turnover"].direction
    'down'
    >>> [found.id for found in catalogue.search("trygg dagsljus")]
    ['safety/feels-safe-in-daylight']
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self._by_id = {item.id: item for item in indicators}

    @classmethod
    def default(cls) -> Catalogue:
        """Return the catalogue that comes with impactkit."""
        return _packaged()

    @classmethod
    def read(cls, folder: str | Traversable) -> Catalogue:
        """Read every ``<category>/<slug>.toml`` of a folder.

        Parameters
        ----------
        folder : str, Path or other Traversable
            Holds one folder for each category.

        Returns
        -------
        Catalogue
            What the files describe.

        Raises
        ------
        IndicatorError
            If there is no such folder; or with every fault of every file.
        """
        place = Path(folder) if isinstance(folder, str) else folder
        if not place.is_dir():
            what, mend = (
                "There is no folder {folder}.",
                "Name the folder that holds housing, safety and so on.",
            )
            raise IndicatorError(what, where="catalogue", mend=mend, values={"folder": str(folder)})
        found: list[Indicator] = []
        troubles: list[Trouble] = []
        for category in sorted(place.iterdir(), key=lambda item: item.name):
            if not category.is_dir() or category.name.startswith(("_", ".")):
                continue
            for page in sorted(category.iterdir(), key=lambda item: item.name):
                if page.name.endswith(".toml"):
                    result = _indicator(page, category.name)
                    found += [result] if isinstance(result, Indicator) else []
                    troubles += result if isinstance(result, list) else []
        if troubles:
            raise IndicatorError.of(troubles)
        return cls(sorted(found, key=lambda item: item.id))

    def layered(self, own: Iterable[Indicator]) -> Catalogue:
        """Return a catalogue with a user's own indicators on top; an own one replaces its namesake.

        Parameters
        ----------
        own : Catalogue or iterable of Indicator
            The user's own.

        Returns
        -------
        Catalogue
            Both, in the order of their ids.

        Examples
        --------
        >>> default = Catalogue.default()
        >>> mine = default["safety/feels-safe-after-dark"].model_copy(update={"id": "safety/our-own"})
        >>> len(default.layered([mine])) - len(default)
        1
        """
        both = {**self._by_id, **{item.id: item for item in own}}
        return Catalogue(both[key] for key in sorted(both))

    def filter(
        self,
        *,
        category: Category | None = None,
        sub_area: str | None = None,
        level: Level | None = None,
        data_level: DataLevel | None = None,
        source: Source | None = None,
    ) -> Catalogue:
        """Return the indicators that meet every condition.

        Parameters
        ----------
        category : {"housing", "safety", "health_education"}, optional
            The loan category.
        sub_area : str, optional
            A slug from :func:`sub_areas`.
        level : {"output", "outcome", "impact"}, optional
            What was made, what changed, or the lasting change.
        data_level : {"individual", "area", "unit", "municipality"}, optional
            The level at which data usually exist.
        source : str, optional
            Where values come from.

        Returns
        -------
        Catalogue
            In the same order.

        Raises
        ------
        IndicatorError
            If a condition is not among the choices, with the nearest one.

        Examples
        --------
        >>> found = Catalogue.default().filter(category="housing", level="output")
        >>> {item.category for item in found} <= {"housing"}
        True
        """
        asked = {
            "category": category,
            "sub_area": sub_area,
            "level": level,
            "data_level": data_level,
            "source": source,
        }
        wanted = {key: value for key, value in asked.items() if value is not None}
        for key, value in wanted.items():
            if value not in _choices(key):
                raise no_such_choice(IndicatorError, key, given=value, choices=_choices(key))
        return Catalogue(item for item in self if all(getattr(item, key) == wanted[key] for key in wanted))

    def __getitem__(self, indicator: str | int) -> Indicator:
        if isinstance(indicator, int):
            return list(self._by_id.values())[indicator]
        if indicator in self._by_id:
            return self._by_id[indicator]
        trouble = self.unknown(indicator)
        raise IndicatorError(trouble.what, where=trouble.where, mend=trouble.mend, values=trouble.values)

    def __contains__(self, indicator: object) -> bool:
        return indicator in self._by_id

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __repr__(self) -> str:
        return f"Catalogue({len(self)} indicators)"

    def _repr_html_(self) -> str:
        return table_of(tuple(self))

    def search(self, text: str) -> Catalogue:
        """Return the indicators whose id, name, definition, sub-area or source code hold every word.

        Parameters
        ----------
        text : str
            Words in Swedish or English, in any order.

        Returns
        -------
        Catalogue
            Those found, the best match first: by its code, its name, then the rest; empty when none.
        """
        return Catalogue(ranked(self, text))

    def to_frame(self, language: Language | None = None) -> pd.DataFrame:
        """Return a table with one row an indicator.

        Parameters
        ----------
        language : {"sv", "en"}, optional
            The language of the words; the chosen one when left out.

        Returns
        -------
        DataFrame
            id, name, category, sub_area, level, unit, direction, measure, data_level, source, source_code.
        """
        import pandas as pd

        columns = ["id", "name", "category", "sub_area", "level", "unit", "direction", "measure"]
        columns += ["data_level", "source", "source_code"]
        rows = [
            {**dict(item), "name": item.name.text(language), "unit": item.unit.text(language)}
            for item in self
        ]
        return pd.DataFrame([{key: row[key] for key in columns} for row in rows], columns=columns)

    def unknown(self, indicator: str) -> Trouble:
        """Return the trouble of asking for an indicator that is not here.

        Parameters
        ----------
        indicator : str
            The id that was asked for.

        Returns
        -------
        Trouble
            With the nearest id, when one is near.
        """
        guess = self._nearest(indicator)
        if guess:
            values = {"indicator": indicator, "guess": guess}
            return Trouble(_UNKNOWN, "indicators", 'Did you mean "{guess}"?', values)
        mend = "Search with: impactkit indicators --search. Or describe your own in the plan: [[indicators]]."
        return Trouble(_UNKNOWN, "indicators", mend, {"indicator": indicator})

    def _nearest(self, indicator: str) -> str | None:
        ids = list(self._by_id)
        whole = get_close_matches(indicator, ids, n=1)
        slugs = {known.split("/")[1]: known for known in ids}
        by_slug = get_close_matches(indicator.rsplit("/", 1)[-1], list(slugs), n=1, cutoff=0.75)
        return whole[0] if whole else slugs[by_slug[0]] if by_slug else None


_UNKNOWN = 'Indicator "{indicator}" is not in the catalogue.'


@cache
def _packaged() -> Catalogue:
    return Catalogue.read(files("impactkit.indicators") / "catalogue")


def _indicator(page: Traversable, category: str) -> Indicator | list[Trouble]:
    where = f"{category}/{page.name}"
    try:
        content = tomllib.loads(page.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mend = "Correct the file; it must be TOML in UTF-8."
        return [Trouble("The file cannot be read: {reason}.", where, mend, {"reason": str(error)})]
    if lost := [key for key in ("id", "category") if key in content]:
        what, mend = "{key} is written in the file; the path gives it.", "Remove it, or move the file."
        told: list[dict[str, Value]] = [{"key": key} for key in lost]
        return [Trouble(what, where, mend, values) for values in told]
    placed = {"id": where.removesuffix(".toml"), "category": category, **content}
    try:
        return Indicator.model_validate(placed)
    except ValidationError as error:
        return troubles_of(error, Indicator, where)


def _choices(key: str) -> tuple[str, ...]:
    if key == "category":
        return CATEGORIES
    if key == "source":
        return SOURCES
    if key == "sub_area":
        return tuple(slug for category in CATEGORIES for slug in sub_areas(category))
    return get_args(Level if key == "level" else DataLevel)
