"""Power speaks of every estimator on the shelf: effects move its answer and nothing else, and it is told."""

import pytest

from impactkit.plans.assumed import Assumed
from impactkit.plans.placebo_draws import uses_placebos
from impactkit.plans.planned_estimator import planned_estimator
from impactkit.plans.planned_study import planned_study
from impactkit.plans.power import power
from impactkit.plans.power_draws import Chain, moves_with_the_effect, noise_of
from plans.test_every_estimator import accepted, planned

EVERY = list(accepted())
DEFAULTS = [one for one in EVERY if one.id.endswith("-default")]
SLOW = ("penalised_synthetic_control", "synthetic_difference_in_differences")


@pytest.mark.parametrize(
    ("method", "part", "world"), [one for one in DEFAULTS if not one.id.startswith(SLOW)]
)
def test_an_added_effect_moves_the_estimate_by_as_much(sound, tmp_path, method, part, world):
    plan = planned(sound, tmp_path, method, part, world)
    claim = plan.claims[0]
    study, estimator = planned_study(plan, claim, Assumed()), planned_estimator(plan, claim)
    noise = None if uses_placebos(study, estimator) else noise_of(study, estimator, Assumed())
    chain = Chain(plan=plan, claim=claim, planned=study, estimator=estimator, noise=noise)
    assert moves_with_the_effect(chain, 3.0)


def test_a_baseline_too_short_to_pretend_in_is_drawn_from_its_noise(sound, tmp_path):
    """Twelve years suffice for a prediction interval; the nine before a pretended start do not."""
    (long,) = (one.values for one in EVERY if one.id == "synthetic_control-prediction_interval")
    plan = planned(sound, tmp_path, *long)
    study = planned_study(plan, plan.claims[0], Assumed())
    chosen = planned_estimator(plan, plan.claims[0])
    assert not uses_placebos(study, chosen)
    assert uses_placebos(study, type(chosen)())


@pytest.mark.slow
@pytest.mark.parametrize(("method", "part", "world"), EVERY)
def test_every_estimator_with_every_inference_is_told(sound, tmp_path, method, part, world):
    (found,) = power(planned(sound, tmp_path, method, part, world)).claims
    for each in found.chances:
        assert sum(each.chances.values()) == pytest.approx(1.0)
    supported = [each.chances["supported"] for each in found.chances]
    assert supported == sorted(supported)
    assert supported[0] <= 0.1
    assert found.in_words("sv") != found.in_words("en")
