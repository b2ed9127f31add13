"""impactkit lock: a plan fixed before its follow-up, with a digest to hand over."""

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
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Write plan.lock.json beside the plan, and a line in its ledger.

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
        If the plan cannot be read, or another lock stands there.
    """
    from impactkit.plans import Plan, lock
    from impactkit.plans.lock import LOCK_NAME
    from impactkit.plans.project_key import KEY_NAME, ensured_key
    from impactkit.verification.ledger import LEDGER_NAME, Ledger, append

    speak_as(asked.plan, asked.lang)
    plan = Plan.read(asked.plan)
    file = plan.folder / LOCK_NAME
    key = None if plan.data.public else ensured_key(plan.folder)
    standing = lock(plan, key=key).write(file)
    ledger = plan.folder / LEDGER_NAME
    if standing.digest not in Ledger.read(ledger).digests("lock"):
        append(ledger, kind="lock", digest=standing.digest, actor=plan.project.borrower)
    on = standing.locked_on.date().isoformat()
    files = [one.name for one in standing.files]
    if asked.json:
        print_json(
            {
                "ok": True,
                "file": str(file),
                "lock_digest": standing.digest,
                "plan_digest": standing.plan_digest,
                "locked_on": standing.locked_on.isoformat(),
                "data_files": files,
            }
        )
        return 0
    line("lock.locked", file=str(file), on=on)
    line("lock.files" if files else "lock.no_files", files=", ".join(files))
    if key is not None:
        line("lock.key", file=str(plan.folder / KEY_NAME))
    line("lock.hand_over")
    print(f"  {standing.digest}")
    return 0
