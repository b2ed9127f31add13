"""Nothing that is written leaves a figure or runs into another text, at any size and with any name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from matplotlib.text import Text

import impactkit as ik
from impactkit.errors import UsageError
from impactkit.reporting.figure_size import SIZES, FigureSize
from impactkit.reporting.lettering import one_line
from impactkit.wording import Language
from reporting.figures.gallery import HOSTILE, NAMES, WITH_NAMES, given, picture

LANGUAGES: tuple[Language, ...] = ("sv", "en")


def written(figure: Any) -> Iterator[Text]:
    """Every text that is drawn: of axes that are switched off only what is written on them."""
    for axes in figure.axes:
        on_axis = {
            id(text)
            for axis in (axes.xaxis, axes.yaxis)
            if not (axes.axison and axis.get_visible())
            for text in axis.findobj(Text)
        }
        yield from (text for text in axes.findobj(Text) if id(text) not in on_axis and text.get_visible())
    yield from figure.texts


def boxes(figure: Any) -> list[tuple[str, Any]]:
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    texts = [text for text in written(figure) if text.get_text().strip()]
    unlike = {id(text): text for text in texts}.values()
    return [(text.get_text(), Text.get_window_extent(text, renderer)) for text in unlike]


def outside(figure: Any) -> list[str]:
    frame = figure.bbox
    return [
        words
        for words, box in boxes(figure)
        if box.x0 < frame.x0 or box.y0 < frame.y0 or box.x1 > frame.x1 or box.y1 > frame.y1
    ]


def meeting(figure: Any) -> list[tuple[str, str]]:
    found = boxes(figure)
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 0.5 and min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_text_has_room(name: str, language: Language, size: FigureSize) -> None:
    result, asked = given(name)
    figure = ik.plot(result, language=language, size=size, **asked).figure
    assert boxes(figure)
    assert outside(figure) == []
    assert meeting(figure) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", WITH_NAMES)
def test_every_text_has_room_whatever_things_are_called(name: str, size: FigureSize) -> None:
    result, asked = given(name, hostile=True)
    axes = ik.plot(result, language="sv", size=size, **asked)
    assert outside(axes.figure) == []
    assert meeting(axes.figure) == []
    for words, _ in boxes(axes.figure):
        assert words == "\n".join(one_line(line) for line in words.split("\n"))


def test_the_test_sees_texts_that_leave_or_meet() -> None:
    result, asked = given("trajectories")
    figure = ik.plot(result, language="sv", **asked).figure
    figure.text(0.98, 0.5, "far too long")
    figure.text(0.2, 0.5, "here")
    figure.text(0.2, 0.5, "here too")
    assert outside(figure) == ["far too long"]
    assert ("here", "here too") in meeting(figure)


SHORTENED: tuple[Literal["forest", "love", "units", "chain", "weights", "answers"], ...] = (
    "forest",
    "love",
    "units",
    "chain",
    "weights",
    "answers",
)


@pytest.mark.parametrize("name", SHORTENED)
def test_the_table_and_the_words_keep_what_the_drawing_shortens(name: str) -> None:
    shown = picture(name, "sv", hostile=True)
    cells = [cell for row in shown.table().text_rows for cell in row]
    assert any(HOSTILE in cell for cell in cells)
    assert HOSTILE in shown.alt_text
    drawn = ik.plot(shown, language="sv")
    assert one_line(HOSTILE) in drawn.alt_text
    assert not any(one_line(HOSTILE)[:100] in words for words, _ in boxes(drawn.figure))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_words_and_a_table_in_its_language(name: str, language: Language) -> None:
    shown = picture(name, language)
    other = picture(name, "en" if language == "sv" else "sv")
    table = shown.table()
    assert shown.language == language
    assert shown.heading and len(shown.alt_text) > 40
    assert re.search(r"\bnan\b|∞", shown.alt_text) is None
    assert table.rows and {len(row) for row in table.rows} == {len(table.header)}
    assert shown.alt_text != other.alt_text
    assert table.header != other.table().header


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_those_promised(name: str) -> None:
    result, asked = given(name)
    notebook, column, slide = (
        ik.plot(result, language="en", size=size, **asked).figure for size in ("notebook", "column", "slide")
    )
    assert notebook.get_size_inches()[0] == pytest.approx(7.2)
    assert column.get_size_inches()[0] == pytest.approx(160 / 25.4, abs=0.01)
    assert column.get_size_inches()[1] <= 9.3
    assert slide.get_size_inches().tolist() == pytest.approx([10.0, 5.6])
    smallest = min(text.get_fontsize() for text in written(slide) if text.get_text().strip())
    assert smallest >= 14.0
    largest = max(text.get_fontsize() for text in written(slide) if text.get_text().strip())
    assert largest <= 16.5


def test_another_size_is_refused_with_the_nearest() -> None:
    result, asked = given("map")
    with pytest.raises(UsageError, match='"slide"'):
        ik.plot(result, size="slides", **asked)  # type: ignore[arg-type]
