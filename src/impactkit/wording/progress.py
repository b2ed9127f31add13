"""How far long work has come, for whoever watches it; silent for everybody else."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from impactkit.wording.message import Message

Item = TypeVar("Item")

_SWITCH = "IMPACTKIT_PROGRESS"
_DELAY = 1.0  # seconds of work before anything is shown: what is quick shows nothing


def progressed(items: Iterable[Item], what: Message, *, total: int | None = None) -> Iterator[Item]:
    """Yield items as they are, and show how many are done where somebody watches.

    Parameters
    ----------
    items : iterable
        What is worked through.
    what : Message
        What they are, in words.
    total : int, optional
        How many; asked of the items when left out.

    Yields
    ------
    object
        The items, in order.

    Notes
    -----
    A bar is shown by ``tqdm`` if that is installed, the work takes more than a second, and standard error is
    a terminal or the code runs in a notebook. It is never needed, and the variable IMPACTKIT_PROGRESS=0
    switches it off.

    Examples
    --------
    >>> list(progressed("ab", Message("progress.claims")))
    ['a', 'b']
    """
    bar = _bar() if _is_wanted() else None
    if bar is None:
        yield from items
        return
    yield from bar(items, desc=what.text(), total=total, delay=_DELAY, leave=False)


def _is_wanted() -> bool:
    if os.environ.get(_SWITCH, "1").strip().lower() in ("0", "no", "false", "off"):
        return False
    processes = sys.modules.get("multiprocessing")
    if getattr(processes, "parent_process", lambda: None)() is not None:
        return False  # one of several workers: their bars would write over each other
    return _in_notebook() or bool(getattr(sys.stderr, "isatty", bool)())


def _in_notebook() -> bool:
    """Return whether a kernel of Jupyter (also in VS Code) or of marimo runs the code."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is not None:
        return True
    marimo = sys.modules.get("marimo")
    return bool(getattr(marimo, "running_in_notebook", bool)())


def _bar() -> Callable[..., Iterator[Any]] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a notebook has no widgets: it then gets a bar of text
            from tqdm.auto import tqdm
    except ImportError:
        return None
    bar: Callable[..., Iterator[Any]] = tqdm
    return bar
