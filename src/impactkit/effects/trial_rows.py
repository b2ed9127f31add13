"""The rows of a lottery: refused where nothing can be compared, and told where strata are unlike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from impactkit.data.columns import Columns
from impactkit.data.study import Study
from impactkit.effects.describe import assignment_of, dense, marked, suited
from impactkit.effects.estimate import Estimate
from impactkit.effects.kernels.intracluster import intracluster
from impactkit.effects.kernels.lottery_means import lottery_means
from impactkit.effects.lottery import drawn_of, shares_differ
from impactkit.errors import EstimationError
from impactkit.wording import Message


def checked_trial(study: Study) -> Columns:
    """Return the rows of a trial, one for each person or unit.

    Parameters
    ----------
    study : Study
        A cross section with ``treated``.

    Returns
    -------
    Columns
        With treated and comparison rows.

    Raises
    ------
    EstimationError
        If the study has periods, or nobody or everybody is treated.
    """
    columns = suited(study)
    if study.kind != "cross_section":
        raise EstimationError(
            "A randomised trial is read as one row for each person or unit; this study has periods.",
            where="time",
            mend="Keep the follow-up rows with the baseline as pre_outcome=, or use DifferenceInDifferences.",
        )
    if columns.treated is None or columns.treated.all() or not columns.treated.any():
        raise EstimationError(
            "A randomised trial needs treated and comparison rows.",
            where="treated",
            mend="Give treated= (1 for treated, 0 for comparison) with both groups in the data.",
        )
    return columns


def told_of_strata(estimate: Estimate, columns: Columns, *, by_share: bool) -> Estimate:
    """Add what a reader must know of strata drawn in unlike shares, or in one arm only.

    Parameters
    ----------
    estimate : Estimate
        The answer.
    columns : Columns
        Its rows.
    by_share : bool
        Whether strata weigh their shares of all.

    Returns
    -------
    Estimate
        With further warnings; the answer stands.
    """
    if by_share or columns.stratum is None or columns.treated is None:
        return estimate
    codes = dense(columns.stratum)
    S = int(codes.max()) + 1
    both = marked(codes, columns.treated, n=S) & marked(codes, ~columns.treated, n=S)
    told: list[Message] = []
    if not both.all():
        assert columns.stratum_labels is not None
        lonely = columns.stratum_labels[np.unique(columns.stratum)[~both][0]]
        values: dict[str, str | int] = {"n": int((~both).sum()), "name": str(lonely)}
        told.append(Message("estimate.one_arm_strata", values))
    shares = shares_differ(columns)
    if shares is not None and both.all() and not estimate.adjusted_for:
        other = lottery_means(drawn_of(columns, assignment_of(columns))).difference
        spread = {"low": shares[0], "high": shares[1], "other": other}
        told.append(Message("estimate.shares_differ", spread))
    return replace(estimate, warnings=(*estimate.warnings, *told)) if told else estimate


def told_of_clusters(estimate: Estimate, columns: Columns) -> Estimate:
    """Add how alike those of one cluster are, where whole clusters were drawn.

    Parameters
    ----------
    estimate : Estimate
        The answer.
    columns : Columns
        Its rows.

    Returns
    -------
    Estimate
        With the intracluster correlation within arms and strata, where it can be known.
    """
    if columns.cluster is None:
        return estimate
    law = assignment_of(columns)
    if len(law.treated) == len(columns.outcome) or columns.treated is None:
        return estimate
    groups = dense(2 * law.strata + law.treated)
    found = intracluster(columns.outcome, law.units, groups, level=estimate.interval.level)
    if not np.isfinite([found.icc, found.low, found.high]).all():
        return estimate
    values = {"icc": found.icc, "low": found.low, "high": found.high, "level": found.level}
    return replace(estimate, warnings=(*estimate.warnings, Message("estimate.likeness", values)))
