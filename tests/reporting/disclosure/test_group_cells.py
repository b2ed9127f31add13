"""Declared groups of few people are hidden, and cannot be had by taking the others from the whole.

What a reader can work out is asked here by linear algebra alone, on people told apart by every column: a
hidden number may not be a sum of those that are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from impactkit.reporting.disclosure.claim_cells import claim_cells
from impactkit.reporting.disclosure.figures import Figures
from impactkit.reporting.disclosure.group_cells import atoms_of
from impactkit.reporting.disclosure.protected import hidden_names
from impactkit.reporting.disclosure.told_claim import ToldClaim
from reporting.disclosure.told_claims import told_claim

Sizes = Mapping[tuple[str, ...], int]


def grouped(
    sizes: Sizes,
    *,
    columns: Sequence[str] = ("sex",),
    outcomes: Sequence[float] = (1.0, 2.0, 4.0, 3.0, 5.0),
    part: tuple[str, str] | None = None,
    periods: Sequence[float | None] = (None,),
    is_panel: bool = False,
) -> ToldClaim:
    """A claim of so many people in each arm of each combination of groups."""
    people = [groups for groups, n in sizes.items() for _ in range(n)]
    values = [outcomes[k % len(outcomes)] for k in range(len(people))]
    places = {(arm, period): values for arm in ("treated", "comparison") for period in periods}
    units = {"treated": len(people), "comparison": len(people)} if is_panel else None
    made = told_claim(places, part=part, units=units)
    labels = [sorted({groups[k] for groups in sizes}) for k in range(len(columns))]
    codes = [[labels[k].index(groups[k]) for k in range(len(columns))] for groups in people]
    unit = [k + arm * len(people) for arm in (0, 1) for _ in periods for k in range(len(people))]
    held = replace(
        made.columns,
        subgroups=np.array(codes * len(places)),
        subgroup_labels=tuple(np.array(names) for names in labels),
        unit=np.array(unit) if is_panel else None,
    )
    return replace(made, columns=held, group_columns=tuple(columns) if part is None else ())


def hidden_groups(*claims: ToldClaim, threshold: int = 10) -> set[str]:
    found = set()
    for name in hidden_names(claims, threshold):
        if ".groups." in name:
            k, _, at, code = name.split(".")
            labels = claims[int(k)].columns.subgroup_labels[int(at)]
            found.add(str(labels[int(code)]))
    return found


def told_apart(*claims: ToldClaim, threshold: int = 10, names: Sequence[str] | None = None) -> list[str]:
    """The hidden figures that are a sum of figures that are shown."""
    figures = Figures.of(*claim_cells(claims))
    chosen = hidden_names(claims, threshold) if names is None else names
    hidden = np.isin(figures.names, list(chosen))
    shown = figures.parts[(figures.published & ~hidden)[figures.cell]]
    found = []
    for row in np.flatnonzero((figures.published & hidden)[figures.cell]):
        one = figures.parts[row]
        with_it = np.linalg.matrix_rank(np.vstack([shown, one]))
        if one.any() and with_it == np.linalg.matrix_rank(shown):
            found.append(figures.names[figures.cell[row]])
    return found


def test_groups_of_enough_people_are_told() -> None:
    assert hidden_groups(grouped({("men",): 30, ("women",): 10})) == set()


def test_a_group_of_few_is_hidden_with_another_that_would_give_it_away() -> None:
    claim = grouped({("men",): 40, ("women",): 15, ("other",): 4})
    found = hidden_groups(claim)
    assert "other" in found
    assert len(found) >= 2
    assert told_apart(claim) == []


def test_algebra_sees_a_group_that_the_others_give_away() -> None:
    claim = grouped({("men",): 40, ("women",): 15, ("other",): 4})
    # Labels stand in the order of the alphabet: men, other, women.
    assert told_apart(claim, names=["0.groups.0.1"]) == ["0.groups.0.1"] * 2
    assert told_apart(claim, names=["0.groups.0.1", "0.groups.0.2"]) == []


def test_of_two_groups_none_is_told_where_one_is_of_few() -> None:
    assert hidden_groups(grouped({("men",): 40, ("women",): 9})) == {"men", "women"}


def test_a_count_of_few_in_one_arm_is_enough() -> None:
    claim = grouped({("men",): 40, ("women",): 15})
    lost = claim.columns.subgroups.copy()
    lost[40:47] = 0  # seven of the fifteen treated women are men
    changed = replace(claim, columns=replace(claim.columns, subgroups=lost))
    assert hidden_groups(changed) == {"men", "women"}


def test_columns_that_lie_within_each_other_give_nothing_away() -> None:
    sizes = {("north", "a"): 5, ("north", "b"): 30, ("south", "c"): 6, ("south", "d"): 30}
    claim = grouped(sizes, columns=("region", "district"))
    found = hidden_groups(claim)
    assert {"a", "c"} <= found
    # Region less the large district is the small one: one of the two must go.
    assert found & {"north", "b"} and found & {"south", "d"}
    assert told_apart(claim) == []


def test_columns_that_cross_may_both_be_told() -> None:
    sizes = {("men", "old"): 5, ("men", "young"): 20, ("women", "old"): 20, ("women", "young"): 5}
    assert hidden_groups(grouped(sizes, columns=("sex", "age"))) == set()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_group_that_all_answers_alike_is_hidden(value: float) -> None:
    claim = grouped({("men",): 40, ("women",): 40}, outcomes=(0.0, 1.0))
    outcome = claim.columns.outcome.copy()
    outcome[40:80] = value
    changed = replace(claim, columns=replace(claim.columns, outcome=outcome))
    # The means are still those of the arms as they are told.
    means = tuple(replace(mean, mean=float("nan")) for mean in changed.means)
    assert "women" in hidden_groups(replace(changed, means=means))


def test_a_share_that_few_of_a_group_have_is_hidden() -> None:
    claim = grouped({("men",): 40, ("women",): 40}, outcomes=(0.0, 1.0))
    outcome = claim.columns.outcome.copy()
    outcome[40:80] = 0.0
    outcome[40:43] = 1.0
    assert "women" in hidden_groups(replace(claim, columns=replace(claim.columns, outcome=outcome)))


def test_a_group_that_two_people_carry_is_hidden() -> None:
    claim = grouped({("men",): 40, ("women",): 40})
    outcome = claim.columns.outcome.copy()
    outcome[40:42] = 9000.0
    assert "women" in hidden_groups(replace(claim, columns=replace(claim.columns, outcome=outcome)))


def test_the_same_groups_are_hidden_for_two_claims_on_the_same_people() -> None:
    one = grouped({("men",): 40, ("women",): 15, ("other",): 4})
    names = hidden_names((one, one), 10)
    for code in range(3):
        assert (f"0.groups.0.{code}" in names) == (f"1.groups.0.{code}" in names)


def test_a_claim_about_a_group_is_of_the_people_of_that_group() -> None:
    everybody = grouped({("men",): 40, ("women",): 15, ("other",): 4, ("unsaid",): 12})
    women = grouped({("women",): 15}, part=("sex", "women"))
    assert told_apart(everybody, women) == []
    # Those who are told of by a claim of their own would else help to tell the few.
    sizes, cells = claim_cells((everybody, women))
    figures = Figures.of(sizes, cells)
    own = figures.parts[[k for k, c in enumerate(figures.cell) if figures.names[c] == "1.rows"]]
    group = figures.parts[[k for k, c in enumerate(figures.cell) if figures.names[c] == "0.groups.0.3"]]
    joined = figures.parts[[k for k, c in enumerate(figures.cell) if figures.names[c].endswith("|same")]]
    both = np.vstack([joined, group.sum(axis=0)])
    assert np.linalg.matrix_rank(np.vstack([both, own])) == np.linalg.matrix_rank(both)


def test_people_who_are_followed_are_counted_in_every_period() -> None:
    sizes = {("men",): 40, ("women",): 15, ("other",): 4}
    claim = grouped(sizes, periods=(2023.0, 2024.0), is_panel=True)
    assert "other" in hidden_groups(claim)
    assert told_apart(claim) == []
    assert hidden_groups(grouped({("men",): 40, ("women",): 15}, periods=(1.0, 2.0), is_panel=True)) == set()


def test_where_more_can_be_told_apart_than_can_be_audited_no_group_is_told() -> None:
    sizes = {(str(k), str(j)): 10 for k in range(11) for j in range(11)}
    claim = grouped(sizes, columns=("place", "year of birth"))
    assert atoms_of(claim.columns) == ()
    assert len(hidden_groups(claim)) == 11


def test_where_the_estimate_rests_on_other_rows_no_group_is_told() -> None:
    claim = grouped({("men",): 40, ("women",): 40})
    means = tuple(replace(mean, n=mean.n - 5) for mean in claim.means)
    assert hidden_groups(replace(claim, means=means)) == {"men", "women"}


@pytest.mark.parametrize("seed", range(12))
def test_nothing_hidden_is_a_sum_of_what_is_shown_and_a_higher_threshold_hides_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [(sex, age) for sex in "fmx" for age in ("young", "middle", "old")]
    sizes = {groups: int(n) for groups, n in zip(names, rng.integers(0, 25, len(names)), strict=True) if n}
    claim = grouped(sizes, columns=("sex", "age"))
    before: frozenset[str] = frozenset()
    for threshold in (3, 6, 10):
        assert told_apart(claim, threshold=threshold) == []
        names_now = hidden_names((claim,), threshold)
        assert before <= names_now
        before = names_now


def test_without_groups_the_cells_are_what_they_were() -> None:
    claim = grouped({("men",): 40, ("women",): 15})
    sizes, cells = claim_cells((replace(claim, group_columns=()),))
    plain = replace(claim.columns, subgroups=None, subgroup_labels=())
    assert claim_cells((replace(claim, group_columns=(), columns=plain),)) == (sizes, cells)
    assert not any("groups" in name for name in sizes)
