"""A study as treated units and donors, seen in the same periods, or a clear refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import suited
from impactkit.effects.donor_pool import DonorPool
from impactkit.errors import EstimationError
from impactkit.wording import Message

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_FEWEST_BEFORE = 2
_NAMED = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class DonorPanel:
    """Treated units and donors by period.

    Parameters
    ----------
    columns : Columns
        The rows used, sorted by unit and period.
    outcomes : ndarray, shape (N, T)
        The treated units' rows first, then the donors'; in the outcome's unit.
    names : tuple of str, length N
        What they are called.
    starts : ndarray of int, shape (n,)
        Code of each treated unit's first treated period.
    shares : ndarray, shape (n,)
        Each treated unit's share of their weights.
    order : ndarray of int, shape (N,)
        Where each unit stands among the units of ``columns``.
    notes : tuple of Message
        Units left out, by name.
    """

    columns: Columns
    outcomes: Floats
    names: tuple[str, ...]
    starts: Codes
    shares: Floats
    order: Codes
    notes: tuple[Message, ...]

    @property
    def n_treated(self) -> int:
        """Treated units."""
        return len(self.starts)


def donor_panel(study: Study, pool: DonorPool, *, alone: bool = True) -> DonorPanel:
    """Return the treated units of a study and the donors that its pool allows.

    Parameters
    ----------
    study : Study
        A panel with treated units and units that are not treated within it.
    pool : DonorPool
        Which of those may be donors.
    alone : bool
        Whether every treated unit must be a cluster of its own, as ranks suppose.

    Returns
    -------
    DonorPanel
        Units seen in every period.

    Raises
    ------
    EstimationError
        With every fault at once: no panel, no treated, treated without enough periods before the start or
        with gaps, donors that are treated, unknown donors, too few donors, an outcome that never varies.
    """
    columns = suited(study)
    if columns.unit is None or columns.period is None or columns.cohort is None:
        raise EstimationError(
            "Donors are units followed over the same periods; this study has no units over time.",
            where="unit",
            mend="Give the study unit=, time= and first_treated=, with the treated area and the donors.",
        )
    assert columns.unit_labels is not None
    T, n_units = len(columns.periods), len(columns.unit_labels)
    counts = np.bincount(columns.unit, minlength=n_units)
    start = np.full(n_units, np.inf)
    start[columns.unit] = columns.cohort
    names = tuple(str(label) for label in columns.unit_labels)
    is_treated = start <= columns.periods[-1]
    seen = counts > 0
    allowed = np.array([pool.allows(name) for name in names])
    treated, whole = np.flatnonzero(is_treated & seen), counts == T
    donors = np.flatnonzero(~is_treated & seen & allowed & whole)
    starts = np.searchsorted(columns.periods, start[treated])
    faults = [
        *_pool_faults(pool, names, is_treated),
        *_treated_faults([names[i] for i in treated], starts, whole[treated]),
        *(_shared_faults(columns, treated, names) if alone else ()),
        *_donor_faults(len(donors)),
    ]
    if faults:
        raise EstimationError.of([trouble for fault in faults for trouble in fault.troubles])
    order = np.concatenate([treated, donors])
    kept = columns.take(np.isin(columns.unit, order))
    assert kept.unit is not None
    place = _places(kept.unit[::T], order)
    outcomes = kept.outcome.reshape(len(order), T)[place]
    _refuse_constant(outcomes)
    gone = [names[i] for i in np.flatnonzero(~is_treated & seen & allowed & ~whole)]
    return DonorPanel(
        columns=kept,
        outcomes=outcomes,
        names=tuple(names[i] for i in order),
        starts=starts,
        shares=_shares(kept, place[: len(treated)], T),
        order=place,
        notes=_notes(gone, int((~is_treated & seen & ~allowed).sum())),
    )


def _places(rows: Codes, order: Codes) -> Codes:
    """Return where each unit's rows stand; rows are sorted by cluster before unit."""
    by_code = np.argsort(rows)
    return by_code[np.searchsorted(rows[by_code], order)]


def listed(names: Sequence[str]) -> str:
    """Return names in one line, the first dozen by name.

    Parameters
    ----------
    names : sequence of str
        The names.

    Returns
    -------
    str
        Joined by commas.

    Examples
    --------
    >>> listed(["Ale", "Bjuv"])
    'Ale, Bjuv'
    """
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}, … ({len(names)})"


def _pool_faults(
    pool: DonorPool, names: tuple[str, ...], is_treated: npt.NDArray[np.bool_]
) -> list[EstimationError]:
    known = dict(zip(names, is_treated.tolist(), strict=True))
    lost = [unit for unit in pool.units if unit not in known]
    started = [unit for unit in pool.units if known.get(unit)]
    found = []
    if lost:
        found.append(
            EstimationError(
                "Donors that the study does not have: {units}.",
                where="donors.units",
                mend="Write them as the study does, codes as text with their zeros.",
                values={"units": listed(lost)},
            )
        )
    if started:
        found.append(
            EstimationError(
                "Donors that are treated themselves within the periods: {units}.",
                where="donors.units",
                mend="Take them out of the list, or end the study before they start.",
                values={"units": listed(started)},
            )
        )
    return found


def _treated_faults(names: list[str], starts: Codes, whole: npt.NDArray[np.bool_]) -> list[EstimationError]:
    if not names:
        return [
            EstimationError(
                "No unit is treated within the periods of the study.",
                where="first_treated",
                mend="Give the treated unit its first treated period, and 0 to the others.",
            )
        ]
    found = []
    early = [name for name, start in zip(names, starts, strict=True) if start < _FEWEST_BEFORE]
    gaps = [name for name, is_whole in zip(names, whole, strict=True) if not is_whole]
    if early:
        found.append(
            EstimationError(
                "Treated with fewer than {n} periods before the start: {units}. Nothing shows which donors "
                "are like them.",
                where="first_treated",
                mend="Add earlier periods, for the donors too; ten or more make weights mean something.",
                values={"n": _FEWEST_BEFORE, "units": listed(early)},
            )
        )
    if gaps:
        found.append(
            EstimationError(
                "Treated units without a value in some periods: {units}.",
                where="outcome",
                mend="Add the values, or leave those periods out for everybody.",
                values={"units": listed(gaps)},
            )
        )
    return found


def _shared_faults(columns: Columns, treated: Codes, names: tuple[str, ...]) -> list[EstimationError]:
    """Refuse treated units of one cluster: ranks would count each of them as a chance of its own."""
    if columns.cluster is None or columns.unit is None:
        return []
    first = np.unique(columns.unit, return_index=True)
    cluster = columns.cluster[first[1][np.searchsorted(first[0], treated)]]
    met, counts = np.unique(cluster, return_counts=True)
    shared = [names[i] for i in treated[np.isin(cluster, met[counts > 1])]]
    if not shared:
        return []
    return [
        EstimationError(
            "Treated units that share a cluster, so that chance moves them together: {units}.",
            where="cluster",
            mend="Make one unit of them (their mean in each period), and of each cluster of donors.",
            values={"units": listed(shared)},
        )
    ]


def _donor_faults(n: int) -> list[EstimationError]:
    if n >= 2:
        return []
    return [
        EstimationError(
            "Only {n} donors are seen in every period; at least 2 are needed.",
            where="donors",
            mend="Add comparison units with values in every period, or widen the pool.",
            values={"n": n},
        )
    ]


def _refuse_constant(outcomes: Floats) -> None:
    if bool((outcomes == outcomes[:, :1]).all()):
        raise EstimationError(
            "No unit's outcome changes over time; there is nothing to compare.",
            where="outcome",
            mend="Check the column: is it a description of the units rather than a result?",
        )


def _shares(columns: Columns, treated: Codes, T: int) -> Floats:
    """Return the treated units' shares of their weights, which are means over periods."""
    if columns.weight is None:
        return np.full(len(treated), 1 / len(treated))
    weights = columns.weight.reshape(-1, T).mean(axis=1)[treated]
    return np.asarray(weights / weights.sum())


def _notes(gone: list[str], n_not_allowed: int) -> tuple[Message, ...]:
    found = []
    if gone:
        found.append(Message("donors.gaps", {"n": len(gone), "units": listed(gone)}))
    if n_not_allowed:
        found.append(Message("donors.not_in_pool", {"n": n_not_allowed}))
    return tuple(found)
