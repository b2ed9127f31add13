"""The counts are the same whatever the parts and the processes, and asking less changes no verdict."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from impactkit.errors import ImpactkitError
from impactkit.simulation import battery, pipeline
from impactkit.simulation.cell import Cell
from impactkit.simulation.grid import cells_named, every_cell, family_of
from impactkit.simulation.pipeline import in_full, lazily
from impactkit.simulation.run import Part, count, draw_seed, run
from impactkit.simulation.stored import begun, read_stored
from impactkit.simulation.table import page
from impactkit.simulation.tally import Tally

SLOW = "synthetic-differences-6"
VARIED = (
    "did-1-twice",
    "did-5-twice",
    "staggered-twice",
    "synthetic-control-twice",
    "series-control-ar-0.3-twice",
    "series-control-short",
    "trial-50-ancova-twice",
    "trial-dropout",
    "trial-chances-twice",
    "alike-matching-twice",
    "threshold-twice",
    "instrument-twice",
    "mixed-null",
    "worst-0.5-did-undeclared",
    "volunteers-as-trial",
    "season-before-after",
    "best-of-5",
    "plan-after-data",
    "looks-eight-hidden",
)


def cell(name: str) -> Cell:
    return cells_named([name])[0]


def test_a_draw_has_its_own_seed() -> None:
    seeds = [draw_seed(s, name, k) for s in (1, 2) for name in ("a", "b") for k in range(50)]
    assert len(set(seeds)) == len(seeds)
    # Written down: a change of the rule would make all stored counts another run's.
    assert draw_seed(1, "did-8-null", 0) == 13128802921386868600


@pytest.mark.parametrize("name", ["did-8-twice", "trial-dropout", "best-of-5"])
def test_counts_do_not_depend_on_the_parts(name: str) -> None:
    whole = count(cell(name), seed=3, first=0, last=12)
    parts = [count(cell(name), seed=3, first=a, last=b) for a, b in ((5, 12), (0, 1), (1, 5))]
    assert sum(parts, Tally()) == whole


def test_counts_do_not_depend_on_the_number_of_processes() -> None:
    parts = [Part(name, 3, k, k + 2) for name in ("did-8-twice", "trial-dropout") for k in (0, 2)]

    def counted(processes: int) -> dict[Part, Tally]:
        return {one.part: one.tally for one in run(parts, processes=processes)}

    assert counted(1) == counted(2)


@pytest.mark.parametrize("name", VARIED)
def test_asking_less_gives_the_verdicts_of_asking_everything(name: str) -> None:
    chosen = cell(name)
    for number in range(3):
        frame = chosen.world.draw(draw_seed(7, name, number))
        for promises in chosen.attempts(frame):
            quick, full = lazily(chosen, promises), in_full(chosen, promises)
            assert [q.verdict.status for q in quick] == [f.verdict.status for f in full]
            for q, f in zip(quick, full, strict=True):
                if q.verdict.status == "supported":
                    assert (q.verdict, q.checks, q.value) == (f.verdict, f.checks, f.value)


def test_checks_are_only_asked_where_they_can_change_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = pipeline._ask

    def noted(part, *rest):  # type: ignore[no-untyped-def]
        asked.append(part.name)
        return original(part, *rest)

    monkeypatch.setattr(pipeline, "_ask", noted)
    null, twice = cell("did-8-null"), cell("did-12-twice")
    (judged,) = lazily(null, null.attempts(null.world.draw(draw_seed(1, null.name, 0)))[0])
    assert judged.verdict.status != "supported"
    assert set(asked) <= pipeline.capping()
    supported = lazily(twice, twice.attempts(twice.world.draw(2))[0])[0]
    assert supported.unlowered == "supported"
    assert "attrition" in asked


def test_every_cell_is_drawn_judged_and_counted() -> None:
    for chosen in every_cell():
        if not chosen.name.startswith(SLOW):
            tally = count(chosen, seed=5, first=1, last=2)
            assert (tally.draws, sum(tally.verdicts.values())) == (1, 1), chosen.name
            assert set(tally.rules) == {rule.name for rule in (*chosen.naive, *chosen.rivals)}
            assert family_of(chosen)


def test_a_draw_that_cannot_be_carried_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ImpactkitError("Not this one.", where="here", mend="None.")

    monkeypatch.setattr("impactkit.simulation.run.lazily", refuse)
    tally = count(cell("did-8-null"), seed=1, first=0, last=2)
    assert tally.refused == {"Not this one.": 2}


def test_the_full_run_can_be_stopped_begun_again_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "did-8-null,did-8-twice,worst-0.5-did-earlier,trial-dropout,moved-declared-unlikely"
    folder, whole = tmp_path / "parts", tmp_path / "whole"
    first = ["--full", "--cells", names, "--seed", "4", "--processes", "1", "--out"]
    battery.main([*first, str(folder), "--draws", "5"])
    battery.main([*first, str(folder), "--draws", "9"])
    battery.main([*first, str(whole), "--draws", "9"])
    for file in sorted(whole.iterdir()):
        stopped = json.loads((folder / file.name).read_text("utf-8"))
        assert stopped["tally"] == json.loads(file.read_text("utf-8"))["tally"]
    battery.main(["--out", str(folder), "--write", str(tmp_path / "battery.md")])
    written = (tmp_path / "battery.md").read_text("utf-8")
    assert written == page(read_stored(folder, every_cell()))
    assert "--full --draws 9 --seed 4" in written
    for expected in ("numpy", "Not drawn: did-1-null", "did-8-twice", "## Power", "moved-declared-unlikely"):
        assert expected in written
    assert "keeps" in capsys.readouterr().out


def test_another_seed_is_not_added_to_a_folder(tmp_path: Path) -> None:
    chosen = cell("did-8-null")
    begun(None, chosen, 1).write(tmp_path)
    assert battery.main(["--cells", chosen.name, "--draws", "2", "--seed", "2", "--out", str(tmp_path)]) == 2


def test_counts_of_other_code_are_begun_anew(tmp_path: Path) -> None:
    chosen = cell("did-8-null")
    begun(None, chosen, 1).write(tmp_path)
    file = tmp_path / "did-8-null.json"
    record = json.loads(file.read_text("utf-8"))
    record["tally"]["draws"] = 5
    file.write_text(json.dumps(record), "utf-8")
    assert begun(tmp_path, chosen, 1).tally.draws == 5
    file.write_text(json.dumps({**record, "code": "older"}), "utf-8")
    assert begun(tmp_path, chosen, 1).tally.draws == 0


def test_the_quick_run_says_which_cells_fail(capsys: pytest.CaptureFixture[str]) -> None:
    code = battery.main(["--cells", "did-8-null,moved-declared-unlikely", "--draws", "3", "--processes", "1"])
    assert code == 0
    printed = capsys.readouterr().out
    assert "keeps did-8-null" in printed
    assert "-     moved-declared-unlikely" in printed


def test_a_cell_that_is_known_to_fall_short_is_told_as_failing_and_does_not_fail_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = cell("instrument-helps-three")
    assert known.falls_short
    command = ["--cells", known.name, "--draws", "12", "--processes", "1"]
    assert battery.main(command) == 0
    assert f"FAILS {known.name}" in capsys.readouterr().out
    monkeypatch.setattr(battery, "as_results", lambda _: [battery.Result(unknown, tally)])
    tally = Tally(draws=12, verdicts=Counter(supported=9, inconclusive=3), unnamed=9)
    unknown = replace(known, falls_short="")
    assert battery.main(command) == 1


def test_the_page_says_which_code_drew_which_cells(tmp_path: Path) -> None:
    tally = Tally(draws=10, verdicts=Counter(inconclusive=10))
    for name, code in (("did-8-null", "older"), ("did-8-twice", "older"), ("trial-pairs-null", "newer")):
        stored = replace(begun(None, cell(name), 1), code=code, tally=tally, seconds=3600.0)
        stored.write(tmp_path)
    written = page(read_stored(tmp_path, every_cell()))
    assert "| older | 2 | 20 | 2.0 |" in written
    assert "| newer | 1 | 10 | 1.0 |" in written
    assert "- older: `did-8`\n- newer: `trial-pairs`\n" in written


def test_the_page_tells_why_a_cell_is_known_to_fall_short(tmp_path: Path) -> None:
    known = cell("instrument-helps-three")
    tally = Tally(draws=100, verdicts=Counter(supported=12, inconclusive=88), unnamed=12)
    replace(begun(None, known, 1), tally=tally).write(tmp_path)
    written = page(read_stored(tmp_path, every_cell()))
    assert "0 of 1 cells keep their bar; not instrument-helps-three" in written
    assert f"`instrument-helps-three` is known to fall short: {known.falls_short}." in written


@pytest.mark.parametrize("command", [["--cells", "no-such"], ["--full"], ["--write", "nowhere/page.md"]])
def test_a_command_that_cannot_be_followed_says_why(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert battery.main(command) == 2
    assert capsys.readouterr().err
