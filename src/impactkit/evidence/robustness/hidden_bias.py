"""How strong something that nobody measured would have to be to explain an effect away."""

from __future__ import annotations

from impactkit.data.study import Study
from impactkit.effects.estimate import Estimate
from impactkit.errors import EstimationError
from impactkit.evidence.unmeasured import HiddenBias, unmeasured


def hidden_bias(study: Study, estimate: Estimate) -> HiddenBias:
    """Return how strong something unmeasured would have to be to explain an effect away.

    Parameters
    ----------
    study : Study
        The study.
    estimate : Estimate
        A randomised trial or a difference in differences on it; of counts, one with a ratio.

    Returns
    -------
    HiddenBias
        E-value, Rosenbaum's Gamma, Oster's delta and the robustness value, with ``in_words()``.

    Raises
    ------
    EstimationError
        If no measure speaks to the method, or there is no effect.

    Notes
    -----
    What is compared are outcomes, or with units followed over time each unit's change. The E-value [1]_ takes
    ``RR = exp(0.91 d)`` with ``d`` in standard deviations within the groups. Gamma [2]_ is of the signed
    ranks of pairs (strata of one treated and one other) or the rank sum of two groups; whole clusters that
    got it count as one. Delta [3]_ takes everything together to explain 1.3 times what treatment and
    covariates do, after strata or periods. The robustness value [4]_ of the limit asks for the share of the
    effect that the estimate's own limits, with their allowance for clusters, leave.

    References
    ----------
    .. [1] VanderWeele, T. J., & Ding, P. (2017). Sensitivity analysis in observational research: introducing
       the E-value. *Annals of Internal Medicine*, 167(4).
    .. [2] Rosenbaum, P. R. (2002). *Observational Studies* (2nd ed.), chapter 4.
    .. [3] Oster, E. (2019). Unobservable selection and coefficient stability: theory and evidence. *Journal
       of Business & Economic Statistics*, 37(2).
    .. [4] Cinelli, C., & Hazlett, C. (2020). Making sense of sensitivity: extending omitted variable bias.
       *Journal of the Royal Statistical Society B*, 82(1).

    Examples
    --------
    >>> from impactkit.effects.estimators import DifferenceInDifferences
    >>> from impactkit.effects.worlds import TwoGroupPanel
    >>> world = TwoGroupPanel(effect=3.0)
    >>> study = world.study(world.draw(1))
    >>> found = hidden_bias(study, DifferenceInDifferences().estimate(study))
    >>> list(found.tidy()["measure"])
    ['e_value', 'gamma', 'delta', 'robustness_value']
    """
    found = unmeasured(study, estimate)
    if found is None:
        raise EstimationError(
            "Nothing can be said of how strong something unmeasured must be.",
            where="estimate",
            mend="Give an estimate by RandomisedTrial or DifferenceInDifferences that has an effect, "
            "or one of counts with a ratio.",
        )
    return found
