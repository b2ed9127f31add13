"""Headings that say plainly what their column holds, in Swedish and English."""

from __future__ import annotations

from collections.abc import Iterable

from impactkit.data.cleaning import clean

CODES = frozenset(
    (
        *(
            "kommunkod",
            "kommunnr",
            "kommunnummer",
            "regionkod",
            "länskod",
            "länkod",
            "områdeskod",
            "kod",
            "code",
        ),
        *("skolenhetskod", "enhetskod", "municipality_code", "municipality code", "area_code", "area code"),
        *("region code", "unit_id", "unit id", "enhets-id", "områdes-id", "deso", "regso", "desokod"),
        *("regsokod", "löpnr", "lopnr", "löpnummer", "id", "household id", "person id"),
    )
)
UNITS = frozenset(
    (
        *("unit", "enhet", "kommun", "kommuner", "municipality", "region", "län", "county", "kommun/region"),
        *(
            "område",
            "omrade",
            "area",
            "stadsdel",
            "bostadsområde",
            "skola",
            "school",
            "skolenhet",
            "förskola",
        ),
        *("hushåll", "household", "person", "anläggning", "förskola"),
    )
)
NAMES = frozenset(
    (
        *("kommunnamn", "namn", "name", "ort", "benämning", "områdesnamn", "enhetsnamn", "skolnamn"),
        *("municipality name", "area name", "unit name"),
    )
)
PERIODS = frozenset(
    (
        *(
            "period",
            "år",
            "ar",
            "year",
            "tid",
            "time",
            "månad",
            "month",
            "kvartal",
            "quarter",
            "vecka",
            "week",
        ),
        *("läsår", "lasar", "datum", "date", "mätår", "undersökningsår", "tidpunkt", "week"),
    )
)
INDICATORS = frozenset(("indicator", "indikator", "nyckeltal", "kpi", "mått", "indikator-id", "indicator id"))
VALUES = frozenset(("value", "värde", "varde", "utfall"))
GENDERS = frozenset(("kön", "kon", "gender", "sex"))
AGES = frozenset(("ålder", "alder", "age", "åldersgrupp", "åldersklass", "age_group", "age group"))
NUMBERS = frozenset(("n", "antal svar", "antal svarande", "number of answers", "respondents"))
ERRORS = frozenset(("std_error", "medelfel", "standardfel", "standard error"))
MARGINS = frozenset(("felmarginal", "margin", "osäkerhetstal", "margin of error", "95 % felmarginal"))
TOTALS = frozenset(
    (
        *("totalt", "total", "summa", "samtliga", "totalsumma", "delsumma", "sum", "subtotal", "grand total"),
        *("summa totalt", "totalt alla", "samtliga områden", "alla områden", "hela kommunen totalt"),
    )
)
KEYS = CODES | UNITS | NAMES | PERIODS | INDICATORS | GENDERS | AGES
FIRST_OF_TOTALS = frozenset(sign for text in TOTALS for sign in (text[0], text[0].upper())) | {" ", "*"}
KINDS_OF_GENDER = {
    **dict.fromkeys(("t", "totalt", "total", "samtliga", "båda", "both", "all", "kvinnor och män"), "T"),
    **dict.fromkeys(("k", "kvinnor", "kvinna", "women", "female", "flickor", "girls"), "K"),
    **dict.fromkeys(("m", "män", "man", "men", "male", "pojkar", "boys"), "M"),
}


def plain(heading: str) -> str:
    """Return a heading as it is compared: in small letters, without marks around it.

    Parameters
    ----------
    heading : str
        As it stands in the file.

    Returns
    -------
    str
        For comparison only.

    Examples
    --------
    >>> plain("Kommun-kod:"), plain(" ÅR* ")
    ('kommunkod', 'år')
    """
    text = clean(heading).casefold().strip(" :*.\N{NO-BREAK SPACE}")
    return text if text in INDICATORS else text.replace("kommun-kod", "kommunkod")


def among(headings: Iterable[str], words: frozenset[str]) -> list[str]:
    """Return the headings that are one of the words.

    Parameters
    ----------
    headings : iterable of str
        As they stand in the file.
    words : frozenset of str
        Plain words.

    Returns
    -------
    list of str
        In the order of the file.

    Examples
    --------
    >>> among(["Kommun", "År", "Andel"], PERIODS)
    ['År']
    """
    return [heading for heading in headings if plain(heading) in words]


def is_total(text: str) -> bool:
    """Return whether a unit's text says that the row is a sum of others.

    Parameters
    ----------
    text : str
        What stands where a unit should.

    Returns
    -------
    bool
        True for Totalt, Summa and the like; the country, Riket, is a unit.

    Examples
    --------
    >>> is_total("Totalt:"), is_total("Riket"), is_total("Summa")
    (True, False, True)
    """
    return plain(text) in TOTALS
