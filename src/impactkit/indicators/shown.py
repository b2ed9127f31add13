"""How indicators show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from impactkit.indicators.indicator import Indicator
from impactkit.indicators.sub_areas import category_name, sub_areas
from impactkit.wording import Facts, Language, current_language, format_number, say
from impactkit.wording.card import Row, table

_HEADINGS = ("id", "name", "sub_area", "level", "unit", "direction", "source")


def table_of(indicators: Sequence[Indicator]) -> str:
    """Return an HTML table with one row an indicator, in the chosen language.

    Parameters
    ----------
    indicators : sequence of Indicator
        What to show.

    Returns
    -------
    str
        Escaped HTML.
    """
    language = current_language()
    header = [say(f"indicator.label.{key}", language) for key in _HEADINGS]
    title = say("indicator.how_many", language, n=len(indicators))
    return table(title, header, [_row(item, language) for item in indicators])


def facts_of(item: Indicator) -> Facts:
    """Return all that an evaluator needs to know of one indicator.

    Parameters
    ----------
    item : Indicator
        What to show.

    Returns
    -------
    Facts
        For a card or a terminal.
    """
    return Facts(title=item.name.text(), rows=described(item, current_language()))


def described(item: Indicator, language: Language) -> list[Row]:
    """Return an indicator as labelled rows of text.

    Parameters
    ----------
    item : Indicator
        The indicator.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    list of (label, text)
        Those that it has something to say about.
    """
    told = {
        "id": item.id,
        "category": category_name(item.category).text(language),
        "sub_area": _text("sub_area", item, language),
        "level": _text("level", item, language),
        "definition": item.definition.text(language),
        "population": item.population.text(language),
        "numerator": item.numerator.text(language) if item.numerator else "",
        "denominator": item.denominator.text(language) if item.denominator else "",
        "unit": item.unit.text(language),
        "change_unit": item.change_unit.text(language) if item.change_unit else "",
        "direction": _text("direction", item, language),
        "measure": say(f"indicator.measure.{item.measure}", language),
        "range": _range(item, language),
        "window": _window(item, language),
        "published": _published(item, language),
        "data_level": say(f"indicator.data_level.{item.data_level}", language),
        "breakdowns": ", ".join(say(f"indicator.breakdown.{each}", language) for each in item.breakdowns),
        "source": _text("source", item, language),
        "uncertainty": item.uncertainty_code or "",
        "pro_rata": say(f"indicator.pro_rata.{item.pro_rata}", language),
        "question": _question(item, language),
        "versions": " ".join(_version(item, place, language) for place in range(len(item.versions))),
        "traps": " ".join(trap.text(language) for trap in item.traps),
        "reference": " ".join(filter(None, (item.reference.text.text(language), item.reference.url))),
    }
    return [(say(f"indicator.label.{key}", language), text) for key, text in told.items() if text]


def _row(item: Indicator, language: Language) -> list[str]:
    return [item.id, item.name.text(language), *(_text(key, item, language) for key in _HEADINGS[2:])]


def _text(key: str, item: Indicator, language: Language) -> str:
    if key == "sub_area":
        return sub_areas(item.category)[item.sub_area].text(language)
    if key == "unit":
        return item.unit.text(language)
    if key == "source":
        publisher = say(f"indicator.source.{item.source}", language)
        return f"{publisher} {item.source_code}" if item.source_code else publisher
    return say(f"indicator.{key}.{getattr(item, key)}", language)


def _range(item: Indicator, language: Language) -> str:
    low, high = item.bounds.minimum, item.bounds.maximum
    shown = {
        name: format_number(float(value), language, decimals=places)
        for name, value in (("low", low), ("high", high))
        if value is not None
        for places in (max(0, -int(value.normalize().as_tuple().exponent)),)
    }
    if not shown:
        return ""
    which = "both" if len(shown) == 2 else next(iter(shown))
    return say(f"indicator.range.{which}", language, **shown)


def _window(item: Indicator, language: Language) -> str:
    told = say(f"indicator.window.{item.window.kind}", language, years=item.window.years)
    if item.window.lag_months:
        told += " " + say("indicator.window.lag", language, months=item.window.lag_months)
    return told


def _published(item: Indicator, language: Language) -> str:
    if item.published is None:
        return ""
    series = item.published
    which = "ended" if series.until else "every" if series.every > 1 else "since"
    years = {"since": series.since, "until": series.until or 0, "every": series.every}
    return say(f"indicator.published.{which}", language, **years)


def _question(item: Indicator, language: Language) -> str:
    if item.question is None:
        return ""
    words = "verbatim" if item.question.verbatim else "proposed"
    text, counted = item.question.text.text(language), item.question.counted.text(language)
    return say(f"indicator.question.{words}", language, text=text, counted=counted)


def _version(item: Indicator, place: int, language: Language) -> str:
    version = item.versions[place]
    kind = "comparable" if version.comparable else "break"
    return say(
        f"indicator.version.{kind}", language, since=version.since, change=version.change.text(language)
    )
