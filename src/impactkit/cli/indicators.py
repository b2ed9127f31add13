"""impactkit indicators: what can be measured, found by words or by kind."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from impactkit.cli.console import line, print_json, write
from impactkit.wording import Language, current_language, say

if TYPE_CHECKING:
    from impactkit.indicators import Catalogue, Indicator

_CONDITIONS = ("category", "sub_area", "level", "data_level", "source")


def arguments(parser: ArgumentParser, language: Language) -> None:
    """Add the verb's arguments.

    Parameters
    ----------
    parser : ArgumentParser
        Where to.
    language : {"sv", "en"}
        The language of their help.
    """
    parser.add_argument("id", nargs="?", help=say("cli.indicators.id", language))
    for name in (*_CONDITIONS, "search", "catalogue"):
        told = say(f"cli.indicators.{name}", language)
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, help=told)
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """List the indicators asked for, or tell all about one.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0; also when nothing was found.

    Raises
    ------
    IndicatorError
        If the id is unknown, a condition is not among the choices, or the own catalogue has faults.
    """
    found = _asked_for(asked)
    if asked.json:
        print_json({"indicators": [item.model_dump(mode="json", exclude_none=True) for item in found]})
    elif asked.id is not None:
        _tell(found[0])
    elif len(found) == 0:
        line("indicators.none")
    else:
        _list(found)
    return 0


def _asked_for(asked: Namespace) -> Catalogue:
    from impactkit.indicators import Catalogue

    catalogue = Catalogue.default()
    if asked.catalogue is not None:
        catalogue = catalogue.layered(Catalogue.read(asked.catalogue))
    if asked.id is not None:
        return Catalogue([catalogue[asked.id]])
    conditions: dict[str, Any] = {name: getattr(asked, name) for name in _CONDITIONS}
    found = catalogue.filter(**conditions)
    return found.search(asked.search) if asked.search is not None else found


def _list(found: Catalogue) -> None:
    from impactkit.indicators import category_name, sub_areas

    language = current_language()
    places = {item.id: (item.category, list(sub_areas(item.category)).index(item.sub_area)) for item in found}
    ordered = sorted(found, key=lambda item: places[item.id])
    wide = max(len(item.id) for item in found)
    for (category, _), items in groupby(ordered, key=lambda item: places[item.id]):
        members = list(items)
        area = sub_areas(category)[members[0].sub_area]
        write(f"{category_name(category).text(language)} · {area.text(language)}")
        for item in members:
            name = f"{item.name.text(language)} ({item.unit_of_change(language)})"
            write(f"  {item.id:<{wide}}  {name}", indent=wide + 4)
    line("indicators.found", n=len(found))


def _tell(item: Indicator) -> None:
    from impactkit.indicators.shown import described

    write(item.name.text(current_language()))
    for label, text in described(item, current_language()):
        write(f"  {label}: {text}", indent=4)
