"""impactkit power: what a plan can show, before the money is spent."""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from impactkit.cli.console import WIDTH, line, print_json, speak_as, visible, write
from impactkit.wording import Language, current_language, say

if TYPE_CHECKING:
    from impactkit.plans.claim_power import ClaimPower

_NUMBERS = {"spread": float, "correlation": float, "n_treated": int, "n_comparison": int, "periods": int}
_GAP = " "


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
    for name, kind in _NUMBERS.items():
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=kind, metavar="N", help=say(f"cli.power.{name}", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Tell what a plan can show.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0, whatever the plan can show.

    Raises
    ------
    ImpactkitError
        If the plan's data and what is given do not make a study.
    """
    from impactkit.cli.summary import promise
    from impactkit.plans import Plan
    from impactkit.plans.power import power

    speak_as(asked.plan, asked.lang)
    plan = Plan.read(asked.plan)
    found = power(plan, **{name: getattr(asked, name) for name in _NUMBERS})
    if asked.json:
        print_json(found.to_record())
        return 0
    line("power.head", project=found.project)
    for claim in found.claims:
        print()
        line("summary.claim", indent=4, claim=claim.claim, promise=promise(plan.claim(claim.claim), plan))
        tell(claim)
    return 0


def tell(claim: ClaimPower) -> None:
    """Print the chances of one claim as a table, and what they mean.

    Parameters
    ----------
    claim : ClaimPower
        The claim.
    """
    from impactkit.plans.power import chance_table

    language = current_language()
    header, rows = chance_table(claim, language)
    first = max(len(row[0]) for row in rows)
    words = [len(word) for name in header[1:] for word in name.split()]
    each = min(max(words), (WIDTH - 4 - first) // len(header[1:]) - len(_GAP))
    for text in _heading(header, first, each):
        print(visible(text))
    for row in rows:
        print(visible(f"    {row[0].ljust(first)}" + "".join(_GAP + cell.rjust(each) for cell in row[1:])))
    for sentence in claim.in_words(language):
        write(f"  - {sentence}", indent=4)


def _heading(header: list[str], first: int, each: int) -> list[str]:
    """Return the heading, over several lines where a name is wider than its column."""
    cells = [textwrap.wrap(header[0], first), *(textwrap.wrap(name, each) for name in header[1:])]
    height = max(map(len, cells))
    cells = [[""] * (height - len(cell)) + cell for cell in cells]
    return [
        f"    {cells[0][at].ljust(first)}" + "".join(_GAP + cell[at].rjust(each) for cell in cells[1:])
        for at in range(height)
    ]
