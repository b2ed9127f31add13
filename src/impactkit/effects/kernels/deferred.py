"""A field of a frozen dataclass that is worked out when it is first read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Deferred(Generic[T]):
    """A field that is given as what it is, or as a function that returns it.

    Parameters
    ----------
    default : callable, optional
        Returns what the field is where it is left out.

    Notes
    -----
    A descriptor: the function is called when the field is first read, and what it returns takes its place.
    The dataclass that holds it has no slots.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Found:
    ...     terms: Deferred[tuple[str, ...]] = Deferred()
    >>> Found(lambda: ("a", "b")).terms, Found(("a", "b")) == Found(lambda: ("a", "b"))
    (('a', 'b'), True)
    """

    def __init__(self, default: Callable[[], T] | None = None) -> None:
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, holder: object | None, owner: type | None = None) -> T:
        if holder is None:
            raise AttributeError(self._name)  # so that the dataclass sees no default here
        found: T | Callable[[], T] = holder.__dict__[self._name]
        if callable(found):
            found = holder.__dict__[self._name] = found()
        return found

    def __set__(self, holder: object, value: T | Callable[[], T] | Deferred[T]) -> None:
        # A dataclass gives a field that is left out the default: the descriptor itself.
        holder.__dict__[self._name] = self._default if isinstance(value, Deferred) else value
