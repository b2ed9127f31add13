"""The chance of each verdict, and the effect chain."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.evidence.verdict import STATUSES
from impactkit.indicators import CATEGORIES
from impactkit.plans.effect_chain import EffectChain
from impactkit.reporting.figure_size import SIZES, FigureSize
from impactkit.wording import Language, say
from reporting.figures.gallery import chain, evaluation, powered


def test_every_claim_has_a_panel_with_its_chances() -> None:
    power = powered()
    panels = ik.plot(power, language="en").figure.axes
    assert len(panels) == len(power.claims)
    for axes, claim in zip(panels, power.claims, strict=True):
        drawn = [list(line.get_ydata()) for line in axes.lines if len(line.get_xdata()) == 5]
        ever = {status: max(each.chances[status] for each in claim.chances) for status in STATUSES}
        shown = [status for status in STATUSES if status == "supported" or ever[status] >= 0.005]
        assert drawn == [[each.chances[status] for each in claim.chances] for status in shown]
        names = [text.get_text() for text in axes.texts]
        assert names == [say(f"verdict.name.{status}", "en") for status in shown]
        assert list(axes.get_xticks()) == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_verdicts_are_named_at_their_lines_and_differ_in_marker_and_dash() -> None:
    axes = ik.plot(powered().claims[0], language="sv")
    lines = [line for line in axes.lines if len(line.get_xdata()) == 5]
    names = [text.get_text() for text in axes.texts]
    assert len(names) == len(lines) >= 3
    assert "Stöds" in names
    assert len({line.get_marker() for line in lines}) == len(lines)
    assert len({str(line._dash_pattern) for line in lines}) == len(lines)
    assert axes.get_legend() is None


def test_a_dashed_line_lies_at_80_per_cent() -> None:
    axes = ik.plot(powered().claims[0], language="en")
    level = [line for line in axes.lines if len(line.get_xdata()) == 2]
    assert [list(line.get_ydata()) for line in level] == [[0.8, 0.8]]
    assert level[0].get_linestyle() == "--"
    assert "80%" in [label.get_text() for label in axes.get_yticklabels()]


def test_one_claim_can_be_chosen() -> None:
    second = evaluation().results[1].claim
    axes = ik.plot(powered(), claim=second, language="en")
    assert len(axes.figure.axes) == 1
    assert axes.get_title(loc="left").startswith(f"{second.id}: ")
    with pytest.raises(UsageError, match="no claim C9"):
        ik.plot(powered(), claim=second.model_copy(update={"id": "C9"}))


def test_a_sheet_that_is_too_low_for_all_claims_counts_the_others() -> None:
    slide = ik.plot(powered(), language="en", size="slide").figure
    assert len(slide.axes) == 1
    assert [text.get_text() for text in slide.texts] == ["Not drawn but in the table: 1."]


def boxes_of(figure: Any) -> list[Any]:
    return [patch.get_window_extent() for axes in figure.axes for patch in axes.patches]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("category", [*CATEGORIES, "with names to break it"])
def test_boxes_never_overlap_and_hold_their_text(category: Any, language: Language, size: FigureSize) -> None:
    found = EffectChain.of(category) if category in CATEGORIES else chain(hostile=True)
    figure = ik.plot(found, language=language, size=size).figure
    figure.canvas.draw()
    boxes = boxes_of(figure)
    assert len(boxes) >= 4
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
    texts = [text.get_window_extent() for text in figure.axes[0].texts]
    inside = [t for t in texts if any(b.contains(t.x0, t.y0) and b.contains(t.x1, t.y1) for b in boxes)]
    assert len(inside) == len(boxes)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_levels_are_told_in_words_and_drawn_from_left_to_right(language: Language) -> None:
    found = EffectChain.of("safety")
    axes = ik.plot(found, language=language)
    heads = [say(f"chain.{level}", language) for level in ("activities", "outputs", "outcomes", "impacts")]
    places = {text.get_text().replace("\n", " "): text.get_position()[0] for text in axes.texts}
    assert [places[head] for head in heads] == sorted(places[head] for head in heads)
    told = [axes.alt_text.index(f"{head}:") for head in heads]
    assert told == sorted(told)
    for step in (*found.activities, *found.outputs, *found.outcomes, *found.impacts):
        assert step.text.text(language) in axes.alt_text
    assert len([line for line in axes.lines if line.get_marker() == ">"]) == 3


def test_what_a_slide_has_no_room_for_is_counted_in_the_last_box() -> None:
    axes = ik.plot(chain(hostile=True), language="en", size="slide")
    drawn = [text.get_text().replace("\n", " ") for text in axes.texts]
    more = next(words for words in drawn if words.startswith("and "))
    left = min(patch.get_x() for patch in axes.patches)
    boxes = [patch for patch in axes.patches if patch.get_x() == left]
    assert more == f"and {9 - (len(boxes) - 1)} more in the table"
