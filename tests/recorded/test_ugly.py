"""Each of the ugly files is read right, or refused with every fault by cell, in both languages."""

import pytest

import impactkit as ik
from recorded import ugly


def test_there_are_enough_of_them():
    assert len({case.name for case in ugly.ALL}) == len(ugly.ALL) >= 60


def said(table):
    return [(str(cell), problem) for cell, problem in zip(table["cell"], table["problem"], strict=True)]


def agree(found, wanted):
    assert len(found) == len(wanted), found
    for (cell, problem), (wanted_cell, words) in zip(found, wanted, strict=True):
        assert words in problem
        assert cell == wanted_cell or (not wanted_cell and "–" in cell), (cell, problem)


@pytest.mark.parametrize("case", [c for c in ugly.ALL if c.errors], ids=lambda case: case.name)
def test_every_fault_is_told_by_cell(tmp_path, case):
    with pytest.raises(ik.ImpactkitError) as refused:
        ik.read(case.write(tmp_path), layout=case.layout)
    agree(said(ik.faults(refused.value, language="en")), case.errors)
    swedish, english = (ik.faults(refused.value, language=language) for language in ("sv", "en"))
    assert (swedish["problem"] != english["problem"]).all()
    assert (swedish["mend"] != english["mend"]).all()
    assert "1212" not in ik.told(refused.value, "sv") or "person" not in case.name


@pytest.mark.parametrize("case", [c for c in ugly.ALL if not c.errors], ids=lambda case: case.name)
def test_what_can_be_read_is_read_and_accounted_for(tmp_path, case):
    found = ik.read(case.write(tmp_path), layout=case.layout)
    assert len(found) == case.rows
    agree(said(ik.faults(found, language="en")), case.warnings)
    if case.values:
        assert found.value.tolist() == list(case.values)
    assert found.account.read == found.account.used + sum(found.account.set_aside.values())


def test_a_row_set_aside_may_hold_anything(tmp_path):
    (tmp_path / "a.csv").write_text("Område;År;Besök\nA;2024;2\nSumma;2024–25;5 st\n", "utf-8")
    found = ik.read(tmp_path / "a.csv", layout=ugly.ONE)
    assert found.to_frame()["period"].tolist() == [2024]
