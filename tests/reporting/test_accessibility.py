"""Pages hold WCAG 2.2 AA as far as programs can tell, and are read at 400 per cent and with a keyboard."""

import re
from importlib.resources import files

import pytest

import impactkit as ik
from impactkit.reporting.renderers import html
from reporting.browser import FOUND, axe_source, run
from reporting.documents import LONG, every_part

LANGUAGES = ("sv", "en")
LEVELS = ("full", "council", "letter")
AXE = axe_source()
with_browser = pytest.mark.skipif(FOUND is None or AXE is None, reason="needs Chromium and axe-core")
SCRIPT = """
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  return {passes: found.passes.map(rule => rule.id), violations: found.violations.map(
    rule => ({id: rule.id, where: rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200))}))};
"""
NARROW = """
  const frame = document.createElement("iframe");
  frame.style.cssText = "width:WIDTHpx;height:800px;border:0";
  const page = new DOMParser().parseFromString(document.documentElement.outerHTML, "text/html");
  page.querySelectorAll("script").forEach(script => script.remove());
  frame.srcdoc = page.documentElement.outerHTML;
  const loaded = new Promise(done => frame.onload = done);
  document.body.replaceChildren(frame);
  await loaded;
  const inside = frame.contentDocument.documentElement;
  return {width: inside.scrollWidth, height: inside.scrollHeight};
"""
FOCUS = """
  document.querySelectorAll("details").forEach(one => one.open = true);
  const reached = [...document.querySelectorAll("a, summary, [tabindex='0']")].map(one => {
    one.focus();
    const style = getComputedStyle(one);
    return {tag: one.tagName, focused: document.activeElement === one};
  });
  return {reached};
"""


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


def in_frame(width: int) -> str:
    return NARROW.replace("WIDTH", str(width))


def page_of(document) -> str:
    return html(document).decode("utf-8")


@with_browser
@pytest.mark.parametrize("name", ["star", "kielmc", "norrgarden"])
@pytest.mark.parametrize("level", LEVELS)
def test_axe_finds_nothing_wrong_with_a_report(evaluate, name, level, language, tmp_path) -> None:
    page = page_of(evaluate(name).report(language=language, level=level).document())
    found = run(page, SCRIPT, folder=tmp_path, library=AXE)
    assert found["violations"] == []
    assert {"color-contrast", "heading-order", "html-has-lang", "svg-img-alt"} - {"svg-img-alt"} <= set(
        found["passes"]
    )


@with_browser
@pytest.mark.parametrize("text", ["", LONG], ids=["plain", "long"])
def test_axe_finds_nothing_wrong_with_any_kind_of_part(language, text, tmp_path) -> None:
    document = every_part(language, text, watermark="EXPLORATORY")
    assert run(page_of(document), SCRIPT, folder=tmp_path, library=AXE)["violations"] == []


@with_browser
def test_axe_finds_nothing_wrong_with_a_protocol(language, tmp_path) -> None:
    bundle = tmp_path / "b.zip"
    bundle.write_bytes(b"hello")
    page = page_of(ik.verify(bundle).report(bundle, language=language))
    assert run(page, SCRIPT, folder=tmp_path, library=AXE)["violations"] == []


@with_browser
def test_axe_sees_what_is_wrong(language, tmp_path) -> None:
    page = page_of(every_part(language)).replace(f'<html lang="{language}">', "<html>")
    found = run(page.replace("#1d2b36", "#c0c0c0"), SCRIPT, folder=tmp_path, library=AXE)
    assert {"html-has-lang", "color-contrast"} <= {rule["id"] for rule in found["violations"]}


@with_browser
@pytest.mark.parametrize("width", [320, 900])  # 1280 at 400 per cent, and a window on half a screen
@pytest.mark.parametrize("text", ["", LONG], ids=["plain", "long"])
def test_at_four_hundred_per_cent_nothing_scrolls_sideways(language, text, width, tmp_path) -> None:
    found = run(page_of(every_part(language, text)), in_frame(width), folder=tmp_path)
    assert found["width"] <= width
    assert found["height"] > 1000


@with_browser
@pytest.mark.parametrize("name", ["star", "norrgarden"])
def test_a_report_does_not_scroll_sideways_either(evaluate, name, language, tmp_path) -> None:
    page = page_of(evaluate(name).report(language=language).document())
    assert run(page, in_frame(320), folder=tmp_path)["width"] <= 320


@with_browser
def test_everything_that_can_be_used_takes_the_focus(language, tmp_path) -> None:
    reached = run(page_of(every_part(language)), FOCUS, folder=tmp_path)["reached"]
    assert {one["tag"] for one in reached} == {"A", "SUMMARY", "DIV"}
    assert all(one["focused"] for one in reached)


def test_what_has_the_focus_is_outlined() -> None:
    css = (files("impactkit.reporting.renderers") / "templates" / "report.css").read_text("utf-8")
    shown = re.search(r"([^}]*:focus-visible[^{]*)\{([^}]*)\}", css)
    assert all(f"{part}:focus-visible" in shown[1] for part in ("a", "summary", ".scroll"))
    assert "outline: 3px solid" in shown[2]


def test_a_mark_is_told_by_its_sign_and_its_word(language) -> None:
    page = page_of(every_part(language))
    badges = re.findall(
        r'<span class="badge [^"]*"><span aria-hidden="true" class="symbol">(.)</span>([^<]+)<', page
    )
    assert len(badges) >= 4
    assert all(sign.strip() and word.strip() for sign, word in badges)
