"""impactkit check-text: a written report held against its bundle."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from impactkit.cli.console import line, print_json, speak_as, write
from impactkit.wording import Language, say


def arguments(parser: ArgumentParser, language: Language) -> None:
    """Add the verb's arguments.

    Parameters
    ----------
    parser : ArgumentParser
        Where to.
    language : {"sv", "en"}
        The language of their help.
    """
    parser.add_argument("report", help=say("cli.check_text.report", language))
    parser.add_argument("--bundle", default="bundle.zip", help=say("cli.verify.bundle", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Hold a written report against a bundle.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0 when every number follows from the bundle, 1 when some do not.

    Raises
    ------
    ImpactkitError
        If the report or the bundle cannot be read.
    """
    from impactkit.verification.bundle import open_bundle
    from impactkit.verification.untold import untold_numbers

    language = speak_as(asked.bundle, asked.lang)
    found = untold_numbers(asked.report, open_bundle(asked.bundle))
    if asked.json:
        print_json(found.to_record())
        return found.exit_code
    for one in found.untold:
        write(one.sentence(language), indent=2)
    line("check_text.some" if found.untold else "check_text.all", n=found.n_numbers, odd=len(found.untold))
    if found.unread:
        line("check_text.unread", n=len(found.unread))
    line("check_text.verify_first", bundle=asked.bundle)
    return found.exit_code
