"""impactkit amend: a locked plan changed, with the reason."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from impactkit.cli.console import line, print_json, speak_as
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
    parser.add_argument("--reason", required=True, help=say("cli.amend.reason", language))
    parser.add_argument("--author", required=True, help=say("cli.amend.author", language))
    parser.add_argument(
        "--data-seen", required=True, choices=("yes", "no"), help=say("cli.amend.data_seen", language)
    )
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Write the next amendment beside the plan and its lock.

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
        If there is no lock, the chain is broken, the reason is too short, or nothing has changed.
    """
    from impactkit.plans import Plan
    from impactkit.plans.amendment import amend
    from impactkit.verification.ledger import LEDGER_NAME, append

    speak_as(asked.plan, asked.lang)
    plan = Plan.read(asked.plan)
    made = amend(plan, reason=asked.reason, author=asked.author, data_seen=asked.data_seen == "yes")
    append(plan.folder / LEDGER_NAME, kind="amend", digest=made.digest, actor=made.author)
    file = plan.folder / made.file_name
    if asked.json:
        print_json(
            {
                "ok": True,
                "file": str(file),
                "number": made.number,
                "amendment_digest": made.digest,
                "plan_digest": made.plan_digest,
                "changed": list(made.changed),
                "data_seen": made.data_seen,
            }
        )
        return 0
    line("amend.written", n=made.number, file=str(file))
    for path in made.changed:
        line("amend.changed", indent=4, path=path)
    line("amend.seen" if made.data_seen else "amend.not_seen")
    line("amend.hand_over")
    print(f"  {made.digest}")
    return 0
