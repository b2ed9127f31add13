"""Packaged projects to start from: a plan, its data, where they come from, and a page to read first."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from impactkit.errors import UsageError
from impactkit.indicators import Category, Words
from impactkit.provenance import write_whole
from impactkit.schema import no_such_choice
from impactkit.wording import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A packaged project.

    Parameters
    ----------
    name : str
        Its folder.
    category : {"housing", "safety", "health_education"}
        Its loan category.
    title : Words
        What it is about, in Swedish and English.
    invented : bool
        Whether its data are made up.
    """

    name: str
    category: Category
    title: Words
    invented: bool = False


DEFAULT = "star"
ALL: tuple[Example, ...] = (
    Example(
        name="star",
        category="health_education",
        title=Words(
            sv="Mindre klasser i förskoleklass: ett lottat försök i Tennessee 1985–86",
            en="Small classes in kindergarten: a randomised trial in Tennessee, 1985–86",
        ),
    ),
    Example(
        name="kielmc",
        category="housing",
        title=Words(
            sv="Huspriser nära en förbränningsanläggning: före och efter, nära och längre bort",
            en="House prices near an incinerator: before and after, near and further away",
        ),
    ),
    Example(
        name="norrgarden",
        category="housing",
        title=Words(
            sv="Utemiljön i två av sju bostadsområden (påhittade uppgifter): för få för att avgöra",
            en="The outdoor environment of two housing areas in seven (invented data): too few to tell",
        ),
        invented=True,
    ),
)


def copy_example(name: str, folder: str | Path, *, language: Language = "sv") -> Path:
    """Copy a packaged project into a new folder.

    Parameters
    ----------
    name : str
        One of the names in ``ALL``.
    folder : str or Path
        Where to; made when it is not there.
    language : {"sv", "en"}
        The language of its plan and report.

    Returns
    -------
    Path
        The copied ``plan.toml``.

    Raises
    ------
    UsageError
        If there is no such example, or the folder holds something already; nothing is written then.
    """
    names = [example.name for example in ALL]
    if name not in names:
        raise no_such_choice(UsageError, "example", given=name, choices=names)
    place = Path(folder)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise UsageError(
            "{folder} is not empty; nothing was written.",
            where="{folder}",
            mend="Choose a new folder, or empty this one.",
            values={"folder": str(place)},
        )
    place.mkdir(parents=True, exist_ok=True)
    with as_file(files("impactkit.examples") / name) as packaged:
        chosen = packaged / ("plan.toml" if language == "sv" else f"plan.{language}.toml")
        for file in sorted(packaged.iterdir()):
            if file.is_file() and not file.name.startswith("plan."):
                write_whole(place / file.name, file.read_bytes())
        write_whole(place / "plan.toml", chosen.read_bytes())
    return place / "plan.toml"
