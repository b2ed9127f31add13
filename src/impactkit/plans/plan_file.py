"""A plan's file: found, decoded and parsed, with the line where it cannot be."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from impactkit.errors import PlanError, Value

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_BARE_CODE = re.compile(r"=\s*(0\d+)\s*(#.*)?$")


def found_file(path: Path) -> Path:
    """Return the plan's file; a folder stands for its plan.toml.

    Parameters
    ----------
    path : Path
        What the user wrote.

    Returns
    -------
    Path
        A file that exists.

    Raises
    ------
    PlanError
        If there is none, with the nearest name.
    """
    file = path / "plan.toml" if path.is_dir() else path
    if file.is_file():
        return file
    beside = sorted(item.name for item in file.parent.glob("*.toml")) if file.parent.is_dir() else []
    near = get_close_matches(file.name, beside, n=1, cutoff=0.4) or beside[:1]
    values: dict[str, Value] = {"name": file.name, "folder": str(file.parent)}
    if near:
        values["near"] = near[0]
        raise PlanError(
            "There is no file {name}.", where="{folder}", mend="Did you mean {near}?", values=values
        )
    mend = "Check the name, or start a plan with: impactkit new housing."
    raise PlanError("There is no file {name}.", where="{folder}", mend=mend, values=values)


def parsed(file: Path) -> dict[str, Any]:
    """Return what a TOML file says.

    Parameters
    ----------
    file : Path
        The file; UTF-8, with or without a byte order mark.

    Returns
    -------
    dict
        Tables as TOML gives them.

    Raises
    ------
    PlanError
        If it is not UTF-8 or not TOML, with the line.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanError(
            "The plan is not written in UTF-8 (byte {position}).",
            where="{file}",
            mend="Save the file again with encoding UTF-8.",
            values={"position": error.start, "file": file.name},
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, file.name) from None


def _syntax_error(said: str, text: str, name: str) -> PlanError:
    place = _PLACE.search(said)
    lines = text.splitlines() or [""]
    line = int(place["line"]) if place and place["line"] else len(lines)
    shown = lines[min(line, len(lines)) - 1].strip()
    code = _BARE_CODE.search(shown)
    mend = "Correct the line. Text stands in quotes, dates do not, and each key stands once."
    values: dict[str, Value] = {"reason": _PLACE.sub("", said), "line": line, "text": shown, "file": name}
    if code:
        mend = 'A code that starts with 0 is text: put it in quotes, "{code}".'
        values["code"] = code[1]
    return PlanError(
        "The plan is not valid TOML: {reason}.", where="{file}, line {line}: {text}", mend=mend, values=values
    )
