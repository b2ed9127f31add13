"""Pages of the reference read off the package: verbs, keys of a plan, examples, indicators, errors."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import generated_exchange
import generated_gallery
from numpydoc.docscrape import ClassDoc
from pydantic import BaseModel

from impactkit import errors
from impactkit.cli.arguments import parser
from impactkit.effects.estimators import ALL as ESTIMATORS
from impactkit.effects.inference import ALL as INFERENCES
from impactkit.evidence import Claim
from impactkit.examples import ALL as EXAMPLES
from impactkit.indicators import Indicator
from impactkit.plans import DataFiles, Decision, Goals, Loan, Plan, Project, Requirements

_TABLES = (
    ("(top of the file)", Plan),
    ("[project]", Project),
    ("[loan]", Loan),
    ("[goals]", Goals),
    ("[requirements]", Requirements),
    ("[[claims]]", Claim),
    ("[[indicators]]", Indicator),
    ("[data]", DataFiles),
    *((f'[estimator], method = "{part().method}"', part) for part in ESTIMATORS),
    *((f'[estimator.inference], method = "{part().method}"', part) for part in INFERENCES),
    ("[decision]", Decision),
)
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def write(folder: Path) -> None:
    """Write every page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "plan_keys": _plan_keys(),
        "commands": _commands(),
        "examples": _examples(),
        **generated_gallery.pages(),
        **generated_exchange.pages(),
        "errors": _errors(),
    }
    generated_exchange.copy_schemas(folder)
    for name, text in pages.items():
        file = folder / f"{name}.md"
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def _page(title: str, lead: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", lead, *parts]) + "\n"


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _plan_keys() -> str:
    lead = (
        "A plan is a TOML file. Every key it may hold is below; any other key is refused, with the nearest "
        'name. Numbers that decide something are written as text with a decimal point (`"2.5"`), so that the '
        "locked plan holds exactly what was written."
    )
    parts = [f"## {title}\n\n{_keys(model)}" for title, model in _TABLES]
    return _page("The plan file's keys", lead, *parts)


def _keys(model: type[BaseModel]) -> str:
    told = _told_parameters(model)
    rows = [
        (f"`{name}`", _kind(field.annotation), _default(field), told.get(name, ""))
        for name, field in model.model_fields.items()
    ]
    return _table(("key", "what", "when left out", "meaning"), rows)


def _told_parameters(model: type[BaseModel]) -> dict[str, str]:
    told: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel and base.__doc__:
            for parameter in ClassDoc(base, config={"show_class_members": False})["Parameters"]:
                for name in parameter.name.split(","):
                    text = " ".join(parameter.desc).replace("``", "`")
                    told[name.strip()] = text
    return told


def _kind(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is Literal:
        return ", ".join(f'`"{value}"`' if isinstance(value, str) else f"`{value}`" for value in arguments)
    if origin in (Union, UnionType):
        kinds = dict.fromkeys(_kind(item) for item in arguments if item is not type(None))
        return " or ".join(kinds)
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    name = getattr(annotation, "__name__", str(annotation))
    return {"Decimal": "number as text", "date": "date (2026-04-01)"}.get(name, f"table ({name})")


def _default(field: Any) -> str:
    if field.is_required():
        return "**required**"
    default = field.get_default(call_default_factory=True)
    if default is None or default == ():
        return "–"
    if isinstance(default, BaseModel):
        return f'method "{default.method}"' if hasattr(default, "method") else "its defaults"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _commands() -> str:
    lead = (
        "Each verb of the command line, as `--help` tells it. It speaks Swedish unless asked with "
        "`--lang en`. "
        "`python -m impactkit` does the same."
    )
    os.environ["COLUMNS"] = "100"  # argparse wraps its help at the width of whoever builds the site
    top = parser("en")
    parts = [f"```text\n{top.format_help()}```"]
    for action in top._subparsers._group_actions if top._subparsers else ():
        for name, verb in (action.choices or {}).items():
            parts.append(f"## {name}\n\n```text\n{verb.format_help()}```")
    return _page("The command line", lead, *parts)


def _examples() -> str:
    lead = (
        "Packaged projects: a plan, its data, where they come from and a page to read first. "
        "`impactkit example NAME` copies one into a folder and carries it from plan to verified verdict."
    )
    rows = [
        (f"`{example.name}`", example.category, "yes" if example.invented else "no", example.title.en)
        for example in EXAMPLES
    ]
    return _page("The examples", lead, _table(("name", "category", "invented", "about"), rows))


def _errors() -> str:
    lead = (
        "Every error raised on purpose says what is wrong (with the value), where, and how to mend it. A "
        "table or a plan with several faults gives one error that tells all of them; `error.troubles` holds "
        'one item a fault. `impactkit.wording.told(error, "sv")` tells it in Swedish.'
    )
    tree = inspect.cleandoc(errors.__doc__ or "").partition("::")[2].strip("\n")
    return _page("The errors", lead, f"```text\n{inspect.cleandoc(tree)}\n```")
