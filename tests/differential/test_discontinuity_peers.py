"""Jumps at a cutoff against rdrobust, and density tests against rddensity, on random scores."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from impactkit.effects.kernels import stage_windows
from impactkit.effects.kernels.density_jump import density_jump
from impactkit.effects.kernels.discontinuity import jump
from impactkit.effects.kernels.discontinuity_bandwidths import Bandwidths, Target, bandwidths
from impactkit.effects.kernels.discontinuity_variance import side

FOLDER = Path(__file__).parents[1] / "data" / "discontinuity_peers"
PEERS = json.loads((FOLDER / "answers.json").read_text("utf-8"))
RULES = {"mserd": "mse", "msetwo": "mse_two_sides", "cerrd": "cer", "certwo": "cer_two_sides"}


def module(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


SCORES = module("scores")
RATIOS = [case for case, options in SCORES.CASES.items() if "fuzzy" in options and "h" not in options]


def scores(key):
    return SCORES.scores(int(key.split()[0]), rounded="rounded" in key)


def halves(frame, options):
    """Return both sides with the columns and the variance that rdrobust's options ask for."""
    order = np.argsort(frame["x"], kind="stable")
    data = {name: values[order] for name, values in frame.items()}
    names = ["y", *([options["fuzzy"]] if "fuzzy" in options else []), *options.get("covs", [])]
    columns = np.column_stack([data[name] for name in names])
    clusters = data["g"].astype(int) if "cluster" in options else None
    weights = data["w"] if "weights" in options else None
    variance = options.get("vce", "cr1" if clusters is not None else "nearest")
    cut = int(np.searchsorted(data["x"], 0.0))
    return tuple(
        side(
            data["x"][rows],
            columns[rows],
            variance=variance,
            weights=None if weights is None else weights[rows],
            clusters=None if clusters is None else clusters[rows],
            matches=options.get("nnmatch", 3),
        )
        for rows in (slice(0, cut), slice(cut, None))
    )


def chosen(frame, options):
    """Return the bandwidths that are given, or chosen by the rule that rdrobust's options name."""
    if "h" in options:
        h, b = options["h"], options.get("b", options["h"])
        return Bandwidths(near=(h, h), wide=(b, b))
    return bandwidths(halves(frame, options), target(options), rule=RULES[options.get("bwselect", "mserd")])


def target(options):
    return Target(
        order=options.get("p", 1),
        derivative=options.get("deriv", 0),
        kernel=options.get("kernel", "triangular"),
        ratio="fuzzy" in options,
    )


@pytest.mark.parametrize("case", SCORES.CASES)
@pytest.mark.parametrize("key", PEERS["jumps"])
def test_jumps_are_those_of_rdrobust(key, case):
    frame, options = scores(key), SCORES.CASES[case]
    expected = PEERS["jumps"][key][case]
    widths = Bandwidths(near=tuple(expected["near"]), wide=tuple(expected["wide"]))
    found = jump(halves(frame, options), widths, target(options))
    assert list(found.n_near) == expected["n_near"]
    for name in ("point", "corrected", "std_error", "robust_error"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=1e-8), name


@pytest.mark.parametrize("case", [case for case in SCORES.CASES if case not in RATIOS])
@pytest.mark.parametrize("key", PEERS["jumps"])
def test_bandwidths_are_those_of_rdrobust(key, case):
    expected, widths = PEERS["jumps"][key][case], chosen(scores(key), SCORES.CASES[case])
    np.testing.assert_allclose(widths.near, expected["near"], rtol=1e-8)
    np.testing.assert_allclose(widths.wide, expected["wide"], rtol=1e-8)


@pytest.mark.parametrize("case", [case for case in SCORES.CASES if case not in RATIOS])
@pytest.mark.parametrize("key", PEERS["jumps"])
def test_bandwidths_from_sums_over_rows_are_the_same(monkeypatch, key, case):
    monkeypatch.setattr(stage_windows, "MANY_ROWS", 1)
    test_bandwidths_are_those_of_rdrobust(key, case)


@pytest.mark.parametrize("case", RATIOS)
def test_bandwidths_of_a_ratio_do_not_hang_on_the_zero_of_the_outcome(case):
    """rdrobust weighs by levels on each side, which an added constant moves; we weigh by jumps."""
    frame, options = scores("1"), SCORES.CASES[case]
    widths, moved = chosen(frame, options), chosen({**frame, "y": frame["y"] + 100}, options)
    np.testing.assert_allclose(moved.near, widths.near, rtol=1e-8)
    np.testing.assert_allclose(moved.wide, widths.wide, rtol=1e-8)
    peer = PEERS["jumps"]["1"][case]["near"][0]
    assert 0.5 < widths.near[0] / peer < 2 and widths.near[0] != pytest.approx(peer, rel=1e-3)


@pytest.mark.parametrize("key", PEERS["densities"])
def test_the_density_test_is_that_of_rddensity(key):
    expected, found = PEERS["densities"][key], density_jump(scores(key)["x"])
    np.testing.assert_allclose(found.bandwidths, expected["bandwidths"], rtol=1e-8)
    np.testing.assert_allclose([found.below, found.above], expected["densities"], rtol=1e-8)
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["p_value"], rel=1e-8)
