"""Both languages say the same things, and everything that is said has been written."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import impactkit
from impactkit.wording.message import say, sentences

PACKAGE = Path(impactkit.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("*.j2"))
NUMBER_FORM = re.compile(r"\+?\d*|p|%|year")
COUNT_FORM = re.compile(r"[^|{}:]+\|[^|{}:]*#[^|{}:]*")  # one, and several with the number


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def pattern(node: ast.expr) -> str | None:
    """A code as a pattern: what is filled in at run time may be anything."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (re.escape(p.value) if isinstance(p, ast.Constant) else ".*" for p in node.values)
        return "".join(parts)
    if isinstance(node, ast.IfExp):
        return f"(?:{pattern(node.body)}|{pattern(node.orelse)})"
    return None


def codes_said(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = ast.unparse(call.func)
        found = pattern(call.args[0])
        if found is None:
            continue
        if name in {"Message", "say"}:
            yield found
        elif name.endswith(".say"):
            yield re.escape("report.") + found


def test_both_languages_have_the_same_codes():
    assert sentences("sv").keys() == sentences("en").keys()


@pytest.mark.parametrize("code", sorted(sentences("en")))
def test_a_sentence_names_the_same_values_in_both_languages(code):
    assert fields(sentences("sv")[code]) == fields(sentences("en")[code])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_numbers_are_asked_for_in_a_form_that_exists(language):
    forms = {
        spec
        for text in sentences(language).values()
        for _, name, spec, _ in string.Formatter().parse(text)
        if name
    }
    assert [form for form in forms if not (NUMBER_FORM.fullmatch(form) or COUNT_FORM.fullmatch(form))] == []


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_what_the_code_says_is_written(file):
    known = sentences("en")
    said = set(codes_said(ast.parse(file.read_text("utf-8"))))
    assert [code for code in said if not any(re.fullmatch(code, name) for name in known)] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f.name)
def test_what_a_template_says_is_written(file):
    said = re.findall(r"""\bsay\(["']([^"']+)["']""", file.read_text("utf-8"))
    assert said
    assert [code for code in said if f"report.{code}" not in sentences("en")] == []


def test_the_probe_sees_a_code_that_is_not_written():
    tree = ast.parse('Message(f"verdict.name.{status}"); Message("no.such"); telling.say("no.such")')
    assert set(codes_said(tree)) == {r"verdict\.name\..*", r"no\.such", r"report\.no\.such"}


def test_swedish_is_swedish():
    """A sentence that is the same in both languages is a number or a name, not prose left untranslated."""
    same = {code for code, text in sentences("sv").items() if text == sentences("en")[code]}
    assert {
        code for code in same if len(re.sub(r"\{[^}]*\}", "", sentences("sv")[code]).split()) > 1
    } == set()


@pytest.mark.parametrize(
    ("n", "language", "said"),
    [
        (1, "sv", "den enda enhet som"),
        (2, "sv", "de 2 enheter som"),
        (1, "en", "the single treated unit,"),
        (1200, "sv", "de 1\u00a0200 enheter som"),
    ],
)
def test_one_is_not_told_as_several(n, language, said):
    values = {"outcome": "y", "follow_up": "2024", "baseline": "2020", "comparison": 19, "treated": n}
    assert said in say("estimand.difference_in_differences.units", language, **values)
