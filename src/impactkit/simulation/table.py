"""The battery's page, made from what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from impactkit.effects.kernels.binomial_limits import binomial_limits
from impactkit.simulation.bar import (
    Result,
    counted_against,
    has_bar,
    keeps,
    power_rows,
)
from impactkit.simulation.grid import every_cell, family_of
from impactkit.simulation.naive import ALL as RULES
from impactkit.simulation.stored import Stored

_FAMILIES = {
    "two_groups": "Two groups, few treated, unequal variances, errors that carry over",
    "several_starts": "Several starts",
    "donors": "Averages of donors",
    "long_series": "Long series",
    "lotteries": "Randomised trials",
    "covariates": "Groups made alike in what was measured",
    "thresholds": "A score and a threshold",
    "instruments": "Invited by lot: instruments",
    "nested": "People in places: mixed models",
    "chosen": "The worst chosen, and volunteers",
    "shocks": "Shocks, seasons and trends",
    "neighbours": "A problem that moves next door",
    "picked": "Picking what looks best",
}
_Rows = Callable[[Sequence[Result]], Iterator[str]]
_OTHERS = ("partly_supported", "inconclusive", "contradicted", "not_assessable")
_WORDS = {rule.name: rule.words for rule in RULES}

_PREFACE = """\
# How often a false claim is called supported

The whole pipeline, from data to verdict, on data whose truth is known: a claim of which nothing or half is
true, and data with an illness. Where there is no effect at all the claim is next to nothing (0.01 standard
deviations), so that only limits, tests and checks stand between it and a false verdict. All numbers are per
cent of draws.

Made by

```
{command}
python -m impactkit.simulation.battery --write docs/results/battery.md
```

{counted}

Each draw has its own seed, from the run's seed, the cell's name and the draw's number, so that the counts do
not depend on how many processes make them or in what parts. The counts of every cell are in
`docs/results/battery/`.

The bar: where the design's assumption holds, "supported" in at most 2.5 % of draws (the measured share at
most 3.0 %); where it breaks, "supported" with no failed check or open question named beside it in at most as
many. In brackets are exact 95 % limits (Clopper and Pearson). Ordinary practice stands beside: it says
"supported" when an effect is significant at 5 % in the good direction and the estimate reaches the claim.
"""


def page(stored: Sequence[Stored]) -> str:
    """Return the page of a full run.

    Parameters
    ----------
    stored : sequence of Stored
        What was counted, cell by cell.

    Returns
    -------
    str
        Markdown, in English.
    """
    results = as_results(stored)
    parts = [
        _preface(stored),
        _verdict(results),
        _in_short(results),
        "## Where the design's assumption holds",
        *_families([r for r in results if r.cell.assumption == "holds" and r.cell.is_false], _holding),
        "## Where it breaks, and something can tell",
        _BREAKING,
        *_families([r for r in results if r.cell.assumption == "breaks"], _breaking),
        "## Where it breaks, and nothing can tell",
        _UNSEEN,
        *_families([r for r in results if r.cell.assumption == "unseen"], _breaking),
        "## Power",
        _POWER,
        "\n".join(_power(results)),
        "Every verdict where the claim is true:",
        *_families([r for r in results if r.cell.assumption == "holds" and not r.cell.is_false], _holding),
        "## What others say of the same draws",
        "\n".join(f"- *{words}*" for words in _WORDS.values()),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


_BREAKING = """\
"Unnamed" are draws called supported with no failed check beside the verdict. "What told" is what lowered the
verdict where limits and tests alone would have said "supported", and how often, then the checks that failed
in the draws in which all were asked."""

_UNSEEN = """\
Neither the data nor the plan hold anything that could tell: the plan says what is not so, or what happened
left no trace. No rule can help here; the shares say what is then left to the reviewer."""

_POWER = """\
How often the claim is called supported, by how large the true effect is in claims. A rival test is valid
where it keeps the bar in every cell of the row up to the claim itself, and in the twins in which the
assumption holds (unequal variances, other autocorrelations). It is misled where it calls more than so many
claims supported in a twin in which the assumption breaks (a trend that differs, drop-out, the lowest chosen).
Bar: at most 5 points behind the best that is valid and not misled, at twice the claim. How far we are behind
the best that is valid only while the assumption holds is the price of not being misled."""


def as_results(stored: Sequence[Stored]) -> tuple[Result, ...]:
    """Return cells with what was counted of them.

    Parameters
    ----------
    stored : sequence of Stored
        What was counted.

    Returns
    -------
    tuple of Result
        In the order of the shelf; cells without counts are left out.
    """
    counted = {one.cell: one.tally for one in stored if one.tally.draws}
    return tuple(Result(cell, counted[cell.name]) for cell in every_cell() if cell.name in counted)


def summary(stored: Sequence[Stored], *, full: bool) -> tuple[str, ...]:
    """Return one line a cell, for a terminal.

    Parameters
    ----------
    stored : sequence of Stored
        What was counted.
    full : bool
        Whether by the full run's bar.

    Returns
    -------
    tuple of str
        The cells, then the power rows.
    """
    results = as_results(stored)
    cost = {one.cell: 1000 * one.seconds / max(one.tally.draws, 1) for one in stored}
    lines = []
    for result in results:
        n, supported = result.tally.draws, result.tally.verdicts["supported"]
        against = counted_against(result)
        low, high = binomial_limits(against, n)
        bar = ("keeps" if keeps(result, full=full) else "FAILS") if has_bar(result.cell) else "-"
        told = f"supported {supported / n:6.1%}"
        if result.cell.assumption != "holds":
            told += f", unnamed {against / n:6.1%}"
        shown = f"{told} [{low:.1%}, {high:.1%}] of {n}"
        timed = f"{cost[result.cell.name]:5.1f} ms"
        beside = f"others: {_naive(result)}" + (f"; {_lowered(result)}" if result.tally.lowered else "")
        lines.append(f"{bar:5s} {result.cell.name:34s} {timed} {shown:58s} {beside}")
        lines += [f"      refused {count}: {what}" for what, count in result.tally.refused.items()]
    lines += _power(results, full=full)
    return tuple(lines)


def _preface(stored: Sequence[Stored]) -> str:
    draws = max(one.tally.draws for one in stored)
    seed = " and ".join(map(str, sorted({one.seed for one in stored})))
    return _PREFACE.format(
        command=f"python -m impactkit.simulation.battery --full --draws {draws} --seed {seed} "
        "--out docs/results/battery",
        counted=_counted(stored),
    )


def _counted(stored: Sequence[Stored]) -> str:
    """Return by which code what was counted: a table, and which cells each code drew if there are several."""
    codes = list(dict.fromkeys(one.code for one in stored))
    lines = ["| code | cells | draws | hours of processor time | with |", "|---|---|---|---|---|"]
    for code in codes:
        own = [one for one in stored if one.code == code]
        made = dict.fromkeys(", ".join(f"{k} {v}" for k, v in sorted(one.made_with.items())) for one in own)
        hours, drawn = sum(one.seconds for one in own) / 3600, sum(one.tally.draws for one in own)
        lines.append(_row((code, str(len(own)), str(drawn), f"{hours:.1f}", "; ".join(made))))
    if len(codes) == 1:
        return "\n".join(lines)
    groups = {cell.name: cell.group or cell.name for cell in every_cell()}
    names = [
        f"- {code}: "
        + ", ".join(
            f"`{name}`" for name in dict.fromkeys(groups[one.cell] for one in stored if one.code == code)
        )
        for code in codes
    ]
    return "\n".join([*lines, "", _SEVERAL_CODES, "", *names])


_SEVERAL_CODES = """\
A code is a digest of all that a verdict rests on: data, effects, evidence and the battery itself. Counts of
different code are never added up. Cells were not all drawn anew when the code changed: each tells of the code
that drew it, and the last code in this table need not be that of today. A name stands for all multiples of
its claim."""


def _verdict(results: Sequence[Result]) -> str:
    """Return how many cells keep their bar, and which do not."""
    barred = [result for result in results if has_bar(result.cell)]
    failing = [result.cell.name for result in barred if not keeps(result, full=True)]
    rows = power_rows(results, full=True)
    behind = [row.group for row in rows if not row.keeps]
    drawn = {result.cell.name for result in results}
    missing = [cell.name for cell in every_cell() if cell.name not in drawn]
    said = [
        f"**{len(barred) - len(failing)} of {len(barred)} cells keep their bar"
        + (f"; not {', '.join(failing)}" if failing else "")
        + f". {len(rows) - len(behind)} of {len(rows)} rows of power do"
        + (f"; not {', '.join(behind)}" if behind else "")
        + ".**"
    ]
    said += [
        f"`{result.cell.name}` is known to fall short: {result.cell.falls_short}."
        for result in barred
        if result.cell.falls_short
    ]
    if missing:
        said.append(f"Not drawn: {', '.join(missing)}.")
    return "\n\n".join(said)


def _families(results: Sequence[Result], rows: _Rows) -> Iterator[str]:
    for family, title in _FAMILIES.items():
        own = [result for result in results if family_of(result.cell) == family]
        if own:
            yield f"### {title}"
            yield "\n".join(rows(own))
            yield "\n".join(f"- `{result.cell.name}`: {result.cell.sentence}." for result in own)


def _holding(results: Sequence[Result]) -> Iterator[str]:
    yield (
        "| cell | supported | bar | ordinary practice | partly | inconclusive | contradicted "
        "| not assessable | draws | lowered |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for result in results:
        cells = (_name(result), _supported(result), _bar(result), _naive(result), *_rest(result))
        yield _row((*cells, str(result.tally.draws), _lowered(result)))


def _breaking(results: Sequence[Result]) -> Iterator[str]:
    yield (
        "| cell | supported | unnamed | bar | ordinary practice | partly | inconclusive | contradicted "
        "| not assessable | draws | what told |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for result in results:
        n = result.tally.draws
        cells = (_name(result), _supported(result), _percent(result.tally.unnamed, n), _bar(result))
        yield _row((*cells, _naive(result), *_rest(result), str(n), _what_told(result)))


def _in_short(results: Sequence[Result]) -> str:
    """Return the illnesses people ask about, a line each."""
    found = {result.cell.name: result for result in results}
    lines = ["## In short", ""]
    lines.append("| what happens; no effect, unless said | supported | of it unnamed | ordinary practice |")
    lines.append("|---|---|---|---|")
    for name, words in _ASKED_ABOUT.items():
        if name in found:
            result = found[name]
            n, held = result.tally.draws, result.cell.assumption == "holds"
            unnamed = "" if held else _percent(result.tally.unnamed, n)
            lines.append(
                _row((words, _percent(result.tally.verdicts["supported"], n), unnamed, _naive(result)))
            )
    return "\n".join(lines) if len(lines) > 4 else ""


_ASKED_ABOUT = {
    "did-5-null": "five areas of thirty got it",
    "did-3-null": "three areas of thirty got it",
    "did-5-half": "five areas of thirty, half of the claim is true",
    "trial-175-half": "a lottery among 350, half of the claim is true",
    "trial-chances-null": "a lottery in which those with a greater need were drawn more often",
    "alike-ipw-null": "people made alike in all that matters, by weights",
    "alike-ipw-hidden": "people made alike by weights, but a trait that nobody measured matters",
    "threshold-null": "those past a threshold got it",
    "threshold-sorted-1500": "those past a threshold got it, and many were lifted over it",
    "instrument-null": "people invited by lot, and the keen took part",
    "instrument-helps-alone": "people invited by lot, and the invitation helps by itself",
    "worst-0.5-before-after": "the worst tenth was chosen, before and after",
    "worst-0.5-did-undeclared": "the worst tenth was chosen, compared with the rest from that year",
    "shock-did": "good times for all, compared with others",
    "volunteers-did": "those who wanted got it, compared over time",
    "volunteers-as-trial": "those who wanted got it, analysed as a lottery",
    "trend-0.2-five-before": "they would have moved ahead anyway, five years before are known",
    "trend-0.2-one-baseline": "they would have moved ahead anyway, one year before is known",
    "trial-dropout": "a lottery, and the bad cases drop out",
    "moved-unassessed": "the problem moves next door, and the plan says nothing of it",
    "moved-declared-unlikely": "the problem moves next door, and the plan says that it does not",
    "best-of-20": "twenty indicators were tried",
    "moved-baseline": "the best of five baselines",
    "looks-eight-declared": "a look each half-year until one pleases",
    "staggered-harm": "starts in different years, and every effect is harmful",
    "series-alone-ar-0.6": "one series on its own",
    "synthetic-control-null": "one area beside an average of 39 others",
}


def _name(result: Result) -> str:
    return f"`{result.cell.name}`"


def _supported(result: Result) -> str:
    count, n = result.tally.verdicts["supported"], result.tally.draws
    low, high = binomial_limits(count, n)
    return f"**{_percent(count, n)}** ({100 * low:.1f} to {100 * high:.1f})"


def _rest(result: Result) -> tuple[str, ...]:
    return tuple(_percent(result.tally.verdicts[status], result.tally.draws) for status in _OTHERS)


def _bar(result: Result) -> str:
    if not has_bar(result.cell):
        return "none"
    return "keeps" if keeps(result, full=True) else "**fails**"


def _what_told(result: Result) -> str:
    tally = result.tally
    said = [_lowered(result)] if tally.lowered else []
    reasons = Counter({k: v for k, v in tally.reasons.items() if k.startswith(("not_ass", "partly"))})
    said += [f"{_percent(count, tally.draws)} {reason}" for reason, count in reasons.most_common(2)]
    if tally.asked and tally.failed:
        told = ", ".join(f"{k} {_percent(v, tally.asked)}" for k, v in tally.failed.most_common(4))
        said.append(f"failed: {told}")
    return "; ".join(said).replace("_", " ") or "nothing"


def _lowered(result: Result) -> str:
    """Return in how many draws checks lowered "supported", and which checks failed there."""
    tally = result.tally
    if not tally.lowered:
        return ""
    by = ", ".join(f"{k} {_percent(v, tally.draws)}" for k, v in tally.lowered_by.most_common(4))
    return f"lowered {_percent(tally.lowered, tally.draws)}: {by or 'no check'}".replace("_", " ")


def _naive(result: Result) -> str:
    tally = result.tally
    return ", ".join(
        f"{rule.words} {_percent(tally.rules[rule.name], tally.draws)}" for rule in result.cell.naive
    )


def _power(results: Sequence[Result], *, full: bool = True) -> list[str]:
    lines = [
        "| cells | none | half | once | 1.5 times | twice | others at twice | best valid if it holds "
        "| best valid and not misled | bar |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in power_rows(results, full=full):
        ours = [f"{100 * row.ours[k]:.1f}" if k in row.ours else "" for k in (0.0, 0.5, 1.0, 1.5, 2.0)]
        others = "; ".join(
            f"{_WORDS[name]} {100 * power:.1f}"
            + (f" (not valid: {row.broken[name]})" if name in row.broken else "")
            + (f" (misled: {row.misled[name]})" if name in row.misled else "")
            for name, power in row.rivals.items()
        )
        best = [
            f"{_WORDS[rule[0]]} {100 * rule[1]:.1f}" if rule else "none"
            for rule in (row.best_if_it_holds, row.best)
        ]
        lines.append(_row((row.group, *ours, others, *best, "keeps" if row.keeps else "**fails**")))
    return lines


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _percent(count: int, n: int) -> str:
    return f"{100 * count / n:.1f}" if n else ""
