"""A ledger is only ever added to, one writer at a time, and a line that was touched is told."""

import multiprocessing
from datetime import UTC, datetime

import pytest

from impactkit.errors import PlanError, UsageError
from impactkit.provenance import canonical_json
from impactkit.verification.ledger import Ledger, append, head
from impactkit.verification.manifest import digest

NOW = datetime(2026, 1, 1, 10, 30, 5, 999, tzinfo=UTC)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "plan.ledger.jsonl"


@pytest.fixture
def three(file):
    for place, kind in enumerate(("lock", "amend", "seal")):
        append(file, kind=kind, digest=str(place) * 64, actor="Anna Ek", now=NOW)
    return file


def test_each_line_names_the_one_before(three):
    lines = three.read_bytes().splitlines()
    kept = Ledger.read(three)
    assert [entry.seq for entry in kept.entries] == [1, 2, 3]
    assert [entry.prev for entry in kept.entries] == [None, digest(lines[0]), digest(lines[1])]
    assert kept.heads == tuple(digest(line) for line in lines)
    assert kept.head == head(three) == digest(lines[2])
    assert kept.to_bytes() == three.read_bytes()
    assert kept.entries[0].line() == canonical_json(
        {
            "spec": "ikledger1",
            "seq": 1,
            "prev": None,
            "kind": "lock",
            "digest": "0" * 64,
            "time": "2026-01-01T10:30:05Z",
            "actor": "Anna Ek",
        }
    )
    assert kept.digests("amend") == ("1" * 64,)


def test_an_empty_one_has_no_head(file):
    assert head(file) is None
    assert Ledger.read(file) == Ledger.of(b"") == Ledger()


def test_it_extends_every_head_it_had_and_no_other(three):
    kept = Ledger.read(three)
    assert all(kept.extends(one) for one in kept.heads)
    assert kept.extends(f"  {kept.heads[0].upper()}\n")
    assert not kept.extends("0" * 64)
    assert not Ledger().extends(kept.heads[0])


def lines_of(content):
    return content.splitlines(keepends=True)


TOUCHED = {
    "a line taken out": lambda c: b"".join(lines_of(c)[1:]),
    "one in the middle": lambda c: lines_of(c)[0] + lines_of(c)[2],
    "swapped": lambda c: lines_of(c)[1] + lines_of(c)[0] + lines_of(c)[2],
    "twice": lambda c: c + lines_of(c)[2],
    "actor": lambda c: c.replace(b"Anna", b"Bert", 1),
    "digest": lambda c: c.replace(b"1" * 64, b"9" * 64, 1),
    "time": lambda c: c.replace(b"2026", b"2020", 1),
    "kind": lambda c: c.replace(b'"kind":"lock"', b'"kind":"hide"', 1),
    "spec": lambda c: c.replace(b"ikledger1", b"ikledger2", 1),
    "space": lambda c: c.replace(b'"seq":3', b'"seq": 3', 1),
    "last, rewritten": lambda c: c.replace(
        b'"time":"2026-01-01T10:30:05Z"', b'"time":"2026-01-01T10:30:05+00:00"'
    ),
    "key twice": lambda c: c.replace(b'"seq":1', b'"seq":1,"seq":1', 1),
    "key more": lambda c: c.replace(b'"seq":1', b'"seq":1,"x":1', 1),
    "broken off": lambda c: c[:-1],
    "half a line": lambda c: c[:-20],
    "empty line": lambda c: c + b"\n",
    "binary": lambda c: b"\xff\n",
    "windows": lambda c: c.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_a_line_that_was_touched_is_told(three, touch):
    content = touch(three.read_bytes())
    with pytest.raises(PlanError):
        Ledger.of(content)
    three.write_bytes(content)
    with pytest.raises(PlanError):
        append(three, kind="seal", digest="3" * 64, actor="x")
    assert three.read_bytes() == content
    assert [one.name for one in three.parent.iterdir()] == [three.name]


def test_a_last_line_replaced_whole_is_seen_only_by_who_has_its_head(three):
    kept = Ledger.read(three)
    rewritten = Ledger(entries=kept.entries[:2])
    assert Ledger.of(rewritten.to_bytes()) == rewritten
    assert not rewritten.extends(kept.head)


def test_two_writers_give_one_clear_error(three):
    guard = three.with_name(three.name + ".lock")
    guard.touch()
    before = three.read_bytes()
    with pytest.raises(UsageError) as told:
        append(three, kind="seal", digest="3" * 64, actor="x")
    assert guard.name in str(told.value)
    assert "remove" in str(told.value)
    assert (three.read_bytes(), guard.exists()) == (before, True)
    guard.unlink()
    append(three, kind="seal", digest="3" * 64, actor="x")
    assert not guard.exists()


def test_a_write_that_fails_leaves_what_was_there(three, monkeypatch):
    before = three.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        append(three, kind="seal", digest="3" * 64, actor="x")
    assert three.read_bytes() == before
    assert [one.name for one in three.parent.iterdir()] == [three.name]


def write_many(path, n):
    for place in range(n):
        while True:
            try:
                append(path, kind="seal", digest=f"{place:064x}", actor="x")
                break
            except UsageError:
                continue


def test_many_writers_lose_no_line(file):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_many, args=(file, 10)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(Ledger.read(file).entries) == 30


def test_the_clock_is_asked_when_no_time_is_given(file):
    entry = append(file, kind="lock", digest="0" * 64, actor="x").entries[0]
    assert abs((datetime.now(UTC) - entry.time).total_seconds()) < 60
