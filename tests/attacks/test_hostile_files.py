"""Files that would harm whoever opens them are refused, within a bounded time and memory."""

import multiprocessing
import sys

import pytest

from attacks.hostile import HOSTILE, HOSTILE_DATA, replaced
from impactkit.verification.verify import verify

_CPU_SECONDS = 120
_MEMORY = 2**29


def _refused_all(files, answers):
    """Verify every file in a process that would be killed for taking too much."""
    import resource

    from impactkit.verification.verify import verify

    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {name: (verify(file).exit_code, len(verify(file).steps)) for name, file in files.items()}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - used
    answers.put((found, grown))


def test_there_are_enough_hostile_files():
    assert len(HOSTILE) + len(HOSTILE_DATA) >= 40


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_hostile_files_are_refused_in_bounded_time_and_memory(members, tmp_path):
    files = {}
    for number, (name, made) in enumerate(HOSTILE.items()):
        files[name] = tmp_path / f"{number}.zip"
        files[name].write_bytes(made(members))
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_refused_all, args=(files, answers))
    process.start()
    found, grown = answers.get(timeout=600)
    process.join()
    assert {name: code for name, (code, _) in found.items() if code != 4} == {}
    assert {steps for _, steps in found.values()} == {1}
    assert grown < _MEMORY
    assert not any("escaped" in path.name for path in tmp_path.parent.rglob("*"))


@pytest.mark.parametrize("content", HOSTILE_DATA.values(), ids=HOSTILE_DATA)
def test_hostile_data_make_a_bundle_fail(members, tmp_path, content):
    file = tmp_path / "bundle.zip"
    file.write_bytes(replaced("data/data.csv", content)(members))
    assert verify(file).exit_code in (1, 4)
