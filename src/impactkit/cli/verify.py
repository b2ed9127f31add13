"""impactkit verify: every number of a bundle computed again."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from impactkit.cli.console import line, print_json, speak_as, visible, write
from impactkit.wording import Language, Message, current_language, say

if TYPE_CHECKING:
    from impactkit.verification.verify import Verification

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
    parser.add_argument("--plan-digest", metavar="HEX", help=say("cli.verify.plan_digest", language))
    parser.add_argument("--receipt", metavar="receipt.json", help=say("cli.verify.receipt", language))
    parser.add_argument("--known-head", metavar="HEX", help=say("cli.verify.known_head", language))
    for name, shown in (
        ("trust", "FILE"),
        ("revoked", "FILE"),
        ("timestamp", "FILE"),
        ("timestamp-root", "PEM"),
    ):
        parser.add_argument(
            f"--{name}", metavar=shown, help=say(f"cli.verify.{name.replace('-', '_')}", language)
        )
    parser.add_argument(
        "--signature", metavar="FILE", action="append", default=[], help=say("cli.verify.signature", language)
    )
    parser.add_argument("--report", metavar="FILE", help=say("cli.verify.report", language))
    parser.add_argument("--html", metavar="FILE", help=say("cli.verify.html", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Verify a bundle.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        The verification's exit code.

    Raises
    ------
    UsageError
        If there is no such file.
    """
    from impactkit.verification.trust import Trust
    from impactkit.verification.verify import verify

    language = speak_as(asked.bundle, asked.lang)
    found = verify(
        asked.bundle,
        known_plan_digest=asked.plan_digest,
        receipt=asked.receipt,
        known_head=asked.known_head,
        beside=[*asked.signature, *([asked.timestamp] if asked.timestamp else [])],
        trust=Trust(signers=asked.trust, revoked=asked.revoked, timestamp_roots=asked.timestamp_root),
    )
    for file in filter(None, (asked.html, asked.report)):
        from impactkit.reporting.render import render

        render(found.report(asked.bundle, language=language), file)
    if asked.json:
        print_json(found.to_record())
    else:
        tell_steps(found)
    return found.exit_code


def tell_steps(found: Verification) -> None:
    """Print every step, the differences and the conclusion.

    Parameters
    ----------
    found : Verification
        What was found.
    """
    language = current_language()
    for step in found.steps:
        state = Message(f"verify.state.{step.state}").text(language)
        said, *troubles = step.text(language).split("\n")
        write(f"{state:<14}{step.title.text(language)}: {said}", indent=14)
        for text in troubles:
            print(f"{'':14}{visible(text)}")
    for one in found.differences[:_SHOWN]:
        line(
            "verify.difference", indent=4, where=one.where, claimed=str(one.claimed), here=str(one.recomputed)
        )
    if len(found.differences) > _SHOWN:
        line("verify.more", n=len(found.differences) - _SHOWN)
    for claim, status in found.verdicts.items():
        line("verify.verdict", claim=claim, verdict=say(f"verdict.name.{status}", language))
    print()
    write(found.conclusion.text(language))
    if found.exit_code == 0:
        line("verify.not_the_effect")
