"""What the data allow: which designs, how far each could be trusted, and what would help most."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from impactkit.data.study import Study
from impactkit.errors import UsageError
from impactkit.evidence import Claim
from impactkit.evidence.verdict import Status
from impactkit.plans.additions import Addition
from impactkit.plans.plan import Plan
from impactkit.wording import Facts, Language, Message, current_language, one_line
from impactkit.wording.card import card, table
from impactkit.wording.numbers import format_share
from impactkit.wording.shown import as_text

if TYPE_CHECKING:
    import pandas as pd


_FAVOUR = {"supported": 3, "partly_supported": 2, "inconclusive": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One design, and what it could say.

    Parameters
    ----------
    method : str
        The estimator's slug.
    is_allowed : bool
        Whether the data allow it.
    ceiling : int
        The highest evidence grade the design can reach.
    grade : int
        The grade that these data can count on; 0 where the design is not allowed.
    at_claim, at_twice : str, optional
        The likeliest verdict should the true effect be the claimed one, and twice that; None without a claim.
    supported : float
        The chance of "supported" should the true effect be twice the claimed one; nan where it is not known.
    reasons : tuple of Message
        Why it is not allowed, or what keeps it down.
    """

    method: str
    is_allowed: bool
    ceiling: int
    grade: int
    at_claim: Status | None = None
    at_twice: Status | None = None
    supported: float = float("nan")
    reasons: tuple[Message, ...] = ()

    @property
    def name(self) -> Message:
        """The design in words."""
        return Message(f"advice.design.{self.method}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Which designs the data allow, the best first, and what would help most.

    Parameters
    ----------
    claim : str
        The claim it is about; empty where there is none.
    options : tuple of Option
        Those allowed first, by what they could say.
    additions : tuple of Addition
        Single things that would help, the most helpful first; empty where nothing is known to.

    See Also
    --------
    advise : the usual way to make one.
    """

    claim: str
    options: tuple[Option, ...]
    additions: tuple[Addition, ...]

    @property
    def best(self) -> Option | None:
        """The design that could say most; None where the data allow none."""
        return self.options[0] if self.options and self.options[0].is_allowed else None

    def tidy(self) -> pd.DataFrame:
        """Return one row a design.

        Returns
        -------
        DataFrame
            Columns method, is_allowed, ceiling, grade, at_claim, at_twice, supported, reasons (in the chosen
            language).
        """
        import pandas as pd

        names = ("method", "is_allowed", "ceiling", "grade", "at_claim", "at_twice", "supported")
        return pd.DataFrame(
            [
                {
                    **{name: getattr(option, name) for name in names},
                    "reasons": " ".join(str(reason) for reason in option.reasons),
                }
                for option in self.options
            ]
        )

    def in_words(self, language: Language | None = None) -> tuple[str, ...]:
        """Return the advice in sentences.

        Parameters
        ----------
        language : {"sv", "en"}, optional
            The language; the chosen one when left out.

        Returns
        -------
        tuple of str
            The best design, what would help most, then each design with its reasons.
        """
        spoken = language or current_language()
        best = self.best
        told: list[Message] = []
        if best is None:
            told.append(Message("advice.none"))
        else:
            told.append(Message("advice.best", {"design": best.name, "grade": best.grade}))
        told += [addition.sentence for addition in self.additions[:1]]
        if not self.additions:
            told.append(Message("advice.nothing_to_add"))
        lines = [message.text(spoken) for message in told]
        for option in self.options:
            why = " ".join(reason.text(spoken) for reason in option.reasons)
            lines.append(f"{option.name.text(spoken)}: {_standing(option).text(spoken)} {why}".rstrip())
        return tuple(lines)

    def __repr__(self) -> str:
        best = self.best
        told = "no design" if best is None else f"{best.method}, grade {best.grade}"
        return one_line("Advice", self.claim, told, f"{len(self.options)} designs asked")

    def __str__(self) -> str:
        return as_text(Facts(title=Message("advice.title"), rows=[("", line) for line in self.in_words()]))

    def _repr_html_(self) -> str:
        spoken = current_language()
        header = [
            str(Message(f"advice.column.{name}")) for name in ("design", "grade", "claim", "twice", "why")
        ]
        rows = [
            [
                str(option.name),
                str(_standing(option)),
                _verdict(option.at_claim),
                _verdict(option.at_twice, option.supported, spoken),
                " ".join(str(reason) for reason in option.reasons),
            ]
            for option in self.options
        ]
        helps: list[tuple[Message | str, Message | str]] = [
            (Message(f"advice.addition.{addition.kind}"), addition.sentence) for addition in self.additions
        ]
        title = Message("advice.title")
        return table(str(title), header, rows) + card(Message("advice.would_help"), helps)


def advise(of: Study | Plan | str | Path, *, claim: Claim | str | None = None) -> Advice:
    """Tell which designs a study or a plan allows, what each could say, and what would help most.

    Parameters
    ----------
    of : Study, Plan or path
        A study with its follow-up; or a plan, whose data need hold the baseline only.
    claim : Claim or str, optional
        For a study the claim to hold designs against; for a plan the id of one, its first primary claim when
        left out.

    Returns
    -------
    Advice
        With the reason for everything: nothing is weighed that is not told.

    Raises
    ------
    UsageError
        If a study is given the id of a claim.
    ImpactkitError
        If the plan cannot be read, or its data make no study.

    Notes
    -----
    Each design is tried. For a plan the chances are those of :func:`impactkit.power`: the likeliest verdict
    should the claim be true, and the chance of "supported" should twice the claim be. For a study that has
    its follow-up, its own estimate is moved to the claimed effect and judged there, so that nobody is told
    which design gives the number they like: no design is shown with the effect it would find.

    Examples
    --------
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(n_units=12, n_treated=2, n_periods=2, start=2)
    >>> found = advise(world.study(world.draw(1)))
    >>> found.best.method, found.best.grade
    ('difference_in_differences', 2)
    """
    from impactkit.plans.advice_on_plan import advice_on_plan
    from impactkit.plans.advice_on_study import advice_on_study

    if isinstance(of, Study):
        if isinstance(claim, str):
            raise UsageError(
                "A study holds no claims, so {claim!r} says nothing.",
                where="claim",
                mend="Give an ik.Claim, or leave claim out.",
                values={"claim": claim},
            )
        return advice_on_study(of, claim)
    plan = of if isinstance(of, Plan) else Plan.read(of)
    asked = claim.id if isinstance(claim, Claim) else claim
    return advice_on_plan(plan, _asked(plan, asked))


def _asked(plan: Plan, claim: str | None) -> Claim:
    if claim is not None:
        return plan.claim(claim)
    return next(each for each in plan.claims if each.role == "primary")


def ranked(options: list[Option]) -> tuple[Option, ...]:
    """Return options, those allowed first, by what they could say, their grade and their ceiling.

    Parameters
    ----------
    options : list of Option
        In any order.

    Returns
    -------
    tuple of Option
        The best first.
    """

    def key(option: Option) -> tuple[bool, float, int, int, int]:
        chance = option.supported if option.supported == option.supported else 0.0
        verdicts = [_FAVOUR.get(status or "", 0) for status in (option.at_twice, option.at_claim)]
        return (not option.is_allowed, -chance, -sum(verdicts), -option.grade, -option.ceiling)

    return tuple(sorted(options, key=key))


def _standing(option: Option) -> Message:
    if not option.is_allowed:
        return Message("advice.not_allowed")
    return Message("advice.grade", {"grade": option.grade, "ceiling": option.ceiling})


def _verdict(status: Status | None, chance: float = float("nan"), language: Language | None = None) -> str:
    if status is None:
        return ""
    name = str(Message(f"verdict.name.{status}"))
    if language is None or chance != chance:
        return name
    return f"{name} ({Message('advice.chance', {'chance': format_share(chance, language)})})"
