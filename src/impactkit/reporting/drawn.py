"""Which figure draws which picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impactkit.reporting.acceptability_picture import AcceptabilityPicture
from impactkit.reporting.answers_picture import AnswersPicture
from impactkit.reporting.balance_picture import BalancePicture
from impactkit.reporting.chain_picture import ChainPicture
from impactkit.reporting.counterfactual_picture import CounterfactualPicture
from impactkit.reporting.curve_picture import CurvePicture
from impactkit.reporting.dose_picture import DosePicture
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.forest_picture import ForestPicture
from impactkit.reporting.funnel_picture import FunnelPicture
from impactkit.reporting.map_picture import MapPicture
from impactkit.reporting.pictures import EventStudyPicture, IntervalPicture, TrajectoriesPicture
from impactkit.reporting.power_picture import PowerPicture
from impactkit.reporting.threshold_picture import ThresholdPicture
from impactkit.reporting.units_picture import UnitsPicture

if TYPE_CHECKING:
    from impactkit.reporting.drawing import DescribedAxes

Drawn = (
    IntervalPicture
    | TrajectoriesPicture
    | EventStudyPicture
    | CounterfactualPicture
    | AnswersPicture
    | ForestPicture
    | CurvePicture
    | BalancePicture
    | DosePicture
    | FunnelPicture
    | UnitsPicture
    | PowerPicture
    | ChainPicture
    | MapPicture
    | AcceptabilityPicture
    | ThresholdPicture
)
FIGURES: dict[type, str] = {
    IntervalPicture: "verdict_interval",
    TrajectoriesPicture: "trajectories",
    EventStudyPicture: "event_study",
    AnswersPicture: "answers",
    ForestPicture: "forest",
    CurvePicture: "specification_curve",
    BalancePicture: "love",
    DosePicture: "dose_response",
    FunnelPicture: "funnel",
    UnitsPicture: "small_multiples",
    PowerPicture: "power_curve",
    ChainPicture: "effect_chain",
    MapPicture: "choropleth",
    AcceptabilityPicture: "acceptability",
    ThresholdPicture: "discontinuity",
}
"""The figure that draws each picture, by its name on the shelf ``plots``."""
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
