"""A sentence to be said: a code and values; and the saying of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Union

from impactkit.errors import ImpactkitError, Trouble
from impactkit.wording.language import Language, current_language
from impactkit.wording.numbers import format_number, format_p, format_percent

MessageValue = Union[str, int, float, "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be said: its code and what fills it.

    Parameters
    ----------
    code : str
        ``topic.key``: the topic is a file under ``wording/<language>/``.
    values : mapping of str to str, int, float or Message
        What the sentence names. Numbers are written the way the language writes them.

    Examples
    --------
    >>> Message("verdict.name.supported").text("sv")
    'Stöds'
    """

    code: str
    values: Mapping[str, MessageValue] = field(default_factory=dict)

    def text(self, language: Language | None = None) -> str:
        """Return the sentence in the language, the chosen one when left out."""
        return say(self.code, language or current_language(), **self.values)

    def __str__(self) -> str:
        return self.text()

    def to_record(self) -> dict[str, Any]:
        """Return the code and the values, ready for JSON."""
        plain = {k: v.to_record() if isinstance(v, Message) else v for k, v in self.values.items()}
        return {"code": self.code, "values": plain}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Message:
        """Return the message a record holds."""
        values = {k: cls.from_record(v) if isinstance(v, Mapping) else v for k, v in record["values"].items()}
        return cls(record["code"], values)


def say(code: str, language: Language, /, **values: MessageValue) -> str:
    """Return the sentence behind a code.

    Parameters
    ----------
    code : str
        ``topic.key``.
    language : {"sv", "en"}
        The language.
    **values
        What the sentence names.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    KeyError
        If no such sentence is written.

    Examples
    --------
    >>> say("verdict.name.supported", "en")
    'Supported'
    """
    template = sentences(language)[code]
    return _LocalFormatter(language).vformat(template, (), values)


def told(error: ImpactkitError, language: Language) -> str:
    """Return an error's text in the language.

    Parameters
    ----------
    error : ImpactkitError
        The error.
    language : {"sv", "en"}
        The language; what has no translation is told in English.

    Returns
    -------
    str
        What, where and how to mend, a line each, for every trouble.
    """
    lines = []
    for trouble in error.troubles:
        what, where, mend = (
            _translated(text, language).format(**trouble.values)
            if trouble.values
            else _translated(text, language)
            for text in (trouble.what, trouble.where, trouble.mend)
        )
        lines += [
            what,
            f"  {say('error.where', language)} {where}",
            f"  {say('error.mend', language)} {mend}",
        ]
    return "\n".join(lines)


def what_is_wrong(trouble: Trouble, language: Language) -> str:
    """Return the first of a trouble's three texts in the language: what is wrong.

    Parameters
    ----------
    trouble : Trouble
        The trouble.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        One sentence.
    """
    return _filled(trouble.what, trouble, language)


def where_it_is(trouble: Trouble, language: Language) -> str:
    """Return the second of a trouble's three texts in the language: where.

    Parameters
    ----------
    trouble : Trouble
        The trouble.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        A file and a place in it.
    """
    return _filled(trouble.where, trouble, language)


def how_to_mend(trouble: Trouble, language: Language) -> str:
    """Return the last of a trouble's three texts in the language: the way out.

    Parameters
    ----------
    trouble : Trouble
        The trouble.
    language : {"sv", "en"}
        The language.

    Returns
    -------
    str
        One sentence or two.
    """
    return _filled(trouble.mend, trouble, language)


def _filled(text: str, trouble: Trouble, language: Language) -> str:
    template = _translated(text, language)
    return template.format(**trouble.values) if trouble.values else template


@cache
def sentences(language: Language) -> dict[str, str]:
    """Return every sentence of a language by its code.

    Parameters
    ----------
    language : {"sv", "en"}
        The language.

    Returns
    -------
    dict of str to str
        Templates by code.
    """
    folder = files("impactkit.wording") / language
    found: dict[str, str] = {}
    for page in sorted(folder.iterdir(), key=lambda item: item.name):
        if page.name.endswith(".toml") and not page.name.startswith("errors"):
            found.update(_flat(tomllib.loads(page.read_text("utf-8")), page.name.removesuffix(".toml")))
    return found


@cache
def translations(language: Language) -> dict[str, str]:
    """Return the error texts of a language by their English template.

    Parameters
    ----------
    language : {"sv", "en"}
        The language; English needs none.

    Returns
    -------
    dict of str to str
        Translated templates by English template.
    """
    folder = files("impactkit.wording") / language
    found: dict[str, str] = {}
    for page in sorted(folder.iterdir(), key=lambda item: item.name):
        if page.name.startswith("errors") and page.name.endswith(".toml"):
            found.update(tomllib.loads(page.read_text("utf-8"))["errors"])
    return found


def _translated(template: str, language: Language) -> str:
    return translations(language).get(template, template)


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        found.update(_flat(value, name) if isinstance(value, Mapping) else {name: value})
    return found


class _LocalFormatter(Formatter):
    """Writes numbers as the language does: ``{x}``, ``{x:2}`` decimals, ``{x:+1}``, ``{x:p}``, ``{x:%}``.

    ``{n:# area|# areas}`` chooses by the number, which stands for ``#``.
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message):
            told = value.text(self.language)
            # A number that is not shown is one of several as far as anybody knows.
            return format_spec.split("|")[1].replace("#", told) if "|" in format_spec else told
        if isinstance(value, str):
            return value
        if "|" in format_spec:
            one, several = format_spec.split("|")
            return (one if value == 1 else several).replace("#", self.format_field(value, ""))
        if format_spec == "year":
            return str(int(value))
        if format_spec == "p":
            return format_p(float(value), self.language)
        if format_spec == "%":
            return format_percent(round(float(value), 3), self.language)
        signed = format_spec.startswith("+")
        digits = format_spec.lstrip("+")
        decimals = int(digits) if digits else (0 if isinstance(value, int) else None)
        return format_number(float(value), self.language, decimals=decimals, signed=signed)
