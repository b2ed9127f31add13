"""A commitment ties to rows nobody has seen; single rows can be shown, and no other row can be passed off."""

import datetime
import hashlib
import hmac
import itertools
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from pydantic import ValidationError

from impactkit.data.pseudonym import new_key
from impactkit.errors import DataError, UsageError, VerificationError
from impactkit.plans.project_key import read_key
from impactkit.verification import merkle
from impactkit.verification.cells import cell, framed
from impactkit.verification.commitment import Commitment, commit
from impactkit.verification.fingerprint import fingerprint
from impactkit.verification.opening import Opening, check_opening, open_rows
from impactkit.verification.table_form import header, table_form

KEY = bytes(range(32))
KINDS = {"vem": "text", "svar": "number", "med": "bool", "dag": "date"}
UNITS, DECIMALS = {"svar": "points"}, {"svar": 1}
SAID = {"units": UNITS, "decimals": DECIMALS}
FRAME = pd.DataFrame(
    {
        "vem": ["p1", "p2", "p3", "p4", "p4", None, "på"],
        "svar": [4.0, 3.14, None, 10.0, 10.0, -2.5, 1e-9],
        "med": pd.array([True, False, None, True, True, False, True], dtype="boolean"),
        "dag": [datetime.date(2024, 3, day) for day in (1, 2, 3, 4, 4, 5)] + [None],
    }
)
MADE = commit(FRAME, KINDS, key=KEY, **SAID)
ALL = open_rows(FRAME, KINDS, key=KEY, indices=range(7), **SAID)


def by_hand(frame, key):
    """Return order, leaves and root as the specification has them, the slow way."""
    form = table_form(list(KINDS), KINDS, **SAID)
    rows = [b"".join(framed(cell(row[c.name], c)) for c in form) for row in frame.to_dict("records")]
    rows = sorted(rows, key=lambda row: hmac.new(key, b"\x00" + row, "sha256").digest())
    whole = bytes.fromhex(fingerprint(frame, KINDS, key=key, **SAID))
    salts = hmac.new(key, b"ikcommitment1 salt" + whole, "sha256").digest()
    salt = [hmac.new(salts, i.to_bytes(8, "big"), "sha256").digest() for i in range(len(rows))]
    leaves = [hashlib.sha256(b"\x00" + s + row).digest() for s, row in zip(salt, rows, strict=True)]
    return salt, leaves


def test_it_is_what_the_specification_says():
    salt, leaves = by_hand(FRAME, KEY)
    head = header("ikcommitment1", table_form(list(KINDS), KINDS, **SAID), 7)
    assert head.startswith(b'{"columns":[["dag","date"],') and b'"rows":7,"spec":"ikcommitment1"' in head
    content = b"\x02" + len(head).to_bytes(8, "big") + head + merkle.root(b"".join(leaves))
    assert MADE.root == hashlib.sha256(content).hexdigest()
    assert [row.salt for row in ALL.rows] == [one.hex() for one in salt]
    assert MADE.fingerprint == fingerprint(FRAME, KINDS, key=KEY, **SAID)
    assert MADE.rows == 7
    assert [column.model_dump(exclude_none=True) for column in MADE.columns] == [
        {"name": "dag", "kind": "date"},
        {"name": "med", "kind": "bool"},
        {"name": "svar", "kind": "number", "unit": "points", "decimals": 1},
        {"name": "vem", "kind": "text"},
    ]


def test_the_form_is_pinned():
    """A change here breaks every commitment ever handed over: it needs a new name, not a new value."""
    assert MADE.root == "03c5c252eb64eae97e091ff2de8c324b96c8185fd8aa6f77e8c3b30e5b2fb5be"


def test_the_same_rows_in_any_order_and_library_give_the_same():
    shuffled = FRAME.sample(frac=1, random_state=2)[FRAME.columns[::-1]]
    assert commit(shuffled, KINDS, key=KEY, **SAID) == MADE
    assert commit(pl.from_pandas(FRAME), KINDS, key=KEY, **SAID) == MADE
    assert open_rows(shuffled, KINDS, key=KEY, indices=range(7), **SAID) == ALL


def test_another_key_row_unit_or_order_of_values_gives_another():
    others = [
        commit(FRAME, KINDS, key=bytes(32), **SAID),
        commit(FRAME.iloc[1:], KINDS, key=KEY, **SAID),
        commit(FRAME.assign(svar=FRAME["svar"] + 1), KINDS, key=KEY, **SAID),
        commit(FRAME, KINDS, key=KEY, units={"svar": "per cent"}, decimals=DECIMALS),
    ]
    assert len({MADE.root, *(other.root for other in others)}) == 5
    assert len({MADE.fingerprint, *(other.fingerprint for other in others)}) == 5


def test_every_row_can_be_shown_and_checked_without_the_key():
    shown = check_opening(MADE, ALL, asked=range(7))
    told = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in shown)
    assert told == sorted(
        json.dumps(row, sort_keys=True, ensure_ascii=False)
        for row in [
            {"vem": "p1", "svar": "4", "med": True, "dag": "2024-03-01"},
            {"vem": "p2", "svar": "3.1", "med": False, "dag": "2024-03-02"},
            {"vem": "p3", "svar": None, "med": None, "dag": "2024-03-03"},
            {"vem": "p4", "svar": "10", "med": True, "dag": "2024-03-04"},
            {"vem": "p4", "svar": "10", "med": True, "dag": "2024-03-04"},
            {"vem": None, "svar": "-2.5", "med": False, "dag": "2024-03-05"},
            {"vem": "på", "svar": "0", "med": True, "dag": None},
        ]
    )


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 13, 64, 65])
def test_rows_of_tables_of_every_size_can_be_shown(n):
    frame, kinds = pd.DataFrame({"y": np.arange(n) / 4}), {"y": "number"}
    made = commit(frame, kinds, key=KEY)
    shown = open_rows(frame, kinds, key=KEY, indices=range(n))
    rows = check_opening(made, shown, asked=range(n))
    assert sorted(float(row["y"]) for row in rows) == sorted(frame["y"])
    assert {len(row.path) for row in shown.rows} <= {n.bit_length() - 1, (n - 1).bit_length(), *range(7)}


def test_an_opening_survives_json():
    again = Opening.model_validate_json(ALL.to_bytes())
    assert again == ALL
    assert Commitment.model_validate_json(MADE.to_bytes()) == MADE
    assert json.loads(MADE.to_bytes())["columns"][0] == {"kind": "date", "name": "dag"}


def test_equal_rows_cannot_be_told_to_be_equal():
    """Two rows that say the same have different leaves, and so have the same rows in another table."""
    frame = pd.DataFrame({"y": [1] * 8})
    shown = open_rows(frame, {"y": "number"}, key=KEY, indices=range(8))
    assert len({row.salt for row in shown.rows}) == 8
    assert len({row.path[0] for row in shown.rows}) == 8
    more = open_rows(pd.DataFrame({"y": [1] * 9}), {"y": "number"}, key=KEY, indices=range(8))
    assert {row.salt for row in shown.rows}.isdisjoint(row.salt for row in more.rows)


def test_a_row_that_is_not_shown_cannot_be_guessed():
    """Whoever sees all rows but one cannot tell a right guess of it from a wrong one."""
    frame, kinds = pd.DataFrame({"y": range(4)}), {"y": "number"}
    made = commit(frame, kinds, key=KEY)
    shown = open_rows(frame, kinds, key=KEY, indices=[0, 1, 2])
    hidden = open_rows(frame, kinds, key=KEY, indices=[3]).rows[0]
    seen = {row.salt for row in shown.rows} | {digest for row in shown.rows for digest in row.path}
    form = table_form(["y"], kinds)[0]
    salts = [bytes.fromhex(one) for one in seen] + [bytes(32), bytes.fromhex(made.root)]
    guesses = {
        hashlib.sha256(b"\x00" + salt + framed(cell(value, form))).hexdigest()
        for salt, value in itertools.product([*salts, b""], range(10))
    }
    beside = open_rows(frame, kinds, key=KEY, indices=[2]).rows[0].path[0]
    assert beside not in guesses
    assert hidden.salt not in seen
    assert made.fingerprint != fingerprint(frame, kinds)


def changed(row, **values):
    return row.model_copy(update=values)


def swapped_digit(text):
    return ("1" if text[0] == "0" else "0") + text[1:]


FIRST, SECOND = ALL.rows[0], ALL.rows[1]
FORGED = {
    "another value": changed(FIRST, values=("2024-03-09", *FIRST.values[1:])),
    "a value emptied": changed(FIRST, values=(*FIRST.values[:3], None)),
    "a value less": changed(FIRST, values=FIRST.values[:-1]),
    "a value more": changed(FIRST, values=(*FIRST.values, None)),
    "values moved": changed(FIRST, values=FIRST.values[::-1]),
    "another row's values": changed(FIRST, values=SECOND.values),
    "another salt": changed(FIRST, salt=SECOND.salt),
    "a digit of the salt": changed(FIRST, salt=swapped_digit(FIRST.salt)),
    "another index": changed(FIRST, index=1),
    "an index beyond": changed(FIRST, index=7),
    "path swapped": changed(FIRST, path=SECOND.path),
    "path turned": changed(FIRST, path=FIRST.path[::-1]),
    "path shorter": changed(FIRST, path=FIRST.path[:-1]),
    "path longer": changed(FIRST, path=(*FIRST.path, "0" * 64)),
    "no path": changed(FIRST, path=()),
    "a digit of the path": changed(FIRST, path=(swapped_digit(FIRST.path[0]), *FIRST.path[1:])),
}


@pytest.mark.parametrize("row", FORGED.values(), ids=FORGED.keys())
def test_a_row_that_was_not_committed_to_is_refused(row):
    with pytest.raises(VerificationError, match=f"Row {row.index} is not the one that was committed to"):
        check_opening(MADE, ALL.model_copy(update={"rows": (row,)}))


@pytest.mark.parametrize("place", range(7))
def test_no_row_passes_in_another_place(place):
    for index in set(range(7)) - {ALL.rows[place].index}:
        with pytest.raises(VerificationError):
            check_opening(MADE, ALL.model_copy(update={"rows": (changed(ALL.rows[place], index=index),)}))


@pytest.mark.parametrize(
    "update",
    [
        {"root": "0" * 64},
        {"rows": 8},
        {"rows": 6},
        {"rows": 0},
        {"columns": MADE.columns[1:]},
        {"columns": tuple(c.model_copy(update={"unit": "kr"}) for c in MADE.columns)},
        {"columns": (*MADE.columns[:3], MADE.columns[3].model_copy(update={"name": "namn"}))},
        {"columns": MADE.columns[::-1]},
        {"columns": tuple(c.model_copy(update={"kind": "text"}) for c in MADE.columns)},
    ],
    ids=[
        "root",
        "row more",
        "row less",
        "no rows",
        "column less",
        "units",
        "a name",
        "columns turned",
        "kinds",
    ],
)
def test_another_commitment_does_not_take_the_rows(update):
    with pytest.raises(VerificationError):
        check_opening(MADE.model_copy(update=update), ALL)


def test_every_trouble_is_told_at_once():
    rows = (FIRST, FIRST, changed(SECOND, salt=FIRST.salt))
    with pytest.raises(VerificationError) as caught:
        check_opening(MADE, Opening(root="0" * 64, rows=rows), asked=[0, 5, 4])
    assert [(t.what.format(**t.values), t.where) for t in caught.value.troubles] == [
        ("The rows shown belong to another commitment.", "opening"),
        ("Row 0 is shown twice.", "opening"),
        ("Row 4 was picked and is not shown.", "opening"),
        ("Row 5 was picked and is not shown.", "opening"),
        ("Row 1 is shown and was not picked.", "opening"),
        ("Row 1 is not the one that was committed to.", "opening"),
    ]


def test_rows_are_shown_in_the_order_they_were_asked_for():
    shown = open_rows(FRAME, KINDS, key=KEY, indices=[5, 0], **SAID)
    assert [row.index for row in shown.rows] == [5, 0]
    assert check_opening(MADE, shown, asked=[0, 5])
    assert check_opening(MADE, shown.model_copy(update={"rows": ()})) == ()


@pytest.mark.parametrize("index", [-1, 7])
def test_a_row_that_is_not_there_cannot_be_shown(index):
    with pytest.raises(UsageError, match=rf"There is no row {index}; .* from 0 to 6"):
        open_rows(FRAME, KINDS, key=KEY, indices=[0, index], **SAID)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "1 "), ("number", "01"), ("number", "1.50"), ("number", "1."), ("number", "+1"),
        ("number", "nan"), ("number", "inf"), ("number", "1e5 apples"), ("number", ""), ("number", True),
        ("number", "１"), ("text", True), ("text", " a"), ("text", "a\u200b"), ("text", "A\u030a"),
        ("bool", "t"), ("bool", "true"), ("date", "20240301"), ("date", "2024-02-30"), ("date", False),
        ("date", "2024-W10-1"),
    ],
)  # fmt: skip
def test_only_what_a_cell_is_shown_as_is_taken(kind, value):
    """A commitment to bytes that are no cell cannot be opened as one."""
    with pytest.raises(VerificationError):
        check_opening(*one_cell(kind, value))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "1.5"), ("number", "-1.25e-07"), ("number", "1e+100"), ("text", "å"), ("date", "2024-02-29")],
)
def test_what_a_cell_is_shown_as_is_taken(kind, value):
    assert check_opening(*one_cell(kind, value)) == ({"a": value},)


def one_cell(kind, value):
    """Return a commitment to one cell whose bytes are those of the value, and its opening."""
    letter = b"n" if kind == "number" else b""
    plain = value if isinstance(value, str) else "t"
    salt = bytes(32)
    top = hashlib.sha256(b"\x00" + salt + framed(letter + plain.encode("utf-8"))).digest()
    made = Commitment(columns=({"name": "a", "kind": kind},), rows=1, fingerprint="0" * 64, root="0" * 64)
    made = made.model_copy(update={"root": made.root_over(top)})
    row = {"index": 0, "values": (value,), "salt": salt.hex(), "path": ()}
    return made, Opening(root=made.root, rows=(row,))


@pytest.mark.parametrize("number", [0.5, -3, 1e20, 2.0**53, 1.5e-7, 5e-324, 1e15 + 0.5])
def test_every_number_can_be_shown(number):
    frame = pd.DataFrame({"a": [number]})
    made = commit(frame, {"a": "number"}, key=KEY)
    assert check_opening(made, open_rows(frame, {"a": "number"}, key=KEY, indices=[0]))


def test_long_numbers_can_be_refused():
    frame = pd.DataFrame({"a": [1 / 3]})
    with pytest.raises(DataError, match="more than 15 significant digits"):
        commit(frame, {"a": "number"}, key=KEY, long_numbers="refuse")
    assert commit(frame, {"a": "number"}, key=KEY) == commit(
        frame, {"a": "number"}, key=KEY, long_numbers="round"
    )


def test_no_rows_can_be_committed_to_as_well():
    made = commit(FRAME.iloc[:0], KINDS, key=KEY)
    assert (made.rows, made.root) == (0, made.root_over(hashlib.sha256(b"").digest()))


@pytest.mark.parametrize("key", [bytes(31), bytes(33), b"", "0" * 32])
def test_a_key_of_another_size_is_refused(key):
    with pytest.raises(UsageError, match="32 secret bytes"):
        commit(FRAME, KINDS, key=key)


def test_without_a_key_there_is_no_commitment():
    with pytest.raises(UsageError, match="needs a key"):
        commit(FRAME, KINDS, key=None)


def test_a_key_is_read_from_the_file_that_new_key_wrote(tmp_path):
    file = new_key(tmp_path / "key")
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key(file) == bytes.fromhex(file.read_text().strip())
    assert commit(FRAME, KINDS, key=read_key(file), **SAID).root != MADE.root


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"00" * 33, b"zz" * 32, bytes(range(128, 160)), None])
def test_a_file_without_a_key_is_refused(tmp_path, content):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="key holds no key of 64 hexadecimal digits"):
        read_key(file)


@pytest.mark.parametrize(
    "update",
    [
        {"spec": "ikcommitment2"},
        {"rows": -1},
        {"rows": "7"},
        {"root": "A" * 64},
        {"columns": ()},
        {"more": 1},
    ],
)
def test_a_commitment_of_another_form_is_refused(update):
    with pytest.raises(ValidationError):
        Commitment.model_validate(json.loads(MADE.to_bytes()) | update)
