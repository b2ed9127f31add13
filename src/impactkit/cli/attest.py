"""impactkit attest: a bundle computed again on the premises, from rows that do not leave them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from impactkit.cli.console import line, print_json, speak_as, write
from impactkit.wording import Language, say

_SHOWN = 10


def arguments(parser: ArgumentParser, language: Language) -> None:
    """Add the verb's arguments.

    Parameters
    ----------
    parser : ArgumentParser
        Where to.
    language : {"sv", "en"}
        The language of their help.
    """
    parser.add_argument("bundle", nargs="?", default="bundle.zip", help=say("cli.verify.bundle", language))
    parser.add_argument("--data", default=".", metavar="FOLDER", help=say("cli.attest.data", language))
    parser.add_argument("--auditor", required=True, metavar="NAME", help=say("cli.attest.auditor", language))
    parser.add_argument("--key", metavar="plan.key", help=say("cli.attest.key", language))
    parser.add_argument("--output", metavar="FILE", help=say("cli.attest.output", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Compute a bundle again from the rows, and write what was found.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0 when all holds, 1 when something does not.

    Raises
    ------
    ImpactkitError
        If the bundle, its plan, the folder or the key cannot be read.
    """
    from impactkit.errors import ImpactkitError
    from impactkit.provenance import write_whole
    from impactkit.verification.attestation import SUFFIX, attest
    from impactkit.wording import current_language, told

    speak_as(asked.bundle, asked.lang)
    found = attest(asked.bundle, data=asked.data, auditor=asked.auditor, key=asked.key)
    made = found.attestation
    file = Path(asked.output or f"{asked.bundle}{SUFFIX}")
    write_whole(file, made.to_bytes())
    if asked.json:
        print_json(made.model_dump(mode="json"))
        return 0 if made.holds else 1
    for name in ("report", "averages", "commitment", "lock"):
        answer = say(f"cli.attest.answer.{getattr(made, name)}", current_language())
        line(f"attest.of.{name}", answer=answer)
    for one in found.differences[:_SHOWN]:
        said = {"claimed": str(one.claimed), "here": str(one.recomputed)}
        line("verify.difference", indent=4, where=one.where, **said)
    if found.troubles:
        print(told(ImpactkitError.of(found.troubles), current_language()))
    write(found.conclusion.text(current_language()))
    line("attest.written", file=str(file))
    line("attest.sign", file=str(file))
    return 0 if made.holds else 1
