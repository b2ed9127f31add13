"""Reading a file that must be exactly what was once written: canonical in form, no key twice, no key more."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from impactkit.errors import PlanError
from impactkit.provenance import strict_json
from impactkit.schema import Written, troubles_of

Read = TypeVar("Read", bound=Written)


def read_strictly(content: bytes, model: type[Read], file: str) -> Read:
    """Return what a JSON file holds, strictly.

    Parameters
    ----------
    content : bytes
        The file.
    model : type
        What it should hold.
    file : str
        Its name in errors.

    Returns
    -------
    model
        What it holds.

    Raises
    ------
    PlanError
        With every trouble: it is no JSON, a key stands twice, is unknown or missing, or a value cannot be
        used.

    Examples
    --------
    >>> class Page(Written):
    ...     number: int
    >>> read_strictly(b'{"number": 1}', Page, "page.json").number
    1
    """
    try:
        return model.model_validate(strict_json(content))
    except ValidationError as error:
        raise PlanError.of(troubles_of(error, model, file)) from None
    except (ValueError, RecursionError) as error:
        raise PlanError(
            "{file} is not the JSON it should be: {reason}.",
            where="{file}",
            mend="Fetch the file again from where it was handed over; it is never edited.",
            values={"file": file, "reason": str(error)},
        ) from None


def bytes_of(file: Path, *, what: str, mend: str) -> bytes:
    """Return a file's bytes, or tell in the caller's words that it is not there.

    Parameters
    ----------
    file : Path
        The file.
    what, mend : str
        What to say, and the way out.

    Returns
    -------
    bytes
        All of it.

    Raises
    ------
    PlanError
        If there is no such file.
    """
    try:
        return file.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise PlanError(what, where="{file}", mend=mend, values={"file": str(file)}) from None
