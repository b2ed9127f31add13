"""How alike rows of the same group are: restricted maximum likelihood, to the last digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.effects.kernels.arrays import Floats, Labels
from impactkit.effects.kernels.nested_intercepts import Likeness
from impactkit.errors import EstimationError

_STEPS = 200
_DONE = 1e-12  # of a variance: a step no longer than this ends the search
_HALVINGS = 30
_NOTHING = 1e-13  # of the outcome: what is left is rounding


def likeness_of(
    outcome: Floats, regressors: Floats, outer: Labels, *, inner: Labels | None = None
) -> Likeness:
    """Return the variances of a linear model with a random level for each group.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        In its unit.
    regressors : ndarray, shape (n, k)
        Independent columns, with a one among what they span.
    outer : ndarray of int, shape (n,)
        Codes 0 .. G-1.
    inner : ndarray of int, shape (n,), optional
        Codes 0 .. U-1 of groups that lie within outer ones.

    Returns
    -------
    Likeness
        By restricted maximum likelihood; a variance whose likelihood falls from 0 on is 0, and all are where
        nothing is left to explain.

    Raises
    ------
    EstimationError
        If there are no more rows than columns, or no maximum is found.

    Notes
    -----
    Newton steps with the average information [2]_, halved until the restricted likelihood rises. All that is
    needed of the rows' covariance are sums by group.

    References
    ----------
    .. [1] Patterson, H. D., & Thompson, R. (1971). Recovery of inter-block information when block sizes are
       unequal. *Biometrika*, 58(3).
    .. [2] Gilmour, A. R., Thompson, R., & Cullis, B. R. (1995). Average information REML. *Biometrics*,
       51(4).

    Examples
    --------
    >>> groups = np.repeat(np.arange(6), 4)
    >>> y = np.array([0.0, 3, 1, 4, 2, 5])[groups] + np.tile([-1.0, 0, 0, 1], 6)
    >>> found = likeness_of(y, np.ones((24, 1)), groups)
    >>> round(found.between, 6), round(found.rest, 6)
    (3.333333, 0.666667)
    """
    root, _ = np.linalg.qr(regressors)
    left = outcome - root @ (root.T @ outcome)
    free = len(outcome) - regressors.shape[1]
    total = float(left @ left) / max(free, 1)
    if free < 1:
        raise EstimationError(
            "There are no more rows than columns: nothing is left to tell how alike rows are.",
            where="cluster",
            mend="Leave out covariates, or add rows.",
        )
    if not total > (_NOTHING * float(np.abs(outcome).max())) ** 2:
        return Likeness(0.0, 0.0, 0.0)
    rows = _Rows(left / np.sqrt(total), root, outer, inner)
    found = _maximum(rows) * total
    return Likeness(float(found[0]), float(found[1]), float(found[2]))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Outcome and regressors, and the groups of the rows."""

    outcome: Floats
    regressors: Floats
    outer: Labels
    inner: Labels | None

    def at(self, variances: Floats) -> _Solved:
        """Return the likelihood, its slope and its information at variances between, within and rest."""
        inverse = _Inverse.of(variances, self.outer, self.inner)
        X = self.regressors
        VX = inverse.times(X)
        cross = X.T @ VX
        root = np.linalg.cholesky(cross)
        spread = np.linalg.inv(cross)

        def projected(values: Floats) -> Floats:
            solved = inverse.times(values)
            return np.asarray(solved - VX @ (spread @ (X.T @ solved)))

        Py = projected(self.outcome[:, None])
        moved = np.hstack([self._shared(j, Py) for j in range(3)])
        explained = np.array([float(Py[:, 0] @ moved[:, j]) for j in range(3)])
        lost = np.array([float(np.einsum("ij,ji->", VX.T @ self._shared(j, VX), spread)) for j in range(3)])
        slope = -0.5 * (inverse.traces - lost - explained)
        information = 0.5 * moved.T @ projected(moved)
        value = -0.5 * (inverse.log_determinant + 2 * float(np.log(np.diag(root)).sum()))
        return _Solved(value - 0.5 * float(self.outcome @ Py[:, 0]), slope, information)

    def _shared(self, j: int, values: Floats) -> Floats:
        """Return values summed over the rows' groups: the derivative of the covariance, times them."""
        groups = (self.outer, self.inner, None)[j]
        if j == 1 and groups is None:
            return np.zeros_like(values)
        return values if groups is None else _sums(groups, values)[groups]


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    likelihood: float
    slope: Floats
    information: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Inverse:
    """The inverse of the rows' covariance, by groups."""

    rest: float
    between: float
    outer: Labels
    inner: Labels
    weight: Floats  # of each inner group's mean, shape (U,)
    shared: Floats  # of each outer group, shape (G,)
    traces: Floats
    log_determinant: float

    @classmethod
    def of(cls, variances: Floats, outer: Labels, inner: Labels | None) -> _Inverse:
        b, w, r = variances.tolist()
        held = np.arange(len(outer)) if inner is None else inner
        w = 0.0 if inner is None else w
        sizes = np.bincount(held).astype(float)
        of = np.zeros(len(sizes), dtype=np.int64)
        of[held] = outer
        each = sizes / (r + sizes * w)  # 1'V1 of each inner group, were there no outer ones
        masses = np.bincount(of, each)
        shared = b / (1 + b * masses)
        inner_traces = each - shared[of] * each**2
        alone = sizes / r - sizes * w / (r * (r + sizes * w)) - shared[of] * sizes / (r + sizes * w) ** 2
        traces = np.array([float((masses - shared * masses**2).sum()), float(inner_traces.sum()), 0.0])
        traces[2] = float(alone.sum())
        logs = float((np.log(r) * (sizes - 1) + np.log(r + sizes * w)).sum() + np.log1p(b * masses).sum())
        if inner is None:
            traces[1] = 0.0
        return cls(r, b, outer, held, w / (r * (r + sizes * w)), shared, traces, logs)

    def times(self, values: Floats) -> Floats:
        """Return the inverse times values, shape (n, k)."""
        first = self._within(values)
        ones = self._within(np.ones((len(values), 1)))[:, 0]
        taken = (self.shared[:, None] * _sums(self.outer, first))[self.outer]
        return np.asarray(first - ones[:, None] * taken)

    def _within(self, values: Floats) -> Floats:
        return np.asarray(values / self.rest - (self.weight[:, None] * _sums(self.inner, values))[self.inner])


def _sums(groups: Labels, values: Floats) -> Floats:
    G = int(groups.max()) + 1
    return np.array([np.bincount(groups, column, G) for column in values.T]).T


def _maximum(rows: _Rows) -> Floats:
    """Return the variances at which the restricted likelihood is largest, in units of all that varies."""
    n_parts = 3 if rows.inner is not None else 2
    at = np.full(3, 1.0 / n_parts)
    if rows.inner is None:
        at[1] = 0.0
    solved = rows.at(at)
    for _ in range(_STEPS):
        free = (at > 0) | (solved.slope > 0)
        if rows.inner is None:
            free[1] = False
        step = np.zeros(3)
        step[free] = np.linalg.lstsq(solved.information[np.ix_(free, free)], solved.slope[free], rcond=None)[
            0
        ]
        moved, better = _uphill(rows, at, step, solved)
        if np.abs(moved - at).max() <= _DONE * at.max():
            return np.asarray(moved)
        at, solved = moved, better
    raise EstimationError(
        "How alike rows of the same group are cannot be told from these rows.",
        where="cluster",
        mend="See that several groups have several rows, or use a design that needs no such model.",
    )


def _uphill(rows: _Rows, at: Floats, step: Floats, solved: _Solved) -> tuple[Floats, _Solved]:
    """Return where a step leads, shortened until the likelihood does not fall; variances stay above 0."""
    for _ in range(_HALVINGS):
        moved = np.maximum(at + step, 0.0)
        moved[2] = max(moved[2], at[2] / 10)
        found = rows.at(moved)
        if found.likelihood >= solved.likelihood - 1e-13 * abs(solved.likelihood):
            return moved, found
        step = step / 2
    return at, solved
