"""impactkit check: every trouble of a plan and its data at once, or what was understood."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from impactkit.cli.console import line, print_json, speak_as
from impactkit.errors import ImpactkitError
from impactkit.wording import Language, current_language, say

if TYPE_CHECKING:
    from impactkit.evaluation import Evaluation
    from impactkit.plans import Plan


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
    parser.add_argument("--application", action="store_true", help=say("cli.check.application", language))
    parser.add_argument("--strict", action="store_true", help=say("cli.check.strict", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Check a plan and its data.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0 when the plan can be evaluated; 2 with ``--strict`` when a basic requirement is not shown.

    Raises
    ------
    ImpactkitError
        With every trouble.
    """
    from impactkit.plans import Plan
    from impactkit.plans.requirements import is_examined, unmet

    speak_as(asked.plan, asked.lang)
    plan = Plan.read(asked.plan)
    evaluation = None if asked.application else checked(plan)
    if asked.json:
        understood_as = _record(evaluation) if evaluation else None
        print_json({"ok": True, "troubles": [], "understood": understood_as, "requirements": _asked(plan)})
    else:
        if evaluation:
            understood(evaluation)
        requirements(plan)
    return 2 if asked.strict and is_examined(plan) and unmet(plan) else 0


def checked(plan: Plan) -> Evaluation:
    """Carry out a plan to see that it can be carried out.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    Evaluation
        Whose verdicts nobody is told by this verb.

    Raises
    ------
    ImpactkitError
        With every trouble.
    """
    from impactkit.evaluation import evaluate, problems

    if troubles := problems(plan):
        raise ImpactkitError.of(troubles)
    return evaluate(plan)


def understood(evaluation: Evaluation) -> None:
    """Print what a plan was understood to mean.

    Parameters
    ----------
    evaluation : Evaluation
        The plan, carried out.
    """
    from impactkit.cli.summary import promise

    plan, first = evaluation.plan, evaluation.results[0]
    line("check.sound", file=plan.file_name)
    line("check.project", name=plan.project.name)
    for result in evaluation.results:
        line("check.claim", indent=4, claim=result.claim.id, promise=promise(result.claim, plan))
    line(
        "check.rows",
        files=", ".join(plan.data.names),
        rows=first.estimate.sample.n_rows,
        units=first.estimate.sample.n_units,
        treated=first.estimate.sample.n_treated,
    )
    line("check.estimand", indent=4, text=str(first.estimate.estimand))
    line("check.inference", indent=4, text=str(first.estimate.inference))
    line(f"check.{evaluation.prior}")
    if plan.data.baseline_kind is not None:
        line(f"check.baseline.{plan.data.baseline_kind}")


def requirements(plan: Plan) -> None:
    """Print which of the lender's basic requirements the plan does not show.

    Parameters
    ----------
    plan : Plan
        The plan.
    """
    from impactkit.plans.requirements import REQUIREMENTS, is_examined, unmet

    if not is_examined(plan):
        line("check.no_loan")
        return
    found = unmet(plan)
    lacking = dict.fromkeys(each.requirement for each in found)
    line("check.requirements", met=len(REQUIREMENTS) - len(lacking), n=len(REQUIREMENTS))
    for requirement in lacking:
        line("check.requirement", indent=4, name=say(f"requirements.name.{requirement}", current_language()))
        for each in found:
            if each.requirement == requirement:
                line("check.missing", indent=6, key=each.key, missing=str(each.missing))


def _asked(plan: Plan) -> dict[str, Any]:
    from impactkit.plans.requirements import REQUIREMENTS, is_examined, unmet

    found = unmet(plan) if is_examined(plan) else ()
    lacking = {each.requirement for each in found}
    return {
        "examined": is_examined(plan),
        "met": [name for name in REQUIREMENTS if is_examined(plan) and name not in lacking],
        "unmet": [
            {"requirement": each.requirement, "key": each.key, "missing": str(each.missing)} for each in found
        ],
    }


def _record(evaluation: Evaluation) -> dict[str, Any]:
    sample = evaluation.results[0].estimate.sample
    return {
        "project": evaluation.plan.project.name,
        "claims": [result.claim.id for result in evaluation.results],
        "method": evaluation.results[0].estimate.method,
        "n_rows": sample.n_rows,
        "n_units": sample.n_units,
        "n_treated": sample.n_treated,
        "prior": evaluation.prior,
        "plan_digest": evaluation.plan.digest,
    }
