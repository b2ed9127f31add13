"""Instrumental variable: the effect of taking part, on those whom something outside moved to it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from impactkit.data.study import Study
from impactkit.effects.describe import chosen_in_words, cluster_names, group_means, sample_of
from impactkit.effects.estimate import Estimate, Term
from impactkit.effects.inference import AndersonRubin, ClusterRobust, Permutation
from impactkit.effects.instrument_stages import InstrumentStages, instrument_stages
from impactkit.effects.instrument_words import estimand, told
from impactkit.effects.instrumented_columns import Instrumented, instrumented
from impactkit.effects.interval import Interval
from impactkit.effects.kernels.contributions import Contributions
from impactkit.effects.kernels.instruments import Structural
from impactkit.effects.permutation_test import PermutationTest
from impactkit.effects.settings import Settings
from impactkit.effects.uncertainty import Uncertainty
from impactkit.errors import EstimationError
from impactkit.wording import Message

InstrumentInference = Annotated[AndersonRubin | ClusterRobust, Field(discriminator="method")]


class InstrumentalVariable(Settings):
    """Effect of taking part, where something that changes nothing else moved people to take part.

    Parameters
    ----------
    kind : {"two_stage_least_squares", "limited_information"}
        The estimate. With one instrument they are the same; with several weak ones limited information
        maximum likelihood is less biased, and spreads more.
    inference : AndersonRubin or ClusterRobust
        Limits that hold however weak the instruments are, or t limits of the estimate.
    permutation : Permutation, optional
        The test by turning signs that stands beside; None for none.

    Notes
    -----
    The study's ``takeup`` says what was received and ``instruments`` what moved it; without ``instruments``
    it is ``treated``, such as who was drawn. Covariates and ``pre_outcome`` are adjusted for in both stages,
    and strata have a level each. The effect is the average on those whom the instrument moved, if it changes
    the outcome by ``takeup`` alone, is as good as drawn given what is adjusted for, and keeps nobody from
    taking part [1]_. The first of these no data can show.

    Further terms are the estimate's own t limits (``conventional``) and, with one instrument, what it does
    to the outcome (``intention_to_treat``). A warning tells what it does to takeup, and Montiel Olea and
    Pflueger's effective F how strong the instruments are.

    References
    ----------
    .. [1] Angrist, J. D., Imbens, G. W., & Rubin, D. B. (1996). Identification of causal effects using
       instrumental variables. *Journal of the American Statistical Association*, 91(434).
    .. [2] Anderson, T. W., & Rubin, H. (1949). Estimation of the parameters of a single equation in a
       complete system of stochastic equations. *Annals of Mathematical Statistics*, 20(1).
    .. [3] Montiel Olea, J. L., & Pflueger, C. (2013). A robust test for weak instruments. *Journal of
       Business & Economic Statistics*, 31(3).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> drawn = np.arange(200) % 2
    >>> went = (np.arange(200) % 5 < 2 + 2 * drawn).astype(float)
    >>> frame = pd.DataFrame({"y": 3.0 * went + np.arange(200) % 7, "went": went, "drawn": drawn})
    >>> study = Study(frame, outcome="y", takeup="went", instruments=["drawn"])
    >>> found = InstrumentalVariable().estimate(study)
    >>> round(found.interval.point, 2), [term.name for term in found.terms]
    (3.05, ['late', 'conventional', 'intention_to_treat'])
    """

    method: Literal["instrumental_variable"] = "instrumental_variable"
    kind: Literal["two_stage_least_squares", "limited_information"] = "two_stage_least_squares"
    inference: InstrumentInference = AndersonRubin()
    permutation: Permutation | None = Permutation()

    def estimate(self, study: Study) -> Estimate:
        """Return the effect of taking part on those whom the instrument moved.

        Parameters
        ----------
        study : Study
            A cross section with ``takeup``, and ``instruments`` or ``treated``.

        Returns
        -------
        Estimate
            With the first stage, and how strong it is.

        Raises
        ------
        EstimationError
            If there are periods, no instrument or takeup, or an instrument says nothing beyond the others.
        """
        asked = instrumented(study)
        robust = ClusterRobust(kind=self.inference.kind, level=self.inference.level)
        solved = asked.rows.structural(limited=self.kind == "limited_information")
        if not math.isfinite(solved.coefficient):
            raise EstimationError(
                "The instruments leave takeup as it is: there is nothing to follow.",
                where="{name}",
                mend="Use an instrument that differs, and takeup that differs with it.",
                values={"name": ", ".join(asked.names)},
            )
        problem = asked.rows.second_stage(solved)
        conventional = robust.infer(problem, problem.fit())
        stages = instrument_stages(asked, robust)
        found = self._answer(study, asked, conventional, stages)
        test = None if self.permutation is None else self._test(asked, solved)
        chosen = chosen_in_words(robust, stages.effects.intervals[0], sample=found.sample, test=test)
        return replace(found, permutation=test, warnings=(*found.warnings, *chosen))

    def _test(self, asked: Instrumented, solved: Structural) -> PermutationTest:
        """Return the test by turning signs of what clusters add, as likely up as down without an effect."""
        flips = asked.rows.flips(solved)
        assert self.permutation is not None
        what = "rows" if asked.rows.by_row else "clusters"
        return PermutationTest(
            parts=(flips,),
            draws=self.permutation.draws,
            seed=self.permutation.seed,
            law=Message(f"inference.law.signs_by_instrument_{what}", {"n": len(flips.added)}),
        )

    def _answer(
        self, study: Study, asked: Instrumented, conventional: Uncertainty, stages: InstrumentStages
    ) -> Estimate:
        own = conventional.intervals[0]
        headline, words, held = own, conventional.words, None
        if isinstance(self.inference, AndersonRubin):
            held = stages.test
            words = Message("inference.anderson_rubin", {"how": conventional.words})
            headline = _without(own, stages) if held is None else self.inference.interval(own, held)
        terms, influence = _terms(asked, headline, conventional, stages.effects)
        return Estimate(
            settings=self.model_dump(mode="json"),
            outcome=study.outcome,
            estimand=estimand(study, asked),
            terms=terms,
            inference=words,
            sample=sample_of(study, asked.columns),
            means=group_means(asked.columns),
            start=study.start_value,
            adjusted_for=(*study.covariates, *([study.pre_outcome] if study.pre_outcome else [])),
            warnings=(*study.notes, *told(asked, stages, by_test=held is not None, level=own.level)),
            contributions=Contributions.of(influence),
            covariance=influence.T @ influence,
            bootstrap=held if headline.reason is None else None,
            cluster_names=cluster_names(asked.columns),
        )


def _without(own: Interval, stages: InstrumentStages) -> Interval:
    reason = next(i.reason for i in stages.effects.intervals if i.reason is not None)
    return Interval.undefined(own.point, level=own.level, reason=reason)


def _terms(
    asked: Instrumented, headline: Interval, conventional: Uncertainty, effects: Uncertainty
) -> tuple[tuple[Term, ...], np.ndarray]:
    """Return the effects and what each cluster brings to their errors, (G, M)."""
    own = conventional.contributions.matrix
    named = [("late", headline), ("conventional", conventional.intervals[0])]
    parts = [own, own]
    if len(asked.names) == 1:
        named.append(("intention_to_treat", effects.intervals[0]))
        parts.append(effects.contributions.matrix)
    return tuple(Term(name=name, interval=interval) for name, interval in named), np.hstack(parts)
