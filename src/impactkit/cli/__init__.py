"""The command line: each verb one call, every error told, nothing half-written."""

from __future__ import annotations

import json
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence
from contextvars import copy_context

from impactkit.cli.arguments import VERBS, parser
from impactkit.cli.console import error, force_utf8, print_json, starting_language
from impactkit.errors import ImpactkitError, UsageError
from impactkit.wording import current_language, say, told, use_language

USAGE, BROKEN, INTERRUPTED = 2, 70, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Its words, without the program's name; those the program was called with when left out.

    Returns
    -------
    int
        The exit code: 0 when it went well, 2 for an error the user can mend, 70 for one in impactkit, and
        what `verify` says for verify.

    Examples
    --------
    >>> main(["example", "--list", "--lang", "en"])  # doctest: +ELLIPSIS
    star ...
    0
    """
    return copy_context().run(_main, list(sys.argv[1:] if argv is None else argv))


def _main(words: list[str]) -> int:
    force_utf8()
    use_language("sv")
    asked = Namespace(json=False, debug="--debug" in words)
    try:
        use_language(starting_language(words))
        asked = parser(current_language()).parse_args(words, asked)
        if asked.verb is None:
            parser(current_language()).print_help()
            return USAGE
        return VERBS[asked.verb].run(asked)
    except SystemExit as finished:  # argparse has told what it had to tell
        return finished.code if isinstance(finished.code, int) else USAGE
    except KeyboardInterrupt:
        error(say("cli.interrupted", current_language()))
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except ImpactkitError as wrong:
        return _told(wrong, as_json=asked.json)
    except OSError as wrong:
        return _told(_of_system(wrong), as_json=asked.json)
    except Exception as wrong:
        return _broken(wrong, debug=asked.debug)


def _told(wrong: ImpactkitError, *, as_json: bool) -> int:
    if as_json:
        lines = [told(ImpactkitError.of([trouble]), current_language()) for trouble in wrong.troubles]
        print_json({"ok": False, "troubles": lines})
    else:
        error(told(wrong, current_language()))
    return USAGE


def _of_system(wrong: OSError) -> UsageError:
    return UsageError(
        "{file} cannot be read or written: {reason}.",
        where="{file}",
        mend="Check that the folder is there, that you may write in it, and that the disk is not full.",
        values={"file": str(wrong.filename or "?"), "reason": wrong.strerror or str(wrong)},
    )


def _broken(wrong: Exception, *, debug: bool) -> int:
    if debug:
        error("".join(traceback.format_exception(wrong)).rstrip())
    kind = json.dumps(f"{type(wrong).__name__}: {wrong}", ensure_ascii=False)
    error(say("cli.broken", current_language(), kind=kind))
    return BROKEN
