"""Every packaged example is a whole project: a plan that reads, data that fit it, and their source."""

import runpy
from importlib.resources import files
from pathlib import Path

import pytest

from impactkit import examples
from impactkit.data.study import Study
from impactkit.errors import UsageError
from impactkit.plans import Plan, lock, prior

LANGUAGES = ("sv", "en")
NAMES = [example.name for example in examples.ALL]
FILES = {"plan.toml", "data.csv", "SOURCE.md", "LÄSMIG.md", "README.md"}
MAKER = Path(__file__).parents[1] / "data" / "make_norrgarden.py"


@pytest.fixture
def plan(request, tmp_path):
    return Plan.read(examples.copy_example(request.param, tmp_path / "copy"))


def test_every_folder_is_listed():
    folders = {item.name for item in files("impactkit.examples").iterdir() if item.is_dir()}
    assert folders - {"__pycache__"} == set(NAMES)
    assert examples.DEFAULT in NAMES


@pytest.mark.parametrize("plan", NAMES, indirect=True)
class TestEveryExample:
    def test_has_its_files(self, plan):
        assert {file.name for file in plan.folder.iterdir()} == FILES

    def test_makes_a_study_for_each_claim(self, plan):
        frame = plan.frame()
        for claim in plan.claims:
            study = Study(frame, **plan.roles(claim.id))
            assert 0 < study.n_treated < study.n_rows

    def test_was_decided_before_the_follow_up(self, plan):
        assert prior(plan, lock(plan)) == "claimed_prior"

    def test_says_where_its_data_come_from(self, plan):
        source = (plan.folder / "SOURCE.md").read_text("utf-8")
        assert "Invented" in source or ("**Citation.**" in source and "**Licence.**" in source)

    def test_holds_no_more_than_it_needs_to_be_public(self, plan):
        assert plan.data.public


@pytest.mark.parametrize("plan", ["star"], indirect=True)
def test_star_gives_the_published_difference_within_schools(plan):
    frame = plan.frame()
    assert len(frame) == 4094
    assert int(frame["total_score"].isna().sum()) == 351
    estimate = plan.estimator.estimate(Study(frame, **plan.roles("C1"))).interval
    assert estimate.low > float(plan.claims[0].minimum_effect)


@pytest.mark.parametrize("plan", ["kielmc"], indirect=True)
def test_kielmc_gives_the_published_estimate(plan):
    estimate = plan.estimator.estimate(Study(plan.frame(), **plan.roles("C1"))).interval
    assert estimate.point == pytest.approx(-21920.27, abs=0.01)
    assert estimate.high < -float(plan.claims[0].minimum_effect)


@pytest.mark.parametrize("plan", ["norrgarden"], indirect=True)
def test_norrgarden_says_that_it_is_invented(plan):
    texts = [(plan.folder / name).read_text("utf-8") for name in ("plan.toml", "LÄSMIG.md", "data.csv")]
    assert "ALLT HÄR ÄR PÅHITTAT" in texts[0]
    assert "påhittat" in texts[1]
    assert "påhittat" in texts[2].splitlines()[0]


@pytest.mark.parametrize("plan", ["norrgarden"], indirect=True)
def test_norrgarden_is_what_its_maker_makes(plan):
    assert (plan.folder / "data.csv").read_text("utf-8") == runpy.run_path(str(MAKER))["text"]()


@pytest.mark.parametrize("plan", ["norrgarden"], indirect=True)
def test_norrgarden_reaches_its_claim_and_still_cannot_tell(plan):
    estimate = plan.estimator.estimate(Study(plan.frame(), **plan.roles("C1")))
    assert estimate.interval.point > float(plan.claims[0].minimum_effect)
    assert not estimate.interval.low > 0


def test_an_example_is_never_copied_over_something(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        examples.copy_example("star", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_example_is_met_with_a_guess(tmp_path):
    with pytest.raises(UsageError, match='Did you mean "star"'):
        examples.copy_example("stars", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def promised(claim):
    """A claim without the two keys that are prose in the plan's language."""
    return claim.model_copy(update={"data_source": None, "validation_method": None})


@pytest.mark.parametrize("name", NAMES)
def test_the_plans_in_both_languages_promise_the_same(name, tmp_path):
    swedish, english = (
        Plan.read(examples.copy_example(name, tmp_path / language, language=language))
        for language in LANGUAGES
    )
    assert (swedish.language, english.language) == LANGUAGES
    for part in ("data", "estimator", "decision"):
        assert getattr(swedish, part) == getattr(english, part)
    assert [promised(claim) for claim in swedish.claims] == [promised(claim) for claim in english.claims]
