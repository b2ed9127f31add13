"""Whatever a user gets wrong is told: what, where and how to mend it, all at once, and nothing is written."""

import json

import pytest


def of_year(year):
    def kept(text):
        header, *rows = text.splitlines(keepends=True)
        return header + "".join(row for row in rows if row.split(";")[2] == year)

    return kept


def all_in(group):
    def moved(text):
        header, *rows = text.splitlines()
        cells = [row.split(";") for row in rows]
        return "\n".join([header, *[";".join([*c[:3], group, *c[4:]]) for c in cells]]) + "\n"

    return moved


def swap(*pairs):
    def swapped(text):
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        return text

    return swapped


BAD = {
    "empty file": ({"raw": b""}, ["Filen är tom.", "data.csv"]),
    "header only": ({"data": lambda text: text.splitlines()[0]}, ["inga rader med data", "data.csv"]),
    "one period": ({"data": of_year("2025")}, ["minst två perioder", "Lägg till baslinjemätningen"]),
    "all treated": ({"data": all_in("1")}, ["Alla har fått insatsen", "jämförelseenheter"]),
    "none treated": ({"data": all_in("0")}, ["Ingen har fått insatsen"]),
    "text in numbers": (
        {"data": swap(("47,2", "många"), ("14,8", "få"))},
        ["många i kolumnen nöjda_utemiljö", "cell F2", "få i kolumnen omflyttning", "cell G3"],
    ),
    "missing column": (
        {"data": swap(("nöjda_utemiljö", "nöjda_utemiljo"), ("insats;", "insatser;"))},
        ["Menade du nöjda_utemiljo?", "Menade du insatser?"],
    ),
    "encoding": ({"raw": "område;år\n".encode("cp1252") + b"\x81\n"}, ["teckenkodning", "0x81", "rad 2"]),
    "unknown key": (
        {"plan": swap(("borrower =", "borower ="), ("small_cell =", "smal_cell ="))},
        ["Menade du borrower?", "Menade du small_cell?", "project.borrower saknas"],
    ),
    "late claim": (
        {"plan": swap(("by = 2025", "by = 2030"))},
        ["2030", "2025", 'påstående "C1"', 'påstående "C2"'],
    ),
    "late claim and repeated rows": (
        {
            "data": lambda text: text + "".join(text.splitlines(keepends=True)[1:3]),
            "plan": swap(("follow_up_collected = 2025-10-01\n", ""), ("by = 2025", "by = 2030")),
        },
        ["sista uppföljningen är från 2025", "Rader som upprepar en enhet och period: 2"],
    ),
    "no TOML": ({"plan": lambda text: text + "\na = = 1\n"}, ["inte giltig TOML", "rad "]),
    "missing file": ({"plan": swap(("data.csv", "dat.csv"))}, ["dat.csv", "Menade du data.csv?"]),
}


@pytest.mark.parametrize("verb", ["check", "evaluate", "seal"])
@pytest.mark.parametrize(("bad", "said"), BAD.values(), ids=BAD)
def test_it_is_told_in_full_and_nothing_is_written(run, project, verb, bad, said):
    file = project(**bad)
    before = {path.name for path in file.parent.iterdir()}
    told = run(verb, file)
    assert (told.code, told.out) == (2, "")
    assert [words for words in said if words not in told.err] == []
    assert told.err.count("Åtgärd:") >= 1
    assert {path.name for path in file.parent.iterdir()} == before


def test_a_plan_that_speaks_english_is_told_in_english_even_when_it_cannot_be_read(run, project):
    told = run(
        "check", project(plan=swap(('language = "sv"', 'language = "en"'), ("borrower =", "borower =")))
    )
    assert "Did you mean borrower?" in told.err


def test_the_language_asked_for_wins(run, project):
    assert "Mend:" in run("check", project(raw=b""), "--lang", "en").err
    assert "Mend:" in run("--lang=en", "check", "project").err


def test_a_machine_is_told_the_same(run, project):
    told = run("check", project(raw=b""), "--json")
    record = json.loads(told.out)
    assert (told.code, told.err, record["ok"]) == (2, "", False)
    assert "Filen är tom." in record["troubles"][0]


def test_a_second_lock_of_a_changed_plan_is_refused(run, project):
    file = project()
    assert run("lock", file).code == 0
    locked = (file.parent / "plan.lock.json").read_bytes()
    file.write_text(file.read_text("utf-8").replace('effect = "5"', 'effect = "4"'), "utf-8")
    for verb in ("lock", "check", "evaluate", "seal"):
        assert run(verb, file).code == 2
    assert (file.parent / "plan.lock.json").read_bytes() == locked
    assert not (file.parent / "bundle.zip").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verifi"], ['Menade du "verify"?']),
        (["new"], ["Ingen kategori", "housing"]),
        (["new", "hosing"], ['Menade du "housing"?']),
        (["check", "--frob"], ["--frob går inte att tolka", "--help"]),
        (["seal", "--output"], ["--output saknar sitt värde"]),
        (["check", "--lang", "fr"], ["'fr'", "'sv'"]),
        (["lock", "a", "b"], ["b går inte att tolka"]),
        (["check", "nowhere.toml"], ["ingen fil som heter nowhere.toml"]),
        (["verify", "nowhere.zip"], ["ingen fil som heter nowhere.zip"]),
        (["example", "stars"], ['Menade du "star"?']),
        (["--version=3"], ["--version"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and value[0].islower() else "",
)
def test_a_command_that_cannot_be_understood_is_met_with_the_way_out(run, tmp_path, words, said):
    told = run(*words)
    assert (told.code, told.out) == (2, "")
    assert [part for part in said if part not in told.err] == []
    assert list(tmp_path.iterdir()) == []


def test_a_language_in_the_environment_that_is_not_spoken_is_told(run, monkeypatch):
    monkeypatch.setenv("IMPACTKIT_LANGUAGE", "fr")
    assert "'fr'" in run("check").err


def test_a_place_that_cannot_be_written_is_told(run, project, tmp_path):
    file = project()
    assert "ingen mapp" in run("seal", file, "--output", tmp_path / "no" / "b.zip").err
    (tmp_path / "taken").write_text("")
    told = run("new", "housing", "--folder", tmp_path / "taken")
    assert (told.code, "går inte att läsa eller skriva" in told.err) == (2, True)


def test_new_does_not_overwrite(run, tmp_path):
    assert run("new", "housing").code == 0
    (tmp_path / "plan.toml").write_text("mine")
    assert run("new", "housing").code == 2
    assert (tmp_path / "plan.toml").read_text() == "mine"
