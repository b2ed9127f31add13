"""The site stays true: its Python runs, its links lead somewhere, and every public name is on it."""

import re
from contextvars import copy_context
from pathlib import Path

import pytest

import impactkit as ik

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
PRINTED = re.compile(r"^print\(.*\)\n# (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:\s]+\.md)(?:#[^)]*)?\)")
PAGES = sorted(page for page in DOCS.rglob("*.md") if not {"_build", "generated"} & set(page.parts))
WITH_PYTHON = [page for page in PAGES if PYTHON.search(page.read_text("utf-8"))]


def title(page: Path) -> str:
    return str(page.relative_to(DOCS))


def run(page: Path) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    for place, block in enumerate(PYTHON.findall(page.read_text("utf-8"))):
        exec(compile(block, f"{title(page)}, block {place + 1}", "exec"), names)


@pytest.mark.parametrize("page", WITH_PYTHON, ids=title)
def test_the_python_of_a_page_runs_and_prints_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    copy_context().run(run, page)  # a page may choose a language; the next must not inherit it
    printed = capsys.readouterr().out
    told = [line for block in PYTHON.findall(page.read_text("utf-8")) for line in PRINTED.findall(block)]
    assert [line for line in told if line not in printed] == []


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    found = LINK.findall(page.read_text("utf-8"))
    lost = [link for link in found if not (page.parent / link).is_file()]
    assert [link for link in lost if "generated/" not in link] == []


def test_every_public_name_is_in_the_reference() -> None:
    listed = set(
        re.findall(r"^   (\w+)$", (DOCS / "reference" / "index.md").read_text("utf-8"), re.MULTILINE)
    )
    shelves = (ik.heterogeneity, ik.inference, ik.privacy, ik.robustness, ik.sources)
    shelved = {name for shelf in shelves for name in shelf.__all__} - {"ALL"}
    assert listed == set(ik.__all__) | shelved | {"EffectChain", "Project", "Receipt"}


def test_every_page_can_be_reached_from_an_index() -> None:
    told = {
        (index.parent / f"{line}.md").resolve()
        for index in DOCS.rglob("index.md")
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", index.read_text("utf-8"), re.DOTALL)
        for line in tree.split()
    }
    assert [title(page) for page in PAGES if page.resolve() not in told | {DOCS / "index.md"}] == []
