"""Every category has a whole effect chain whose indicators exist and stand at the right level."""

import pytest

from impactkit.effects.estimators import ALL
from impactkit.errors import UsageError
from impactkit.indicators import CATEGORIES, Catalogue
from impactkit.plans.effect_chain import EffectChain
from impactkit.wording import use_language

METHODS = {estimator().method for estimator in ALL}


@pytest.mark.parametrize("category", CATEGORIES)
class TestEveryChain:
    def test_is_whole(self, category):
        chain = EffectChain.of(category)
        assert chain.category == category
        parts = (chain.target_groups, chain.needs, chain.activities, chain.outcomes, chain.traps)
        assert min(map(len, parts)) >= 3
        assert {each.kind for each in chain.activities} == {"investment", "social_effort"}

    @pytest.mark.parametrize("level", ["output", "outcome", "impact"])
    def test_names_indicators_of_the_right_level(self, category, level):
        catalogue = Catalogue.default()
        for step in getattr(EffectChain.of(category), f"{level}s"):
            assert {catalogue[item].level for item in step.indicators} == {level}

    def test_suggests_indicators_that_exist_in_one_part_only(self, category):
        said = EffectChain.of(category).suggested
        ids = [*said.primary, *said.secondary, *said.guardrail]
        assert len(ids) == len(set(ids))
        assert all(item in Catalogue.default() for item in ids)
        assert all(Catalogue.default()[item].level == "outcome" for item in said.primary)

    def test_suggests_designs_that_can_be_planned(self, category):
        methods = [each.method for each in EffectChain.of(category).designs]
        assert set(methods) <= METHODS
        assert methods[0] != "before_after"

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_shows_itself_in_a_notebook(self, category, language):
        use_language(language)
        chain = EffectChain.of(category)
        assert chain.traps[0].text.text(language) in chain._repr_html_()


def test_an_unknown_category_is_met_with_a_guess():
    with pytest.raises(UsageError, match='Did you mean "housing"'):
        EffectChain.of("housin")
