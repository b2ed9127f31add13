"""Make the invented rows of the example norrgarden: two treated of seven housing areas, 2019 to 2025.

Run from the repository: python tests/data/make_norrgarden.py
The draws use only random.Random.random, whose stream Python promises to keep.
"""

from pathlib import Path
from random import Random

AREAS = (  # code, name, tenants answering, level of satisfaction, level of turnover, treated
    ("01", "Norrgården", 212, 48.0, 15.0, 1),
    ("02", "Söderängen", 187, 50.0, 14.0, 1),
    ("03", "Ålkärret", 240, 55.0, 12.5, 0),
    ("04", "Östhöjden", 198, 52.0, 13.0, 0),
    ("05", "Björkåsen", 225, 58.0, 11.0, 0),
    ("06", "Tallmon", 176, 54.0, 12.0, 0),
    ("07", "Sjövägen", 204, 57.0, 11.5, 0),
)
YEARS = range(2019, 2026)
START = 2023
TRUE_EFFECT = 6.0
TRUE_TURNOVER_EFFECT = -0.5
COLUMNS = ("område", "namn", "år", "insats", "svarande", "nöjda_utemiljö", "omflyttning", "påhittat")
FILE = Path(__file__).parents[2] / "src" / "impactkit" / "examples" / "norrgarden" / "data.csv"


def normal(draw: Random) -> float:
    return sum(draw.random() for _ in range(12)) - 6


def swedish(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def rows(seed: int = 126) -> list[tuple[str, ...]]:
    draw = Random(seed)
    found = []
    for code, name, answers, satisfied, turnover, treated in AREAS:
        after_level = 2.5 * normal(draw)  # what areas drift apart by, and few areas cannot average out
        for year in YEARS:
            after = year >= START
            share = satisfied + 0.3 * (year - 2019) + 1.5 * normal(draw) + after * after_level
            share += TRUE_EFFECT * (treated and after)
            moved = turnover - 0.1 * (year - 2019) + 0.8 * normal(draw)
            moved += TRUE_TURNOVER_EFFECT * (treated and after)
            answered = answers + int(20 * draw.random()) - 10
            found.append(
                (code, name, str(year), str(treated), str(answered), swedish(share), swedish(moved), "ja")
            )
    return found


def text() -> str:
    return "\n".join(";".join(row) for row in [COLUMNS, *rows()]) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
