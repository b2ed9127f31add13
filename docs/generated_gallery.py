"""The indicator gallery: one page a loan category and language, read off the packaged catalogue."""

from __future__ import annotations

from itertools import groupby

from impactkit.indicators import CATEGORIES, Catalogue, Category, Indicator, category_name, sub_areas
from impactkit.indicators.shown import described
from impactkit.wording import Language

_LEAD = {
    "en": (
        "{n} indicators. A plan names one by its id. The same from the command line: "
        "`impactkit indicators --category {category} --lang en`. [På svenska]({other}.md)."
    ),
    "sv": (
        "{n} indikatorer. En plan anger en av dem med dess id. Samma sak från kommandoraden: "
        "`impactkit indicators --category {category}`. [In English]({other}.md)."
    ),
}
_COLUMNS = {"en": ("id", "name", "a change is in"), "sv": ("id", "namn", "en förändring anges i")}


def pages() -> dict[str, str]:
    """Return every gallery page by its name."""
    found = {"indicators": _overview()}
    for category in CATEGORIES:
        for language, ending in (("en", ""), ("sv", "_sv")):
            found[f"indicators_{category}{ending}"] = _gallery(category, language)
    return found


def _overview() -> str:
    rows = []
    for category in CATEGORIES:
        items = Catalogue.default().filter(category=category)
        levels = [sum(item.level == level for item in items) for level in ("output", "outcome", "impact")]
        link = f"[{category_name(category).en}](indicators_{category}.md)"
        rows.append("| " + " | ".join([link, *map(str, [len(items), *levels])]) + " |")
    head = "| category | indicators | outputs | outcomes | impacts |\n| --- | --- | --- | --- | --- |"
    lead = (
        f"The packaged catalogue holds {len(Catalogue.default())} indicators: what is counted, out of what, "
        "which way is better, how long a value's window is, when the definition changed, and what has misled "
        "others. Definitions are in impactkit's own words, each with its reference. The division into "
        "sub-areas is impactkit's own."
    )
    trees = "\n".join(f"indicators_{category}{ending}" for category in CATEGORIES for ending in ("", "_sv"))
    toc = "```{toctree}\n:hidden:\n\n" + trees + "\n```"
    return "\n\n".join(["# The indicators", lead, head + "\n" + "\n".join(rows), toc]) + "\n"


def _gallery(category: Category, language: Language) -> str:
    items = sorted(Catalogue.default().filter(category=category), key=_by_place)
    other = f"indicators_{category}" + ("_sv" if language == "en" else "")
    parts = [
        f"# {category_name(category).text(language)}",
        _LEAD[language].format(n=len(items), category=category, other=other),
    ]
    for place, members in groupby(items, key=lambda item: item.sub_area):
        several = list(members)
        parts.append(f"## {sub_areas(category)[place].text(language)}")
        parts.append(_listed(several, language))
        parts += [_told(item, language) for item in several]
    return "\n\n".join(parts) + "\n"


def _by_place(item: Indicator) -> tuple[int, str]:
    return list(sub_areas(item.category)).index(item.sub_area), item.id


def _listed(items: list[Indicator], language: Language) -> str:
    head = _COLUMNS[language]
    lines = [head, ("---",) * len(head)]
    lines += [(f"`{item.id}`", item.name.text(language), item.unit_of_change(language)) for item in items]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _told(item: Indicator, language: Language) -> str:
    shown = [(label, text) for label, text in described(item, language)[3:]]
    rows = "\n".join(f"- **{label}**: {text}" for label, text in shown)
    return f"### {item.name.text(language)}\n\n`{item.id}`\n\n{rows}"
