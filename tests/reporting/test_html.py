"""The page stands by itself, can be read by everybody, and lets nothing in a name run."""

import csv
import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.examples import copy_example
from impactkit.plans import Plan

VOID = {"meta", "br", "link", "img", "input", "hr"}
HOSTILE = "<script>alert(1)</script> \N{RIGHT-TO-LEFT OVERRIDE}fdp.exe $x^2$ \"' {{ 7 * 7 }} &amp;"


class Page(HTMLParser):
    """The elements of a page in order, with their attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.inside.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=["star", "kielmc", "norrgarden"])
def name(request):
    return request.param


@pytest.fixture(params=["sv", "en"])
def language(request):
    return request.param


@pytest.fixture
def text(evaluate, name, language, tmp_path):
    report = evaluate(name).report(language=language)
    return ik.render(report, tmp_path / "report.html").read_text("utf-8")


@pytest.fixture
def page(text):
    return Page(text)


class TestStructure:
    def test_every_element_is_closed_in_order(self, page):
        assert page.open == []

    def test_it_names_its_language_and_title(self, page, language):
        (root,) = page.all("html")
        assert root["lang"] == language
        assert page.inside["title"][0].strip()

    def test_there_is_one_first_heading_and_none_is_skipped(self, page):
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_every_table_has_a_caption_and_scopes(self, page):
        tables = page.all("table")
        assert tables
        assert len(page.all("caption")) == len(tables)
        assert all(cell.get("scope") in {"col", "row"} for cell in page.all("th"))

    def test_every_figure_says_what_it_shows(self, page):
        figures = page.all("svg")
        assert figures
        described = {at["aria-describedby"] for at in figures} | {at["aria-labelledby"] for at in figures}
        assert all(at["role"] == "img" for at in figures)
        assert described <= {a.get("id") for _, a in page.elements}
        assert all(len(words) > 40 for words in page.inside["desc"])

    def test_no_id_stands_twice(self, page):
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert len(ids) == len(set(ids))

    def test_every_reference_within_the_page_leads_somewhere(self, page, text):
        ids = {a["id"] for _, a in page.elements if "id" in a}
        assert {
            target
            for target in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
            for target in target
            if target
        } <= ids

    def test_the_first_link_skips_to_the_verdicts(self, page):
        assert page.all("a")[0] == {"class": "skip", "href": "#summary"}

    def test_a_verdict_is_told_in_words_and_not_by_colour_alone(self, page, evaluate, name, language):
        words = {claim.badge for claim in evaluate(name).report(language=language).claims}
        assert words <= set(page.inside["span"])


class TestSafety:
    def test_nothing_can_run_and_nothing_is_fetched(self, page, text):
        policy = page.all("meta")[1]
        assert policy["http-equiv"] == "Content-Security-Policy"
        assert policy["content"].startswith("default-src 'none'")
        assert page.all("script") == page.all("link") == page.all("img") == page.all("iframe") == []
        assert not [a for _, a in page.elements if any(key.startswith("on") for key in a)]
        addresses = set(re.findall(r'(?:https?:)?//[^\s"\'<)]+', text))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}

    def test_hostile_words_stay_words(self, norrgarden, tmp_path):
        project = norrgarden.plan.project.model_copy(update={"name": HOSTILE, "need": HOSTILE})
        claims = [claim.model_copy(update={"unit": HOSTILE}) for claim in norrgarden.plan.claims]
        results = [replace(r, claim=c) for r, c in zip(norrgarden.results, claims, strict=True)]
        plan = norrgarden.plan.model_copy(update={"project": project, "claims": tuple(claims)})
        hostile = replace(norrgarden, plan=plan, results=tuple(results))
        text = ik.render(hostile.report(language="sv"), tmp_path / "r.html").read_text("utf-8")
        page = Page(text)
        assert page.open == []
        assert page.all("script") == []
        assert "&lt;script&gt;" in text
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
        assert "{{ 7 * 7 }}" in text
        assert "$x^2$" in text

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_hostile_words_everywhere_stay_words(self, tmp_path, language):
        evaluation = everywhere_hostile(tmp_path)
        text = ik.render(evaluation.report(language=language), tmp_path / "r.html").read_text("utf-8")
        page = Page(text)
        assert page.open == []
        tags = {tag for tag, _ in page.elements}
        assert tags.isdisjoint(
            {"script", "iframe", "object", "embed", "form", "base", "link", "img", "input"}
        )
        assert not [a for _, a in page.elements if any(key.startswith("on") for key in a)]
        targets = [
            value for _, a in page.elements for key, value in a.items() if key.endswith(("href", "src"))
        ]
        assert targets
        assert all(value.startswith("#") for value in targets)
        assert text.count("&lt;script&gt;") > 20
        assert not set(text) & set(STEERING)
        for card in (evaluation, evaluation.plan.claims[0], *evaluation.verdicts):
            shown = getattr(card, "_repr_html_", str)()
            assert "<script" not in shown


STEERING = "\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT MARK}\x1b\x07"
EVERYWHERE = "<script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) \"' {{ 7 * 7 }} {n}"


def everywhere_hostile(folder):
    """Evaluate an example in which every free text, unit, column and file is hostile."""
    place = copy_example("norrgarden", folder / "p").parent
    content = tomllib.loads((place / "plan.toml").read_text("utf-8"))
    with_signs = EVERYWHERE + STEERING
    told = {
        "name",
        "borrower",
        "investment",
        "social_effort",
        "target_group",
        "need",
        "change",
        "future_state",
    }
    told |= {"responsible", "promotes", "systematic_work", "long_term", "data_source", "validation_method"}
    for part in ("project", "goals", "requirements"):
        content[part] |= {key: with_signs for key in content[part] if key in told}
    for claim in content["claims"]:
        claim |= {"data_source": with_signs, "validation_method": with_signs, "unit": EVERYWHERE}
    for item in content["circumstances"].values():
        if isinstance(item, dict):
            item["reason"] = with_signs
    rows = list(csv.reader((place / "data.csv").read_text("utf-8").splitlines(), delimiter=";"))
    column = f"{EVERYWHERE} kolumn"
    rows[0] = [column if name == "nöjda_utemiljö" else name for name in rows[0]]
    for row in rows[1:]:
        row[0], row[1] = f"{row[0]} {EVERYWHERE}", EVERYWHERE
    with (place / "x.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    content["data"] |= {"file": "x.csv", "outcome": column}
    plan = Plan.of(content)
    plan._path = place / "plan.toml"
    return ik.evaluate(plan)


class TestWriting:
    def test_the_same_report_gives_the_same_bytes(self, evaluate, name, language, tmp_path):
        evaluation = evaluate(name)
        first, second = (
            ik.render(evaluation.report(language=language), tmp_path / f"{n}.html").read_bytes()
            for n in (1, 2)
        )
        assert first == second

    def test_no_sentence_is_left_with_a_hole(self, page):
        words = " ".join(" ".join(parts) for tag, parts in page.inside.items() if tag != "style")
        assert not re.search(r"\{\w*[:}]|\bnan\b|\bNone\b|Undefined", words)

    def test_swedish_pages_speak_no_english_interface(self, page, language):
        words = " ".join(page.inside["h2"] + page.inside["h3"] + page.inside["dt"])
        found = re.findall(r"\b(the|of|and|what|how|effekten|underlaget|hur)\b", words.lower())
        assert set(found) <= (
            {"effekten", "underlaget", "hur"} if language == "sv" else {"the", "of", "and", "what", "how"}
        )

    def test_another_form_is_refused_by_name(self, norrgarden, tmp_path):
        with pytest.raises(UsageError, match=r"\.html"):
            ik.render(norrgarden.report(language="sv"), tmp_path / "report.odt")
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_is_not_there_is_named(self, norrgarden, tmp_path):
        with pytest.raises(UsageError, match="no folder"):
            ik.render(norrgarden.report(language="sv"), tmp_path / "none" / "report.html")


def luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_text_can_be_read():
    from impactkit.reporting import drawing

    css = (files("impactkit.reporting.renderers") / "templates" / "report.css").read_text("utf-8")
    colours = dict(re.findall(r"--([\w]+): (#[0-9a-f]{6})", css))
    soft = colours.pop("soft")
    colours.pop("rule")
    assert len(colours) == 8
    assert {n: c for n, c in colours.items() if min(contrast(c, "#ffffff"), contrast(c, soft)) < 4.5} == {}
    drawn = (drawing.INK, drawing.MUTED, drawing.TREATED, drawing.COMPARISON, drawing.CLAIM)
    assert [c for c in drawn if min(contrast(c, "#ffffff"), contrast(c, drawing.TINT)) < 4.5] == [
        drawing.TREATED
    ]
    assert contrast(drawing.TREATED, "#ffffff") >= 4.5
