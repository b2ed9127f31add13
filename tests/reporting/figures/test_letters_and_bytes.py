"""Names as they are drawn, colours that can be read, and the same bytes every time."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

import impactkit as ik
from impactkit.reporting.drawing import to_svg
from impactkit.reporting.lettering import fitted, one_line
from impactkit.reporting.time_axis import apart
from reporting.figures.gallery import HOSTILE, NAMES, WITH_NAMES, given
from reporting.figures.test_fit import written


def luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_every_colour_of_text_in_a_figure_can_be_read(name: str) -> None:
    from matplotlib.colors import to_hex

    result, asked = given(name)
    figure = ik.plot(result, language="en", **asked).figure
    figure.canvas.draw()
    colours = {to_hex(text.get_color()) for text in written(figure) if text.get_text().strip()}
    assert colours
    assert {
        colour: contrast(colour, "#ffffff") for colour in colours if contrast(colour, "#ffffff") < 4.5
    } == {}


def test_the_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_named_where_they_are_and_never_in_a_legend(name: str) -> None:
    result, asked = given(name)
    assert [axes.get_legend() for axes in ik.plot(result, **asked).figure.axes if axes.get_legend()] == []


def test_years_are_whole_on_every_axis_of_time() -> None:
    for name in ("trajectories", "units", "trend", "gap", "placebos"):
        result, asked = given(name)
        for axes in ik.plot(result, **asked).figure.axes:
            labels = [label.get_text() for label in axes.get_xticklabels() if label.get_text()]
            assert labels
            assert all(label.isdigit() for label in labels)


@pytest.mark.parametrize("name", NAMES)
def test_decimals_are_written_as_the_language_does(name: str) -> None:
    result, asked = given(name)
    numbers = [
        text.get_text()
        for text in written(ik.plot(result, language="sv", **asked).figure)
        if text.get_text().strip("−+0123456789,. \N{NO-BREAK SPACE}%") == ""
    ]
    assert not any("." in number for number in numbers)
    assert not any("-" in number for number in numbers)


PROGRAM = """
import sys
from reporting.figures.gallery import given
from impactkit.reporting.drawing import to_svg
import impactkit as ik
for name in ("forest", "map"):
    result, asked = given(name)
    sys.stdout.write(to_svg(ik.plot(result, language="sv", **asked), name="x"))
"""


def test_a_figure_is_the_same_bytes_in_every_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert runs[0].count(b"<svg") == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_the_same_bytes_when_drawn_again(name: str) -> None:
    result, asked = given(name)
    first, second = (
        to_svg(ik.plot(result, language="en", size="slide", **asked), name="x") for _ in range(2)
    )
    assert first == second
    assert 'role="img"' in first


@pytest.mark.parametrize("name", WITH_NAMES)
def test_an_image_with_names_that_somebody_wrote_to_break_it_is_still_one_image(name: str) -> None:
    result, asked = given(name, hostile=True)
    image = to_svg(ik.plot(result, language="sv", **asked), name="x")
    root = ElementTree.fromstring(image)
    assert not [each for each in root.iter() if each.tag.rpartition("}")[2] == "script"]
    assert not any(letter in image for letter in "\u202e\u2066\x07")


@generated(st.text(max_size=80), st.integers(3, 30), st.integers(1, 4))
def test_a_name_is_never_wider_or_higher_than_its_room(name: str, room: int, lines: int) -> None:
    drawn = fitted(name, room, width=len, lines=lines).split("\n")
    assert len(drawn) <= lines
    assert max(map(len, drawn)) <= room
    assert unicodedata.is_normalized("NFC", "".join(drawn))


@generated(st.text(max_size=40))
def test_a_name_that_has_room_is_kept_whole(name: str) -> None:
    words = one_line(name).strip()
    assert fitted(name, 1000, width=len) == words


def test_a_name_of_several_words_is_broken_between_them() -> None:
    assert fitted("Ett område i norr", 9, width=len, lines=3) == "Ett\nområde i\nnorr"
    assert fitted("Vräkningsförebyggande arbete", 18, width=len, lines=3) == "Vräkningsförebygg-\nande arbete"


def test_what_cannot_be_seen_is_made_visible() -> None:
    shown = one_line(HOSTILE)
    assert "Å" in shown
    assert "\u030a" not in shown
    assert not {unicodedata.category(letter) for letter in shown} & {"Cc", "Cf", "Cs"}


@generated(st.lists(st.floats(-5, 5), max_size=8))
def test_places_pushed_apart_keep_their_order_and_their_mean(places: list[float]) -> None:
    moved = apart(places, 0.5)
    order = sorted(range(len(places)), key=lambda k: places[k])
    gaps = [moved[b] - moved[a] for a, b in itertools.pairwise(order)]
    assert all(gap >= 0.5 - 1e-9 for gap in gaps)
    assert sum(moved) == pytest.approx(sum(places), abs=1e-6)
