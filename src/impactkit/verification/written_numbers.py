"""The numbers in a text, as Swedish and English write them; what only looks like one is set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["number", "year", "date"]
_GAP = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_MINUSES = "-\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
_MINUS = re.escape(_MINUSES)
_MONTHS = (
    "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|"
    "january|february|march|may|june|july|august|october|jan|feb|mar|apr|jun|jul|aug|sept|sep|okt|oct|nov|dec"
)
_LABELS = (
    "avsnitt|kapitel|tabell|figur|bilaga|sidan|sida|fotnot|ekvation|section|chapter|table|figure|appendix|page|"
    "footnote|equation|version|isbn|issn|doi|§"
)
#: What is set aside: looks like a number and claims none. Written narrowly, so that no number hides in it.
_ASIDE = re.compile(
    "|".join(
        (
            r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+",
            r"(?<![\w.])(?!\+\d{1,3}(?:\s\d{3})+(?!\d))\+\d{2}[ -]?\d[\d -]{6,13}\d",
            r"(?<!\d\s)(?<![\w.,])0\d{1,3}[-\s]\d{2,3}\s?\d{2}(?:\s?\d{2,3})?(?![\w,.]\d)",
            r"\b\d{6,8}[-+]\d{4}\b",
            r"\b(?:kl|at)\.?\s\d{1,2}[:.]\d{2}\b|(?<![\w:])\d{1,2}:\d{2}(?::\d{2})?(?![\w:])",
            r"(?-i:\b\d{3}\s\d{2}(?=\s[A-ZÅÄÖ][a-zåäö]))",
            r"(?<![\w,])(?!\d{1,3}(?:\.\d{3})+(?![\d.]))\d+(?:\.\d+){2,}(?![\w,])",
            r"(?<![\w.,])\d+(?::[ae]|st|nd|rd|th)\b",
            rf"(?<!\w)(?:{_LABELS})\.?:?\s?\d+(?:[.:]\d+)*[a-h]?\b",
            r"\[\d+(?:[,–-]\s?\d+)*\]",
            r"\b\d{4}/\d{2,5}\b|\b\d{4}:\d+\b",
            r"(?<![\w.,])\d+-?(?:talet|årig|åriga|åring|åringar|years?-old)\b",
            # Names and digests: letters and digits together, but for a unit that was not set apart.
            r"\b(?=[^\W\d_]*\d)(?=\d*[^\W\d_])\w{2,}\b(?<!kr)(?<!pp)(?<!procent)(?<!enheter)(?<!percent)",
        )
    ),
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^\s*(?:[-*>|]\s+|#+\s*)?\(?\d{1,3}(?:\.\d{1,3})*[.)](?=\s)"
    r"|^\s*#*\s*\d{1,2}(?:\.\d{1,2})+(?=\s[A-ZÅÄÖ][^.%]{0,80}$)"
)
_DATE = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b"
    rf"|\b(?:den\s)?(?P<day>\d{{1,2}})(?:\.|:e|st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTHS})\.?,?\s(?P<year>\d{{4}})\b"
    rf"|\b(?P<month2>{_MONTHS})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year2>\d{{4}})\b"
    rf"|\b(?:den\s)?(?P<day3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s(?P<month3>{_MONTHS})\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w{_MINUS}.,])(?<!\d[ %{_GAP}])[+±{_MINUS}][{_GAP}]?)?"
    rf"(?<![\w.,])(?P<body>\d{{1,3}}(?:[ {_GAP}'’]\d{{3}})+(?!\d)(?:[.,]\d+)?"
    rf"|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d)|\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?(?!\d)"
    rf"|\d+(?:[.,]\d+)?)"
)
_PER_CENT = re.compile(
    rf"[\s{_GAP}]?(?:%|procent|per\s?cent|percentage|percentage\spoints?|pp\b|pe\b)", re.IGNORECASE
)
_SCALES = (
    (re.compile(rf"[\s{_GAP}]?(?:miljarder|miljard|billion|mdkr|mdr)\b", re.IGNORECASE), 10**9),
    (re.compile(rf"[\s{_GAP}]?(?:miljoner|miljon|million|mnkr|mkr|msek|milj)\b", re.IGNORECASE), 10**6),
    (re.compile(rf"[\s{_GAP}]?(?:tusen|thousand|tkr|ksek)\b", re.IGNORECASE), 10**3),
)
_WORDS = {
    **{
        "två": 2,
        "tre": 3,
        "fyra": 4,
        "fem": 5,
        "sex": 6,
        "sju": 7,
        "åtta": 8,
        "nio": 9,
        "tio": 10,
        "elva": 11,
    },
    **{"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"tolv": 12, "eleven": 11, "twelve": 12},
}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_MOST_DIGITS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a number.

    Parameters
    ----------
    value : Decimal
        With its sign.
    decimals : int
        How many it is written with.
    """

    value: Decimal
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumber:
    """A number as it stands in a text.

    Parameters
    ----------
    text : str
        As written.
    kind : {"number", "year", "date"}
        A date is told by its ISO form in `text`.
    readings : tuple of Reading
        What it may mean: 2,300 is two thousand three hundred in English, and 2.3 in Swedish.
    is_signed : bool
        Whether it carries a sign.
    is_per_cent : bool
        Whether per cent or percentage points follow.
    is_word : bool
        Whether it is written in letters.
    scale : int
        A thousand, a million or a billion, when such a word follows.
    start, end : int
        Its place in the text.
    """

    text: str
    kind: Kind
    readings: tuple[Reading, ...]
    is_signed: bool = False
    is_per_cent: bool = False
    is_word: bool = False
    scale: int = 1
    start: int
    end: int


def written_numbers(text: str) -> tuple[WrittenNumber, ...]:
    """Return the numbers in a text.

    Parameters
    ----------
    text : str
        A paragraph.

    Returns
    -------
    tuple of WrittenNumber
        In order. Left out are list and section numbers, ordinals, times of day, telephone and registration
        numbers, postcodes, addresses on the web, references such as *table 2*, and names with digits in them.

    Examples
    --------
    >>> [number.text for number in written_numbers("3. In 2025 the effect was −2,1–4,3 % (table 2).")]
    ['2025', '−2,1', '4,3']
    """
    left = _ITEM.sub(_blank, text)
    found = []
    for match in _DATE.finditer(left):
        if date := _date(match):
            found.append(_whole(match, "date", date))
    left = _DATE.sub(lambda match: _blank(match) if _date(match) else match[0], left)
    left = _ASIDE.sub(_blank, left)
    found += [_number(match, left) for match in _NUMBER.finditer(left) if len(match["body"]) <= _MOST_DIGITS]
    found += [_in_letters(match) for match in _WORD.finditer(left)]
    return tuple(sorted(found, key=lambda number: number.start))


def parts_of(number: WrittenNumber) -> tuple[WrittenNumber, ...]:
    """Return the numbers that a number with ordinary spaces in it may be instead: *12 200* may be two.

    Parameters
    ----------
    number : WrittenNumber
        The number.

    Returns
    -------
    tuple of WrittenNumber
        None when it has no ordinary space.
    """
    return tuple(written_numbers(number.text.replace(" ", " ; "))) if " " in number.text else ()


def _number(match: re.Match[str], text: str) -> WrittenNumber:
    sign, body = (match["sign"] or "").strip(_GAP), match["body"]
    after = text[match.end() : match.end() + 24]
    minus = bool(sign) and sign in _MINUSES
    readings = tuple(_signed(reading, minus) for reading in _readings(body))
    is_year = re.fullmatch(r"1[89]\d\d|2[01]\d\d", body) is not None and not sign
    per_cent = _PER_CENT.match(after) is not None
    scale = next((size for pattern, size in _SCALES if pattern.match(after)), 1)
    return WrittenNumber(
        text=match[0],
        kind="year" if is_year and not per_cent and scale == 1 else "number",
        readings=readings,
        is_signed=bool(sign) and sign != "±",
        is_per_cent=per_cent,
        scale=scale,
        start=match.start(),
        end=match.end(),
    )


def _readings(body: str) -> Iterator[Reading]:
    bare = re.sub(rf"[ {_GAP}'’]", "", body)
    marks = [sign for sign in bare if sign in ".,"]
    if len(set(marks)) == 2:  # 1,234.5 or 1.234,5: the last is the decimal mark
        yield _read(bare.replace(marks[0], ""), marks[-1])
        return
    if len(marks) == 1:
        yield _read(bare, marks[0])
    if bare == body and re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", bare) and not bare.startswith("0"):
        yield _read(re.sub("[.,]", "", bare), ".")
    if not marks:
        yield _read(bare, ".")


def _read(digits: str, mark: str) -> Reading:
    whole, _, decimals = digits.partition(mark)
    return Reading(value=Decimal(f"{whole}.{decimals}" if decimals else whole), decimals=len(decimals))


def _signed(reading: Reading, minus: bool) -> Reading:
    return Reading(value=-reading.value, decimals=reading.decimals) if minus else reading


def _in_letters(match: re.Match[str]) -> WrittenNumber:
    reading = Reading(value=Decimal(_WORDS[match[0].casefold()]), decimals=0)
    return WrittenNumber(
        text=match[0], kind="number", readings=(reading,), is_word=True, start=match.start(), end=match.end()
    )


def _whole(match: re.Match[str], kind: Kind, text: str) -> WrittenNumber:
    return WrittenNumber(text=text, kind=kind, readings=(), start=match.start(), end=match.end())


def _date(match: re.Match[str]) -> str:
    """Return a date's ISO form, one without a year as ``--MM-DD``; nothing where there is no such day."""
    if match["iso"]:
        return match["iso"]
    form = next(suffix for suffix in ("", "2", "3") if match[f"month{suffix}"])
    day, year = int(match[f"day{form}"]), "-" if form == "3" else match[f"year{form}"]
    return f"{year}-{_month(match[f'month{form}']):02d}-{day:02d}" if 1 <= day <= 31 else ""


def _month(name: str) -> int:
    order = ("jan", "feb", "mar", "apr", "ma", "jun", "jul", "aug", "sep", "o", "nov", "dec")
    short = name.casefold()
    return next(place for place, start in enumerate(order, start=1) if short.startswith(start))


def _blank(match: re.Match[str]) -> str:
    """Return something that is no number, as long as what it stands for, so that places stay."""
    return "\0" * len(match[0])
