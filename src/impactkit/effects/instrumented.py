"""Rows of an instrument: two stages and the reduced forms, as linear problems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impactkit.data.columns import Codes, Columns, Flags, Floats
from impactkit.data.study import Study
from impactkit.effects.describe import clusters_of
from impactkit.effects.kernels.instruments import Structural, limited_information, structural
from impactkit.effects.kernels.sign_flips import SignFlips
from impactkit.effects.linear import Counted, LinearProblem, Rows, problem_of

_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InstrumentedRows:
    """Rows times their root weights, for regressions on instruments.

    Parameters
    ----------
    outcome, takeup : ndarray, shape (n,)
        What it is about, and what was received.
    others : ndarray, shape (n, o)
        A one or strata, and covariates.
    instruments : ndarray, shape (n, q)
        What moves ``takeup``.
    names : tuple of str
        Names of ``others``.
    root : ndarray, shape (n,)
        Root weights.
    assigned : ndarray of bool, shape (n,), optional
        Who has the instrument, where it is a single one of 0 and 1.
    clusters : ndarray of int, shape (n,)
        Codes 0 .. G-1.
    by_row : bool
        Whether every row is a cluster of its own.
    """

    outcome: Floats
    takeup: Floats
    others: Floats
    instruments: Floats
    names: tuple[str, ...]
    root: Floats
    assigned: Flags | None
    clusters: Codes
    by_row: bool

    @classmethod
    def of(cls, study: Study, columns: Columns, instruments: Floats) -> InstrumentedRows:
        """Return the rows of a cross section.

        Parameters
        ----------
        study : Study
            For the names.
        columns : Columns
            With ``takeup``.
        instruments : ndarray, shape (n, q)
            In their own units.

        Returns
        -------
        InstrumentedRows
            Covariates and ``pre_outcome`` are adjusted for; strata have a level each.
        """
        assert columns.takeup is not None
        n = len(columns.outcome)
        root = np.ones(n) if columns.weight is None else np.sqrt(columns.weight)
        strata = np.zeros(n, dtype=np.int64) if columns.stratum is None else columns.stratum
        S = int(strata.max()) + 1
        others, names = [(strata[:, None] == np.arange(S)).astype(float)], [f"stratum {s}" for s in range(S)]
        X = columns.covariates
        if columns.pre_outcome is not None:
            X = np.column_stack([X, columns.pre_outcome])
            names += [*study.covariates, str(study.pre_outcome)]
        else:
            names += list(study.covariates)
        others.append(X - np.average(X, axis=0, weights=root**2) if X.shape[1] else X)
        clusters, by_row = clusters_of(columns)
        is_flag = instruments.shape[1] == 1 and set(np.unique(instruments).tolist()) == {0.0, 1.0}
        return cls(
            outcome=columns.outcome * root,
            takeup=columns.takeup * root,
            others=np.hstack(others) * root[:, None],
            instruments=instruments * root[:, None],
            names=tuple(names),
            root=root,
            assigned=instruments[:, 0] > 0 if is_flag else None,
            clusters=clusters,
            by_row=by_row,
        )

    def reduced(self, values: Floats) -> LinearProblem:
        """Return the regression of some values on the instruments.

        Parameters
        ----------
        values : ndarray, shape (n,)
            Times root weights.

        Returns
        -------
        LinearProblem
            With as many effects as instruments.
        """
        scale = float(np.abs(values).max(initial=0.0))
        return self._problem(values, self.instruments, self.assigned, scale=scale)

    def structural(self, *, limited: bool) -> Structural:
        """Return the coefficient of ``takeup``.

        Parameters
        ----------
        limited : bool
            By limited information maximum likelihood, and not by two-stage least squares.

        Returns
        -------
        Structural
            nan where the instruments leave ``takeup`` as it is.
        """
        both = np.column_stack([self.outcome, self.takeup])
        cleared = _cleared(both, self.others)
        left = _cleared(both, np.hstack([self.others, self.instruments]))
        kappa = limited_information(cleared, left) if limited else 1.0
        outcome = _or_nothing(cleared[:, 0], self.outcome)
        fitted = _or_nothing(cleared[:, 1] - left[:, 1], self.takeup)
        return structural(outcome, cleared[:, 1], fitted, kappa=kappa)

    def second_stage(self, found: Structural) -> LinearProblem:
        """Return a regression whose effect is the structural coefficient, with the structural errors.

        Parameters
        ----------
        found : Structural
            The coefficient.

        Returns
        -------
        LinearProblem
            Of the errors, with the effect put back, on what weighs them. Least squares gives the coefficient
            and leaves the errors, so that leverage and degrees of freedom are those of the second stage.
        """
        size = float(found.score @ found.score)
        with np.errstate(divide="ignore", invalid="ignore"):
            regressor = found.score / size  # so that a row's influence is its score times its error
        values, scale = found.errors + found.coefficient * regressor, float(np.abs(self.outcome).max())
        return self._problem(values, regressor[:, None], None, scale=scale)

    def flips(self, found: Structural) -> SignFlips:
        """Return the test that turns the signs of what clusters add to the coefficient.

        Parameters
        ----------
        found : Structural
            The coefficient.

        Returns
        -------
        SignFlips
            A cluster each; a row each where there are none.
        """
        G = int(self.clusters.max()) + 1
        outcomes, exposures = (
            np.bincount(self.clusters, column, G).astype(np.float64) for column in found.added.T
        )
        return SignFlips.of(outcomes, exposures)

    def gram(self) -> Floats:
        """Return the instruments' products, cleared of what is adjusted for, shape (q, q)."""
        Z = _cleared(self.instruments, self.others)
        return np.asarray(Z.T @ Z)

    def _problem(
        self, values: Floats, bases: Floats, assigned: Flags | None, *, scale: float
    ) -> LinearProblem:
        treated = np.ones(len(values), dtype=bool) if assigned is None else assigned
        if assigned is not None:  # the problem multiplies by who is treated
            bases = self.root[:, None]
        rows = Rows(outcome=values, others=self.others, bases=bases, treated=treated, clusters=self.clusters)
        counted = Counted(
            n_rows=len(values),
            n_parameters=self.others.shape[1] + bases.shape[1],
            by_row=self.by_row,
            outcome_scale=scale,
        )
        return problem_of(rows, names=self.names, counted=counted)


def _or_nothing(part: Floats, whole: Floats) -> Floats:
    """Return a part of a column; zeros where it is nothing but rounding."""
    return part if np.linalg.norm(part) > _ROUNDING * np.linalg.norm(whole) else np.zeros_like(part)


def _cleared(values: Floats, others: Floats) -> Floats:
    """Return what other columns leave of values."""
    found: Floats = values - others @ np.linalg.lstsq(others, values, rcond=None)[0]
    return found
