"""The words a command line may hold, and what is said when it holds others."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from impactkit.cli import (
    amend,
    attest,
    check,
    check_text,
    diff,
    evaluate,
    example,
    indicators,
    lock,
    manifest,
    new,
    power,
    receipt,
    seal,
    verify,
)
from impactkit.errors import UsageError
from impactkit.schema import no_such_choice
from impactkit.wording import Language, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing the command line can do.

    Parameters
    ----------
    arguments : callable
        Adds its arguments to a parser.
    run : callable
        Carries it out and returns the exit code.
    """

    arguments: Callable[[argparse.ArgumentParser, Language], None]
    run: Callable[[argparse.Namespace], int]


VERBS = {
    module.__name__.rpartition(".")[2].replace("_", "-"): Verb(arguments=module.arguments, run=module.run)
    for module in (
        example,
        indicators,
        new,
        check,
        power,
        lock,
        receipt,
        amend,
        evaluate,
        seal,
        manifest,
        verify,
        diff,
        check_text,
        attest,
    )
}


def parser(language: Language) -> argparse.ArgumentParser:
    """Return the parser of the whole command line.

    Parameters
    ----------
    language : {"sv", "en"}
        The language of its help.

    Returns
    -------
    ArgumentParser
        With a subparser a verb.
    """
    about, end = (say(f"cli.{part}", language) for part in ("about", "about_end"))
    whole = _Parser("impactkit", language=language, about=about, end=end)
    _common(whole, language, default=None)
    whole.add_argument("--version", action="version", version=_version(), help=say("cli.version", language))
    verbs = whole.add_subparsers(
        dest="verb",
        metavar=say("cli.verb", language),
        title=say("cli.verbs", language),
    )
    for name, verb in VERBS.items():
        told = name.replace("-", "_")
        about, end = (say(f"cli.{told}.{part}", language) for part in ("about", "example"))
        sub = verbs.add_parser(name, help=about, language=language, about=about, end=end)
        verb.arguments(sub, language)
        _common(sub, language, default=argparse.SUPPRESS)
    return whole


def _common(of: argparse.ArgumentParser, language: Language, *, default: str | None) -> None:
    of.add_argument("-h", "--help", action="help", help=say("cli.help", language))
    of.add_argument("--lang", choices=("sv", "en"), default=default, help=say("cli.lang", language))
    quiet = default if default is not None else (argparse.SUPPRESS if of.prog.count(" ") else False)
    of.add_argument("--debug", action="store_true", default=quiet, help=say("cli.debug", language))


def _version() -> str:
    from impactkit import __version__

    return f"impactkit {__version__}"


class _Parser(argparse.ArgumentParser):
    """A parser that speaks the language and tells errors as the rest of impactkit does."""

    def __init__(self, prog: str, *, language: Language, about: str, end: str) -> None:
        super().__init__(
            prog=prog,
            description=about,
            epilog=end,
            add_help=False,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.language = language
        self._positionals.title = say("cli.arguments", language)
        self._optionals.title = say("cli.options", language)

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", say("cli.usage", self.language) + " ", 1)

    def error(self, message: str) -> NoReturn:
        if found := _CHOICE.search(message):
            choices = found["choices"].replace("'", "").split(", ")
            raise no_such_choice(UsageError, found["name"], given=found["given"], choices=choices)
        for pattern, what in _SAID.items():
            if found := pattern.search(message):
                values = {"given": found[1], "prog": self.prog}
                raise UsageError(what, where="{prog}", mend="See {prog} --help.", values=values)
        raise UsageError(
            "The command cannot be understood: {message}.",
            where="{prog}",
            mend="See {prog} --help.",
            values={"message": message, "prog": self.prog},
        )


_CHOICE = re.compile(
    r"argument (?P<name>[^:]+): invalid choice: '?(?P<given>[^' ]*)'? \(choose from (?P<choices>.*)\)"
)
_SAID = {
    re.compile(r"argument ([^:]+): expected"): "{given} lacks its value.",
    re.compile(r"unrecognized arguments: (.*)"): "{given} is not understood.",
}
