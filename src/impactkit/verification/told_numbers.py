"""The numbers that a bundle tells: in its results, its plan and its report."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from impactkit.verification import manifest as names
from impactkit.verification.bundle import Bundle
from impactkit.verification.written_numbers import Reading, WrittenNumber, parts_of, written_numbers
from impactkit.verification.written_text import written_text

#: Parts of the results that nobody tells in words, so many that almost any number would be among them.
_NOT_TOLD = frozenset({"covariance", "influence", "seed", "data_digests", "plan_digest", "spec"})
_SLACK = Decimal("1e-9")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNumbers:
    """What a bundle tells, to hold a text against.

    Parameters
    ----------
    sizes : tuple of float
        Every number without its sign, from the smallest.
    signs : tuple of int
        The sign of each.
    days : frozenset of str
        Dates in ISO form, and those without a year as ``--MM-DD``.
    years : frozenset of int
        Years, also those within dates.
    """

    sizes: tuple[float, ...]
    signs: tuple[int, ...]
    days: frozenset[str]
    years: frozenset[int]

    def tells(self, number: WrittenNumber) -> bool:
        """Return whether a number in a text follows from the bundle, at the precision it is written with."""
        if number.kind == "date":
            return number.text in self.days
        if number.kind == "year" and int(number.readings[0].value) in self.years:
            return True
        if any(self._rounds_to(reading, number) for reading in number.readings):
            return True
        parts = parts_of(number)
        return bool(parts) and all(self.tells(part) for part in parts)

    def _rounds_to(self, reading: Reading, number: WrittenNumber) -> bool:
        # Of a share of 0.05 a text may say 5 per cent.
        ways = [Decimal(number.scale)]
        if number.is_per_cent:
            ways.append(Decimal("0.01"))
        half = Decimal(5).scaleb(-reading.decimals - 1)
        for factor in ways:
            size, reach = abs(reading.value) * factor, (half + _SLACK) * factor
            place = bisect_left(self.sizes, float(size - reach))
            while place < len(self.sizes) and self.sizes[place] <= float(size + reach):
                sign = self.signs[place]
                if not number.is_signed or sign == 0 or (sign < 0) == (reading.value < 0):
                    return True
                place += 1
        return False


def told_numbers(bundle: Bundle) -> ToldNumbers:
    """Return the numbers that a bundle tells.

    Parameters
    ----------
    bundle : Bundle
        An opened bundle; verify it first, or what is held against it is held against anything.

    Returns
    -------
    ToldNumbers
        Of its results, its plan and its report. Single rows of the data are not among them.
    """
    plan = bundle.read_plan()
    report = written_text(bundle.members[names.REPORT], names.REPORT)
    numbers = set(_in_record(bundle.results))
    counts = (bundle.manifest.rows, len(plan.claims))
    numbers |= {float(count) for count in counts if count is not None}
    days: set[str] = set()
    years: set[int] = set()
    for text in (*_texts(plan.content()), *(paragraph.text for paragraph in report.paragraphs)):
        for number in written_numbers(text):
            if number.kind == "date":
                days |= {number.text, f"-{number.text[4:]}" if number.text[0] != "-" else number.text}
                years |= {int(number.text[:4])} if number.text[0] != "-" else set()
            elif number.kind == "year":
                years.add(int(number.readings[0].value))
            numbers |= {float(reading.value * number.scale) for reading in number.readings}
    numbers |= {float(count) for count in _counts(bundle.results)}
    ordered = sorted(numbers, key=lambda value: (abs(value), value))
    return ToldNumbers(
        sizes=tuple(abs(value) for value in ordered),
        signs=tuple((value > 0) - (value < 0) for value in ordered),
        days=frozenset(days),
        years=frozenset(years),
    )


def _in_record(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_TOLD:
                yield from _in_record(item)
    elif isinstance(value, list):
        for item in value:
            yield from _in_record(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def _counts(results: dict[str, Any]) -> Iterable[int]:
    """Return how many claims got each verdict."""
    statuses = [result["verdict"]["status"] for result in results["results"]]
    return {statuses.count(status) for status in statuses}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
