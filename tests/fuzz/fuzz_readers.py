"""Feed the readers many spoilt files, and see that nothing but our own errors comes out.

    python tests/fuzz/fuzz_readers.py --inputs 200000 --seed 1

Each input is a sound file of some format, spoilt: bytes changed, cut, doubled, put in; parts of a workbook
exchanged; numbers made huge. It is read as a table and, where that works, as observations. What is counted:
read, refused, and anything else, which is written to a file and ends the run with 1.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import impactkit as ik
from impactkit.data.evidence import Evidence, Page
from impactkit.data.read_table import read_table
from recorded import formats, ugly

PIECES = [
    b"",
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b'"',
    b";",
    b",",
    b"\t",
    b"1e308",
    b"-",
    b"NaN",
    b"9" * 40,
    b"\xef\xbb\xbf",
    b"<!DOCTYPE a>",
    b"[" * 50,
    b"{}",
    b"null",
    b'""',
    b"PK\x03\x04",
    b"\xe2\x88\x92",
    b"\xcc\x8a",
    b"20240230",
]
MEMORY = 6 * 2**30


def sound_files(folder: Path) -> list[tuple[str, bytes]]:
    files = []
    for name, write in formats.WRITERS.items():
        write(folder / name)
        files.append((name, (folder / name).read_bytes()))
    page = Page(
        url="https://a.se", fetched="2026-01-01T00:00:00Z", body=(folder / "kolada.json").read_text("utf-8")
    )
    files.append(("evidence.json", Evidence(service="kolada", pages=(page,)).to_json().encode()))
    for case in ugly.ALL:
        files.append((case.name, case.write(folder).read_bytes()))
    return files


def spoilt(content: bytes, rng: random.Random) -> bytes:
    if content[:2] == b"PK" and rng.random() < 0.6:
        return spoilt_archive(content, rng)
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        place = rng.randrange(len(changed) + 1)
        kind = rng.randrange(6)
        if kind == 0 and changed:
            changed[min(place, len(changed) - 1)] = rng.randrange(256)
        elif kind == 1:
            changed[place:place] = rng.choice(PIECES)
        elif kind == 2:
            del changed[place : place + rng.choice((1, 2, 10, 100))]
        elif kind == 3:
            part = changed[place : place + rng.choice((1, 8, 64))]
            changed[place:place] = part * rng.choice((1, 2, 5))
        elif kind == 4 and rng.random() < 0.3:
            del changed[place:]
        elif changed:
            place = min(place, len(changed) - 1)
            changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


def spoilt_archive(content: bytes, rng: random.Random) -> bytes:
    """Spoil what is inside a workbook, so that the reader gets past the archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
    except zipfile.BadZipFile:
        return content[: rng.randrange(len(content) + 1)]
    if not parts:
        return content
    name = rng.choice(list(parts))
    parts[name] = spoilt(parts[name], rng) if not parts[name].startswith(b"PK") else b""
    if rng.random() < 0.1:
        del parts[rng.choice(list(parts))]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for member, part in parts.items():
            new.writestr(member, part)
    return stream.getvalue()


def outcome(file: Path, rng: random.Random) -> str:
    try:
        read_table(file)
    except ik.ImpactkitError as error:
        str(error), ik.told(error, "sv"), ik.faults(error, language="sv")
        return "refused"
    layout = rng.choice((None, ugly.ONE, ugly.SHARE, ugly.WIDE, ik.Layout(period=2024, unit="=A")))
    try:
        found = ik.read(file, layout=layout)
    except ik.ImpactkitError as error:
        str(error), ik.told(error, "sv"), ik.faults(error, language="sv")
        return "read as a table, refused as observations"
    found.to_frame()
    assert found.account.read == found.account.used + sum(found.account.set_aside.values())
    return "read"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--inputs", type=int, default=200_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    asked.add_argument("--last", type=Path, help="where to keep each input before it is read")
    options = asked.parse_args()
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rng = random.Random(options.seed)
    counts: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        files = sound_files(Path(folder))
        # What is read in a process of its own takes a hundred times as long as anything else.
        weights = [0.1 if name.endswith((".xls", ".ods", ".sav")) else 1.0 for name, _ in files]
        for number in range(options.inputs):
            [(name, content)] = rng.choices(files, weights)
            file = Path(folder) / f"spoilt{Path(name).suffix}"
            file.write_bytes(spoilt(content, rng))
            if options.last:
                options.last.write_bytes(file.read_bytes())
            started = time.process_time()
            try:
                counts[outcome(file, rng)] += 1
            except Exception:
                counts["anything else"] += 1
                options.keep.mkdir(exist_ok=True)
                (options.keep / f"{number}-{name}").write_bytes(file.read_bytes())
                (options.keep / f"{number}-{name}.txt").write_text(traceback.format_exc(), "utf-8")
            slowest = max(slowest, time.process_time() - started)
    for kind, n in counts.most_common():
        print(f"{n:8,}  {kind}")
    print(f"slowest input: {slowest:.2f} s of processor time; at most {MEMORY >> 30} GiB of memory")
    return int(counts["anything else"] > 0)


if __name__ == "__main__":
    sys.exit(main())
