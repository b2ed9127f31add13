"""Large files are taken apart by column, and say what the same file says when it is taken apart by cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import impactkit as ik
from impactkit.data.sources import csv_file

CELLS = st.one_of(
    st.sampled_from(
        ["", "0114", "Åre", "Håbo ", " x", "..", "1 234,5", "-0,5", "+7", "1.234", "12,50", "a\u00a0b", "1e3"]
    ),
    st.integers(-(10**16), 10**16).map(str),
    st.decimals(-1000, 1000, places=3).map(lambda number: str(number).replace(".", ",")),
    st.text(st.characters(blacklist_characters='";\r\n\0', blacklist_categories=("Cs",)), max_size=12),
)


def tables(text, tmp_path, monkeypatch):
    file = tmp_path / "rows.csv"
    file.write_bytes(text)
    found = []
    for small in (0, 1 << 40):
        monkeypatch.setattr(csv_file, "_SMALL", small)
        found.append(csv_file.read(file))
    return found


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=30),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
    last=st.booleans(),
)
def test_both_ways_say_the_same(tmp_path_factory, rows, end, quoted, last):
    def cell(text):
        return f'"{text}"' if quoted else text

    rows = [["u", *row[1:]] for row in rows]
    text = end.join(";".join(map(cell, row)) for row in [["a", "b", "c"], *rows]) + end * last
    with pytest.MonkeyPatch.context() as patch:
        fast, slow = tables(text.encode(), tmp_path_factory.mktemp("rows"), patch)
    assert fast.header == slow.header
    assert fast.cells.to_numpy().tolist() == slow.cells.to_numpy().tolist()
    assert list(fast.rows) == list(slow.rows)
    for mark in (",", "."):
        values = fast.held.plain_numbers(1, mark)
        if values is not None:
            assert values.tolist() == [float(text.replace(mark, ".")) for text in slow.texts("b")]


def test_many_rows_are_read_in_pieces_and_in_order(tmp_path):
    n = 300_000
    rows = "".join(f"u{k};2024;{k % 1000},5\n" for k in range(n))
    (tmp_path / "many.csv").write_text("Område;År;Besök\n" + rows, "utf-8")
    found = ik.read(tmp_path / "many.csv", layout=ik.Layout(values={"Besök": "safety/visits-per-day"}))
    assert len(found) == n == found.account.used
    assert found.unit[n - 1] == f"u{n - 1}"
    assert found.value[-1] == (n - 1) % 1000 + 0.5
    assert found.to_frame()["cell"].iloc[-1] == f"C{n + 1}"


@pytest.mark.parametrize("spoilt", ["u5;2024", "u5;2024;1;2", "u5;2024;x", ";;"])
def test_one_odd_row_among_many_is_found(tmp_path, spoilt):
    rows = [f"u{k};2024;{k % 1000}" for k in range(40_000)]
    rows[20_000] = spoilt
    (tmp_path / "many.csv").write_text("Område;År;Besök\n" + "\n".join(rows), "utf-8")
    layout = ik.Layout(values={"Besök": "safety/visits-per-day"})
    if spoilt == ";;":
        assert ik.read(tmp_path / "many.csv", layout=layout).account.set_aside["blank"] == 1
        return
    with pytest.raises(ik.ImpactkitError, match="20002"):
        ik.read(tmp_path / "many.csv", layout=layout)


def test_thousands_of_equal_faults_are_folded(tmp_path):
    rows = "".join(f"u{k};2024;x{k}\n" for k in range(30_000))
    (tmp_path / "many.csv").write_text("Område;År;Besök\n" + rows, "utf-8")
    with pytest.raises(ik.ImpactkitError) as refused:
        ik.read(tmp_path / "many.csv", layout=ik.Layout(values={"Besök": "safety/visits-per-day"}))
    table = ik.faults(refused.value, language="sv")
    assert len(table) == 21
    assert table["count"].iloc[-1] == 29_980
    assert table["cell"].iloc[-1] == "C22–C30001"
