"""The fingerprint ikfp1 a second time, slowly, from docs/reference/fingerprint-specification.md alone.

It shares no line with the library and imports nothing of it. A table is {"columns": [{"name", "kind",
"unit"?, "decimals"?}], "rows": [[cell, ...], ...]}: numbers as decimals in text, dates in ISO form, None for
missing.

    python tests/verification/reference_ikfp1.py    # writes vectors/ikfp1.json
"""

import hashlib
import hmac
import json
import unicodedata
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path

VECTORS = Path(__file__).parent / "vectors" / "ikfp1.json"
EXACT = Context(prec=2000)


class RefusedError(ValueError):
    """What the specification refuses."""


def uint64(number):
    return bytes((number >> 8 * (7 - place)) & 255 for place in range(8))


def checked_text(text):
    text = unicodedata.normalize("NFC", text)
    categories = [unicodedata.category(sign) for sign in text]
    edges = categories[:1] + categories[-1:]
    if any(edge in ("Zs", "Zl", "Zp") for edge in edges):
        raise RefusedError("space at an edge")
    if any(category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for category in categories):
        raise RefusedError("cannot be seen")
    return text


def double(number):
    return float(number)


def digits_of(number, significant):
    """Return sign, digits and power of ten of the first digit, rounded half to even."""
    rounded = Context(prec=significant, rounding=ROUND_HALF_EVEN).create_decimal(Decimal(number))
    sign, digits, exponent = rounded.as_tuple()
    return sign, list(digits), exponent + len(digits) - 1, rounded


def neighbours(x, other):
    """Return how many doubles one has to step from one to the other, or 3 if more than two."""
    import math

    for steps in range(3):
        if x == other:
            return steps
        x = math.nextafter(x, other)
    return 3


def number_text(value, decimals=None, refuse_long=False, is_exact=False):
    x = double(value)
    if x in (double("inf"), double("-inf")):
        raise RefusedError("infinite")
    if decimals is not None:
        step = Decimal(1).scaleb(-decimals)
        rounded = Decimal(x).quantize(step, rounding=ROUND_HALF_EVEN, context=EXACT)
        if abs(rounded) >= Decimal(10) ** (15 - decimals):
            raise RefusedError("more than 15 digits")
        x = double(rounded)
    is_whole = Decimal(x) == Decimal(x).to_integral_value(context=EXACT)
    if is_whole and abs(x) < 9007199254740992:
        return whole_text(int(x))
    sign, digits, power, rounded = digits_of(x, 15)
    if is_whole:
        is_long = rounded != Decimal(value) if is_exact else double(rounded) != x
    else:
        is_long = neighbours(x, double(rounded)) > 2
    if refuse_long and is_long:
        raise RefusedError("more than 15 digits")
    if not is_whole and rounded == rounded.to_integral_value(context=EXACT):
        return whole_text(int(rounded))
    return ("-" if sign else "") + digits_text(digits, power)


def digits_text(digits, power):
    while len(digits) > 1 and digits[-1] == 0:
        digits.pop()
    text = "".join(map(str, digits))
    if power < -4 or power >= 15:
        rest = "." + text[1:] if len(text) > 1 else ""
        written = f"{text[0]}{rest}e{'-' if power < 0 else '+'}{abs(power):02d}"
    elif power < 0:
        written = "0." + "0" * (-power - 1) + text
    else:
        text = text.ljust(power + 1, "0")
        written = text[: power + 1] + ("." + text[power + 1 :] if len(text) > power + 1 else "")
    return written


def whole_text(number):
    digits = ""
    rest = abs(number)
    while rest or not digits:
        digits = "0123456789"[rest % 10] + digits
        rest //= 10
    return ("-" if number < 0 else "") + digits


def written(value, column, refuse_long=False, is_exact=False):
    kind = column["kind"]
    if value is None:
        return b"\x00"
    if kind == "bool":
        if not isinstance(value, bool):
            raise RefusedError("no truth value")
        return b"t" if value else b"f"
    if not isinstance(value, str):
        raise RefusedError("vectors write it as text")
    if kind == "number":
        return b"n" + number_text(value, column.get("decimals"), refuse_long, is_exact).encode("ascii")
    if kind == "date":
        if date.fromisoformat(value).strftime("%m-%d") != value[-5:] or len(value) != 10:
            raise RefusedError("no date")
        return value.encode("ascii")
    return checked_text(value).encode("utf-8")


def json_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def json_object(pairs):
    inside = ",".join(f"{json_text(name)}:{value}" for name, value in sorted(pairs.items()))
    return "{" + inside + "}"


def header(columns, rows, spec="ikfp1"):
    listed = ",".join(f"[{json_text(c['name'])},{json_text(c['kind'])}]" for c in columns)
    said = {"columns": f"[{listed}]", "rows": whole_text(rows), "spec": json_text(spec)}
    units = {c["name"]: json_text(c["unit"]) for c in columns if c.get("unit") is not None}
    decimals = {c["name"]: whole_text(c["decimals"]) for c in columns if c.get("decimals") is not None}
    if units:
        said["units"] = json_object(units)
    if decimals:
        said["decimals"] = json_object(decimals)
    return json_object(said).encode("utf-8")


def root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def work(table, key=None, refuse_long=False):
    """Return every step for a table."""
    named = [{**c, "name": checked_text(c["name"])} for c in table["columns"]]
    named = [{**c, "unit": checked_text(c["unit"])} if c.get("unit") is not None else c for c in named]
    if not named or len({c["name"] for c in named}) != len(named):
        raise RefusedError("names")
    order = sorted(range(len(named)), key=lambda place: named[place]["name"].encode("utf-8"))
    columns = [named[place] for place in order]

    def digest(content):
        if key is None:
            return hashlib.sha256(content).digest()
        return hmac.new(key, content, hashlib.sha256).digest()

    cells = []
    for row in table["rows"]:
        line = [written(row[place], named[place], refuse_long) for place in order]
        cells.append([uint64(len(one)) + one for one in line])
    digests = [digest(b"\x00" + b"".join(line)) for line in cells]
    top = root(sorted(digests))
    head = header(columns, len(cells))
    final = digest(b"\x02" + uint64(len(head)) + head + top)
    return {
        "header": head.decode("utf-8"),
        "cells": [[one.hex() for one in line] for line in cells],
        "row_digests": [one.hex() for one in digests],
        "root": top.hex(),
        "fingerprint": final.hex(),
    }


def column_digests(table, key_columns, key=None):
    names = [unicodedata.normalize("NFC", c["name"]) for c in table["columns"]]
    found = {}
    for name in sorted(names, key=lambda name: name.encode("utf-8")):
        wanted = {name} if name in key_columns else {*key_columns, name}
        places = [place for place, one in enumerate(names) if one in wanted]
        part = {
            "columns": [table["columns"][place] for place in places],
            "rows": [[row[place] for place in places] for row in table["rows"]],
        }
        found[name] = work(part, key)["fingerprint"]
    return found


def one_column(kind, values, **said):
    return {"columns": [{"name": "a", "kind": kind, **said}], "rows": [[value] for value in values]}


def panel(**changes):
    columns = [
        {"name": "kommun", "kind": "text"},
        {"name": "år", "kind": "number"},
        {"name": "andel", "kind": "number", "unit": "per cent", "decimals": 1},
        {"name": "behandlad", "kind": "bool"},
        {"name": "dag", "kind": "date"},
    ]
    rows = [
        ["0114", "2021", "52.4", True, "2021-05-01"],
        ["0180", "2021", "61", False, "2021-05-02"],
        ["1305", "2021", None, False, None],
        ["0114", "2022", "58.25", True, "2022-05-01"],
        ["0180", "2022", "60.35", False, "2022-05-03"],
    ]
    return {"columns": columns, "rows": rows, **changes}


KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
TABLES = {
    "one whole number": one_column("number", ["1"]),
    "no rows": one_column("number", []),
    "two rows": one_column("number", ["1", "2"]),
    "three rows": one_column("number", ["1", "2", "3"]),
    "five rows, one twice": one_column("number", ["1", "2", "3", "2", "5"]),
    "eight rows": one_column("number", [str(k) for k in range(8)]),
    "zero and minus zero": one_column("number", ["0", "-0.0", "-0"]),
    "missing": one_column("number", [None, "0"]),
    "decimals": one_column("number", ["0.5", "-12.25", "0.1", "100.125", "0.30000000000000004"]),
    "around one": one_column("number", ["0.99999999999999989", "1.0000000000000002", "-0.9999999999999999"]),
    "small, with and without exponent": one_column("number", ["0.0001", "0.00012", "0.00001", "-0.000025"]),
    "very small and very large": one_column(
        "number", ["5e-324", "1e-300", "1.7976931348623157e308", "1e100"]
    ),
    "whole, up to 2**53": one_column("number", ["9007199254740991", "-9007199254740991", "1000000000000000"]),
    "whole, from 2**53": one_column(
        "number", ["9007199254740992", "1e16", "123456789012345678", "1e20", "-1e22"]
    ),
    "not whole, above 10**15": one_column("number", ["1000000000000000.5", "4503599627370495.5"]),
    "seventeen digits": one_column(
        "number", ["0.6666666666666666", "3.1415926535897931", "-2.718281828459045"]
    ),
    "ties to even": one_column("number", ["0.125", "0.375", "2.675", "-0.125"], decimals=2),
    "no decimals": one_column("number", ["0.5", "1.5", "2.5", "-0.5", "999999999999999"], decimals=0),
    "fifteen decimals": one_column("number", ["0.123456789012345", "0.1234567890123456"], decimals=15),
    "a unit": one_column("number", ["1"], unit="kr"),
    "a unit with signs": one_column("number", ["1"], unit='m² "brutto" \\ år'),
    "truth values": one_column("bool", [True, False, None]),
    "dates": one_column("date", ["2020-02-29", "0001-01-01", "9999-12-31", None]),
    "texts": one_column("text", ["0114", "114", "Håbo", "a b", "", None, "e+20", "n1", "\U0001f333"]),
    "composed and not": one_column("text", ["Ha\u030abo", "H\u00e5bo", "\u212b"]),
    "looks alike": one_column("text", ["Håbo", "H\u00e5b\u043e"]),
    "a name that is not composed": {"columns": [{"name": "a\u030ar", "kind": "number"}], "rows": [["1"]]},
    "columns in the order of UTF-8": {
        "columns": [{"name": n, "kind": "text"} for n in ("\uff41", "\U0001f333", "ö", "z", "Z", 'q"')],
        "rows": [["1", "2", "3", "4", "5", "6"]],
    },
    "a panel": panel(),
    "a panel without units and decimals": panel(
        columns=[{k: c[k] for k in ("name", "kind")} for c in panel()["columns"]]
    ),
}
KEYED = ("one whole number", "no rows", "a panel")


def vectors():
    found = [{"name": name, "table": table, **work(table)} for name, table in TABLES.items()]
    key = bytes.fromhex(KEY)
    found += [
        {"name": f"{name}, with a key", "table": TABLES[name], "key": KEY, **work(TABLES[name], key)}
        for name in KEYED
    ]
    for vector in found:
        if "a panel" in vector["name"]:
            vector["key_columns"] = ["kommun", "år"]
            used = bytes.fromhex(vector["key"]) if "key" in vector else None
            vector["column_digests"] = column_digests(vector["table"], ["kommun", "år"], used)
    return {"spec": "ikfp1", "vectors": found}


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", "utf-8")
