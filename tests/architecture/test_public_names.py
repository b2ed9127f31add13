"""The public names are a promise: they change on purpose or not at all."""

from pathlib import Path

import impactkit

SNAPSHOT = Path(__file__).with_name("public_names.txt")


def test_public_names_are_those_promised() -> None:
    promised = SNAPSHOT.read_text(encoding="utf-8").split()
    assert sorted(impactkit.__all__) == promised, (
        "change public_names.txt and CHANGELOG.md in the same commit"
    )


def test_public_names_can_be_held_in_mind() -> None:
    assert len(impactkit.__all__) <= 70


def test_every_public_name_can_be_reached() -> None:
    assert [name for name in impactkit.__all__ if not hasattr(impactkit, name)] == []


def test_tab_completion_offers_the_public_names() -> None:
    assert set(impactkit.__all__) <= set(dir(impactkit))
