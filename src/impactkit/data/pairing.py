"""Baseline and follow-up put together: who is in both, who is lost, and how those who left differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from impactkit.data.account import Account
from impactkit.data.pairing_faults import paired_keys, refuse_unpaired
from impactkit.data.wave import BASELINE, FOLLOW_UP, wave_frame
from impactkit.errors import UsageError
from impactkit.wording import Facts, Message, Shown

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["cohort", "place", "repeated"]
Fate = Literal["matched", "only_baseline", "only_follow_up", "changed_group"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairing(Shown):
    """Two measurements put together.

    Parameters
    ----------
    frame : DataFrame
        The rows of both, one below the other, with ``wave`` (0 baseline, 1 follow-up) and ``fate`` (matched,
        only_baseline, only_follow_up, changed_group; for repeated cross sections, matched throughout).
    key, group : str
        Columns; empty where there are none.
    kind : {"cohort", "place", "repeated"}
        The same people followed; the same places, whoever lives there; or new samples each time.
    compare : tuple of str
        Columns of numbers by which those who left are held against those who stayed.

    See Also
    --------
    impactkit.pair : Makes one.
    """

    frame: pd.DataFrame
    key: str
    group: str
    kind: Kind
    compare: tuple[str, ...]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Units matched, lost, new and moved between groups; for repeated cross sections, rows by wave."""
        if self.kind == "repeated":
            waves = self.frame["wave"].value_counts()
            return {"baseline": int(waves.get(BASELINE, 0)), "follow_up": int(waves.get(FOLLOW_UP, 0))}
        fates = self.frame.drop_duplicates(self.key)["fate"].value_counts()
        return {fate: int(fates.get(fate, 0)) for fate in _FATES}

    @property
    def account(self) -> Account:
        """Rows read, those of units that are in both, and those set aside by reason."""
        fates = self.frame["fate"].value_counts()
        aside: dict[str, int] = {fate: int(fates[fate]) for fate in _FATES[1:] if fate in fates}
        return Account(used=int(fates.get("matched", 0)), set_aside=aside)

    def to_frame(self) -> pd.DataFrame:
        """Return the rows of units that are in both, in long form, as a `Study` takes them.

        Returns
        -------
        DataFrame
            One row for each unit and wave, without ``fate``. For a study: ``unit`` the key, ``time="wave"``,
            and with a group ``treated`` the group and ``start=1``.
        """
        kept = self.frame[self.frame["fate"] == "matched"]
        return kept.drop(columns="fate").reset_index(drop=True)

    def wide(self) -> pd.DataFrame:
        """Return one row for each unit that is in both, with ``_baseline`` and ``_follow_up`` columns.

        Returns
        -------
        DataFrame
            The key, the group, then each other column twice.

        Raises
        ------
        UsageError
            If there is no key.
        """
        if not self.key:
            raise UsageError(
                "Repeated cross sections have no rows to put side by side.",
                where="wide",
                mend="Give a key if the same units are in both, or use to_frame().",
            )
        rows = self.to_frame()
        same = [name for name in (self.key, self.group) if name]
        before, after = (rows[rows["wave"] == wave].drop(columns="wave") for wave in (BASELINE, FOLLOW_UP))
        return before.merge(after, on=same, suffixes=("_baseline", "_follow_up"), validate="one_to_one")

    def attrition(self) -> pd.DataFrame:
        """Return how many of the baseline were lost, by group.

        Returns
        -------
        DataFrame
            group, baseline, matched, lost, lost_share (0 to 1), new, changed_group. One row, ``all``, where
            there is no group; with groups a last row ``all``.

        Raises
        ------
        UsageError
            If there is no key: nobody can tell who was lost.
        """
        import pandas as pd

        self._need_key("attrition")
        rows = []
        for name, some in self._groups():
            at_baseline = some[some["wave"] == BASELINE]
            fates = at_baseline["fate"].value_counts()
            late = some[some["wave"] == FOLLOW_UP]["fate"].value_counts()
            n, lost = len(at_baseline), int(fates.get("only_baseline", 0))
            moved = int(fates.get("changed_group", 0))
            share = lost / n if n else np.nan
            matched = int(fates.get("matched", 0))
            rows.append((name, n, matched, lost, share, int(late.get("only_follow_up", 0)), moved))
        names = ["group", "baseline", "matched", "lost", "lost_share", "new", "changed_group"]
        return pd.DataFrame(rows, columns=names)

    def differences(self) -> pd.DataFrame:
        """Return how those who left differed, at baseline, from those who stayed.

        Returns
        -------
        DataFrame
            group, variable, n_stayed, n_left, mean_stayed, mean_left, difference (left less stayed, in the
            variable's unit) and std_difference, the difference in standard deviations at baseline.

        Raises
        ------
        UsageError
            If there is no key.

        Notes
        -----
        The standard deviation is the root of the mean of the two groups' variances, as for balance between
        arms. A difference of more than .25 is commonly taken as a warning; none of it tells about what was
        not measured.
        """
        import pandas as pd

        self._need_key("differences")
        rows = []
        for name, some in self._groups():
            at_baseline = some[some["wave"] == BASELINE]
            left = (at_baseline["fate"] == "only_baseline").to_numpy()
            for variable in self.compare:
                values = pd.to_numeric(at_baseline[variable]).to_numpy(dtype=float)
                rows.append((name, variable, *_contrast(values[~left], values[left])))
        names = ["group", "variable", "n_stayed", "n_left", "mean_stayed", "mean_left"]
        return pd.DataFrame(rows, columns=[*names, "difference", "std_difference"])

    def response(self, invited: Mapping[str, int]) -> pd.DataFrame:
        """Return how many of those asked have answered.

        Parameters
        ----------
        invited : mapping of str to int
            How many were asked, by wave: ``{"baseline": 400, "follow_up": 400}``.

        Returns
        -------
        DataFrame
            wave, invited, answered, response_rate and non_response (0 to 1).

        Raises
        ------
        UsageError
            If a wave is lacking, or more have answered than were asked.
        """
        import pandas as pd

        rows = []
        for wave, name in ((BASELINE, "baseline"), (FOLLOW_UP, "follow_up")):
            answered = int((self.frame["wave"] == wave).sum())
            asked = invited.get(name, 0)
            if asked < answered or not asked:
                raise UsageError(
                    "{answered} answered in the {wave}, but {asked} were asked.",
                    where="invited",
                    mend='Give how many were asked in both: invited = {{"baseline": 400, "follow_up": 400}}.',
                    values={"answered": answered, "wave": name, "asked": asked},
                )
            rows.append((name, asked, answered, answered / asked, 1 - answered / asked))
        return pd.DataFrame(rows, columns=["wave", "invited", "answered", "response_rate", "non_response"])

    def _need_key(self, what: str) -> None:
        if not self.key:
            raise UsageError(
                "Repeated cross sections follow nobody, so nobody can tell who was lost.",
                where="{what}",
                mend="Give a key if the same units are in both; else state the response rate.",
                values={"what": what},
            )

    def _groups(self) -> list[tuple[str, pd.DataFrame]]:
        whole = [("all", self.frame)]
        if not self.group:
            return whole
        return [(str(name), some) for name, some in self.frame.groupby(self.group, sort=True)] + whole

    def __repr__(self) -> str:
        told = ", ".join(f"{n} {fate.replace('_', ' ')}" for fate, n in self.counts.items() if n)
        return f"Pairing({self.kind}, {told})"

    def _facts(self) -> Facts:
        rows: list[tuple[Message | str, Message | str]] = [
            (Message("pairing.row.kind"), Message(f"pairing.kind.{self.kind}"))
        ]
        rows += [(Message(f"pairing.row.{fate}"), str(n)) for fate, n in self.counts.items()]
        rows.append((Message("pairing.row.account"), self.account.in_words()))
        return Facts(title=Message("pairing.title"), rows=rows)


_FATES: tuple[Fate, ...] = ("matched", "only_baseline", "only_follow_up", "changed_group")


def _contrast(stayed: Floats, left: Floats) -> tuple[int, int, float, float, float, float]:
    stayed, left = stayed[np.isfinite(stayed)], left[np.isfinite(left)]
    means = [float(some.mean()) if len(some) else np.nan for some in (stayed, left)]
    if len(stayed) < 2 or len(left) < 2:
        return len(stayed), len(left), means[0], means[1], means[1] - means[0], np.nan
    spread = float(np.sqrt((stayed.var(ddof=1) + left.var(ddof=1)) / 2))
    difference = means[1] - means[0]
    standard = difference / spread if spread > 0 else np.nan
    return len(stayed), len(left), means[0], means[1], difference, standard


def pair(
    baseline: Any,
    follow_up: Any,
    *,
    key: str | None = None,
    group: str | None = None,
    compare: Sequence[str] = (),
    kind: Kind | None = None,
) -> Pairing:
    """Put a baseline and a follow-up together.

    Parameters
    ----------
    baseline, follow_up : frame or Observations
        The two measurements.
    key : str, optional
        Column that says who is who: a pseudonym, a household, a school, an area. Without one the two are
        repeated cross sections, and nobody is paired.
    group : str, optional
        Column that says who is treated.
    compare : sequence of str
        Columns of numbers by which those who left are held against those who stayed.
    kind : {"cohort", "place", "repeated"}, optional
        With a key: whether the same people are followed (cohort, taken when left out) or the same places,
        where others may have moved in. A change in a place is not a change in anybody.

    Returns
    -------
    Pairing
        With everyone's fate; nobody is dropped silently.

    Raises
    ------
    DataError
        With every fault: a column that is not in both, a key that is empty or stands twice, keys that are
        text in one file and numbers in the other.
    UsageError
        If the kind does not go with the key.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"who": ["a", "b", "c"], "y": [1.0, 2.0, 6.0]})
    >>> after = pd.DataFrame({"who": ["a", "b", "d"], "y": [2.0, 3.0, 4.0]})
    >>> pairing = pair(before, after, key="who", compare=["y"])
    >>> pairing
    Pairing(cohort, 2 matched, 1 only baseline, 1 only follow up)
    >>> pairing.attrition()[["baseline", "lost"]].values.tolist()
    [[3, 1]]
    """
    import pandas as pd

    kind = kind or ("cohort" if key else "repeated")
    if (kind == "repeated") != (key is None):
        raise UsageError(
            'kind = "{kind}" does not go with key = {key!r}.',
            where="kind",
            mend="Repeated cross sections have no key; a cohort and places have one.",
            values={"kind": kind, "key": str(key)},
        )
    waves = [wave_frame(baseline, "baseline"), wave_frame(follow_up, "follow_up")]
    refuse_unpaired(waves, key=key, group=group, compare=compare)
    before, after = (wave.frame.assign(wave=place) for place, wave in enumerate(waves))
    fates = [np.full(len(before), "matched", dtype=object), np.full(len(after), "matched", dtype=object)]
    if key is not None:
        left, right = paired_keys(waves, key)
        before, after = before.assign(**{key: left}), after.assign(**{key: right})
        fates = _fates(before, after, key=key, group=group)
    rows = [part.assign(fate=fate) for part, fate in zip((before, after), fates, strict=True)]
    frame = pd.concat(rows, ignore_index=True)
    return Pairing(frame=frame, key=key or "", group=group or "", kind=kind, compare=tuple(compare))


def _fates(
    before: pd.DataFrame, after: pd.DataFrame, *, key: str, group: str | None
) -> list[npt.NDArray[np.object_]]:
    both = set(before[key]) & set(after[key])
    moved: set[str] = set()
    if group is not None:
        first, last = (dict(zip(part[key], part[group], strict=True)) for part in (before, after))
        moved = {name for name in both if first[name] != last[name]}
    found = []
    for part, alone in ((before, "only_baseline"), (after, "only_follow_up")):
        fate = ["changed_group" if k in moved else "matched" if k in both else alone for k in part[key]]
        found.append(np.array(fate, dtype=object))
    return found
