"""What people write in files: strict, frozen models, and their faults told as troubles.

Every model read from TOML (an indicator, a claim, a plan) is a :class:`Written`. Pydantic finds the
faults; :func:`troubles_of` tells each of them as what, where (the key path, tables counted from 1) and how
to mend it.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StrictFloat,
    StrictInt,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from impactkit.errors import ImpactkitError, Trouble, Value

KEY = "{file}, {key}"
_FAULT = "impactkit"


class Written(BaseModel):
    """A frozen model of something a person writes in a file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterator[tuple[str, object]]:
        return chosen(self)


def chosen(model: BaseModel) -> Iterator[tuple[str, object]]:
    """Return the fields of a model that do not have the value they would have had anyway.

    Parameters
    ----------
    model : BaseModel
        The model.

    Yields
    ------
    tuple of str and object
        Name and value, in the order of the class.
    """
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            yield name, value


def fault(*troubles: Trouble) -> PydanticCustomError:
    """Return what a validator raises to report troubles in impactkit's form.

    Parameters
    ----------
    *troubles : Trouble
        What is wrong. An empty ``where`` becomes the file and the key; ``{file}`` and ``{key}`` are filled
        in.

    Returns
    -------
    PydanticCustomError
        To be raised inside a validator.
    """
    said = " ".join(_filled(text, t.values) for t in troubles for text in (t.what, t.mend))
    return PydanticCustomError(_FAULT, "{said}", {"said": said, "troubles": troubles})


def _filled(template: str, values: Mapping[str, Value]) -> str:
    return template.format_map(_Open(values)) if values else template


class _Open(dict[str, Value]):
    """Leaves what it does not know as it stands."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _exact(value: object) -> Decimal:
    if isinstance(value, bool | float):
        raise fault(
            Trouble(
                "{key} = {value} is a decimal number that would be rounded.",
                "",
                'Put it in quotes: {name} = "{value}".',
                {"value": str(value).lower()},
            )
        )
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise fault(
            Trouble(
                '{key} = "{value}" is not a number.',
                "",
                'Write digits, with a point for decimals: {name} = "2.5".',
                {"value": str(value)},
            )
        )
    return number


def _positive(value: object) -> Decimal:
    number = _exact(value)
    if number <= 0:
        raise fault(
            Trouble(
                "{key} = {value} must be greater than 0.",
                "",
                "Write the size without a sign; the direction has a key of its own.",
                {"value": str(value)},
            )
        )
    return number


def _share(value: object) -> Decimal:
    number = _exact(value)
    if not 0 <= number <= 1:
        raise fault(
            Trouble(
                "{key} = {value} is not a share from 0 to 1.",
                "",
                'Write 80 per cent as {name} = "0.8".',
                {"value": str(value)},
            )
        )
    return number


def _plain(number: Decimal) -> str:
    return format(number, "f")


_as_text = PlainSerializer(_plain, return_type=str, when_used="json")
#: Numbers kept exactly as written: text such as "2.5", or a whole number.
Exact = Annotated[Decimal, BeforeValidator(_exact), _as_text]
PositiveExact = Annotated[Decimal, BeforeValidator(_positive), _as_text]
ShareExact = Annotated[Decimal, BeforeValidator(_share), _as_text]


_AS_LOCKED = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?")


def _as_locked(value: object) -> object:
    """Return the number that a lock holds as text, since it holds no floats: ``"2022.5"`` is 2022.5."""
    return float(value) if isinstance(value, str) and _looks_locked(value) else value


def _looks_locked(text: str) -> bool:
    # Whole numbers are not written as text: one in quotes is a mistake.
    return bool(_AS_LOCKED.fullmatch(text)) and ("." in text or "e" in text)


#: A period: a whole number, one with decimals, or a date.
Period = Annotated[StrictInt | StrictFloat | date, BeforeValidator(_as_locked)]


def troubles_of(error: ValidationError, model: type[BaseModel], file: str) -> list[Trouble]:
    """Tell what pydantic found as troubles, one for each fault.

    Parameters
    ----------
    error : ValidationError
        What pydantic raised.
    model : type
        The model that was read, whose keys are offered when one is misspelt.
    file : str
        The file's name.

    Returns
    -------
    list of Trouble
        In the order of the file's keys.
    """
    found: list[Trouble] = []
    for detail in error.errors():
        told = detail.get("ctx", {}).get("troubles") or (_ordinary(detail, model),)
        path = key_path(model, detail["loc"])
        known = {"file": file, "key": path, "name": path.rsplit(".", 1)[-1]}
        found += [replace(t, where=t.where or KEY, values={**known, **t.values}) for t in told]
    return found


def key_path(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """Return a place in the file as its reader would write it, tables counted from 1.

    Parameters
    ----------
    model : type
        The model that was read.
    loc : sequence of int or str
        Where pydantic found the fault.

    Returns
    -------
    str
        Such as ``claims[2].minimum_effect``.
    """
    path, place = "", model
    for step in loc:
        place, shown = _step(place, step)
        if isinstance(step, int):
            path += f"[{step + 1}]"
        elif shown:
            path += f".{step}" if path else step
    return path


def _step(place: Any, step: int | str) -> tuple[Any, bool]:
    """Go one step into an annotation; a union's tag leads to its member and is not shown."""
    for part in _members(place):
        if isinstance(step, int) and get_origin(part) is tuple:
            return get_args(part)[0], True
        if isinstance(part, type) and issubclass(part, BaseModel):
            if isinstance(step, str) and step in part.model_fields:
                return part.model_fields[step].annotation, True
            if step in _tags(part) or step == part.__name__:
                return part, False
    return None, True


def _members(place: Any) -> list[Any]:
    origin = get_origin(place)
    if origin is Annotated:
        return _members(get_args(place)[0])
    if origin in (Union, types.UnionType):
        return [member for part in get_args(place) for member in _members(part)]
    return [place]


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    method = model.model_fields.get("method")
    return get_args(method.annotation) if method else ()


def _keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    place: Any = model
    for step in loc:
        place, _ = _step(place, step)
    models = [m for m in _members(place) if isinstance(m, type) and issubclass(m, BaseModel)]
    return sorted({key for m in models for key in m.model_fields})


def _ordinary(detail: ErrorDetails, model: type[BaseModel]) -> Trouble:
    kind, given = detail["type"], detail["input"]
    value: dict[str, Value] = {"value": str(given)}
    if kind == "missing":
        return Trouble("{key} is missing.", "", "Add {name}.", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(detail["loc"][-1]), _keys_at(model, detail["loc"][:-1]))
    if kind in ("literal_error", "union_tag_invalid", "union_tag_not_found"):
        return _no_such_choice(detail)
    if kind == "string_type":
        return Trouble("{key} = {value} must be text.", "", 'Put it in quotes: {name} = "{value}".', value)
    if kind.startswith("int_"):
        return Trouble(
            "{key} = {value} must be a whole number.", "", "Write digits only, without quotes.", value
        )
    if kind.startswith("date_"):
        mend = "Write year-month-day without quotes: {name} = 2026-10-01."
        return Trouble("{key} = {value} is not a date.", "", mend, value)
    if kind in ("model_type", "model_attributes_type", "dict_type", "tuple_type"):
        return Trouble("{key} has the wrong shape.", "", "Compare with the template: impactkit new.", {})
    if kind == "string_too_short":
        return Trouble("{key} is empty.", "", "Write it out, or remove the key if it is optional.", {})
    reason: dict[str, Value] = {**value, "reason": detail["msg"]}
    return Trouble(
        "{key} = {value} cannot be used: {reason}.", "", "Compare with the template: impactkit new.", reason
    )


def _unknown_key(key: str, known: list[str]) -> Trouble:
    guess = get_close_matches(key, known, n=1)
    if guess:
        return Trouble("{key} is not a known key.", "", "Did you mean {guess}?", {"guess": guess[0]})
    return Trouble(
        "{key} is not a known key.", "", "Remove it. Known here: {known}.", {"known": ", ".join(known)}
    )


def _no_such_choice(detail: ErrorDetails) -> Trouble:
    ctx = detail.get("ctx", {})
    if detail["type"] == "union_tag_not_found":
        return Trouble("{key} does not say its method.", "", 'Add method = "...".', {})
    choices = str(ctx.get("expected") or ctx.get("expected_tags", "")).replace(" or ", ", ")
    value = ctx.get("tag", detail["input"])
    guess = get_close_matches(str(value), choices.replace("'", "").split(", "), n=1)
    if guess:
        told: dict[str, Value] = {"value": str(value), "guess": guess[0], "choices": choices}
        mend = 'Did you mean "{guess}"? Choose among {choices}.'
        return Trouble('{key} = "{value}" is not one of the choices.', "", mend, told)
    told = {"value": str(value), "choices": choices}
    return Trouble('{key} = "{value}" is not one of the choices.', "", "Choose among {choices}.", told)


def no_such_choice(
    error: type[ImpactkitError], key: str, *, given: str, choices: Sequence[str]
) -> ImpactkitError:
    """Return the error of a value that is not among the choices.

    Parameters
    ----------
    error : type
        Which error.
    key : str
        What was to be chosen.
    given : str
        The value.
    choices : sequence of str
        What there is.

    Returns
    -------
    ImpactkitError
        With the nearest choice, when one is near.
    """
    told: dict[str, Value] = {"key": key, "value": str(given), "choices": ", ".join(choices)}
    guess = get_close_matches(str(given), list(choices), n=1)
    if guess:
        told["guess"] = guess[0]
    mend = 'Did you mean "{guess}"? Choose among {choices}.' if guess else "Choose among {choices}."
    return error('{key} = "{value}" is not one of the choices.', where="{key}", mend=mend, values=told)
