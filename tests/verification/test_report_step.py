"""A report made again with other versions may draw its figures otherwise, and say nothing else."""

import re
from dataclasses import replace

import pytest

from impactkit.verification.seal import seal
from impactkit.verification.verify import verify

OLDER = {"matplotlib": "3.0"}


def move_a_line(page):
    return re.sub(rb'd="M (\d+)', lambda found: b'd="M 1' + found[1], page, count=1)


def change_a_label(page):
    return re.sub(rb"(<text[^>]*>)[^<]*20[,.]3[^<]*", rb"\g<1>99", page, count=1)


def change_a_word(page):
    return page.replace("Kan inte avgöras".encode(), b"St\xc3\xb6ds", 1)


@pytest.fixture
def state(project, opened, resealing, tmp_path):
    """Return a function that seals with some versions, changes the report and says how it is judged."""

    def judged(change, made_with):
        evaluation = project()
        made = replace(evaluation, made_with={**evaluation.made_with, **made_with})
        members = opened(seal(made, tmp_path / "bundle.zip"))
        changed = change(members["report.html"])
        assert (change is bytes) == (changed == members["report.html"])
        forged = tmp_path / "forged.zip"
        forged.write_bytes(resealing({**members, "report.html": changed}))
        return next(step.state for step in verify(forged).steps if step.name == "report")

    return judged


@pytest.mark.parametrize(
    ("change", "made_with", "expected"),
    [
        (bytes, {}, "pass"),
        (bytes, OLDER, "pass"),
        (move_a_line, {}, "fail"),
        (move_a_line, OLDER, "not_checked"),
        (change_a_label, OLDER, "fail"),
        (change_a_word, OLDER, "fail"),
    ],
)
def test_only_the_drawing_may_depend_on_versions(state, change, made_with, expected):
    assert state(change, made_with) == expected
