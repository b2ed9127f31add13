"""impactkit evaluate: from a plan to its verdicts."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from impactkit.cli.console import line, print_json, speak_as
from impactkit.reporting.level import LEVELS
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
    parser.add_argument("--report", metavar="report.html", help=say("cli.evaluate.report", language))
    parser.add_argument(
        "--level", default="full", metavar="|".join(LEVELS), help=say("cli.evaluate.level", language)
    )
    parser.add_argument("--exploratory", action="store_true", help=say("cli.evaluate.exploratory", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Evaluate a plan.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0, whatever the verdicts.

    Raises
    ------
    ImpactkitError
        With every trouble of the plan and its data.
    """
    from impactkit.cli.summary import tell
    from impactkit.evaluation import evaluate

    language = speak_as(asked.plan, asked.lang)
    evaluation = evaluate(asked.plan, exploratory=asked.exploratory)
    if asked.report:
        from impactkit.reporting.render import render

        render(evaluation.report(language=language, level=asked.level), asked.report)
    if asked.json:
        from impactkit.verification.results import record_of

        print_json(record_of(evaluation))
        return 0
    tell(evaluation)
    line("evaluate.report_written" if asked.report else "evaluate.no_report", file=asked.report or "")
    return 0
