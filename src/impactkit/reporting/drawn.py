"""Which figure draws which picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.reporting.answers_picture import AnswersPicture
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, TrajectoriesPicture

if TYPE_CHECKING:
    from impactkit.reporting.drawing import DescribedAxes

Drawn = IntervalPicture | TrajectoriesPicture | EventStudyPicture | CounterfactualPicture | AnswersPicture
FIGURES: dict[type, str] = {
    IntervalPicture: "verdict_interval",
    TrajectoriesPicture: "trajectories",
    EventStudyPicture: "event_study",
    AnswersPicture: "answers",
}
_COUNTERFACTUAL = {
    "trend": "counterfactual_trend",
    "season": "counterfactual_trend",
    "gap": "counterfactual_gap",
    "placebos": "counterfactual_gap",
    "weights": "donor_weights",
}


def draw(picture: Drawn, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw a picture.

    Parameters
    ----------
    picture : picture
        What to show.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    matplotlib Axes
        With ``alt_text``.
    """
    from impactkit.reporting import plots

    if isinstance(picture, CounterfactualPicture):
        name = _COUNTERFACTUAL[picture.view]
    else:
        name = FIGURES[type(picture)]
    drawn: DescribedAxes = getattr(plots, name)(picture, size=size)
    return drawn
