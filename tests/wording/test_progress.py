"""Long work tells how far it has come to whoever watches, and is silent for everybody else."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import impactkit as ik
from impactkit.effects.worlds import TwoGroupPanel
from impactkit.wording import Message, use_language
from impactkit.wording.progress import progressed

CLAIMS = Message("progress.claims")


class FakeBar:
    """Stands for tqdm: remembers how it was asked, and what it let through."""

    made: list[dict[str, Any]]

    def __init__(self, items: Iterable[Any], **asked: Any) -> None:
        self.items, self.asked = items, asked
        self.asked["passed"] = 0
        self.made.append(self.asked)

    def __iter__(self) -> Iterator[Any]:
        for item in self.items:
            yield item
            self.asked["passed"] += 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Bars that were made by a tqdm that is there."""
    FakeBar.made = []
    package, auto = ModuleType("tqdm"), ModuleType("tqdm.auto")
    auto.tqdm = FakeBar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", package)
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)
    monkeypatch.delenv("IMPACTKIT_PROGRESS", raising=False)
    return FakeBar.made


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    return watched_by(monkeypatch, Terminal())


def watched_by(monkeypatch: pytest.MonkeyPatch, stream: Terminal | None) -> Any:
    """Let the module alone see another error stream: pytest puts its own back before each test."""
    seen = SimpleNamespace(stderr=stream, modules=sys.modules)
    monkeypatch.setattr("impactkit.wording.progress.sys", seen)
    return stream


def test_a_terminal_gets_a_bar_in_the_chosen_language(bars: list[dict[str, Any]], terminal: Terminal) -> None:
    use_language("sv")
    assert list(progressed(iter([1, 2, 3]), CLAIMS, total=3)) == [1, 2, 3]
    (bar,) = bars
    assert (bar["desc"], bar["total"], bar["passed"], bar["leave"]) == ("Påståenden", 3, 3, False)
    assert bar["delay"] > 0  # what is quick shows nothing


@pytest.mark.parametrize("switch", ["0", "no", "false", "off", " OFF "])
def test_it_can_be_switched_off(
    bars: list[dict[str, Any]], terminal: Terminal, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv("IMPACTKIT_PROGRESS", switch)
    assert list(progressed([1, 2], CLAIMS)) == [1, 2]
    assert bars == []


def test_nobody_watches_a_file(bars: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]) -> None:
    assert list(progressed([1, 2], CLAIMS)) == [1, 2]
    assert bars == []
    assert capfd.readouterr() == ("", "")


def test_no_error_stream_at_all_is_nobody_who_watches(
    bars: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched_by(monkeypatch, None)  # as under pythonw
    assert list(progressed([1], CLAIMS)) == [1]
    assert bars == []


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("IPython", {"get_ipython": lambda: SimpleNamespace(kernel=object())}),
        ("marimo", {"running_in_notebook": lambda: True}),
    ],
    ids=["jupyter", "marimo"],
)
def test_a_notebook_watches(
    bars: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, module: str, told: dict[str, Any]
) -> None:
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**told))  # type: ignore[arg-type]
    assert list(progressed([1], CLAIMS)) == [1]
    assert len(bars) == 1


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("IPython", {"get_ipython": lambda: SimpleNamespace()}),
        ("IPython", {"get_ipython": lambda: None}),
        ("marimo", {"running_in_notebook": lambda: False}),
    ],
    ids=["a session of IPython", "imported only", "marimo imported only"],
)
def test_a_library_that_is_only_there_is_no_notebook(
    bars: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, module: str, told: dict[str, Any]
) -> None:
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**told))  # type: ignore[arg-type]
    assert list(progressed([1], CLAIMS)) == [1]
    assert bars == []


def test_a_worker_among_several_is_silent(
    bars: list[dict[str, Any]], terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = SimpleNamespace(parent_process=lambda: object())
    monkeypatch.setitem(sys.modules, "multiprocessing", workers)  # type: ignore[arg-type]
    assert list(progressed([1], CLAIMS)) == [1]
    assert bars == []


def test_without_tqdm_nothing_is_lacking(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMPACTKIT_PROGRESS", raising=False)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert list(progressed([1, 2], CLAIMS)) == [1, 2]
    assert terminal.getvalue() == ""


def test_items_are_taken_one_by_one(bars: list[dict[str, Any]], terminal: Terminal) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(3):
            taken.append(number)
            yield number

    work = progressed(items(), CLAIMS)
    assert next(work) == 0
    assert taken == [0]


def test_leaving_out_in_turn_and_several_ways_tell_how_far_they_have_come(
    bars: list[dict[str, Any]], terminal: Terminal
) -> None:
    world = TwoGroupPanel(n_units=12, n_treated=4)
    study, planned = world.study(world.draw(1)), ik.DifferenceInDifferences(permutation=None)
    ik.robustness.leave_one_out(study, planned)
    ik.robustness.specifications(study, planned, grid={"event_study": [True]})
    assert [(bar["desc"], bar["passed"]) for bar in bars] == [
        ("Left out in turn", 4),
        ("Ways of estimating", 2),
    ]


def test_an_evaluation_tells_how_many_claims_are_done(
    bars: list[dict[str, Any]], terminal: Terminal, norrgarden: str
) -> None:
    ik.evaluate(norrgarden)
    assert [(bar["desc"], bar["total"], bar["passed"]) for bar in bars] == [("Claims", 2, 2)]


def test_power_tells_how_many_follow_ups_are_drawn(
    bars: list[dict[str, Any]], terminal: Terminal, norrgarden: str
) -> None:
    ik.power(norrgarden)
    said = {bar["desc"] for bar in bars}
    assert said == {"Follow-ups drawn for C1", "Follow-ups drawn for C2"}
    assert all(bar["passed"] == bar["total"] > 0 for bar in bars)


def test_an_estimate_shows_nothing(bars: list[dict[str, Any]], terminal: Terminal) -> None:
    world = TwoGroupPanel(n_units=12, n_treated=4)
    ik.DifferenceInDifferences().estimate(world.study(world.draw(1)))
    assert bars == []


def test_the_battery_tells_how_many_parts_are_done(bars: list[dict[str, Any]], terminal: Terminal) -> None:
    from impactkit.simulation.battery import main
    from impactkit.simulation.grid import every_cell

    main(["--cells", every_cell()[0].name, "--draws", "4", "--processes", "1"])
    assert [(bar["desc"], bar["passed"]) for bar in bars] == [("Parts of the battery", bars[0]["total"])]


@pytest.fixture
def norrgarden() -> str:
    from importlib.resources import files

    return str(files("impactkit.examples") / "norrgarden")
