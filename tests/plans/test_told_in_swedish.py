"""Every sentence an error of a plan can say has a Swedish translation with the same values."""

import ast
import string
from importlib.resources import files

import pytest

from impactkit.errors import PlanError
from impactkit.plans import Plan
from impactkit.wording import told
from impactkit.wording.message import translations

ROOT = files("impactkit")
MODULES = [ROOT / "schema.py", ROOT / "examples" / "__init__.py", ROOT / "evidence" / "claim.py"]
MODULES += [
    page for room in ("plans", "indicators") for page in (ROOT / room).iterdir() if page.name.endswith(".py")
]
SENTENCE_ENDS = (".", "?")


def sentences(module):
    tree = ast.parse(module.read_text("utf-8"))
    said = [
        node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    docstrings = {id(node.value) for node in said}
    texts = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    spoken = [node.value for node in texts if id(node) not in docstrings]
    return [text for text in spoken if " " in text and text.endswith(SENTENCE_ENDS) and "\n" not in text]


@pytest.mark.parametrize("module", MODULES, ids=lambda page: page.name)
def test_every_sentence_is_translated(module):
    assert [text for text in sentences(module) if text not in translations("sv")] == []


def test_the_search_finds_sentences():
    assert sum(len(sentences(module)) for module in MODULES) > 60


def values(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("english", list(translations("sv")))
def test_a_translation_names_the_same_values(english):
    assert values(english) == values(translations("sv")[english])


def test_a_late_claim_is_told_in_swedish(sound):
    sound["claims"][0]["by"] = 2024
    with pytest.raises(PlanError) as caught:
        Plan.of(sound)
    assert told(caught.value, "sv") == (
        "Påståendet gäller 2024, men den sista uppföljningen är från 2023.\n"
        '  Var:    plan.toml, påstående "C1"\n'
        "  Åtgärd: Lägg till uppföljningen för 2024, eller skriv by = 2023."
    )
