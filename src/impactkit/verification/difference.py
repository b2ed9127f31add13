"""Where two records of the same evaluation differ by more than computers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Leaf = str | int | float | bool | None
Path = tuple[str | int, ...]
_ABSENT = "(absent)"
_RELATIVE = 1e-8
_ABSOLUTE_P = 1e-7
_OF_THE_CAP = 1e-7
#: Probabilities and degrees of freedom: compared absolutely.
_P_VALUES = frozenset({"p_value", "p_value_adjusted", "permutation_p", "df", "p"})
#: In the outcome's unit: small against the standard error is small.
_IN_UNITS = frozenset(
    {
        *("point", "std_error", "low", "high", "mean", "largest", "influence"),
        *("drawn_point", "drawn_low", "drawn_high", "spread"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One value that the bundle claims and the computation does not give.

    Parameters
    ----------
    where : str
        Its place in results.json, claims by their id.
    claimed : str, int, float, bool or None
        What the bundle says.
    recomputed : str, int, float, bool or None
        What plan and data give.
    """

    where: str
    claimed: Leaf
    recomputed: Leaf

    @property
    def is_judgement(self) -> bool:
        """Whether it is about a grade or a verdict, rather than a number they rest on."""
        return any(f".{part}" in self.where for part in ("grade", "verdict"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two records held against each other.

    Parameters
    ----------
    n_compared : int
        How many values.
    differences : tuple of Difference
        Those that do not agree.
    """

    n_compared: int
    differences: tuple[Difference, ...]


def compare(claimed: Mapping[str, Any], recomputed: Mapping[str, Any]) -> Comparison:
    """Compare every value of two records.

    Parameters
    ----------
    claimed : mapping
        What results.json says.
    recomputed : mapping
        What plan and data give.

    Returns
    -------
    Comparison
        Estimates, standard errors and limits agree within ``1e-8 * max(|b|, SE)``, covariances within that
        of SE squared, p-values and degrees of freedom within 1e-7, other measures within
        ``1e-8 * max(|b|, 1)``, payments within a ten-millionth of their cap. Counts, levels, thresholds,
        texts and truth values agree exactly.

    Examples
    --------
    >>> compare({"n": 3}, {"n": 4}).differences
    (Difference(where='n', claimed=3, recomputed=4),)
    """
    ours, theirs = dict(_leaves(recomputed, ())), dict(_leaves(claimed, ()))
    errors = [_standard_error(result) for result in recomputed.get("results", ())]
    places = [*ours, *(place for place in theirs if place not in ours)]
    found = [
        Difference(
            where=_written(place, recomputed),
            claimed=theirs.get(place, _ABSENT),
            recomputed=ours.get(place, _ABSENT),
        )
        for place in places
        if place not in ours
        or place not in theirs
        or not _agree(theirs[place], ours[place], _tolerance(place, ours[place], errors, recomputed))
    ]
    return Comparison(n_compared=len(places), differences=tuple(found))


def _leaves(value: Any, place: Path) -> Iterator[tuple[Path, Leaf]]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _leaves(value[key], (*place, key))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            yield from _leaves(item, (*place, number))
    else:
        yield place, "(empty)" if isinstance(value, dict | list) else value


def _agree(claimed: Leaf, recomputed: Leaf, tolerance: float) -> bool:
    if isinstance(claimed, float) and isinstance(recomputed, float):
        return claimed == recomputed or abs(claimed - recomputed) <= tolerance
    return type(claimed) is type(recomputed) and claimed == recomputed


def _tolerance(place: Path, recomputed: Leaf, errors: list[float], record: Mapping[str, Any]) -> float:
    if not isinstance(recomputed, float):
        return 0.0
    names = [part for part in place if isinstance(part, str)]
    if names[-1] in ("level", "threshold"):
        return 0.0
    if names[0] == "payments":
        return _OF_THE_CAP * _cap(place, record["payments"])
    if names[-1] in _P_VALUES:
        return _ABSOLUTE_P
    error = errors[place[1]] if names[0] == "results" and isinstance(place[1], int) else 0.0
    if names[0] == "earlier":
        # An earlier plan's verdict stands without its standard error.
        error = 1.0
    if names[-1] == "covariance":
        return _RELATIVE * max(abs(recomputed), error**2)
    if names[-1] in _IN_UNITS:
        return _RELATIVE * max(abs(recomputed), error)
    return _RELATIVE * max(abs(recomputed), 1.0)


def _cap(place: Path, payments: Mapping[str, Any]) -> float:
    """Return the most that can be paid there: small against it is small."""
    if len(place) > 2 and isinstance(place[2], int):
        return float(payments["payments"][place[2]]["cap_sek"])
    return float(payments["most_sek"])


def _standard_error(result: Mapping[str, Any]) -> float:
    error = result["estimate"]["terms"][0]["interval"]["std_error"]
    return error if isinstance(error, float) else 0.0


def _written(place: Path, record: Mapping[str, Any]) -> str:
    if len(place) > 1 and place[0] == "results" and isinstance(place[1], int):
        results = record["results"]
        claim = results[place[1]]["claim"] if place[1] < len(results) else f"results[{place[1]}]"
        return claim + _path(place[2:])
    return _path(place).removeprefix(".")


def _path(place: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
