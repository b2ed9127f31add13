"""impactkit seal: a bundle that anyone can verify."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from impactkit.cli.console import line, speak_as
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
    parser.add_argument("plan", nargs="?", default="plan.toml", help=say("cli.plan", language))
    parser.add_argument("--output", metavar="bundle.zip", help=say("cli.seal.output", language))
    rows = parser.add_mutually_exclusive_group()
    for held in ("public", "aggregates", "commitment"):
        told = say(f"cli.seal.option_{held}", language)
        rows.add_argument(f"--{held}", action="store_const", dest="rows", const=held, help=told)


def run(asked: Namespace) -> int:
    """Evaluate a plan and seal what came of it.

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
    ImpactkitError
        With every trouble of the plan and its data, or because something looks like personal numbers.
    """
    from impactkit.evaluation import evaluate
    from impactkit.provenance import file_digest
    from impactkit.verification.bundle import open_bundle
    from impactkit.verification.ledger import LEDGER_NAME, append
    from impactkit.verification.seal import seal

    language = speak_as(asked.plan, asked.lang)
    evaluation = evaluate(asked.plan)
    target = asked.output or evaluation.plan.folder / "bundle.zip"
    file = seal(evaluation, target, language=language, rows=asked.rows)
    ledger = evaluation.plan.folder / LEDGER_NAME
    append(ledger, kind="seal", digest=file_digest(file), actor=evaluation.plan.project.borrower)
    line("seal.sealed", file=str(file))
    line(f"seal.{open_bundle(file).manifest.data}", indent=2)
    if evaluation.lock is None:
        line("seal.no_lock", indent=2)
    line("seal.next", file=str(file))
    return 0
