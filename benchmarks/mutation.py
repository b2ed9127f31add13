"""How many small faults in a file its tests notice.

    python benchmarks/mutation.py src/impactkit/verification/merkle.py --tests tests/verification

The tests are collected once, and run once while it is noted which of them pass through which line. Then, for
each fault, a copy of this process (fork) gets the function with the fault in it and runs the tests that pass
through its line, the quickest first, until one fails. Faults outside functions are tried in a fresh process
in which the faulty file is imported from the start, with the tests that pass through the file. A fault that
makes the tests run on without end is noticed too. Unix only.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from mutants import Site, mutated, sites

NOTICED, UNNOTICED, UNPATCHED = 1, 0, 3
MOST_BYTES = 8 * 2**30
QUIET = [
    "-q",
    "--assert=plain",
    "-n",
    "0",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "--no-header",
    "--no-summary",
]


@dataclass(eq=False)
class Mutant:
    """A fault, and what became of it."""

    file: Path
    number: int
    site: Site
    state: str = "not tried"


@dataclass(eq=False)
class Runner:
    """A plugin that tries every fault, once tests are collected, instead of running them once."""

    files: list[Path]
    jobs: int
    mutants: list[Mutant] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    has_failed: bool = False
    is_sound: bool = False
    caches: list[Any] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            print("\nwithout any fault, the tests cannot be collected")
            return True
        self._note_lines(session.items)
        if not self.has_failed:
            self.is_sound = True
            self._try_all(session.items)
        return True

    def _note_lines(self, items: Sequence[pytest.Item]) -> None:
        names = {str(file): str(file) for file in self.files}
        seen: set[tuple[str, int]] = set()

        def line(frame: FrameType, event: str, _: Any) -> Any:
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: FrameType, event: str, argument: Any) -> Any:
            return line(frame, event, argument) if frame.f_code.co_filename in names else None

        self.caches = caches()
        for item in items:
            begun = time.perf_counter()
            run_item(item)
            self.seconds[item.nodeid] = time.perf_counter() - begun
            self._forget()
            seen.clear()
            sys.settrace(call)
            run_item(item)
            sys.settrace(None)
            self.lines[item.nodeid] = set(seen)
            if self.has_failed:
                print(f"\nwithout any fault, this test fails: {item.nodeid}")
                return

    def _try_all(self, items: Sequence[pytest.Item]) -> None:
        living, self.caches = functions_of(self.files), caches()
        gc.freeze()
        waiting = [mutant for mutant in self.mutants if mutant.site.function is not None]
        for mutant in self.mutants:
            if mutant.site.function is None:
                mutant.state = "to be imported"
        running: dict[int, tuple[Mutant, float]] = {}
        items = sorted(items, key=lambda item: self.seconds.get(item.nodeid, 0.0))
        while waiting or running:
            while waiting and len(running) < self.jobs:
                mutant = waiting.pop(0)
                chosen = [item for item in items if self._passes(item.nodeid, mutant)]
                if not chosen:
                    mutant.state = "no test passes here"
                    continue
                limit = 3 + 5 * sum(self.seconds[item.nodeid] for item in chosen)
                running[self._fork(mutant, chosen, living)] = (mutant, time.monotonic() + limit)
            for process, (mutant, until) in list(running.items()):
                mutant.state = waited(process, until) or mutant.state
                if mutant.state != "not tried":
                    del running[process]
            time.sleep(0.002)

    def _forget(self) -> None:
        for cache in self.caches:
            cache.cache_clear()

    def nodes_for(self, mutant: Mutant) -> list[str]:
        """Return the tests to ask when a fault is imported from the start, the quickest first."""
        found = [node for node in self.lines if self._passes(node, mutant)]
        return sorted(found or self.lines, key=self.seconds.__getitem__)

    def _passes(self, node: str, mutant: Mutant) -> bool:
        """Return whether a test passes through a fault's function, or its file where there is none."""
        inside = range(mutant.site.first, mutant.site.last + 1)
        return any(
            file == str(mutant.file) and (mutant.site.function is None or line in inside)
            for file, line in self.lines[node]
        )

    def _fork(
        self,
        mutant: Mutant,
        items: Sequence[pytest.Item],
        functions: dict[tuple[str, str], list[FunctionType]],
    ) -> int:
        process = os.fork()
        if process:
            return process
        try:
            # A fault may also make a list grow without end.
            resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            if not put_in(mutant, functions):
                os._exit(UNPATCHED)
            self._forget()
            os._exit(NOTICED if any(notices(item) for item in items) else UNNOTICED)
        except BaseException:
            os._exit(NOTICED)


def run_item(item: pytest.Item) -> None:
    """Run one test, even if it has been run before."""
    if hasattr(item, "_initrequest"):
        item._initrequest()
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def notices(item: pytest.Item) -> bool:
    """Run one test without telling about it; return whether it failed."""
    if hasattr(item, "_initrequest"):
        item._initrequest()
    try:
        item.session._setupstate.setup(item)
        item.runtest()
        item.session._setupstate.teardown_exact(None)
    except (pytest.skip.Exception, pytest.xfail.Exception):
        return False
    except BaseException:
        return True
    return False


def waited(process: int, until: float) -> str | None:
    """Return what became of a process, or None while it runs."""
    ended, status = os.waitpid(process, os.WNOHANG)
    if not ended:
        if time.monotonic() < until:
            return None
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return "ran on"
    code = os.waitstatus_to_exitcode(status)
    return {UNNOTICED: "unnoticed", UNPATCHED: "to be imported"}.get(code, "noticed")


def functions_of(files: Sequence[Path]) -> dict[tuple[str, str], list[FunctionType]]:
    """Return the living functions of some files by file and qualified name."""
    names = {str(file) for file in files}
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename in names:
            found.setdefault((thing.__code__.co_filename, thing.__code__.co_qualname), []).append(thing)
    return found


def caches() -> list[Any]:
    """Return every cached function of the package: what it keeps was found without the fault."""
    kept = [thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper)]
    return [thing for thing in kept if str(thing.__module__).startswith("impactkit")]


def put_in(mutant: Mutant, functions: dict[tuple[str, str], list[FunctionType]]) -> bool:
    """Put a fault into the living function; return whether that could be done."""
    name = mutant.site.function or ""
    living = functions.get((str(mutant.file), name), [])
    code = code_named(compiled(mutant), name)
    if not living or code is None:
        return False
    try:
        for function in living:
            function.__code__ = code
    except ValueError:
        return False
    return True


def compiled(mutant: Mutant) -> CodeType:
    """Return the code of a file with its fault."""
    tree, _ = mutated(mutant.file.read_text("utf-8"), mutant.number)
    return compile(tree, str(mutant.file), "exec")


def code_named(code: CodeType, name: str) -> CodeType | None:
    """Return the code of a function inside the code of a file."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_qualname == name:
                return part
            found = code_named(part, name)
            if found is not None:
                return found
    return None


class FaultyFile(importlib.machinery.SourceFileLoader):
    """Imports a file with a fault."""

    mutant: Mutant

    def get_code(self, fullname: str) -> CodeType:
        return compiled(self.mutant)


class Finder(importlib.abc.MetaPathFinder):
    """Finds one module with a fault, and no other."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant, self.name = mutant, module_of(mutant.file)

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        loader = FaultyFile(fullname, str(self.mutant.file))
        loader.mutant = self.mutant
        return importlib.util.spec_from_file_location(fullname, self.mutant.file, loader=loader)


def module_of(file: Path) -> str:
    """Return the name a file is imported by."""
    for place in sys.path:
        if place and file.is_relative_to(Path(place).resolve()):
            return ".".join(file.relative_to(Path(place).resolve()).with_suffix("").parts)
    raise SystemExit(f"{file.name} is not on the path that modules are imported from: set PYTHONPATH")


def imported(file: Path, number: int, tests: Sequence[str], *, seconds: float) -> str:
    """Run the tests in a fresh process that imports the file with its fault; without any for number -1."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as chosen:
        chosen.write("\n".join(tests))
        chosen.flush()
        call = [sys.executable, __file__, str(file), f"--number={number}", "--tests", f"@{chosen.name}"]
        try:
            done = subprocess.run(call, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return "ran on"
    return "unnoticed" if done.returncode == 0 else "noticed"


def quick_hypothesis() -> None:
    """Let random examples neither be stored nor made smaller."""
    try:
        from hypothesis import Phase, settings
    except ImportError:
        return
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutation", database=None, deadline=None, phases=phases, derandomize=True)
    settings.load_profile("mutation")


def told(mutant: Mutant, root: Path) -> str:
    """Return a fault in one line."""
    file = mutant.file.relative_to(root) if mutant.file.is_relative_to(root) else mutant.file
    line = mutant.file.read_text("utf-8").splitlines()[mutant.site.line - 1].strip()
    return f"{file.as_posix()}:{mutant.site.line}: {mutant.site.what}: {line}"


def table(mutants: Sequence[Mutant], files: Sequence[Path]) -> str:
    """Return how many faults of each file were noticed."""
    lines = ["| file | faults | noticed | share |", "| --- | --- | --- | --- |"]
    for file in [*files, None]:
        own = [mutant for mutant in mutants if file in (None, mutant.file)]
        noticed = sum(mutant.state in ("noticed", "ran on") for mutant in own)
        name = "all" if file is None else file.stem
        lines.append(f"| {name} | {len(own)} | {noticed} | {100 * noticed / max(len(own), 1):.1f} % |")
    return "\n".join(lines)


def write_section(page: Path, title: str, said: str) -> None:
    """Write what one run found into a page that may hold those of others."""
    head = "# Faults that the tests notice\n\nWritten by `benchmarks/mutation.py`, a section for each run.\n"
    parts = (page.read_text("utf-8") if page.exists() else head).split("\n## ")
    kept = [part for part in parts[1:] if not part.startswith(f"{title}\n")]
    page.write_text("\n## ".join([parts[0], *kept, f"{title}\n\n{said}"]), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="files to put faults into")
    parser.add_argument("--tests", nargs="+", required=True, help="tests that should notice")
    parser.add_argument("--jobs", type=int, default=1, help="how many faults at a time")
    parser.add_argument("--every", type=int, default=1, help="try only one of so many faults")
    parser.add_argument("--first", type=int, default=0, help="the first of them, from 0")
    parser.add_argument("--least", type=float, default=0.0, help="fail below this share, in per cent")
    parser.add_argument("--write", type=Path, help="a page to write the table to")
    parser.add_argument("--number", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    files = [file.resolve() for file in asked.files]
    quick_hypothesis()
    if asked.number is not None:
        if asked.number >= 0:
            source = files[0].read_text("utf-8")
            mutant = Mutant(files[0], asked.number, mutated(source, asked.number)[1])
            sys.meta_path.insert(0, Finder(mutant))
        return int(pytest.main([*QUIET, "-x", *asked.tests]))
    begun = time.monotonic()
    runner = Runner(files, asked.jobs)
    for file in files:
        module_of(file)
        found = enumerate(sites(ast.parse(file.read_text("utf-8"))))
        runner.mutants += [
            Mutant(file, number, site) for number, site in found if number % asked.every == asked.first
        ]
    pytest.main([*QUIET, "-s", *asked.tests], plugins=[runner])
    if not runner.is_sound:
        return 2
    limit = 30 + 5 * sum(runner.seconds.values())
    left = [mutant for mutant in runner.mutants if mutant.state == "to be imported"]
    if left and imported(files[0], -1, list(runner.lines), seconds=limit) != "unnoticed":
        print("\nwithout any fault, the tests fail in a fresh process")
        return 2

    def again(mutant: Mutant) -> str:
        nodes = runner.nodes_for(mutant)
        return imported(
            mutant.file, mutant.number, nodes, seconds=60 + 5 * sum(runner.seconds[node] for node in nodes)
        )

    with ThreadPoolExecutor(asked.jobs) as pool:
        for mutant, state in zip(left, pool.map(again, left), strict=True):
            mutant.state = state
    return report(runner, asked, time.monotonic() - begun)


def report(runner: Runner, asked: argparse.Namespace, seconds: float) -> int:
    """Print what was not noticed, and the table; return the exit code."""
    root = Path.cwd()
    left = [mutant for mutant in runner.mutants if mutant.state not in ("noticed", "ran on")]
    rows = table(runner.mutants, runner.files)
    print("\n".join(["", *(f"{mutant.state}: {told(mutant, root)}" for mutant in left), "", rows]))
    print(f"\n{len(runner.mutants)} faults in {seconds:.0f} s")
    if asked.write:
        files = " ".join(file.as_posix() for file in asked.files)
        command = f"python benchmarks/mutation.py {files} --tests {' '.join(asked.tests)}"
        command += f" --every {asked.every}" if asked.every > 1 else ""
        command += f" --first {asked.first}" if asked.first else ""
        unnoticed = "\n".join(f"- `{told(mutant, root)}`" for mutant in left) or "None."
        said = f"```\n{command}\n```\n\n{rows}\n\nNot noticed:\n\n{unnoticed}\n"
        write_section(asked.write, ", ".join(file.stem for file in runner.files), said)
    share = 100 * (1 - len(left) / max(len(runner.mutants), 1))
    return 0 if share >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
