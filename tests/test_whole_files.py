"""A file is the old one or the new one, whatever stops the program: never half of either."""

import hashlib
import os
import random
import signal
import time
from pathlib import Path

import pytest

from impactkit.provenance import write_new, write_whole

SIZE = 400_000
NEEDS_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts no copies of a program")


def version(number):
    """Content that says whether it is whole: a digest of what follows."""
    body = number.to_bytes(4, "big") * (SIZE // 4)
    return hashlib.sha256(body).digest() + body


def is_whole(content):
    return content[:32] == hashlib.sha256(content[32:]).digest() and len(content) == SIZE + 32


def killed_while_writing(file, after):
    """Write version after version in a copy of this program, and kill it after so many seconds."""
    child = os.fork()
    if child == 0:
        try:
            number = 1
            while True:
                write_whole(file, version(number))
                number += 1
        finally:
            os._exit(1)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


def kill_again_and_again(folder, times):
    file = folder / "bundle.zip"
    write_whole(file, version(0))
    draw = random.Random(8)
    left = 0
    for _ in range(times):
        killed_while_writing(file, draw.uniform(0, 0.02))
        assert is_whole(file.read_bytes())
        for stray in set(folder.iterdir()) - {file}:
            left += 1
            assert stray.name.startswith(".bundle.zip.")
            assert stray.name.endswith(".tmp")
            stray.unlink()
    return left


@NEEDS_FORK
def test_killed_at_random_moments_200_times(tmp_path):
    kill_again_and_again(tmp_path, 200)


@NEEDS_FORK
@pytest.mark.slow
def test_some_of_the_moments_fall_within_the_writing(tmp_path):
    """Else nothing has been shown; on a machine that does much else they may not."""
    assert kill_again_and_again(tmp_path, 200) > 20


def test_nothing_reads_what_a_killed_program_left(tmp_path):
    from impactkit.indicators import Catalogue
    from impactkit.plans import Plan

    for name in ("plan.toml", "data.csv", "plan.lock.json", "x.json", "bundle.zip"):
        (tmp_path / f".{name}.abcd1234.tmp").write_bytes(b"half")
    found = [
        file
        for pattern in ("*.toml", "*.json", "*.csv", "*.zip", "*.sig")
        for file in tmp_path.rglob(pattern)
    ]
    assert found == []
    with pytest.raises(Exception, match=r"plan\.toml"):
        Plan.read(tmp_path)
    assert len(list(Catalogue.default())) > 0


class TestWriteWhole:
    def test_the_file_holds_all_and_nothing_else_is_left(self, tmp_path):
        file = tmp_path / "a.txt"
        for content in (b"one", b"", b"three" * 1000):
            write_whole(file, content)
            assert file.read_bytes() == content
        assert list(tmp_path.iterdir()) == [file]
        assert file.stat().st_mode & 0o777 == 0o644

    @pytest.mark.parametrize("step", ["os.fsync", "os.fdopen", "pathlib.Path.chmod", "pathlib.Path.replace"])
    def test_where_a_step_fails_the_old_file_stands(self, tmp_path, monkeypatch, step):
        file = tmp_path / "a.txt"
        write_whole(file, b"old")

        def failing(*_args, **_kwargs):
            raise OSError("the disk is full")

        monkeypatch.setattr(step, failing)
        with pytest.raises(OSError, match="disk is full"):
            write_whole(file, b"new")
        monkeypatch.undo()
        assert file.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [file]

    def test_the_content_is_on_the_disk_before_the_name_and_the_folder_after(self, tmp_path, monkeypatch):
        done = []
        fsync, replace = os.fsync, Path.replace

        def flushed(handle):
            done.append("folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "file")
            fsync(handle)

        def named(self, target):
            done.append("name")
            return replace(self, target)

        monkeypatch.setattr(os, "fsync", flushed)
        monkeypatch.setattr(Path, "replace", named)
        write_whole(tmp_path / "a.txt", b"x")
        if Path("/proc/self/fd").exists():
            assert done == ["file", "name", "folder"]

    def test_a_folder_that_cannot_be_flushed_is_no_failure(self, tmp_path, monkeypatch):
        real = os.open

        def no_folders(path, flags, *args, **kwargs):
            if flags == os.O_RDONLY and Path(path).is_dir():
                raise PermissionError
            return real(path, flags, *args, **kwargs)

        monkeypatch.setattr(os, "open", no_folders)
        write_whole(tmp_path / "a.txt", b"x")
        assert (tmp_path / "a.txt").read_bytes() == b"x"


class TestWriteNew:
    def test_only_the_owner_may_read_it(self, tmp_path):
        file = tmp_path / "key"
        write_new(file, b"secret")
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"secret", 0o600)
        assert list(tmp_path.iterdir()) == [file]

    def test_a_file_that_stands_is_left_as_it_is(self, tmp_path, monkeypatch):
        file = tmp_path / "key"
        write_new(file, b"first")
        with pytest.raises(FileExistsError):
            write_new(file, b"second")
        monkeypatch.setattr(Path, "exists", lambda self: False)  # somebody was quicker
        with pytest.raises(FileExistsError):
            write_new(file, b"second")
        assert file.read_bytes() == b"first"
        assert list(tmp_path.iterdir()) == [file]

    def test_a_disk_without_second_names_will_do(self, tmp_path, monkeypatch):
        def none_here(self, target):
            raise PermissionError

        monkeypatch.setattr(Path, "hardlink_to", none_here)
        write_new(tmp_path / "key", b"secret")
        assert (tmp_path / "key").read_bytes() == b"secret"
        with pytest.raises(FileExistsError):
            write_new(tmp_path / "key", b"second")
        assert list(tmp_path.iterdir()) == [tmp_path / "key"]
