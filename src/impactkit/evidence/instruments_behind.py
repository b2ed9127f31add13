"""What the instruments behind an estimate do."""

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
    return instrument_stages(instrumented(study), ClusterRobust(kind=estimate.settings["inference"]["kind"]))
