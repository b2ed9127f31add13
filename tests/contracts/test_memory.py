"""What nobody holds any more leaves memory at once."""

import gc
import weakref


def test_a_study_and_its_estimate_leave_memory_when_they_are_dropped(design, frame):
    """Nothing of them refers to itself, so that memory does not wait for the collector of cycles."""
    gc.disable()
    try:
        study = design.world.study(frame)
        kept = [weakref.ref(study.columns), weakref.ref(study.columns.outcome)]
        if study.columns.unit is not None:
            kept.append(weakref.ref(study.columns.unit))
        estimate = design.estimator.estimate(study)
        assert estimate.interval.reason is None or estimate.terms
        del study, estimate
        assert [array() for array in kept] == [None] * len(kept)
    finally:
        gc.enable()
