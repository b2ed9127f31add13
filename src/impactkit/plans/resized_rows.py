"""The same rows with more or fewer units, as if others like them took part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.plans.assumed import Assumed
from impactkit.plans.planned_rows import is_treated

if TYPE_CHECKING:
    import pandas as pd

    from impactkit.plans.plan import Plan


def resized_rows(plan: Plan, frame: pd.DataFrame, assumed: Assumed) -> pd.DataFrame:
    """Return rows of as many treated and comparison units as are assumed.

    Parameters
    ----------
    plan : Plan
        The plan.
    frame : DataFrame
        Its rows.
    assumed : Assumed
        With ``n_treated``, ``n_comparison`` or both; a group that is not mentioned keeps its size.

    Returns
    -------
    DataFrame
        Units in their order, gone through again from the first where more are asked for than there are; the
        copies have names, and clusters, of their own. Rows count as units where none are followed, in each
        period.
    """
    import pandas as pd

    treated = is_treated(plan, frame)
    wanted = ((treated, assumed.n_treated), (~treated, assumed.n_comparison))
    parts = [frame[of] if n is None else _repeated(plan, frame[of], n) for of, n in wanted]
    return pd.concat(parts, ignore_index=True)


def _repeated(plan: Plan, rows: pd.DataFrame, n: int) -> pd.DataFrame:
    import pandas as pd

    data = plan.data
    who = data.cluster or data.unit
    if who is None and data.time is not None:
        return pd.concat([_cycled(part, n) for _, part in rows.groupby(data.time)], ignore_index=True)
    if who is None:
        return _cycled(rows, n)
    names = rows[who].drop_duplicates().tolist()
    parts = []
    for at in range(n):
        part = rows[rows[who] == names[at % len(names)]]
        again = at // len(names)
        if again:
            both = dict.fromkeys(name for name in (who, data.unit) if name is not None)
            renamed = {name: part[name].astype(str) + f"~{again + 1}" for name in both}
            part = part.assign(**renamed)
        parts.append(part)
    found: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return found


def _cycled(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    found: pd.DataFrame = rows.iloc[[at % len(rows) for at in range(n)]]
    return found
