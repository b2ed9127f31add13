"""The catalogue: every indicator of a folder of TOML files, by id."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import ValidationError

from impactkit.errors import IndicatorError, Trouble
from impactkit.indicators.indicator import Indicator
from impactkit.schema import troubles_of


class Catalogue:
    """Indicators by id; iterating gives them in the order of their ids.

    Parameters
    ----------
    indicators : iterable of Indicator
        What it holds.

    Examples
    --------
    >>> catalogue = Catalogue.default()
    >>> catalogue["housing/tenant-turnover"].direction
    'down'
    >>> [found.id for found in catalogue.search("trygg mörkt")]
    ['safety/feels-safe-after-dark']
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self._by_id = {item.id: item for item in sorted(indicators, key=lambda item: item.id)}

    @classmethod
    def default(cls) -> Catalogue:
        """Return the catalogue that comes with impactkit."""
        return _packaged()

    @classmethod
    def read(cls, folder: Traversable) -> Catalogue:
        """Read every ``<category>/<slug>.toml`` of a folder.

        Parameters
        ----------
        folder : Path or other Traversable
            Holds one folder for each category.

        Returns
        -------
        Catalogue
            What the files describe.

        Raises
        ------
        IndicatorError
            With every fault of every file.
        """
        found: list[Indicator] = []
        troubles: list[Trouble] = []
        for category in sorted(folder.iterdir(), key=lambda item: item.name):
            if not category.is_dir() or category.name.startswith(("_", ".")):
                continue
            for page in sorted(category.iterdir(), key=lambda item: item.name):
                if page.name.endswith(".toml"):
                    result = _indicator(page, category.name)
                    found += [result] if isinstance(result, Indicator) else []
                    troubles += result if isinstance(result, list) else []
        if troubles:
            raise IndicatorError.of(troubles)
        return cls(found)

    def __getitem__(self, indicator: str) -> Indicator:
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

    def search(self, text: str) -> tuple[Indicator, ...]:
        """Return the indicators whose id, name, definition or source code hold every word, names first.

        Parameters
        ----------
        text : str
            Words in Swedish or English, in any order.

        Returns
        -------
        tuple of Indicator
            Those found; empty when none.
        """
        words = text.casefold().split()
        hits = [item for item in self if all(word in _searched(item) for word in words)]
        return tuple(sorted(hits, key=lambda item: not all(word in _named(item) for word in words)))

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
        mend = "Search with: impactkit indicators. Or describe your own by giving the claim a unit."
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
    placed = {"id": where.removesuffix(".toml"), "category": category, **content}
    try:
        return Indicator.model_validate(placed)
    except ValidationError as error:
        return troubles_of(error, Indicator, where)


def _named(item: Indicator) -> str:
    return f"{item.id} {item.name.sv} {item.name.en}".casefold()


def _searched(item: Indicator) -> str:
    return f"{_named(item)} {item.definition.sv} {item.definition.en} {item.source_code or ''}".casefold()
