"""A folder to start from: an annotated plan and an empty form for its data."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from impactkit.errors import IndicatorError, Trouble, UsageError
from impactkit.indicators import CATEGORIES, Catalogue, Category, Indicator, refused_comparison
from impactkit.plans.collection_form import collection_form, columns_of
from impactkit.plans.effect_chain import EffectChain
from impactkit.plans.plan import Plan
from impactkit.provenance import write_whole
from impactkit.schema import no_such_choice
from impactkit.wording import Language

_TEMPLATES = files("impactkit.plans") / "templates"
_SUGGESTED, _WARNED, _WIDTH = 4, 4, 108
_BASELINE, _FOLLOW_UP = 2025, 2028  # the years before and after the invented start, 2026
_COMMENTED, _COMMENTS_AT = re.compile(r"([^#]*\S) +(# .*)"), 42


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What the claims of a new plan are about: an indicator and the column that holds it."""

    indicator: Indicator
    column: str
    minimum_effect: str
    harm: str | None = None


def new_project(
    folder: str | Path,
    *,
    category: Category,
    language: Language = "sv",
    indicators: Sequence[str] = (),
    guardrail: str | None = None,
) -> Plan:
    """Write an annotated plan.toml and an empty data.xlsx for a loan category.

    Parameters
    ----------
    folder : str or Path
        Where to write; made when it is not there.
    category : {"housing", "safety", "health_education"}
        The loan category.
    language : {"sv", "en"}
        The language of the comments, the columns and the report.
    indicators : sequence of str
        Ids for the claims: the first is primary, the others secondary. The category's example when left out.
    guardrail : str, optional
        Id of what must not get worse. The category's example when left out.

    Returns
    -------
    Plan
        The plan as written, with invented example values to be replaced.

    Raises
    ------
    UsageError
        If the category or language is another, or one of the files is already there; nothing is written then.
    IndicatorError
        If an id is not in the catalogue, or the same is asked for twice; nothing is written then.
    """
    place = Path(folder)
    claims = _chosen(category, language, indicators=indicators, guardrail=guardrail)
    plan_text = _template(category, language, claims)
    _refuse_to_overwrite(place, ("plan.toml", "data.xlsx"))
    place.mkdir(parents=True, exist_ok=True)
    named = [(claim.column, claim.indicator.id) for claim in claims]
    columns = columns_of(named, language=language, catalogue=Catalogue.default())
    write_whole(place / "data.xlsx", collection_form(columns, language=language))
    write_whole(place / "plan.toml", plan_text.encode("utf-8"))
    return Plan.read(place)


def _chosen(
    category: Category, language: Language, *, indicators: Sequence[str], guardrail: str | None
) -> list[_Chosen]:
    if category not in CATEGORIES:
        raise no_such_choice(UsageError, "category", given=category, choices=CATEGORIES)
    if language not in ("sv", "en"):
        raise no_such_choice(UsageError, "language", given=language, choices=("sv", "en"))
    example = _filling()[category]
    ids = list(indicators) or [example["indicator"]]
    guard = guardrail or example["guard_indicator"]
    if guardrail is None and guard in ids:
        guard = next(item for item in EffectChain.of(category).suggested.guardrail if item not in ids)
    _refuse_unknown([*ids, guard])
    return [*(_claimed(item, example, language) for item in ids), _guarded(guard, example, language)]


def _claimed(item: str, example: dict[str, Any], language: Language) -> _Chosen:
    found = Catalogue.default()[item]
    if item == example["indicator"]:
        column, size = example[language]["outcome"], example["minimum_effect"]
        return _Chosen(indicator=found, column=column, minimum_effect=size)
    return _Chosen(indicator=found, column=_column(item), minimum_effect="5")


def _guarded(item: str, example: dict[str, Any], language: Language) -> _Chosen:
    found = Catalogue.default()[item]
    harm = "decrease" if found.direction == "up" else "increase"
    if item == example["guard_indicator"]:
        column, size = example[language]["guard_outcome"], example["guard_margin"]
        return _Chosen(indicator=found, column=column, minimum_effect=size, harm=harm)
    return _Chosen(indicator=found, column=_column(item), minimum_effect="2", harm=harm)


def _column(item: str) -> str:
    return item.split("/")[1].replace("-", "_")


def _refuse_unknown(ids: Sequence[str]) -> None:
    catalogue = Catalogue.default()
    troubles = [catalogue.unknown(item) for item in dict.fromkeys(ids) if item not in catalogue]
    twice = sorted({item for item in ids if ids.count(item) > 1})
    troubles += [
        Trouble("{indicator} is asked for twice.", "indicators", "Name it once.", {"indicator": item})
        for item in twice
    ]
    if troubles:
        raise IndicatorError.of(troubles)


def _template(category: Category, language: Language, claims: Sequence[_Chosen]) -> str:
    words = _filling()[category][language]
    years = _years([claim.indicator for claim in claims])
    words = {**words, "baseline": str(years[0]), "follow_up": str(years[1])}
    told = [_page("claims", language).substitute(category=category, **_advice(category, language))]
    for number, claim in enumerate(claims, start=1):
        told.append(_claim_text(claim, number, language, words))
    filled = {**words, "category": category, "outcome": claims[0].column, "claims": "\n".join(told)}
    return _aligned(_page("plan", language).substitute(filled))


def _aligned(text: str) -> str:
    """Return the plan with the comments after its values in one column, and no two empty lines together."""
    lines = []
    for line in text.splitlines():
        found = _COMMENTED.fullmatch(line)
        lines.append(f"{found[1]:<{_COMMENTS_AT - 1}} {found[2]}" if found else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _claim_text(claim: _Chosen, number: int, language: Language, words: dict[str, str]) -> str:
    direction = claim.indicator.direction
    free = {"sv": "; välj själv", "en": "; choose yourself"}[language]
    values = {
        "id": f"C{number}",
        "indicator": claim.indicator.id,
        "name": claim.indicator.name.text(language),
        "outcome": claim.column,
        "outcome_line": f'outcome = "{claim.column}"\n' if number > 1 else "",
        "role": "primary" if number == 1 else "secondary",
        "change": "decrease" if direction == "down" else "increase",
        "choose": free if direction in ("target", "none") else "",
        "minimum_effect": claim.minimum_effect,
        "unit": claim.indicator.unit_of_change(language),
        "data_source": words["data_source"],
        "by": words["follow_up"],
        "harm": claim.harm or "",
    }
    return _page("claim" if claim.harm is None else "guardrail", language).substitute(values)


def _years(indicators: Sequence[Indicator]) -> tuple[int, int]:
    """Return the first example years, a baseline and a follow-up, that no indicator refuses to compare."""
    return next(
        (baseline, follow_up)
        for follow_up in range(_FOLLOW_UP, _FOLLOW_UP + 20)
        for baseline in range(_BASELINE, _BASELINE - 10, -1)
        if not any(refused_comparison(item, baseline=baseline, follow_up=follow_up) for item in indicators)
    )


def _advice(category: Category, language: Language) -> dict[str, str]:
    chain, catalogue = EffectChain.of(category), Catalogue.default()
    ids = [*chain.suggested.primary[:_SUGGESTED], *chain.suggested.guardrail[:_SUGGESTED]]
    suggestions = [
        f"#   {item}: {catalogue[item].name.text(language)} ({catalogue[item].unit_of_change(language)})"
        for item in ids
    ]
    traps = [_comment(trap.text.text(language)) for trap in chain.traps[:_WARNED]]
    return {"suggestions": "\n".join(suggestions), "traps": "\n".join(traps)}


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="#   ", subsequent_indent="#     ")


def _page(name: str, language: Language) -> Template:
    return Template((_TEMPLATES / f"{name}_{language}.toml").read_text("utf-8"))


def _filling() -> dict[str, Any]:
    return tomllib.loads((_TEMPLATES / "categories.toml").read_text("utf-8"))


def _refuse_to_overwrite(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (folder / name).exists():
            raise UsageError(
                "There is already a {name}; nothing was written.",
                where="{folder}",
                mend="Choose an empty folder, or move the file away.",
                values={"name": name, "folder": str(folder)},
            )
