"""Which of the lender's five basic requirements a plan does not show, each with what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from impactkit.wording import Message

if TYPE_CHECKING:
    from impactkit.plans.plan import Plan

Requirement = Literal["promotes", "systematic_work", "target_group", "long_term", "goals"]
REQUIREMENTS: tuple[Requirement, ...] = get_args(Requirement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """Something that a basic requirement asks for and the plan does not show.

    Parameters
    ----------
    requirement : {"promotes", "systematic_work", "target_group", "long_term", "goals"}
        Which of the five.
    missing : Message
        What is missing, and why it is asked for.
    key : str
        Where in the plan it is written, such as ``[goals] social_effort``.
    """

    requirement: Requirement
    missing: Message
    key: str

    def __str__(self) -> str:
        return f"{self.key}: {self.missing}"


def is_examined(plan: Plan) -> bool:
    """Return whether a plan is an application or a follow-up of a loan: it has a loan, goals or requirements.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    bool
        False for a plan that is about no loan.
    """
    return any(part is not None for part in (plan.loan, plan.goals, plan.requirements))


def unmet(plan: Plan) -> tuple[Unmet, ...]:
    """Return what the five basic requirements ask for and the plan does not show.

    The requirements are those that the lender's page names [1]_: better practice, innovation or quality;
    systematic work; a defined target group; long term; clear goals and systematic evaluation. Whether what
    the plan says is good enough is for the lender's committee; this only sees what is not said at all.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    tuple of Unmet
        In the order of the requirements; empty when all five are shown.

    References
    ----------
    .. [1] Kommuninvest, Ansök om Lån för Social Hållbarhet,
       https://kommuninvest.se/for-kunder/vara-produkter/ansok-om-lan-for-social-hallbarhet/
    """
    said, group = plan.requirements, plan.project.target_group
    missing: list[tuple[Requirement, str, str, bool]] = [
        ("promotes", "promotes", "[requirements] promotes", not (said and said.promotes)),
        (
            "systematic_work",
            "systematic_work",
            "[requirements] systematic_work",
            not (said and said.systematic_work),
        ),
        ("target_group", "target_group", "[project] target_group", not _says_how_many(group)),
        ("long_term", "long_term", "[requirements] long_term", not (said and said.long_term)),
    ]
    found = [_unmet(requirement, code, key) for requirement, code, key, lacks in missing if lacks]
    return (*found, *_goals_and_evaluation(plan))


def _goals_and_evaluation(plan: Plan) -> list[Unmet]:
    project, goals, data = plan.project, plan.goals, plan.data
    lacks = {
        ("social_effort", "[project] social_effort"): project.social_effort is None,
        ("goal_investment", "[goals] investment"): goals is None,
        ("goal_effort", "[goals] social_effort"): project.social_effort is not None
        and not (goals and goals.social_effort),
        ("responsible", "[project] responsible"): project.responsible is None,
        ("baseline_date", "[data] baseline_collected"): data.baseline_collected is None
        and data.baseline_kind != "none",
        ("follow_up_date", "[data] follow_up_collected"): data.follow_up_collected is None,
    }
    found = [_unmet("goals", code, key) for (code, key), lack in lacks.items() if lack]
    for claim in plan.claims:
        for name in ("data_source", "validation_method"):
            if claim.role == "primary" and getattr(claim, name) is None:
                found.append(_unmet("goals", name, f"[[claims]] {claim.id}, {name}", claim=claim.id))
    return found


def _unmet(requirement: Requirement, code: str, key: str, **values: str) -> Unmet:
    return Unmet(requirement=requirement, missing=Message(f"requirements.missing.{code}", values), key=key)


def _says_how_many(group: str) -> bool:
    """Return whether a target group says who, in words, and how many, in figures."""
    return any(sign.isdigit() for sign in group) and len(group.split()) > 1
