"""What must be told of an instrument: whose effect, how strong it is, and what the limits look like."""

from __future__ import annotations

import math

from impactkit.data.study import Study
from impactkit.effects.instrument_stages import InstrumentStages
from impactkit.effects.instrumented_columns import Instrumented
from impactkit.effects.kernels.instruments import Strength
from impactkit.effects.uncertainty import Uncertainty
from impactkit.effects.weak_instrument_test import AndersonRubinTest
from impactkit.wording import Message, MessageValue

_PER_CENT = 100.0
_UNLIKELY = 0.05


def estimand(study: Study, asked: Instrumented) -> Message:
    """Return whose effect it is, in words.

    Parameters
    ----------
    study : Study
        The study.
    asked : Instrumented
        Its rows.

    Returns
    -------
    Message
        Per unit of takeup where that is not 0 or 1.
    """
    return Message(
        f"estimand.instrumental_variable.{'share' if asked.is_share else 'dose'}",
        {
            "outcome": study.outcome,
            "takeup": str(study.takeup),
            "instruments": _listed(asked.names),
            "n": len(asked.columns.outcome),
        },
    )


def told(
    asked: Instrumented, stages: InstrumentStages, *, by_test: bool, level: float
) -> tuple[Message, ...]:
    """Return what a reader must know of the instruments.

    Parameters
    ----------
    asked : Instrumented
        The rows.
    stages : InstrumentStages
        What the instruments do, and how strongly.
    by_test : bool
        Whether the headline's limits are the test's.
    level : float
        Of the limits.

    Returns
    -------
    tuple of Message
        The first stage, weakness, and limits without an end.
    """
    strong, test = stages.strength, stages.test
    found = [_first_stage(asked, stages.moved, strong)]
    if strong.is_weak:
        by = "" if by_test else "_t"
        values = {"f": strong.effective_f, "critical": strong.critical}
        found.append(Message(f"estimate.instruments.weak{by}", values))
    if test is not None and by_test:
        found += _shape(test, level)
    return (*found, *_agreement(test))


def _first_stage(asked: Instrumented, moved: Uncertainty, strong: Strength) -> Message:
    values: dict[str, MessageValue] = {"f": strong.effective_f}
    if len(asked.names) > 1:
        return Message("estimate.instruments.first_stages", {**values, "how_many": len(asked.names)})
    scale = _PER_CENT if asked.is_share else 1.0
    interval = moved.intervals[0]
    kind = "share" if asked.is_share else "dose"
    values |= {"name": asked.names[0], "more": scale * interval.point}
    if interval.reason is not None:
        return Message(f"estimate.instruments.first_stage_{kind}", values)
    values |= {"low": scale * interval.low, "high": scale * interval.high, "level": interval.level}
    return Message(f"estimate.instruments.first_stage_{kind}_limits", values)


def _shape(test: AndersonRubinTest, level: float) -> list[Message]:
    """Say it where the limits have no end on some side, or are several pieces."""
    parts = test.parts(level)
    if not parts:
        return []
    low, high = parts[0][0], parts[-1][1]
    if math.isinf(low) and math.isinf(high):
        which = "everything" if len(parts) == 1 else "outside"
    elif math.isinf(low) or math.isinf(high):
        which = "at_most" if math.isinf(low) else "at_least"
    elif len(parts) > 1:
        which = "pieces"
    else:
        return []
    values: dict[str, MessageValue] = {"level": level}
    values |= {"at_most": {"high": high}, "at_least": {"low": low}}.get(which, {})
    if which in ("outside", "pieces"):
        values |= {"low": parts[0][1], "high": parts[-1][0]}
    return [Message(f"estimate.instruments.{which}", values)]


def _agreement(test: AndersonRubinTest | None) -> list[Message]:
    """Say it where the instruments do not find one effect: the least statistic is then large."""
    if test is None or test.n_instruments == 1:
        return []
    p = test.disagreement()
    return [Message("estimate.instruments.do_not_agree", {"p": p})] if p < _UNLIKELY else []


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
