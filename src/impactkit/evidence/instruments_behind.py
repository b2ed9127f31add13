"""What the instruments behind an estimate do."""

from collections.abc import Iterator
from dataclasses import replace

from impactkit.data.columns import Floats
from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.effects.inference import ClusterRobust
from impactkit.effects.instrument_stages import InstrumentStages, instrument_stages
from impactkit.effects.instrumented_columns import instrumented


def stages_behind(study: Study, estimate: Estimate) -> InstrumentStages:
    """Return the regressions on the instruments, with the standard errors of an estimate.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        Of an instrumental variable.

    Returns
    -------
    InstrumentStages
        As the estimate has them.
    """
    return instrument_stages(instrumented(study), _robust(estimate))


def stages_of_covariates(study: Study, estimate: Estimate) -> Iterator[tuple[str, Floats, InstrumentStages]]:
    """Yield the same with each covariate for the outcome, adjusted for strata alone.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        Of an instrumental variable.

    Yields
    ------
    tuple of str, ndarray of shape (n,) and InstrumentStages
        Name and values of a covariate, or of the outcome before, and what the instruments do to it.
    """
    asked, robust = instrumented(study), _robust(estimate)
    rows = asked.rows
    named = (*study.covariates, *([study.pre_outcome] if study.pre_outcome is not None else []))
    S = len(rows.names) - len(named)
    for k, name in enumerate(named, start=S):
        before = replace(rows, outcome=rows.others[:, k], others=rows.others[:, :S], names=rows.names[:S])
        stages = instrument_stages(replace(asked, rows=before), robust)
        yield str(name), rows.others[:, k] / rows.root, stages


def _robust(estimate: Estimate) -> ClusterRobust:
    return ClusterRobust(kind=estimate.settings["inference"]["kind"])
