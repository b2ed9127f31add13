"""The effect chain (effektkedja) of a loan category: from need to impact, with indicators for each step."""

from __future__ import annotations

import tomllib
from functools import cache
from html import escape
from importlib.resources import files
from typing import Literal

from impactkit.errors import UsageError
from impactkit.indicators import CATEGORIES, Catalogue, Category, Words, category_name
from impactkit.schema import Written, no_such_choice
from impactkit.wording import Facts, Shown, current_language, one_line, say


class Activity(Written):
    """Something that is built or done.

    Parameters
    ----------
    kind : {"investment", "social_effort"}
        What the loan pays for, or the activity tied to it.
    text : Words
        What it is.
    """

    kind: Literal["investment", "social_effort"]
    text: Words


class Step(Written):
    """A step of the chain that can be measured.

    Parameters
    ----------
    text : Words
        What is to come true.
    indicators : tuple of str
        Ids of indicators that show it, the most telling first.
    """

    text: Words
    indicators: tuple[str, ...]


class Suggested(Written):
    """Indicators that suit the category, by the part a claim about them plays.

    Parameters
    ----------
    primary, secondary, guardrail : tuple of str
        Ids.
    """

    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    guardrail: tuple[str, ...]


class DesignAdvice(Written):
    """When a way to estimate suits the category.

    Parameters
    ----------
    method : str
        The estimator's method, as a plan names it.
    when : Words
        When it suits, and what to mind.
    """

    method: str
    when: Words


class Trap(Written):
    """What has misled others.

    Parameters
    ----------
    text : Words
        The trap, and the way round it.
    """

    text: Words


class EffectChain(Shown, Written):
    """The effect chain of a loan category: a template to start a plan from.

    Parameters
    ----------
    category : {"housing", "safety", "health_education"}
        The loan category.
    target_groups, needs : tuple of Words
        Whose life is to get better, and what they typically need.
    activities : tuple of Activity
        Investments and social efforts.
    outputs, outcomes, impacts : tuple of Step
        What is made, what changes for the target group, and the lasting change; with indicators.
    suggested : Suggested
        Indicators for primary, secondary and guardrail claims.
    designs : tuple of DesignAdvice
        Ways to estimate, the best first.
    traps : tuple of Trap
        What has misled others.

    Examples
    --------
    >>> chain = EffectChain.of("safety")
    >>> chain.suggested.primary[0]
    'safety/feels-safe-in-the-area-at-night'
    """

    category: Category
    target_groups: tuple[Words, ...]
    needs: tuple[Words, ...]
    activities: tuple[Activity, ...]
    outputs: tuple[Step, ...]
    outcomes: tuple[Step, ...]
    impacts: tuple[Step, ...]
    suggested: Suggested
    designs: tuple[DesignAdvice, ...]
    traps: tuple[Trap, ...]

    @classmethod
    def of(cls, category: Category) -> EffectChain:
        """Return the packaged chain of a category.

        Parameters
        ----------
        category : {"housing", "safety", "health_education"}
            The loan category.

        Returns
        -------
        EffectChain
            The template.

        Raises
        ------
        UsageError
            If the category is another, with the nearest one.
        """
        if category not in CATEGORIES:
            raise no_such_choice(UsageError, "category", given=category, choices=CATEGORIES)
        return _packaged(category)

    def __repr__(self) -> str:
        return one_line("EffectChain", repr(self.category))

    def _facts(self) -> Facts:
        rows = [(label, "\n".join(lines)) for label, lines in self.told().items()]
        return Facts(title=category_name(self.category).text(), rows=rows)

    def _repr_html_(self) -> str:
        language = current_language()
        left = 'style="text-align:left;vertical-align:top"'
        rows = "".join(
            f'<tr><th scope="row" {left}>{escape(label)}</th>'
            f"<td {left}>{'<br>'.join(escape(line) for line in lines)}</td></tr>"
            for label, lines in self.told().items()
        )
        title = escape(category_name(self.category).text(language))
        return (
            f'<table lang="{language}"><caption {left}><strong>{title}</strong></caption>'
            f"<tbody>{rows}</tbody></table>"
        )

    def told(self) -> dict[str, list[str]]:
        """Return the chain as lines of text under labels, in the chosen language.

        Returns
        -------
        dict of str to list of str
            From target groups to traps.
        """
        language = current_language()
        parts = {
            "target_groups": [each.text(language) for each in self.target_groups],
            "needs": [each.text(language) for each in self.needs],
            "activities": [_activity(each) for each in self.activities],
            "outputs": [_step(each) for each in self.outputs],
            "outcomes": [_step(each) for each in self.outcomes],
            "impacts": [_step(each) for each in self.impacts],
            "primary": [_named(item) for item in self.suggested.primary],
            "secondary": [_named(item) for item in self.suggested.secondary],
            "guardrail": [_named(item) for item in self.suggested.guardrail],
            "designs": [f"{each.method}: {each.when.text(language)}" for each in self.designs],
            "traps": [each.text.text(language) for each in self.traps],
        }
        return {say(f"chain.{key}", language): lines for key, lines in parts.items()}


def _activity(activity: Activity) -> str:
    language = current_language()
    return f"{activity.text.text(language)} ({say(f'chain.{activity.kind}', language)})"


def _step(step: Step) -> str:
    return f"{step.text.text(current_language())}: {'; '.join(map(_named, step.indicators))}"


def _named(item: str) -> str:
    return f"{Catalogue.default()[item].name.text()} ({item})"


@cache
def _packaged(category: Category) -> EffectChain:
    page = files("impactkit.plans") / "chains" / f"{category}.toml"
    return EffectChain.model_validate(tomllib.loads(page.read_text("utf-8")))
