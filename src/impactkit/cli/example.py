"""impactkit example: the whole job on real data, in one command."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from impactkit.cli.console import line, print_json
from impactkit.errors import ImpactkitError, UsageError
from impactkit.wording import Language, current_language, say

if TYPE_CHECKING:
    from impactkit.evaluation import Evaluation

_REPORT, _BUNDLE = "report.html", "bundle.zip"


def arguments(parser: ArgumentParser, language: Language) -> None:
    """Add the verb's arguments.

    Parameters
    ----------
    parser : ArgumentParser
        Where to.
    language : {"sv", "en"}
        The language of their help.
    """
    parser.add_argument("name", nargs="?", help=say("cli.example.name", language))
    parser.add_argument("--folder", metavar="DIR", help=say("cli.example.folder", language))
    parser.add_argument("--list", action="store_true", help=say("cli.example.list", language))
    parser.add_argument("--json", action="store_true", help=say("cli.json", language))


def run(asked: Namespace) -> int:
    """Copy an example, lock, evaluate, report, seal and verify it.

    Parameters
    ----------
    asked : Namespace
        The command line.

    Returns
    -------
    int
        0 when everything worked; 1 when the sealed bundle does not verify.

    Raises
    ------
    ImpactkitError
        If there is no such example, or the folder holds something else.
    """
    from impactkit import examples

    if asked.list:
        return _list(asked)
    name = asked.name or examples.DEFAULT
    default = "impactkit-example" if name == examples.DEFAULT else f"impactkit-example-{name}"
    folder = Path(asked.folder or default)
    _copied(name, folder, language=current_language())
    return _carried_out(name, folder)


def _list(asked: Namespace) -> int:
    from impactkit import examples

    language = current_language()
    if asked.json:
        print_json(
            [
                {
                    "name": one.name,
                    "title": one.title.text(language),
                    "category": one.category,
                    "invented": one.invented,
                }
                for one in examples.ALL
            ]
        )
        return 0
    for one in examples.ALL:
        line("example.item", indent=13, name=f"{one.name:<12}", title=one.title.text(language))
    return 0


def _copied(name: str, folder: Path, *, language: Language) -> None:
    """Copy the example's files; those that are there already must be the same, and no others may be."""
    from impactkit.evaluation import LOCK_NAME
    from impactkit.examples import copy_example
    from impactkit.provenance import write_whole

    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        copy_example(name, folder, language=language)
        return
    with TemporaryDirectory() as place:
        packaged = copy_example(name, Path(place) / "copy", language=language).parent
        files = {file.name: file.read_bytes() for file in packaged.iterdir()}
    there = {file.name: file for file in folder.iterdir()} if folder.is_dir() else {}
    # Hidden files are not ours to judge: a desktop leaves them in every folder.
    strange = [n for n in there if n not in {*files, LOCK_NAME, _REPORT, _BUNDLE} and not n.startswith(".")]
    changed = [
        n for n in files if n in there and not (there[n].is_file() and there[n].read_bytes() == files[n])
    ]
    if not folder.is_dir() or strange or changed:
        raise UsageError(
            "{folder} is there already and holds something else than the example: {names}.",
            where="{folder}",
            mend="Choose another folder: impactkit example {name} --folder another.",
            values={"folder": str(folder), "name": name, "names": ", ".join(sorted(strange + changed)[:5])},
        )
    for missing in files.keys() - there.keys():
        write_whole(folder / missing, files[missing])


def _carried_out(name: str, folder: Path) -> int:
    from impactkit.evaluation import LOCK_NAME, evaluate, problems
    from impactkit.plans import Plan, lock
    from impactkit.reporting.render import render
    from impactkit.verification.seal import seal
    from impactkit.verification.verify import verify

    language = current_language()
    plan = Plan.read(folder)
    if troubles := problems(plan):
        raise ImpactkitError.of(troubles)
    standing = lock(plan).write(folder / LOCK_NAME)
    evaluation = evaluate(plan)
    render(evaluation.report(language=language), folder / _REPORT)
    found = verify(seal(evaluation, folder / _BUNDLE, language=language), known_plan_digest=standing.digest)
    _tell(name, folder, evaluation)
    if found.exit_code in (0, 3):
        line("example.verified", indent=2)
        return 0
    line("example.not_verified", indent=2, file=str(folder / _BUNDLE))
    return 1


def _tell(name: str, folder: Path, evaluation: Evaluation) -> None:
    from impactkit import examples
    from impactkit.cli.summary import tell

    example = next(one for one in examples.ALL if one.name == name)
    line("example.title", indent=2, title=example.title.text(current_language()))
    lock = evaluation.lock
    line("example.locked", indent=2, digest=lock.digest[:16] if lock else "–")
    tell(evaluation)
    line("example.files", folder=f"{folder}")
    for file in ("plan.toml", _REPORT, _BUNDLE):
        line(f"example.file.{file.replace('.', '_')}", indent=16, file=f"{file:<12}")
