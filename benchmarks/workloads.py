"""What is compared with whom, and by how much we promise to be ahead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What is compared, in words, and who takes part; the first is what the others are held against.

    ``script`` runs it, with ``argument`` after the contender's name; ``marks`` are the least factors of
    processor time promised over a peer, and ``reason`` says where the time goes if one is missed.
    """

    title: str
    text: str
    contenders: tuple[str, ...]
    script: str
    argument: str = ""
    marks: tuple[tuple[str, float], ...] = ()
    reason: str = ""


def _group_time(size: str, more: str, mark: float, what: str, *, reason: str = "") -> Benchmark:
    """Return a workload of group-time effects, against diff-diff and StatsPAI."""
    return Benchmark(
        title=f"Group-time effects, {size}{what}",
        text=f"""\
Callaway and Sant'Anna, doubly robust, controls never treated: five cohorts and 40 % never treated. Ours
includes the `Study` with every check, the standard error, limits and p-value of every cell, and the overall
average; objects for single cells are made when they are read. Mark: {mark:g}
times diff-diff's processor time.""",
        contenders=("impactkit", "diff-diff", "StatsPAI"),
        script="differences",
        argument=f"cs_{size}{more}",
        marks=(("diff-diff", mark),),
        reason=reason,
    )


SMALL = """\
What is left is mostly reading and checking the table with pandas and making an interval for each cell, not
arithmetic."""
SPREAD = """\
By a profile, one linear and one logistic regression a cohort take about a third of the time; the rest is
checking and spreading out the table, and each unit's contributions and their products."""

ALIKE = """\
Newton's steps take a quarter of the time. The rest is the check of the table, the covariates standardised and
side by side, and their balance before and after."""
WINDOWS = """\
Both sort once and go through a dozen windows of the rows, in compiled code here and there. What is left is
mostly comparing each row with its nearest, and the powers of the distances in each window."""

BENCHMARKS = {
    "import_time": Benchmark(
        title="Import",
        text="""\
Each in a fresh interpreter. The promise: `import impactkit` takes at most 1.15 times `import pandas`. Names
load when they are first used, so the last row is what a first estimate waits for besides pandas.""",
        contenders=("pandas", "impactkit", "impactkit with Study and an estimator"),
        script="import_time",
    ),
    "did_5m": Benchmark(
        title="Difference in differences, 5 million rows",
        text="""\
250,000 units in 20 periods, 40 % treated from period 11, two-way fixed effects, errors clustered by unit.
Our time includes building the `Study`, with every check of the data, and describing groups and sample.
pyfixest keeps nothing it does not need (`lean`, no copy, no stored data); diff-diff is driven through its own
demeaning and robust variance, without a result object, since its class for this design estimates another
specification. Errors differ in the seventh digit by convention: diff-diff does not count the time effects,
and what pyfixest counts depends on the hash seed.""",
        contenders=("impactkit CR1", "impactkit CR2", "pyfixest CR1", "diff-diff CR1"),
        script="did_5m",
    ),
    "cs_290": _group_time("290x20", "", 10, "", reason=SMALL),
    "cs_10k": _group_time("10kx10", "", 5, "", reason=SMALL),
    "cs_100k": _group_time("100kx10", "", 5, ""),
    "cs_covariates": _group_time("100kx10", "_covariates", 5, ", 3 covariates", reason=SPREAD),
    "cs_draws": _group_time("100kx10", "_draws", 5, ", simultaneous bands from 999 draws"),
    "cs_1m": _group_time("1Mx10", "", 5, ""),
    "imputation": Benchmark(
        title="Imputation, 100kx10",
        text="Borusyak, Jaravel and Spiess, conservative errors. Mark: 10 times StatsPAI's processor time.",
        contenders=("impactkit", "diff-diff", "StatsPAI"),
        script="differences",
        argument="imputation_100kx10",
        marks=(("StatsPAI", 10.0), ("diff-diff", 10.0)),
    ),
    "events_5m": Benchmark(
        title="Event study, 5 million rows",
        text="""\
250,000 units in 20 periods, start in period 16: 19 leads and lags, CR1 by unit; the effect at the start is
told. Mark: 4 times pyfixest's processor time.""",
        contenders=("impactkit", "pyfixest"),
        script="differences",
        argument="events_250000",
        marks=(("pyfixest", 4.0),),
    ),
    "trial_lin": Benchmark(
        title="Lottery with covariates, 1 million people",
        text="""\
Lin's adjustment for three covariates with HC2. Ours includes the `Study`, with every check of the data, and
Satterthwaite's degrees of freedom; statsmodels is given the products ready made in the timed part.""",
        contenders=("impactkit", "statsmodels"),
        script="trials",
        argument="lin_1m",
    ),
    "trial_lots": Benchmark(
        title="The lot drawn again, 1,000 people, 9,999 draws",
        text="The two-sided p-value of a difference in means; ours also finds the limits by inversion.",
        contenders=("impactkit", "scipy"),
        script="trials",
        argument="lots_1k",
    ),
    "wild_12": Benchmark(
        title="Wild cluster bootstrap, 12 clusters",
        text="""\
50,000 rows, five regressors, null imposed; all 4,096 patterns of signs. The answer is the p-value; ours also
finds the limits by inversion. Mark: 3 times StatsPAI's processor time.""",
        contenders=("impactkit", "StatsPAI", "pyfixest"),
        script="differences",
        argument="wild_12",
        marks=(("StatsPAI", 3.0),),
    ),
    "wild_290": Benchmark(
        title="Wild cluster bootstrap, 290 clusters",
        text="The same with 290 clusters and 9,999 draws. Mark: 3 times StatsPAI's processor time.",
        contenders=("impactkit", "StatsPAI", "pyfixest"),
        script="differences",
        argument="wild_290",
        marks=(("StatsPAI", 3.0),),
    ),
    "permutation": Benchmark(
        title="Permutation, 10,000 draws",
        text="""\
Treatment permuted among 290 units. pyfixest permutes a regression of the units' changes. Mark: twice
pyfixest's processor time.""",
        contenders=("impactkit", "pyfixest"),
        script="differences",
        argument="permutation",
        marks=(("pyfixest", 2.0),),
    ),
    "honest": Benchmark(
        title="Relative magnitudes",
        text="""\
Rambachan and Roth's limits for one bound (M = 1), 4 coefficients before and 5 after the reference; the
limits are told. Ours starts from the estimate. Mark: under 0.05 s, whoever takes part.""",
        contenders=("impactkit", "StatsPAI", "moderndid"),
        script="differences",
        argument="honest",
    ),
    "synthetic_control": Benchmark(
        title="Synthetic control with every placebo, 290x25",
        text="""\
Outcomes of 17 periods before the start, weights for the treated unit and for each of 289 placebos, ranks and
limits for the average and for 8 periods. pysyncon is asked for 20 of the 290 fits, whose time is told; the
whole would take 14.5 times as long. Marks: 3 times StatsPAI's processor time, 100 times pysyncon's.""",
        contenders=("impactkit", "StatsPAI", "pysyncon (20 of 290 fits)"),
        script="donors",
        argument="synthetic_control",
        marks=(("StatsPAI", 3.0), ("pysyncon (20 of 290 fits)", 100 / 14.5)),
    ),
    "sdid_placebo": Benchmark(
        title="Synthetic difference in differences, placebo errors of 200 draws",
        text="290 units in 25 periods, ten treated. Mark: 10 times diff-diff's processor time.",
        contenders=("impactkit", "diff-diff", "StatsPAI"),
        script="donors",
        argument="sdid_of_placebo",
        marks=(("diff-diff", 10.0),),
    ),
    "sdid_jackknife": Benchmark(
        title="Synthetic difference in differences, jackknife errors",
        text="The same panel. Mark: twice StatsPAI's processor time.",
        contenders=("impactkit", "diff-diff", "StatsPAI"),
        script="donors",
        argument="sdid_of_jackknife",
        marks=(("StatsPAI", 2.0),),
    ),
    "series": Benchmark(
        title="Interrupted series, 120 months",
        text="""\
Change of level and slope with a season. "impactkit Newey-West" has the errors that the others have;
ours builds the `Study`, and finds the limits of the average, of the cumulative and relative effect and of
every period, and what was expected. "impactkit" is the default, which integrates over the autocorrelation.
Mark: 3 times StatsPAI's processor time.""",
        contenders=("impactkit Newey-West", "impactkit", "StatsPAI", "statsmodels"),
        script="donors",
        argument="series",
        marks=(("StatsPAI", 3.0),),
        reason="""\
The regression and its errors take a tenth of a millisecond. The rest is the check of the table, and an object
with its limits for each of 52 effects, where StatsPAI tells two.""",
    ),
    "entropy_100k": Benchmark(
        title="Entropy balancing, 100,000 people with 10 covariates",
        text="""\
The effect on the treated with the error of the stacked equations. Ours includes the `Study` with every check,
balance before and after, and groups' means. Mark: 5 times StatsPAI's processor time.""",
        contenders=("impactkit", "StatsPAI"),
        script="alike",
        argument="entropy_100000",
        marks=(("StatsPAI", 5.0),),
        reason=ALIKE,
    ),
    "entropy_1m": Benchmark(
        title="Entropy balancing, 1 million people with 10 covariates",
        text="The same with a million. Mark: 5 times StatsPAI's processor time.",
        contenders=("impactkit", "StatsPAI"),
        script="alike",
        argument="entropy_1000000",
        marks=(("StatsPAI", 5.0),),
        reason=ALIKE,
    ),
    "robust_1m": Benchmark(
        title="Doubly robust with five folds, 1 million people with 10 covariates",
        text="Linear and logistic regressions, the effect on everyone. Mark: 3 times DoubleML's time.",
        contenders=("impactkit", "DoubleML"),
        script="alike",
        argument="robust_1000000",
        marks=(("DoubleML", 3.0),),
    ),
    "nearest_20k": Benchmark(
        title="Nearest of 20,000 people by 10 covariates, with replacement",
        text="""\
With Abadie and Imbens' errors. StatsPAI measures over the covariance of everyone, so answers differ a little.
Mark: 5 times StatsPAI's processor time.""",
        contenders=("impactkit", "StatsPAI"),
        script="alike",
        argument="nearest_20000",
        marks=(("StatsPAI", 5.0),),
    ),
    "nearest_100k": Benchmark(
        title="Nearest of 100,000 people by 10 covariates, with replacement",
        text="The same with more. Mark: under 5 s by the clock on two processors.",
        contenders=("impactkit",),
        script="alike",
        argument="nearest_100000",
    ),
    "sweep": Benchmark(
        title="300 indicators, each with 290 placebos",
        text="""\
Panels of 290 units in 25 periods, drawn, read and ranked one after the other by two processes; processor time
is that of the process that hands them out. Mark: under 60 s by the clock on two processors.""",
        contenders=("impactkit",),
        script="donors",
        argument="sweep",
    ),
    "threshold": Benchmark(
        title="Comparison at a threshold, 100,000 rows",
        text="""\
A jump with its bandwidths, bias and robust limits, errors from the three nearest rows. Ours includes the
`Study`. Mark: 5 times rdrobust's processor time.""",
        contenders=("impactkit", "rdrobust"),
        script="thresholds",
        argument="sharp",
        marks=(("rdrobust", 5.0),),
        reason=WINDOWS,
    ),
    "threshold_fuzzy": Benchmark(
        title="Fuzzy comparison at a threshold, 100,000 rows, a covariate",
        text="""\
The same for a ratio of jumps; ours also gives the two jumps with their limits. Bandwidths differ somewhat, as
ours do not hang on the outcome's zero. Mark: 5 times rdrobust's processor time.""",
        contenders=("impactkit", "rdrobust"),
        script="thresholds",
        argument="fuzzy",
        marks=(("rdrobust", 5.0),),
        reason=WINDOWS,
    ),
    "density": Benchmark(
        title="Density test at a threshold, 100,000 rows",
        text="The test of Cattaneo, Jansson and Ma with its own bandwidths. Mark: 5 times rddensity's time.",
        contenders=("impactkit", "rddensity"),
        script="thresholds",
        argument="density",
        marks=(("rddensity", 5.0),),
    ),
}
