"""What is found in a plan and its public files before they leave: numbers of people, and free text."""

import io
import zipfile

import pytest
import xlsxwriter

from impactkit.errors import DataError, UnsafeBundleError
from impactkit.verification.disclosure import (
    _shown,
    check_workbook,
    disclosures,
    is_free_text,
    refuse_disclosures,
)
from verification.small_records import plan_of

# The tax agency's own example of how the check digit is worked out.
NUMBER = "811228-9874"
SAID = [f"She told us on day {day}" for day in range(3)]
ROWS = "y;arm\n1;0\n2;1\n"


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Return a function that writes files and tells where something was found in them."""
    monkeypatch.chdir(tmp_path)

    def asked(*, claims=(), text="", also=(), public=True, **files):
        for name, content in {"d": ROWS, **files}.items():
            held = content if isinstance(content, bytes) else content.encode("utf-8")
            (tmp_path / f"{name}.csv").write_bytes(held)
        plan = plan_of(*claims, public=public, evidence=[f"{name}.csv" for name in also])
        return [trouble.lines()[1].removeprefix("  Where: ") for trouble in disclosures(plan, text)]

    return asked


def workbook(rows, *, sheets=(), **parts):
    """An archive of a workbook with a sheet of rows, more sheets, and changed or added parts."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for held in (rows, *sheets):
            sheet = book.add_worksheet()
            for place, row in enumerate(held):
                sheet.write_row(place, 0, row)
    with zipfile.ZipFile(stream, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def column(head, *cells):
    return "y;arm;" + head + "\n" + "".join(f"{k};{k % 2};{cell}\n" for k, cell in enumerate(cells))


def test_in_ordinary_rows_nothing_is_found(found):
    assert found(text="A plan from 2023-01-01") == []


def test_a_number_in_the_plan_is_found_also_where_rows_are_withheld(found):
    assert found(text=f"Ask {NUMBER}", public=False) == ["plan.toml"]
    assert found(text=f"Ask {NUMBER}") == ["plan.toml"]


def test_rows_that_are_withheld_are_not_looked_through(found):
    assert found(d=column("who", "a", NUMBER), public=False) == []


@pytest.mark.parametrize(
    "rows", [column("who", "a", NUMBER), column(f"who {NUMBER}", "a", "b")], ids=["cell", "heading"]
)
def test_a_number_in_a_column_is_found_there(found, rows):
    head = rows.split("\n")[0].split(";")[2]
    assert found(d=rows) == [f"d.csv, column {head}"]


def test_the_evidence_behind_the_rows_is_looked_through_for_numbers_alone(found):
    assert found(also=["e"], e=column("who", "a", NUMBER)) == ["e.csv, column who"]
    assert found(also=["e"], e=column("said", *SAID)) == []
    assert found(also=[NUMBER], **{NUMBER: ROWS}) == [f"{NUMBER}.csv"]


def test_free_text_is_found_unless_the_plan_names_its_column(found):
    rows = column("said", *SAID)
    assert found(d=rows) == ["d.csv, column said"]
    assert found(d=rows, claims=[{"outcome": "said"}]) == []
    assert found(d=rows, claims=[{"subgroup": {"column": "said", "value": SAID[0]}}]) == []
    assert found(d=rows, claims=[{"outcome": "other"}]) == ["d.csv, column said"]


def test_columns_with_a_role_are_named_one_by_one(found, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(column("said", *SAID), "utf-8")
    assert disclosures(plan_of(public=True, covariates=["arm", "said"]), "") == []
    assert disclosures(plan_of(public=True, stratum="said"), "") == []
    assert len(disclosures(plan_of(public=True, covariates=["arm"]), "")) == 1


SIX = [f"one two three four five {k}" for k in range(20)]
SHORT = [f"two words {k}" for k in range(20)]


@pytest.mark.parametrize(
    ("cells", "is_text"),
    [
        (SIX[:3], True),
        (SIX[:2], False),
        # The same sentence again is one sentence.
        ([*SIX[:2], SIX[1]], False),
        ([cell.removeprefix("one ") for cell in SIX], False),
        # Three sentences are a fifth of 15 cells, and less than a fifth of 16; blank cells do not count.
        ([*SIX[:3], *SHORT[:12]], True),
        ([*SIX[:3], *SHORT[:13]], False),
        ([*SIX[:3], *SHORT[:12], *[" "] * 9], True),
        ([], False),
    ],
)
def test_free_text_is_three_sentences_of_six_words_and_a_fifth_of_what_is_filled(cells, is_text):
    assert is_free_text(cells) is is_text


NUMBERS = [[5_560_360_790.0 + 1000 * k] for k in range(40)]


def test_every_sheet_of_a_workbook_is_read(found):
    rows = [["y", "arm"], [1, 0], [2, 1]]
    assert found(d=workbook(rows)) == []
    assert found(d=workbook([["y", "arm", "who"], [1, 0, NUMBER]]))[0] == "d.csv, column who"
    # What is written into a cell as text stands among the texts of the whole book as well.
    hidden = workbook(rows, sheets=[[["", "head"], ["", f"Anna {NUMBER}"]]])
    assert found(d=hidden) == ["d.csv, column head", "d.csv"]


def test_a_column_of_numbers_in_a_workbook_may_hold_one_by_chance(found):
    """Its heading is told apart: with that, the column would be one of text, where one number is enough."""
    one = int(NUMBER.replace("-", ""))
    assert found(d=workbook([["y"], *NUMBERS, [one]])) == []
    assert found(d=workbook([[""], ["y"], *NUMBERS, [one]])) == []
    assert found(d=workbook([["y"], *NUMBERS[:18], [one]])) == ["d.csv, column y"]
    assert found(d=workbook([["y"], *NUMBERS[:19], [one]])) == ["d.csv, column y"]


def test_a_column_without_cells_is_no_column(found):
    assert found(d=workbook([["", "y"]])) == []


def test_a_whole_number_in_a_cell_is_written_without_decimals():
    cells = [8112289874.0, 2.5, "2.0", True, 3]
    assert [_shown(cell) for cell in cells] == ["8112289874", "2.5", "2.0", "True", "3"]


@pytest.mark.parametrize(
    ("part", "content", "there"),
    [
        ("docProps__more_xml", f"<a>{NUMBER}</a>", True),
        ("xl__drawings__note_vml", f"<a>{NUMBER}</a>", True),
        ("docProps__more_xml", b"<a>\xff " + NUMBER.encode() + b"</a>", True),
        # What a mark-up says of itself is no text, and two texts are not one.
        ("docProps__more_xml", f'<a b="{NUMBER}">c</a>', False),
        ("docProps__more_xml", "<a>811228</a><a>-9874</a>", False),
        ("media__picture_png", NUMBER, False),
        ("content_xml", f"<a>{NUMBER}</a>", False),
        ("xl__worksheets__sheet9_xml", f"<a>{NUMBER}</a>", False),
    ],
)
def test_what_a_workbook_holds_beside_its_cells_is_read(found, part, content, there):
    book = workbook([["y", "arm"], [1, 0]], **{part: content})
    assert found(d=book) == (["d.csv"] if there else [])


def test_an_old_workbook_is_not_taken_for_separated_text(found):
    from python_calamine import CalamineError

    with pytest.raises(CalamineError):
        found(d=b"\xd0\xcf\x11\xe0;y\n1;2\n")


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(3 * 2**20))
    return stream.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused(found):
    with pytest.raises(UnsafeBundleError):
        check_workbook(bomb())
    for content in (b"PK\x03\x04 is no archive", b"before it " + bomb(), b"y;arm\n", workbook([["y"]])):
        assert check_workbook(content) is None


def test_a_workbook_is_looked_through_only_where_it_is_not_too_much(found):
    with zipfile.ZipFile(stream := io.BytesIO(workbook([["y"]])), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.xml", bytes(3 * 2**20))
    with pytest.raises(UnsafeBundleError):
        found(d=stream.getvalue())


def test_what_must_not_leave_is_refused_with_every_place(found, tmp_path):
    found(d=column("who", "a", NUMBER))
    with pytest.raises(DataError) as refused:
        refuse_disclosures(plan_of(public=True), f"Ask {NUMBER}")
    assert [trouble.values for trouble in refused.value.troubles] == [
        {"file": "plan.toml"},
        {"file": "d.csv", "column": "who"},
    ]
    found()
    assert refuse_disclosures(plan_of(public=True), "") is None
