"""Whatever goes wrong is told in Swedish too: every error template has a translation with the same values."""

import ast
import string
from collections.abc import Iterator

import pytest

from impactkit import errors
from impactkit.wording.message import translations

ERRORS = {name for name in vars(errors) if name.endswith("Error")}
TEXTS = {"what", "problem", "mend", "where"}


def templates(tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        if name not in ERRORS and name.casefold() not in {"fault", "trouble"}:
            continue
        given = [k.value for k in call.keywords if k.arg in TEXTS]
        texts = call.args[: 1 if name in ERRORS else 3 if name == "Trouble" else 0]
        for value in [*texts, *given]:
            yield from (
                s.value for s in ast.walk(value) if isinstance(s, ast.Constant) and isinstance(s.value, str)
            )


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def has_words(template: str) -> bool:
    return any(
        " " in literal.strip() or literal.strip(" ,.:").isalpha()
        for literal, *_ in string.Formatter().parse(template)
    )


def test_error_templates_are_translated(module_tree: ast.Module) -> None:
    sentences = {text for text in templates(module_tree) if " " in text and has_words(text)}
    assert sorted(sentences - translations("sv").keys()) == []


@pytest.mark.parametrize("english", translations("sv"))
def test_a_translation_names_the_same_values(english: str) -> None:
    assert fields(translations("sv")[english]) == fields(english)
