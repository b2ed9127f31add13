"""Each verb does its one thing, says so in few lines, and gives the exit code it promises."""

import json
import os
import subprocess
import sys

import pytest

from impactkit.cli.arguments import VERBS

FILES = {
    "plan.toml",
    "data.csv",
    "SOURCE.md",
    "LÄSMIG.md",
    "README.md",
    "plan.lock.json",
    "report.html",
    "bundle.zip",
}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_an_example(run, verb, language):
    told = run(verb, "--help", "--lang", language)
    assert told.code == 0
    assert f"impactkit {verb}" in told.out.rpartition({"sv": "exempel:", "en": "example:"}[language])[2]
    assert {"sv": "användning:", "en": "usage:"}[language] in told.out


def test_help_lists_every_verb_and_the_other_language(run):
    told = run("--help")
    assert all(verb in told.out for verb in VERBS)
    assert "impactkit --lang en --help" in told.out
    assert run().code == 2


def test_the_version_is_told(run):
    assert run("--version").out.startswith("impactkit ")


def fits(text):
    lines = text.splitlines()
    return len(lines) < 24 and max(map(len, lines)) <= 100


class TestExample:
    @pytest.mark.parametrize(
        ("name", "language", "said"),
        [
            ("star", "sv", ["STÖDS", "5 av 5", "skalpoäng"]),
            ("kielmc", "en", ["CONTRADICTED", "2 of 5", "USD (1978)"]),
            ("norrgarden", "sv", ["KAN INTE AVGÖRAS", "1 av 5", "procentenheter"]),
        ],
    )
    def test_does_the_whole_job_in_under_a_screen(self, run, tmp_path, name, language, said):
        told = run("example", *([name] if name != "star" else []), "--lang", language)
        assert (told.code, told.err) == (0, "")
        assert fits(told.out), told.out
        assert [words for words in said if words not in told.out] == []
        folder = tmp_path / ("impactkit-example" if name == "star" else f"impactkit-example-{name}")
        assert {file.name for file in folder.iterdir()} == FILES
        assert f'lang="{language}"'.encode() in (folder / "report.html").read_bytes()[:200]
        assert run("verify", folder / "bundle.zip").code == 3

    def test_can_be_run_again(self, run, tmp_path):
        first = run("example", "norrgarden", "--folder", "here")
        kept = {file.name: file.read_bytes() for file in (tmp_path / "here").iterdir()}
        (tmp_path / "here" / "SOURCE.md").unlink()
        again = run("example", "norrgarden", "--folder", "here")
        assert (again.code, again.out) == (0, first.out)
        assert {file.name: file.read_bytes() for file in (tmp_path / "here").iterdir()} == kept

    @pytest.mark.parametrize("name", ["mine.txt", "data.csv"])
    def test_never_writes_over_something_else(self, run, tmp_path, name):
        (tmp_path / "here").mkdir()
        (tmp_path / "here" / name).write_text("mine")
        told = run("example", "norrgarden", "--folder", "here")
        assert (told.code, name in told.err) == (2, True)
        assert {file.name: file.read_text() for file in (tmp_path / "here").iterdir()} == {name: "mine"}

    def test_a_file_of_that_name_is_left_alone(self, run, tmp_path):
        (tmp_path / "here").write_text("mine")
        assert run("example", "--folder", "here").code == 2

    def test_the_list_names_them_all(self, run):
        assert all(name in run("example", "--list").out for name in ("star", "kielmc", "norrgarden"))
        assert [one["name"] for one in json.loads(run("example", "--list", "--json").out)] == [
            "star",
            "kielmc",
            "norrgarden",
        ]

    def test_the_environment_chooses_the_language(self, run, monkeypatch):
        monkeypatch.setenv("IMPACTKIT_LANGUAGE", "en")
        assert "Small classes" in run("example", "--list").out


def test_new_gives_a_plan_that_reads(run, tmp_path):
    told = run("new", "safety", "--folder", "mitt", "--lang", "en")
    assert (told.code, "invented" in told.out) == (0, True)
    assert {file.name for file in (tmp_path / "mitt").iterdir()} == {"plan.toml", "data.xlsx"}
    assert run("lock", "mitt").code == 0


def test_check_says_what_was_understood_and_no_verdict(run, project):
    told = run("check", project())
    assert told.code == 0
    assert all(
        words in told.out for words in ("Norrgården", "minst 5 procentenheter", "49 rader", "7 enheter")
    )
    assert "avgöra" not in told.out
    record = json.loads(run("check", "project", "--json").out)
    assert (record["ok"], record["understood"]["n_treated"]) == (True, 2)


def test_lock_gives_the_digest_that_verify_knows(run, project):
    file = project()
    assert "--plan-digest" not in run("lock", file).out
    record = json.loads(run("lock", file, "--json").out)
    assert run("seal", file).code == 0
    told = run("verify", file.parent / "bundle.zip", "--plan-digest", record["lock_digest"])
    assert "Kontrollsumman är den ni fick" in told.out
    assert run("verify", file.parent / "bundle.zip", "--plan-digest", "0" * 64).code == 1


def test_lock_says_when_there_are_no_data_yet(run, project):
    file = project()
    (file.parent / "data.csv").unlink()
    assert "Ingen datafil fanns" in run("lock", file).out


def test_evaluate_tells_effect_grade_and_verdict(run, project, tmp_path):
    file = project()
    told = run("evaluate", file, "--report", tmp_path / "rapport.html")
    assert (told.code, fits(told.out)) == (0, True)
    assert all(
        word in told.out for word in ("Effekt", "Grad", "Utslag", "+6,1 procentenheter", "rapport.html")
    )
    assert (tmp_path / "rapport.html").read_bytes().startswith(b"<!")
    assert "--report" in run("evaluate", file).out
    record = json.loads(run("evaluate", file, "--json").out)
    assert [result["verdict"]["status"] for result in record["results"]] == ["inconclusive", "inconclusive"]


def test_seal_says_what_goes_along(run, project, tmp_path):
    file = project(plan=lambda text: text.replace("public = true", "public = false"))
    told = run("seal", file, "--output", tmp_path / "b.zip")
    assert (told.code, "ligger inte med" in told.out, "inte låst" in told.out) == (0, True, True)
    told = run("verify", tmp_path / "b.zip", "--lang", "en")
    assert (told.code, "cannot be computed again" in " ".join(told.out.split())) == (3, True)


def test_verify_tells_every_step_and_the_differences(run, project, tmp_path):
    import zipfile

    from impactkit.verification.safe_zip import write_archive

    file = project()
    run("seal", file)
    bundle = file.parent / "bundle.zip"
    with zipfile.ZipFile(bundle) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["results.json"] = (
        members["results.json"].replace(b'"n_units":7', b'"n_units":8').replace(b'"n":5', b'"n":6')
    )
    bundle.write_bytes(write_archive(members))
    told = run("verify", bundle)
    assert told.code == 1
    assert "STÄMMER INTE" in told.out
    assert "n_units: paketet säger 8, omräkningen ger 7" in told.out
    assert "till (--json visar alla)" in told.out
    assert max(map(len, told.out.splitlines())) <= 100
    record = json.loads(run("verify", bundle, "--json").out)
    assert (record["exit_code"], record["reliability"], len(record["differences"]) > 10) == (1, "fail", True)


@pytest.mark.parametrize(
    ("spec", "code"), [(b"ikbundle9", 5), (b"nonsense1", 4)], ids=["another version", "no version"]
)
def test_verify_refuses_what_it_does_not_know(run, tmp_path, spec, code):
    from impactkit.verification.safe_zip import write_archive

    (tmp_path / "b.zip").write_bytes(write_archive({"MANIFEST.json": b'{"spec":"' + spec + b'"}'}))
    assert run("verify", "b.zip").code == code
    assert json.loads(run("verify", "b.zip", "--json").out)["exit_code"] == code


def test_verify_does_not_let_a_stranger_steer_the_terminal(run, project):
    from impactkit.cli.console import error, write

    write("a\x1b[2Jb\u202e")
    error("c\x9b")
    told = run("example", "--list")
    assert "\x1b" not in told.out + told.err
    assert "\u202e" not in told.out


class TestWhatGoesWrongInside:
    @pytest.fixture
    def break_with(self, monkeypatch):
        def made(wrong):
            def broken(*_args, **_kwargs):
                raise wrong

            monkeypatch.setattr("impactkit.examples.copy_example", broken)

        return made

    def test_an_error_of_ours_is_told_as_ours(self, run, break_with):
        break_with(RuntimeError("oj"))
        told = run("example")
        assert (told.code, "fel i impactkit" in told.err, "RuntimeError: oj" in told.err) == (70, True, True)

    def test_debug_shows_where(self, break_with, capsys, monkeypatch, tmp_path):
        from impactkit.cli import main

        monkeypatch.chdir(tmp_path)
        break_with(RuntimeError("oj"))
        assert main(["example", "--debug"]) == 70
        assert "Traceback" in capsys.readouterr().err

    def test_an_interruption_is_told(self, run, break_with):
        break_with(KeyboardInterrupt())
        assert run("example").code == 130

    def test_a_closed_pipe_is_no_error(self, run, break_with):
        break_with(BrokenPipeError())
        assert run("example").code == 0

    def test_a_bundle_that_does_not_verify_is_no_success(self, run, monkeypatch):
        from impactkit.verification.verification import Verification

        failed = Verification(steps=(), verdicts={}, exit_code=1)
        monkeypatch.setattr("impactkit.verification.verify.verify", lambda *_args, **_kwargs: failed)
        told = run("example", "norrgarden")
        assert (told.code, "går inte att verifiera" in told.out) == (1, True)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_without_swedish_letters_ends_nothing(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "impactkit", "example", "--list"],
        env=environment,
        capture_output=True,
    )
    assert done.returncode == 0
    assert "lottat försök" in done.stdout.decode("utf-8")


def test_help_loads_nothing_heavy():
    program = (
        "import sys\nfrom impactkit.cli import main\ncode = main(['--help'])\n"
        "heavy = {'numpy', 'pandas', 'scipy', 'matplotlib'}\nprint('LOADED', *(heavy & set(sys.modules)))\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "LOADED")


def test_a_verified_bundle_is_not_called_a_real_effect(capsys):
    from impactkit.cli.verify import tell_steps
    from impactkit.verification.verification import Verification

    tell_steps(Verification(steps=(), verdicts={"C1": "contradicted"}, exit_code=0))
    assert "does not mean that the effect is real" in capsys.readouterr().out


def test_an_unknown_uncertainty_is_called_unknown(run, project):
    def one_area_each(text):
        header, *rows = text.splitlines(keepends=True)
        return header + "".join(row for row in rows if row[:2] in ("01", "03"))

    assert "osäkerheten är okänd" in run("evaluate", project(data=one_area_each)).out


def without_long_term(text):
    return "\n".join(line for line in text.splitlines() if not line.startswith("long_term"))


def without_loan(text):
    for table in ("loan", "goals", "requirements"):
        start = text.index(f"[{table}]")
        text = text[:start] + text[text.index("\n[", start) + 1 :]
    return text


class TestCheckNamesTheRequirements:
    def test_each_requirement_not_shown_is_named_with_its_key(self, run, project):
        told = run("check", str(project(plan=without_long_term)))
        assert told.code == 0
        assert "4 av 5 är visade" in told.out
        assert "Inte visat: Är långsiktig" in told.out
        assert "[requirements] long_term" in told.out

    def test_strict_makes_them_an_exit_code(self, run, project):
        assert run("check", str(project(plan=without_long_term)), "--strict").code == 2

    def test_a_machine_reads_them(self, run, project):
        told = json.loads(run("check", str(project(plan=without_long_term)), "--json").out)["requirements"]
        assert told["examined"]
        assert [each["requirement"] for each in told["unmet"]] == ["long_term"]
        assert len(told["met"]) == 4

    def test_they_are_named_also_before_the_data_are_there(self, run):
        run("new", "safety", "--folder", "square")
        told = run("check", "square", "--application", "--strict")
        assert (told.code, told.err) == (0, "")
        assert "5 av 5 är visade" in told.out

    def test_a_full_plan_passes_strictly(self, run, project):
        told = run("check", str(project()), "--strict")
        assert told.code == 0
        assert "5 av 5" in told.out

    def test_a_plan_about_no_loan_is_not_examined(self, run, project):
        told = run("check", str(project(plan=without_loan)), "--strict")
        assert told.code == 0
        assert "varken lån" in told.out
