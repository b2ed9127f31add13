"""Changes of units that switch treatment against those that stay, between consecutive periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Flags, Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SwitchPanel:
    """Units by periods.

    Parameters
    ----------
    outcome : ndarray, shape (n, T)
        The outcome; anything where a unit was not seen.
    treated : ndarray of bool, shape (n, T)
        Whether treatment is on.
    weights : ndarray, shape (n, T)
        Weights; 0 where a unit was not seen.
    """

    outcome: Floats
    treated: Flags
    weights: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roles:
    """Who switches and who stays in each comparison of one kind, with what they weigh.

    Parameters
    ----------
    switchers, stayers : ndarray, shape (n, T)
        Weights in the comparison of each period with the one before; 0 for others. A period without either is
        all 0 in both.
    changes : ndarray, shape (n, T)
        Change of the outcome that is compared, signed so that a positive one is an effect of treatment.
    n_alone : int
        Switches without anybody who stays to compare with.
    """

    switchers: Floats
    stayers: Floats
    changes: Floats
    n_alone: int


def switch_roles(panel: SwitchPanel, *, joining: bool, placebo: bool = False) -> Roles:
    """Find those whose treatment is switched on (or off), and those who stay as these were before.

    Parameters
    ----------
    panel : SwitchPanel
        The panel.
    joining : bool
        Switched on, against those who stay untreated; else off, against those who stay treated.
    placebo : bool
        Compare the change *before*, between the two periods ahead of the switch, of those whose treatment was
        the same in both.

    Returns
    -------
    Roles
        By period of the switch.

    References
    ----------
    .. [1] de Chaisemartin, C., & D'Haultfoeuille, X. (2020). Two-way fixed effects estimators with
       heterogeneous treatment effects. *American Economic Review*, 110(9), theorem 3 and section 4.
    """
    D, Y, w = panel.treated, panel.outcome, panel.weights
    n, T = D.shape
    switchers, stayers, changes = (np.zeros((n, T)) for _ in range(3))
    alone = 0
    sign = 1.0 if joining else -1.0
    for t in range(2 if placebo else 1, T):
        lags = (t - 2, t - 1, t) if placebo else (t - 1, t)
        seen = (w[:, list(lags)] > 0).all(axis=1)
        before = (D[:, list(lags[:-1])] != joining).all(axis=1) & seen
        goes, stays = before & (D[:, t] == joining), before & (D[:, t] != joining)
        if not stays.any():
            alone += int(goes.sum())
            continue
        if not goes.any():
            continue
        late = t - 1 if placebo else t
        switchers[goes, t], stayers[stays, t] = w[goes, t], w[stays, t]
        changes[before, t] = sign * (Y[before, late] - Y[before, late - 1])
    return Roles(switchers=switchers, stayers=stayers, changes=changes, n_alone=alone)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SwitchEffect:
    """The average effect over switches, and what each unit brings to its error.

    Parameters
    ----------
    point : float
        In the outcome's unit; nan without switches.
    influence : ndarray, shape (n,)
        Each unit's contribution.
    switches, stays : ndarray of bool, shape (n,)
        Who takes part as what.
    n_switches : int
        How many switches are averaged.
    """

    point: float
    influence: Floats
    switches: Flags
    stays: Flags
    n_switches: int


def switch_effect(kinds: tuple[Roles, ...]) -> SwitchEffect:
    """Average the effects of switches over periods and kinds, each by its weight.

    Parameters
    ----------
    kinds : tuple of Roles
        Joiners, leavers, or both.

    Returns
    -------
    SwitchEffect
        The ``DID_M`` of the paper when both kinds are given.

    Notes
    -----
    A switch counts as its change less the mean change of those who stay, so that the effect is the mean of
    switches' own effects; a unit's contribution as a switcher is its effect less that mean, and as a stayer
    minus its deviation from the stayers' mean, times the weight of the switchers it stands against. Effects
    that differ between switches count as uncertainty, and a period with a single switch hides nothing.
    """
    total = sum(float(kind.switchers.sum()) for kind in kinds)
    n = len(kinds[0].switchers)
    top, influence = 0.0, np.zeros(n)
    switches, stays = (np.zeros(n, dtype=np.bool_) for _ in range(2))
    for kind in kinds:
        mass, against = kind.switchers.sum(axis=0), kind.stayers.sum(axis=0)
        safe = np.where(against > 0, against, 1.0)
        usual = (kind.stayers * kind.changes).sum(axis=0) / safe
        gaps = kind.changes - usual
        top += float((kind.switchers * gaps).sum())
        influence += (kind.switchers * gaps).sum(axis=1) - (kind.stayers * gaps) @ (mass / safe)
        switches |= kind.switchers.any(axis=1)
        stays |= kind.stayers.any(axis=1)
    if not total:
        return SwitchEffect(point=np.nan, influence=np.zeros(n), switches=switches, stays=stays, n_switches=0)
    point = top / total
    own = sum((kind.switchers.sum(axis=1) for kind in kinds), start=np.zeros(n))
    return SwitchEffect(
        point=point,
        influence=(influence - point * own) / total,
        switches=switches,
        stays=stays,
        n_switches=sum(int(np.count_nonzero(kind.switchers)) for kind in kinds),
    )
