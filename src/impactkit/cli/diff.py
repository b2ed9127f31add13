"""impactkit diff: what changed between two bundles, in words."""

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
    parser.add_argument("old", help=say("cli.diff.old", language))
    parser.add_argument("new", help=say("cli.diff.new", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Compare two bundles.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0 when nothing changed, 1 when something did.

    Raises
    ------
    ImpactkitError
        If one of them cannot be opened.
    """
    from impactkit.verification.bundle import open_bundle
    from impactkit.verification.changes import differences

    language = speak_as(asked.new, asked.lang)
    found = differences(open_bundle(asked.old), open_bundle(asked.new))
    if asked.json:
        print_json({"changed": bool(found), "changes": [change.to_record() for change in found]})
        return int(bool(found))
    if not found:
        line("diff.same")
    kind = None
    for change in found:
        if change.kind != kind:
            kind = change.kind
            line(f"diff.kind.{kind}")
        write(f"  {change.text(language)}", indent=4)
    return int(bool(found))
