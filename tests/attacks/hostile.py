"""Files that would harm or deceive whoever opens them, each built from an honest bundle's members."""

import io
import json
import struct
import zipfile

from impactkit.provenance import canonical_json
from impactkit.verification.safe_zip import write_archive


def archive(members, *, compression=zipfile.ZIP_STORED, **entries):
    """Return a plain archive of members, without the order and dates of a sealed one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in {**members, **entries}.items():
            made.writestr(name, content)
    return stream.getvalue()


def named(name):
    """Add a member of a dangerous name."""
    return lambda members: archive({**members, name: b"x"})


def twice(name):
    def made(members):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as held:
            for each, content in members.items():
                held.writestr(each, content)
            held.writestr(name(members), b"x")
        return stream.getvalue()

    return made


def link(members):
    info = zipfile.ZipInfo("data/link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    stream = io.BytesIO(archive(members))
    with zipfile.ZipFile(stream, "a") as made:
        made.writestr(info, "/etc/passwd")
    return stream.getvalue()


def bomb(members):
    return archive({**members, "data/bomb.csv": b"0" * 2**26}, compression=zipfile.ZIP_DEFLATED)


def nested_bomb(members):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * 2**26)
    return replaced("data/data.csv", inner.getvalue())(members)


def many(members):
    return archive({**members, **{f"data/{n}": b"" for n in range(10_001)}})


def lying_size(members):
    """Say in the directory that a member is small when it is not."""
    content = bytearray(archive({**members, "data/big": b"0" * 2**20}, compression=zipfile.ZIP_DEFLATED))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


def encrypted(members):
    content = bytearray(archive(members))
    for sign, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(sign)
        content[place + at] |= 1
    return bytes(content)


def compressed_otherwise(kind):
    return lambda members: archive(members, compression=kind)


def method_unknown(members):
    content = bytearray(archive(members))
    for sign, at in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        place = content.find(sign)
        content[place + at : place + at + 2] = struct.pack("<H", 97)
    return bytes(content)


def broken_sum(members):
    content = bytearray(archive(members))
    place = content.find(members["report.html"][:40])
    content[place] ^= 1
    return bytes(content)


def replaced(name, content):
    """Put other content in a member, the manifest fitting."""

    def made(members):
        from verification.conftest import resealed

        return resealed({**members, name: content(members) if callable(content) else content})

    return made


def manifest(**changes):
    def made(members):
        record = {**json.loads(members["MANIFEST.json"]), **changes}
        return write_archive({**members, "MANIFEST.json": canonical_json(record)})

    return made


def raw_manifest(content):
    return lambda members: write_archive({**members, "MANIFEST.json": content})


DEEP = b"[" * 100_000
HOSTILE = {
    "nothing": lambda members: b"",
    "no archive": lambda members: b"%PDF-1.7 not a zip",
    "an executable": lambda members: b"\x7fELF" + b"\0" * 200,
    "a gzip": lambda members: b"\x1f\x8b\x08" + b"\0" * 50,
    "only a header": lambda members: b"PK\x03\x04",
    "an empty archive": lambda members: b"PK\x05\x06" + b"\0" * 18,
    "cut off": lambda members: write_archive(members)[:-30],
    "cut in half": lambda members: write_archive(members)[: len(write_archive(members)) // 2],
    "no manifest": lambda members: write_archive({k: v for k, v in members.items() if k != "MANIFEST.json"}),
    "up a folder": named("../escaped"),
    "up two folders inside": named("data/../../escaped"),
    "up with backslashes": named("..\\escaped"),
    "from the root": named("/etc/cron.d/x"),
    "from a drive": named("C:/escaped"),
    "a stream of a file": named("data/x:stream"),
    "a device": named("data/NUL"),
    "a device with an ending": named("data/com1.csv"),
    "a name with a null": named("data/a\0b"),
    "a name with an escape": named("data/\x1b[2J"),
    "a name that ends with a point": named("data/x."),
    "a name that ends with space": named("data/x "),
    "an empty part": named("data//x"),
    "a folder": named("data/folder/"),
    "a long name": named("data/" + "x" * 300),
    "one name twice": twice(lambda members: "report.html"),
    "one name in another case": twice(lambda members: "REPORT.html"),
    "one name composed otherwise": lambda members: archive({**members, "data/e\u0301": b"1", "data/é": b"2"}),
    "a file that is a folder": named("report.html/x"),
    "a link": link,
    "a bomb": bomb,
    "a bomb in a workbook": nested_bomb,
    "too many files": many,
    "a size that lies": lying_size,
    "encrypted": encrypted,
    "compressed with bzip2": compressed_otherwise(zipfile.ZIP_BZIP2),
    "compressed with lzma": compressed_otherwise(zipfile.ZIP_LZMA),
    "compressed somehow": method_unknown,
    "a sum that does not fit": broken_sum,
    "a file that nobody declared": named("notes.txt"),
    "a pickle that nobody declared": named("data.pkl"),
    "a manifest without end": raw_manifest(DEEP),
    "a manifest that is no object": raw_manifest(b"[]"),
    "a manifest with a key twice": raw_manifest(b'{"spec":"ikbundle1","spec":"ikbundle1"}'),
    "a manifest in another encoding": raw_manifest('{"spec":"ikbundle1"}'.encode("utf-16")),
    "a manifest with NaN": raw_manifest(b'{"spec":"ikbundle1","rows":NaN}'),
    "a manifest with another key": manifest(run="rm -rf /"),
    "a manifest with a path that is no text": manifest(members=[{"path": 1, "sha256": "0" * 64, "size": 1}]),
    "results without end": replaced("results.json", DEEP),
    "results with an endless number": replaced("results.json", b'{"spec":"ikresults1","a":1e999}'),
    "results with half a letter": replaced("results.json", b'{"spec":"ikresults1","a":"\\ud800"}'),
    "a plan that is no TOML": replaced("plan/plan.toml", b"= ="),
    "a plan without end": replaced("plan/plan.toml", b"a = " + DEEP),
    "a plan that is YAML": replaced("plan/plan.toml", b"!!python/object/apply:os.system ['x']"),
    "a lock without end": replaced("plan/plan.lock.json", DEEP),
}
"""What exit code 4 is for: nothing of it is used."""


def told(rows):
    return (
        "\n".join(["område;namn;år;insats;svarande;nöjda_utemiljö;omflyttning;påhittat", *rows, ""])
    ).encode()


HOSTILE_DATA = {
    "a cell without end": told(["01;" + "x" * 2**20 + ";2019;1;2;47,2;14,6;ja"]),
    "a line without end": told([";" * 200_000]),
    "numbers beyond all bounds": told(["01;N;2019;1;2;1e999;14,6;ja"]),
    "a formula for a number": told(["01;N;2019;1;2;=1+1;14,6;ja"]),
    "an unclosed quote": told(['"01;N;2019;1;2;47,2;14,6;ja']),
    "null characters": told(["01;N\0;2019;1;2;47,2;14,6;ja"]),
    "binary": b"\x00\x01\x02\x03" * 1000,
    "nothing at all": b"",
    "a workbook that is no workbook": b"PK\x03\x04" + b"\0" * 100,
    "XML with entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
}
"""Data that a plan names, and that make no study: the bundle fails, with exit code 1 or 4."""
