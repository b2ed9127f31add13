"""impactkit receipt: what the lender stores on the day."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path

from impactkit.cli.console import line, print_json, speak_as
from impactkit.errors import UsageError
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
    parser.add_argument("--received-by", required=True, help=say("cli.receipt.received_by", language))
    parser.add_argument("--date", metavar="YYYY-MM-DD", help=say("cli.receipt.date", language))
    parser.add_argument("--output", metavar="receipt.json", help=say("cli.receipt.output", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Write the receipt of a locked plan, and a page for the archive beside it.

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
        If the plan is not locked or has changed since, or another receipt stands there.
    """
    from impactkit.plans import Plan
    from impactkit.plans.receipt import receipt
    from impactkit.provenance import write_whole
    from impactkit.verification.ledger import LEDGER_NAME, head

    language = speak_as(asked.plan, asked.lang)
    plan = Plan.read(asked.plan)
    made = receipt(
        plan,
        received_by=asked.received_by,
        received_on=_day(asked.date),
        ledger_head=head(plan.folder / LEDGER_NAME),
    )
    file = made.write(Path(asked.output) if asked.output else plan.folder / "receipt.json")
    page = file.with_suffix(".txt")
    write_whole(page, made.page(language).encode("utf-8"))
    if asked.json:
        print_json({"ok": True, "file": str(file), "page": str(page), **made.model_dump(mode="json")})
        return 0
    line("receipt.written", file=str(file), page=str(page))
    line("receipt.keep", indent=2)
    return 0


def _day(said: str | None) -> date | None:
    try:
        return None if said is None else date.fromisoformat(said)
    except ValueError:
        raise UsageError(
            "{value} is not a date.",
            where="--date",
            mend="Write year-month-day: --date 2026-10-01.",
            values={"value": str(said)},
        ) from None
