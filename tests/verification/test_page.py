"""The page of a verification tells everything, and nothing on it runs."""

import re
from html.parser import HTMLParser

import pytest

from impactkit.reporting.renderers.html import html
from impactkit.verification.difference import Difference
from impactkit.verification.verification import Step, Verification
from impactkit.verification.verify import verify
from impactkit.wording import Message

HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}javascript:alert(1) {{ 7 * 7 }} \"'"
VOID = {"meta", "br"}


class Page(HTMLParser):
    def __init__(self, content):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(content.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def page(tmp_path):
    """Return a function that gives the page of a verification."""

    def made(found, language="en", name="bundle.zip"):
        (tmp_path / name).write_bytes(b"")
        return Page(html(found.report(tmp_path / name, language=language)))

    return made


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_step_and_both_results_are_told(sealed, language):
    bundle = sealed()
    found = verify(bundle)
    page = Page(html(found.report(bundle, language=language)))
    assert page.open == []
    for step in found.steps:
        assert " ".join(step.text(language).split()) in page.text
        assert step.title.text(language) in page.text
    two = {"sv": ("Fullständighet", "Tillförlitlighet"), "en": ("Completeness", "Reliability")}[language]
    assert all(word in page.text for word in two)
    assert found.conclusion.text(language) in page.text
    assert dict(page.elements)["html"] == {"lang": language}
    assert re.search(r"\b[0-9a-f]{64}\b", page.text)


def test_nothing_can_run_and_nothing_is_fetched(page):
    step = Step(name="open", state="fail", sentence=Message("verify.digests.changed", {"names": HOSTILE}))
    difference = Difference(where=HOSTILE, claimed=HOSTILE, recomputed=1.5)
    found = Verification.of([step], differences=[difference], verdicts={HOSTILE: "supported"})
    told = page(found, name="<b>\N{RIGHT-TO-LEFT OVERRIDE}.zip")
    assert told.open == []
    tags = {tag for tag, _ in told.elements}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "svg", "b", "base"})
    assert {a["href"] for tag, a in told.elements if tag == "a"} == {"#summary"}
    assert not [a for _, a in told.elements if any(key.startswith("on") or key == "src" for key in a)]
    policy = next(a for tag, a in told.elements if "http-equiv" in a)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert told.text.count("<script>alert(1)</script>") == 4
    assert "{{ 7 * 7 }}" in told.text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in told.text


def test_a_hundred_differences_are_shown_and_all_are_counted(page):
    differences = [Difference(where=f"x{n}", claimed=n, recomputed=None) for n in range(150)]
    step = Step(name="open", state="pass", sentence=Message("verify.open.safe"))
    told = page(Verification.of([step], differences=differences, verdicts={}))
    assert "150 differences" in told.text
    assert " x99 " in told.text
    assert " x100 " not in told.text


def test_a_bundle_that_was_not_opened_has_no_two_results(tmp_path):
    bundle = tmp_path / "b.zip"
    bundle.write_bytes(b"hello")
    found = verify(bundle)
    page = Page(html(found.report(bundle, language="en")))
    assert found.exit_code == 4
    assert "Completeness" not in page.text
    assert found.conclusion.text("en") in page.text


def test_the_same_verification_gives_the_same_bytes(sealed):
    bundle = sealed()
    found = verify(bundle)
    assert html(found.report(bundle)) == html(found.report(bundle))
