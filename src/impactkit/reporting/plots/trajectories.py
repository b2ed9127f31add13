"""The two groups over time, with the start marked; side by side when they were measured once."""

from __future__ import annotations

from impactkit.effects.estimate import Group
from impactkit.reporting.axis_words import fit, write_ticks, write_under, write_unit
from impactkit.reporting.drawing import COMPARISON, MUTED, RULE, TREATED, DescribedAxes, shape_of, sheet
from impactkit.reporting.figure_size import NOTEBOOK, Size
from impactkit.reporting.pictures import TrajectoriesPicture
from impactkit.reporting.time_axis import finish_periods, label_ends, mark_start

_LOOKS: dict[Group, dict[str, object]] = {
    "treated": {"color": TREATED, "marker": "o", "ls": "-"},
    "comparison": {"color": COMPARISON, "marker": "s", "ls": (0, (4, 2))},
}


def trajectories(picture: TrajectoriesPicture, *, size: Size = NOTEBOOK) -> DescribedAxes:
    """Draw the two groups over time with the start marked, or side by side when measured once.

    Parameters
    ----------
    picture : TrajectoriesPicture
        What to show; hidden means are left out, so that a line has a gap there.
    size : Size
        The sheet it is drawn on.

    Returns
    -------
    DescribedAxes
        Off screen; ``alt_text`` says the numbers.
    """
    with sheet(picture, size, height=_height(picture)) as axes:
        if not picture.drawn_groups:
            _nothing(axes, picture)
        elif picture.is_over_time:
            _over_time(axes, picture)
        else:
            _side_by_side(axes, picture)
    return axes


def _height(picture: TrajectoriesPicture) -> float:
    """Return inches: a sentence where nothing may be shown needs no more than its line."""
    if not picture.drawn_groups:
        return 0.6
    return 3.3 if picture.is_over_time else 1.75


def _nothing(axes: DescribedAxes, picture: TrajectoriesPicture) -> None:
    """Say that nothing may be shown, so that nobody takes it for an empty result."""
    axes.set_axis_off()
    words = fit(picture.hidden_note, shape_of(axes)[0] / 0.78 - 0.4, lines=3)
    axes.text(0.5, 0.5, words, ha="center", va="center", color=MUTED)


def _over_time(axes: DescribedAxes, picture: TrajectoriesPicture) -> None:
    ends: list[tuple[Group, float]] = []
    for group in picture.drawn_groups:
        by_period = {m.period: m.mean for m in picture.shown(group)}
        heights = [by_period.get(period) for period in picture.periods]
        drawn = [float("nan") if height is None else height for height in heights]
        axes.plot(picture.periods, drawn, lw=2, ms=6, mec="white", mew=0.8, zorder=3, **_LOOKS[group])  # type: ignore[arg-type]
        ends.append((group, [height for height in heights if height is not None][-1]))
    axes.margins(x=0.03, y=0.16)
    if picture.start is not None:
        mark_start(axes, picture.periods, start=picture.start, label=picture.start_label)
    label_ends(axes, [(picture.label(group), end, str(_LOOKS[group]["color"])) for group, end in ends])
    names = [picture.name_of(period) for period in picture.periods]
    finish_periods(axes, picture.periods, names=names, language=picture.language)
    write_unit(axes, picture.measure.unit)


def _side_by_side(axes: DescribedAxes, picture: TrajectoriesPicture) -> None:
    groups = picture.drawn_groups
    for row, group in enumerate(groups):
        mean = picture.shown(group)[0].mean
        assert mean is not None
        axes.axhline(-row, color=RULE, lw=0.7, zorder=0)
        looks = {**_LOOKS[group], "ls": "none"}
        axes.plot([mean], [-row], ms=11, mec="white", mew=1.2, zorder=3, **looks)  # type: ignore[arg-type]
        axes.annotate(
            picture.measure.number(mean),
            (mean, -row),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            weight="bold",
        )
    axes.set_ylim(-len(groups) + 0.5, 0.75)
    axes.margins(x=0.35)
    axes.set_yticks([-row for row in range(len(groups))], labels=[picture.label(group) for group in groups])
    for label, group in zip(axes.get_yticklabels(), groups, strict=True):
        label.set_color(str(_LOOKS[group]["color"]))
        label.set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    write_ticks(axes, picture.language, which="x")
    write_under(axes, picture.measure.unit)
    axes.figure.subplots_adjust(left=0.24, right=0.97, top=0.98, bottom=0.30)
