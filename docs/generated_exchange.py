"""Pages on exchange and effect chains, and the published schemas, read off the package."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from impactkit.indicators import CATEGORIES, category_name
from impactkit.plans.effect_chain import EffectChain
from impactkit.wording import use_language

_VOCABULARIES = {
    "indigo": "INDIGO outcome metric",
    "common_impact_data": "Common Impact Data Standard",
    "table_schema": "Frictionless Table Schema",
}
_TITLES = {"indicator": "An indicator", "claim": "A claim", "plan": "The rest of a plan"}


def pages() -> dict[str, str]:
    """Return every page by its name."""
    return {"exchange": _exchange(), "effect_chains": _chains()}


def copy_schemas(folder: Path) -> None:
    """Copy the published schemas into a folder of the site."""
    for page in (files("impactkit.exchange") / "schemas").iterdir():
        (folder / page.name).write_text(page.read_text("utf-8"), "utf-8")


def _exchange() -> str:
    mapping = tomllib.loads((files("impactkit.exchange") / "mapping.toml").read_text("utf-8"))
    parts = [
        "# What maps, and what does not",
        "JSON and CSV carry every key of an indicator and a plan, and give it back. The vocabularies below "
        "have terms for some of them. A dash: no term that was looked up fits, so the key is lost there. "
        "Made from the file that the exports are tested against.",
    ]
    for table, fields in mapping.items():
        head = "| key | " + " | ".join(_VOCABULARIES.values()) + " |"
        lines = [head, "| --- " * (len(_VOCABULARIES) + 1) + "|"]
        for key, terms in fields.items():
            cells = [f"`{terms[name]}`" if terms[name] else "–" for name in _VOCABULARIES]
            lines.append(f"| `{key}` | " + " | ".join(cells) + " |")
        parts += [f"## {_TITLES[table]}", "\n".join(lines)]
    parts += [
        "## JSON Schemas",
        "{download}`plan.schema.json <plan.schema.json>` and "
        "{download}`indicator.schema.json <indicator.schema.json>`, draft 2020-12.",
    ]
    return "\n\n".join(parts) + "\n"


def _chains() -> str:
    parts = [
        "# Effect chains",
        "The effect chain (effektkedja) of each loan category: a template to start from, in own words. "
        'In Python: `ik.plans.EffectChain.of("safety")`. `impactkit new` writes its advice into the plan.',
    ]
    for language, other in (("en", ""), ("sv", " (på svenska)")):
        use_language(language)
        for category in CATEGORIES:
            parts.append(f"## {category_name(category).text(language)}{other}")
            for label, lines in EffectChain.of(category).told().items():
                parts.append(f"**{label}**\n\n" + "\n".join(f"- {line}" for line in lines))
    use_language("en")
    return "\n\n".join(parts) + "\n"
