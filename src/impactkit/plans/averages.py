"""Averages over areas and periods: what may leave where the rows about people may not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from impactkit.errors import StudyError, Trouble
from impactkit.plans.data_files import ANSWERS, MISSING, SPREAD, WEIGHT, DataFiles

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Averages:
    """Averages over areas and periods.

    Parameters
    ----------
    frame : DataFrame
        One row an area and period: who and when, how it was treated, the average of the outcome and of
        what is adjusted for, how many answers there were and how many were missing, and the standard error
        of the average.
    """

    frame: pd.DataFrame

    @property
    def n_answers(self) -> int:
        """Answers behind all averages."""
        return int(self.frame[ANSWERS].sum())

    @property
    def n_missing(self) -> int:
        """Rows without an answer, which are in no average."""
        return int(self.frame[MISSING].sum())

    @property
    def fewest(self) -> int:
        """Answers behind the average that has fewest."""
        return int(self.frame[ANSWERS].min())


def averages(rows: pd.DataFrame, data: DataFiles, *, outcome: str, where: str) -> Averages:
    """Return the averages of an outcome over areas and periods.

    Parameters
    ----------
    rows : DataFrame
        One row a person and period, typed by role.
    data : DataFiles
        With ``aggregate_by``; a weight weighs the answers within an average.
    outcome : str
        The column measured.
    where : str
        The claim, for errors.

    Returns
    -------
    Averages
        Sorted by area and period.

    Raises
    ------
    StudyError
        With every fault at once: a row without area or period, an area whose people are not all treated
        alike, a weight that is missing or not above 0, an average without any answer.

    References
    ----------
    Donald, S. G., & Lang, K. (2007). Inference with difference-in-differences and other panel data. *Review
    of Economics and Statistics*, 89(2), 221-233: the second of two steps, on the averages of groups.
    """
    area = str(data.aggregate_by)
    keys = [area, *([data.time] if data.time else [])]
    troubles = _unplaced(rows, keys, where) + _unlike(rows, keys, data, where)
    answered = rows[rows[outcome].notna()]
    troubles += _unweighable(answered, data, where)
    if troubles:
        raise StudyError.of(troubles)
    groups = answered.groupby(keys, sort=True, observed=True)
    weight = np.ones(len(answered)) if data.weight is None else answered[data.weight].to_numpy(dtype=float)
    code = groups.ngroup().to_numpy()
    frame = (
        groups[alike_columns(data)].first().reset_index()
        if alike_columns(data)
        else groups.size().reset_index()[keys]
    )
    for name in dict.fromkeys((outcome, *data.averaged)):
        frame[name] = _mean(answered[name].to_numpy(dtype=float), weight, code, len(frame))
    frame[ANSWERS] = np.bincount(code, minlength=len(frame))
    frame[MISSING] = _missing(rows, keys, outcome, frame)
    frame[SPREAD] = _std_error(answered[outcome].to_numpy(dtype=float), weight, code, frame)
    lost = int(rows[outcome].isna().sum()) - int(frame[MISSING].sum())
    if lost:
        raise StudyError.of([_empty(rows, frame, keys, where)])
    return Averages(frame=frame)


def analysed_rows(found: Averages, data: DataFiles) -> pd.DataFrame:
    """Return averages as the rows that a study is made of.

    Parameters
    ----------
    found : Averages
        The averages.
    data : DataFiles
        Says whether areas weigh alike or by their answers.

    Returns
    -------
    DataFrame
        With a weight where areas weigh by their answers: the area's own average number over the periods, so
        that a year with many answers does not weigh more than another.
    """
    if data.aggregate_weight != "answers":
        return found.frame
    weight = found.frame.groupby(data.aggregate_by)[ANSWERS].transform("mean")
    return found.frame.assign(**{WEIGHT: weight.astype(float)})


def alike_columns(data: DataFiles) -> list[str]:
    """Return the columns that every row of an area and period must agree in.

    Parameters
    ----------
    data : DataFiles
        Files and roles.

    Returns
    -------
    list of str
        Each once.
    """
    lot = (data.running, data.probability, *data.grouped)
    named = (data.first_treated, data.treated, data.eligible, data.dose, *lot)
    return [name for name in dict.fromkeys(named) if name is not None and name != data.aggregate_by]


def _unplaced(rows: pd.DataFrame, keys: Sequence[str], where: str) -> list[Trouble]:
    what = "{n} rows have no {column}, so that they belong to no average."
    mend = "Fill in {column}, or take the rows out of the file and say so where the data are described."
    counted = {key: int(rows[key].isna().sum()) for key in keys}
    return [Trouble(what, where, mend, {"n": n, "column": key}) for key, n in counted.items() if n]


def _unlike(rows: pd.DataFrame, keys: Sequence[str], data: DataFiles, where: str) -> list[Trouble]:
    found = []
    for name in alike_columns(data):
        several = rows.groupby(list(keys), observed=True)[name].nunique(dropna=False) > 1
        areas = several[several].reset_index()[keys[0]].astype(str).unique().tolist()
        if areas:
            what = "The rows of one area and period do not agree about {column}: {areas}."
            mend = "Average over a smaller area, one that is treated as a whole."
            values = {"column": name, "areas": ", ".join(areas[:_SHOWN])}
            found.append(Trouble(what, where, mend, values))
    return found


def _unweighable(answered: pd.DataFrame, data: DataFiles, where: str) -> list[Trouble]:
    if data.weight is None:
        return []
    weight = answered[data.weight].to_numpy(dtype=float)
    odd = int((~(np.isfinite(weight) & (weight > 0))).sum())
    what = "{n} answers have a weight in {column} that is missing or not above 0."
    mend = "Give every answer a weight, or leave weight out."
    return [Trouble(what, where, mend, {"n": odd, "column": data.weight})] if odd else []


def _mean(values: Any, weight: Any, code: Any, n: int) -> Any:
    known = np.isfinite(values)
    total = np.bincount(code[known], weights=weight[known], minlength=n)
    summed = np.bincount(code[known], weights=(weight * np.where(known, values, 0.0))[known], minlength=n)
    return np.divide(summed, total, out=np.full(n, math.nan), where=total > 0)


def _missing(rows: pd.DataFrame, keys: Sequence[str], outcome: str, frame: pd.DataFrame) -> Any:
    counted = rows[outcome].isna().groupby([rows[key] for key in keys], observed=True).sum()
    counted.name = MISSING
    joined = frame[list(keys)].merge(counted.reset_index(), on=list(keys), how="left", validate="1:1")
    return joined[MISSING].to_numpy(dtype=np.int64)


def _std_error(values: Any, weight: Any, code: Any, frame: pd.DataFrame) -> Any:
    n = len(frame)
    mean = _mean(values, weight, code, n)
    squared = np.bincount(code, weights=(weight * (values - mean[code])) ** 2, minlength=n)
    total = np.bincount(code, weights=weight, minlength=n)
    counted = frame[ANSWERS].to_numpy(dtype=float)
    spare = np.divide(counted, counted - 1, out=np.full(n, math.nan), where=counted > 1)
    return np.sqrt(squared * spare) / total


def _empty(rows: pd.DataFrame, frame: pd.DataFrame, keys: Sequence[str], where: str) -> Trouble:
    everyone = rows[list(keys)].drop_duplicates()
    joined = everyone.merge(frame[list(keys)], on=list(keys), how="left", indicator=True)
    lacking = joined[joined["_merge"] == "left_only"]
    told = ["/".join(str(value) for value in row) for row in lacking[list(keys)].to_numpy().tolist()]
    what = "Nobody answered in {cells}, so that there is no average."
    mend = "Average over larger areas, or take these rows out of the file and say so."
    return Trouble(what, where, mend, {"cells": ", ".join(told[:_SHOWN])})
