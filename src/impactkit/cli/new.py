"""impactkit new: a folder to start from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from impactkit.cli.console import line
from impactkit.errors import UsageError
from impactkit.wording import Language, current_language, say

_CATEGORIES = ("housing", "safety", "health_education")


def arguments(parser: ArgumentParser, language: Language) -> None:
    """Add the verb's arguments.

    Parameters
    ----------
    parser : ArgumentParser
        Where to.
    language : {"sv", "en"}
        The language of their help.
    """
    parser.add_argument("category", nargs="?", help=say("cli.new.category", language))
    parser.add_argument("--category", dest="named", help=say("cli.new.category", language))
    parser.add_argument("--indicator", nargs="+", default=[], help=say("cli.new.indicator", language))
    parser.add_argument("--guardrail", help=say("cli.new.guardrail", language))
    parser.add_argument("--folder", default=".", help=say("cli.new.folder", language))


def run(asked: Namespace) -> int:
    """Write plan.toml and data.xlsx.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0.

    Raises
    ------
    UsageError
        If the category is missing, unknown or named twice, or a file is already there.
    IndicatorError
        If an indicator is unknown.
    """
    from impactkit.plans import new_project

    if asked.category and asked.named and asked.category != asked.named:
        raise UsageError(
            "Two categories are named, {one} and {other}.",
            where="category",
            mend="Name one of them.",
            values={"one": asked.category, "other": asked.named},
        )
    category = asked.category or asked.named
    if category is None:
        raise UsageError(
            "No category is given.",
            where="category",
            mend="Choose among {choices}.",
            values={"choices": ", ".join(_CATEGORIES)},
        )
    plan = new_project(
        asked.folder,
        category=category,
        language=current_language(),
        indicators=asked.indicator,
        guardrail=asked.guardrail,
    )
    folder = Path(asked.folder)
    line("new.written", plan=str(folder / plan.file_name), data=str(folder / plan.data.names[0]))
    line("new.next", plan=str(folder / plan.file_name))
    return 0
