"""What a drawn effect chain shows: from what is done, step by step, to the lasting change."""

from __future__ import annotations

from dataclasses import dataclass

from impactkit.indicators import category_name
from impactkit.plans.effect_chain import EffectChain, Step
from impactkit.reporting.table import Table
from impactkit.wording import Language, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One step of the chain.

    Parameters
    ----------
    name : str
        What the step is called.
    items : tuple of str
        What belongs to it.
    """

    name: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPicture:
    """An effect chain.

    Parameters
    ----------
    heading : str
        What it is about.
    language : {"sv", "en"}
        The language of its words.
    levels : tuple of Level
        From activities to impact.
    """

    heading: str
    language: Language
    levels: tuple[Level, ...]

    @classmethod
    def of(cls, chain: EffectChain, language: Language) -> ChainPicture:
        """Return the picture of a chain.

        Parameters
        ----------
        chain : EffectChain
            The chain.
        language : {"sv", "en"}
            The language of its words.

        Returns
        -------
        ChainPicture
            Four levels.

        Examples
        --------
        >>> [level.name for level in ChainPicture.of(EffectChain.of("safety"), "en").levels]
        ['Activities', 'Outputs', 'Outcomes', 'Impacts']
        """
        steps: dict[str, tuple[Step, ...]] = {
            "outputs": chain.outputs,
            "outcomes": chain.outcomes,
            "impacts": chain.impacts,
        }
        activities = tuple(each.text.text(language) for each in chain.activities)
        levels = [Level(name=say("chain.activities", language), items=activities)]
        levels += [
            Level(
                name=say(f"chain.{name}", language),
                items=tuple(each.text.text(language) for each in found),
            )
            for name, found in steps.items()
        ]
        category = category_name(chain.category).text(language)
        return cls(
            heading=say("figure.chain.title", language, category=category),
            language=language,
            levels=tuple(levels),
        )

    @property
    def alt_text(self) -> str:
        """The figure in words: each level with what belongs to it."""
        told = [f"{level.name}: {'; '.join(level.items)}." for level in self.levels]
        return " ".join([say("figure.chain.alt", self.language), *told])

    def table(self) -> Table:
        """Return the chain as a table, one row an item."""
        return Table(
            caption=self.heading,
            header=(say("plot.table.step", self.language), say("plot.table.text", self.language)),
            rows=tuple((level.name, item) for level in self.levels for item in level.items),
        )
