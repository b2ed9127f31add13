"""An indicator: what a claim is about, in which unit, and which way is better."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field, StrictInt, StringConstraints, model_validator

from impactkit.errors import Trouble
from impactkit.indicators.measurement import Published, Range, Version, Window
from impactkit.indicators.sub_areas import Category, sub_areas
from impactkit.indicators.words import Text, Words
from impactkit.schema import Written, fault
from impactkit.wording import Facts, Language, Shown, one_line

if TYPE_CHECKING:
    from impactkit.indicators.refusals import Refusal

Measure = Literal["share", "mean", "count", "rate", "index", "currency"]
Level = Literal["output", "outcome", "impact"]
DataLevel = Literal["individual", "area", "unit", "municipality"]
Direction = Literal["up", "down", "target", "none"]
Breakdown = Literal["sex", "age"]
Source = Literal["kolada", "scb", "bra", "folkhalsomyndigheten", "skolverket", "survey", "own"]
SOURCES: tuple[Source, ...] = get_args(Source)
ProRata = Literal["allowed", "refused"]
SocialBondCategory = Literal[
    "affordable_basic_infrastructure",
    "access_to_essential_services",
    "affordable_housing",
    "employment_generation",
    "food_security",
    "socioeconomic_advancement_and_empowerment",
]

_PERCENTAGE = ("procent", "per cent")


class Reference(Written):
    """Where an indicator is defined or published.

    Parameters
    ----------
    text : Words
        The source, as one would cite it, in both languages.
    url : str, optional
        Its address.
    """

    text: Words
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class Question(Written):
    """The question a survey indicator rests on.

    Parameters
    ----------
    text : Words
        The question.
    counted : Words
        Which answers are counted, and which are left out.
    verbatim : bool
        True when the words are the published survey's own; false when they are a proposal of ours.
    """

    text: Words
    counted: Words
    verbatim: bool = False


class Norm(Written):
    """Which of several norms an indicator measures by; indicators of one family are never mixed.

    Parameters
    ----------
    family : str
        What they all measure, such as ``overcrowding``.
    name : str
        The norm, such as ``2``.
    """

    family: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: Text


class Mappings(Written):
    """How an indicator maps to lists that others use.

    Parameters
    ----------
    sdg : tuple of str
        Targets of the 2030 Agenda, such as ``11.7``.
    icma : str, optional
        Category of the Social Bond Principles.
    iris : str, optional
        Identifier in IRIS+, only where it was looked up.
    """

    sdg: tuple[Annotated[str, StringConstraints(pattern=r"^(1[0-7]|[1-9])\.([1-9]\d?|[a-d])$")], ...] = ()
    icma: SocialBondCategory | None = None
    iris: Annotated[str, StringConstraints(pattern=r"^(PI|PD|OI|OD|FP)\d{4}$")] | None = None


class Indicator(Shown, Written):
    """What a claim is about, in which unit, and which way is better.

    Parameters
    ----------
    id : str
        ``category/slug``: the path of its file in the catalogue.
    category : {"housing", "safety", "health_education"}
        The folder it lives in.
    sub_area : str
        The part of the category it belongs to; see :func:`sub_areas`.
    name, definition : Words
        In Swedish and English, the definition in whole sentences.
    level : {"output", "outcome", "impact"}
        What was made, what changed for the target group, or the lasting change in society.
    unit : Words
        The unit of a value.
    change_unit : Words, optional
        The unit of a change when it differs from the level's: percentage points for a percentage.
    direction : {"up", "down", "target", "none"}
        Which way is better; ``target`` when the project sets a level to aim at, ``none`` when no way is.
    measure : {"share", "mean", "count", "rate", "index", "currency"}
        What kind of number it is. A share is in per cent.
    decimals : int
        Decimals to show.
    valid_range : Range, optional
        The values that can occur; see :attr:`bounds` for what holds when it is left out.
    numerator, denominator : Words, optional
        What is counted, and out of what; required for a share and a rate.
    population : Words
        Whom or what it is about.
    window : Window
        How long a period is, and how late its value comes.
    published : Published, optional
        The years the source has values for; own measurements have none.
    data_level : {"individual", "area", "unit", "municipality"}
        The level at which data usually exist.
    breakdowns : tuple of {"sex", "age"}
        How it is usually broken down.
    source : {"kolada", "scb", "bra", "folkhalsomyndigheten", "skolverket", "survey", "own"}
        Where values come from.
    source_code : str, optional
        Its code there, such as a Kolada id; required for Kolada.
    uncertainty_code : str, optional
        The code of the series that holds its published uncertainty.
    versions : tuple of Version
        Dated changes of definition, oldest first; empty when none is known.
    norm : Norm, optional
        The norm it measures by, when there are several.
    pro_rata : {"allowed", "refused"}
        Whether the financed share of the investment may be applied to it: for counts and amounts alone.
    question : Question, optional
        The survey question; required when ``source`` is ``survey``.
    traps : tuple of Words
        What has misled others, to know before use.
    reference : Reference
        Where it is defined or published.
    mappings : Mappings
        How it maps to lists that others use.

    Examples
    --------
    >>> from impactkit.indicators import Catalogue
    >>> found = Catalogue.default()["safety/feels-safe-after-dark"]
    >>> found.unit_of_change("en"), found.pro_rata
    ('percentage points', 'refused')
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]+/[a-z0-9]+(-[a-z0-9]+)*$")]
    category: Category
    sub_area: str
    name: Words
    definition: Words
    level: Level
    unit: Words
    change_unit: Words | None = None
    direction: Direction
    measure: Measure
    decimals: Annotated[StrictInt, Field(ge=0, le=6)]
    valid_range: Range | None = None
    numerator: Words | None = None
    denominator: Words | None = None
    population: Words
    window: Window = Window()
    published: Published | None = None
    data_level: DataLevel
    breakdowns: tuple[Breakdown, ...] = ()
    source: Source
    source_code: Text | None = None
    uncertainty_code: Text | None = None
    versions: tuple[Version, ...] = ()
    norm: Norm | None = None
    pro_rata: ProRata
    question: Question | None = None
    traps: tuple[Words, ...] = ()
    reference: Reference
    mappings: Mappings = Mappings()

    @model_validator(mode="after")
    def _holds_together(self) -> Indicator:
        found = [*_misplaced(self), *_incomplete(self), *_versions_in_disorder(self)]
        if found:
            raise fault(*found)
        return self

    def __repr__(self) -> str:
        return one_line("Indicator", repr(self.id))

    def _facts(self) -> Facts:
        from impactkit.indicators.shown import facts_of

        return facts_of(self)

    def unit_of_change(self, language: Language | None = None) -> str:
        """Return the unit an effect is told in, such as percentage points."""
        return (self.change_unit or self.unit).text(language)

    def refusals(
        self, *, baseline: int, follow_up: int, before: Indicator | None = None
    ) -> tuple[Refusal, ...]:
        """Return what speaks against comparing a follow-up with a baseline.

        Parameters
        ----------
        baseline, follow_up : int
            The years that name the two values.
        before : Indicator, optional
            What the baseline measured, when it was something else.

        Returns
        -------
        tuple of Refusal
            Empty when the two can be compared. As text, each says what is wrong.
        """
        from impactkit.indicators.refusals import refused_comparison

        return refused_comparison(self, baseline=baseline, follow_up=follow_up, before=before)

    @property
    def bounds(self) -> Range:
        """The values that can occur: those stated, else 0 to 100 for a share and 0 upwards for a count."""
        if self.valid_range is not None:
            return self.valid_range
        if self.measure == "share":
            return Range(minimum=Decimal(0), maximum=Decimal(100))
        return Range(minimum=Decimal(0))


def _misplaced(item: Indicator) -> list[Trouble]:
    known = sub_areas(item.category)
    if item.id.split("/")[0] != item.category:
        what = 'The id "{id}" does not begin with the category, "{category}".'
        values = {"id": item.id, "category": item.category}
        return [Trouble(what, "", "Put the file in the folder of its category.", values)]
    if item.sub_area not in known:
        what = 'There is no sub-area "{sub_area}" in the category {category}.'
        choices = ", ".join(known)
        values = {"sub_area": item.sub_area, "category": item.category, "choices": choices}
        return [Trouble(what, "", "Choose among {choices}.", values)]
    return []


def _incomplete(item: Indicator) -> list[Trouble]:
    missing = {
        "numerator": item.measure in ("share", "rate") and item.numerator is None,
        "denominator": item.measure in ("share", "rate") and item.denominator is None,
        "valid_range": item.measure in ("mean", "index") and item.valid_range is None,
        "source_code": item.source == "kolada" and item.source_code is None,
        "question": item.source == "survey" and item.question is None,
        "change_unit": item.unit.en.startswith(_PERCENTAGE[1]) and item.change_unit is None,
    }
    found = [
        Trouble(
            "{lacking} is missing: it is needed for a {measure} from the source {source}.",
            "",
            "Add {lacking}; copy the form of an indicator of the same kind.",
            {"lacking": key, "measure": item.measure, "source": item.source},
        )
        for key, lacks in missing.items()
        if lacks
    ]
    if item.pro_rata == "allowed" and item.measure not in ("count", "currency"):
        what = 'pro_rata = "allowed" cannot stand for a {measure}: a part of it means nothing.'
        mend = 'Write pro_rata = "refused". Only counts and amounts can be shared out.'
        found.append(Trouble(what, "", mend, {"measure": item.measure}))
    return found


def _versions_in_disorder(item: Indicator) -> list[Trouble]:
    years = [version.since for version in item.versions]
    if years == sorted(set(years)):
        return []
    what = "The versions do not stand in order of time: {years}."
    told = ", ".join(str(year) for year in years)
    return [Trouble(what, "", "Write the oldest first, one for each year.", {"years": told})]
