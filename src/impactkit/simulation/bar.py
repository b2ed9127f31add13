"""What a cell must keep: false support in at most 2.5 %, and power near that of the best valid test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from impactkit.effects.kernels.binomial_limits import binomial_limits
from impactkit.simulation.cell import Cell, Rule
from impactkit.simulation.tally import Tally

NOMINAL, AT_MOST = 0.025, 0.030
POWER_LOST = 0.05


class Result(NamedTuple):
    """A cell with what was counted.

    Parameters
    ----------
    cell : Cell
        The cell.
    tally : Tally
        The counts.
    """

    cell: Cell
    tally: Tally


class PowerRow(NamedTuple):
    """Our power at twice the claim beside that of other tests.

    Parameters
    ----------
    group : str
        The cells that differ in the true effect.
    ours : dict of float to float
        Share of "supported" by true effect, in claims.
    rivals : dict of str to float
        Power of each rival at twice the claim, by name.
    broken : dict of str to str
        Rivals that are not valid though the design's assumption holds, and the cell that shows it.
    misled : dict of str to str
        Rivals that are misled where it breaks, and the cell that shows it.
    """

    group: str
    ours: dict[float, float]
    rivals: dict[str, float]
    broken: dict[str, str]
    misled: dict[str, str]

    @property
    def best_if_it_holds(self) -> tuple[str, float] | None:
        """The most powerful rival that is valid while the design's assumption holds, with its power."""
        return self._best(self.broken)

    @property
    def best(self) -> tuple[str, float] | None:
        """The most powerful rival that is valid and not misled either, with its power."""
        return self._best(self.broken | self.misled)

    def _best(self, without: dict[str, str]) -> tuple[str, float] | None:
        valid = {name: power for name, power in self.rivals.items() if name not in without}
        return max(valid.items(), key=lambda item: item[1]) if valid else None

    @property
    def keeps(self) -> bool:
        """Whether we are at most five points behind the best rival that is valid and not misled."""
        return self.best is None or self.ours[2.0] >= self.best[1] - POWER_LOST - 1e-12


def counted_against(result: Result) -> int:
    """Return the draws that count against a cell.

    Parameters
    ----------
    result : Result
        The cell with its counts.

    Returns
    -------
    int
        Where the assumption holds, those called supported; where it breaks, those called so with no failed
        check named beside.
    """
    held = result.cell.assumption == "holds"
    return result.tally.verdicts["supported"] if held else result.tally.unnamed


def has_bar(cell: Cell) -> bool:
    """Return whether a cell has a bar: "supported" would be false, and something could tell.

    Parameters
    ----------
    cell : Cell
        The cell.

    Returns
    -------
    bool
        False for power, and where nothing in data or plan can tell.
    """
    return cell.is_false and cell.assumption != "unseen"


def within(count: int, n: int, *, full: bool) -> bool:
    """Return whether a share keeps the bar.

    Parameters
    ----------
    count, n : int
        How many of how many.
    full : bool
        Whether the share itself must be at most 3 %; else its lower limit at most 2.5 %.

    Returns
    -------
    bool
        Whether it does.

    Examples
    --------
    >>> within(6, 100, full=False), within(6, 100, full=True)
    (True, False)
    """
    return count <= AT_MOST * n if full else binomial_limits(count, n).low <= NOMINAL


def keeps(result: Result, *, full: bool) -> bool:
    """Return whether a cell keeps its bar; one without a bar does.

    Parameters
    ----------
    result : Result
        The cell with its counts.
    full : bool
        Whether by the full run's bar.

    Returns
    -------
    bool
        Whether it does; never if draws could not be carried out.
    """
    if result.tally.refused:
        return False
    cell = result.cell
    return not has_bar(cell) or within(counted_against(result), result.tally.draws, full=full)


def power_rows(results: Sequence[Result], *, full: bool) -> tuple[PowerRow, ...]:
    """Return our power beside that of rivals, group by group.

    Parameters
    ----------
    results : sequence of Result
        All cells.
    full : bool
        Whether a rival is valid by the full run's bar.

    Returns
    -------
    tuple of PowerRow
        For groups that were drawn at twice the claim.

    Notes
    -----
    A rival is valid where it keeps the bar in every cell of the group up to the claim itself, and in every
    twin of the group in which the design's assumption holds too, such as that with unequal variances. It is
    misled where it does not keep the bar in a twin in which the assumption breaks.
    """
    rows = []
    for group in dict.fromkeys(result.cell.group for result in results if result.cell.times == 2):
        own = [result for result in results if result.cell.group == group]
        twins = [result for result in results if group in result.cell.matches]
        sound = [r for r in own if r.cell.times <= 1] + [r for r in twins if r.cell.assumption == "holds"]
        ill = [result for result in twins if result.cell.assumption == "breaks"]
        last = next(result for result in own if result.cell.times == 2)
        rows.append(
            PowerRow(
                group=group,
                ours={r.cell.times: _share(r.tally.verdicts["supported"], r) for r in own},
                rivals={rule.name: _share(last.tally.rules[rule.name], last) for rule in last.cell.rivals},
                broken=_failing(last.cell.rivals, sound, full=full),
                misled=_failing(last.cell.rivals, ill, full=full),
            )
        )
    return tuple(rows)


def _share(count: int, result: Result) -> float:
    return count / result.tally.draws


def _failing(rules: Sequence[Rule], tested: Sequence[Result], *, full: bool) -> dict[str, str]:
    """Return the rivals that say "supported" too often, each with the first cell in which it does."""
    found: dict[str, str] = {}
    for cell, tally in tested:
        for rule in rules:
            if rule in cell.rivals and not within(tally.rules[rule.name], tally.draws, full=full):
                found.setdefault(rule.name, cell.name)
    return found
