"""Make the invented data of the ten plans; run it in this folder. Nothing here is measured."""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def number(value, decimals):
    return f"{value:.{decimals}f}".replace(".", ",")


def panel(folder, header, *, units, treated, years, start, outcomes, prefix="", cluster=None):
    """Write a panel: a level, a trend, a unit's own height, noise, and an effect from the start on."""
    rng = np.random.default_rng(sum(map(ord, folder)))
    lines = [";".join(header)]
    heights = {name: rng.normal(0, spread, units) for name, _, _, spread, _, _ in outcomes}
    for unit in range(units):
        for year in years:
            row = [f"{prefix}{unit + 1:02d}", str(year), str(int(unit < treated))]
            if cluster:
                row.append(f"{cluster}{unit // 4 + 1:02d}")
            for name, level, trend, spread, effect, decimals in outcomes:
                gain = effect if unit < treated and year >= start else 0.0
                value = (
                    level + heights[name][unit] + trend * (year - start) + gain + rng.normal(0, spread / 3)
                )
                row.append(number(np.clip(value, 0.1, 99.9 if level < 100 else 1e6), decimals))
            lines.append(";".join(row))
    (HERE / folder / "data.csv").write_text("\n".join(lines) + "\n", "utf-8")


def lottery(folder):
    """Write a lottery: one row an applicant, by draw, with a better chance for those who got a place."""
    rng = np.random.default_rng(6)
    places = rng.permutation([1] * 100 + [0] * 140)
    lines = ["fick_plats;ålder;arbetar_eller_studerar"]
    for place in places:
        yes = rng.random() < (0.62 if place else 0.44)
        lines.append(f"{place};{rng.integers(18, 25)};{100 * int(yes)}")
    (HERE / folder / "data.csv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    panel(
        "01-careful-renovation",
        ["hus", "år", "renoveras", "omflyttning", "hyresskuld"],
        units=24, treated=8, years=range(2018, 2026), start=2022,
        outcomes=[("a", 14, -0.1, 2, -4, 1), ("b", 6, 0.1, 1, 0.2, 1)],
    )  # fmt: skip
    panel(
        "02-district-centre",
        ["centrum", "år", "insats", "uthyrt", "störningar"],
        units=20, treated=1, years=range(2016, 2026), start=2022,
        outcomes=[("a", 60, -0.5, 6, 22, 1), ("b", 9, 0, 1.5, -1, 1)],
    )  # fmt: skip
    panel(
        "03-stormwater-parks",
        ["park", "år", "insats", "besök", "kvinnor_kväll"],
        units=10, treated=2, years=range(2021, 2026), start=2024,
        outcomes=[("a", 180, 4, 40, 110, 0), ("b", 34, 0.3, 3, 6, 1)],
    )  # fmt: skip
    panel(
        "04-three-areas",
        ["område", "år", "insats", "nbi", "trygga", "omflyttning"],
        units=18, treated=3, years=range(2014, 2026), start=2019,
        outcomes=[("a", 62, 0.2, 3, 4, 1), ("b", 55, 0.3, 4, 8, 1), ("c", 13, 0, 1.5, -0.5, 1)],
    )  # fmt: skip
    panel(
        "05-sports-facilities",
        ["kommun", "år", "insats", "tillfällen", "god_hälsa"],
        units=20, treated=1, years=range(2012, 2026), start=2022,
        outcomes=[("a", 26, -0.1, 3, 4, 1), ("b", 71, 0.1, 2, 0.5, 1)],
    )  # fmt: skip
    lottery("06-youth-jobs-lottery")
    panel(
        "07-small-municipality",
        ["avdelning", "år", "insats", "fall_per_100"],
        units=6, treated=6, years=range(2019, 2025), start=2022,
        outcomes=[("a", 95, -2, 12, -25, 0)],
    )  # fmt: skip
    panel(
        "08-family-centre",
        ["distrikt", "år", "insats", "vet_vart", "vaccinerade"],
        units=12, treated=2, years=range(2019, 2026), start=2023,
        outcomes=[("a", 62, 0.4, 4, 12, 1), ("b", 94, 0.1, 1, 1, 1)],
    )  # fmt: skip
    panel(
        "09-sick-leave-contract",
        ["arbetsplats", "år", "insats", "dagar"],
        units=40, treated=12, years=range(2018, 2026), start=2023,
        outcomes=[("a", 7.5, 0.05, 1, -1.4, 1)],
    )  # fmt: skip
    panel(
        "10-children-in-placement",
        ["barn", "läsår", "insats", "handläggare", "närvaro"],
        units=120, treated=60, years=range(2021, 2025), start=2023, cluster="H",
        outcomes=[("a", 78, 0.2, 6, 7, 1)],
    )  # fmt: skip
