"""What the steps of a verification come to: one exit code, two results, a record and a card."""

from dataclasses import replace
from typing import Any

import pytest

from impactkit.errors import Trouble
from impactkit.verification.difference import Difference
from impactkit.verification.verification import State, Step, Verification
from impactkit.wording import Message, say, use_language

COMPLETENESS = {"structure", "lock", "handed_over", "prior", "ledger", "completeness"}
RELIABILITY = {"open", "digests", "descriptions", "recompute", "numbers", "verdict", "report"}
#: Who vouches, and what must not leave the house: neither of the two.
BESIDE = {"signature", "timestamp", "attestation", "disclosure"}
ALL = sorted(COMPLETENESS | RELIABILITY | BESIDE)
TROUBLE = Trouble("Line {line} is wrong.", "{file}", "Mend it.", {"line": 3, "file": "a.csv"})


def step(name: str, state: State) -> Step:
    """Return a step; any sentence will do."""
    return Step(name=name, state=state, sentence=Message("verify.open.safe"))


def steps(**states: State) -> list[Step]:
    """Return every step, passing but for those named."""
    return [step(name, states.get(name, "pass")) for name in ALL]


def of(*taken: Step) -> Verification:
    return Verification.of(taken, verdicts={})


class TestExitCode:
    def test_is_0_when_all_pass(self) -> None:
        found = of(*steps())
        assert (found.exit_code, found.completeness, found.reliability) == (0, "pass", "pass")

    @pytest.mark.parametrize("name", ALL)
    def test_is_1_when_anything_fails(self, name: str) -> None:
        found = of(*steps(**{name: "fail"}))
        assert found.exit_code == 1
        assert found.completeness == ("fail" if name in COMPLETENESS else "pass")
        assert found.reliability == ("fail" if name in RELIABILITY else "pass")

    @pytest.mark.parametrize("name", ALL)
    def test_is_3_when_anything_asked_for_is_not_checked(self, name: str) -> None:
        found = of(*steps(**{name: "not_checked"}))
        assert found.exit_code == (0 if name in ("timestamp", "attestation", "ledger") else 3)
        assert found.completeness == ("not_checked" if name in COMPLETENESS else "pass")
        assert found.reliability == ("not_checked" if name in RELIABILITY else "pass")

    def test_a_failure_goes_before_what_is_not_checked(self) -> None:
        found = of(*steps(lock="not_checked", ledger="fail", digests="not_checked", report="fail"))
        assert (found.exit_code, found.completeness, found.reliability) == (1, "fail", "fail")

    def test_without_any_step_nothing_holds(self) -> None:
        assert (of().exit_code, of().completeness, of().reliability) == (1, "fail", "fail")

    @pytest.mark.parametrize("code", [0, 1, 3, 4, 5])
    def test_is_told_in_words(self, code: int) -> None:
        found = Verification(steps=(), verdicts={}, exit_code=code)
        assert found.conclusion.code == f"verify.conclusion.{code}"
        assert found.conclusion.text("sv") != found.conclusion.text("en")


class TestStep:
    @pytest.mark.parametrize("name", ALL)
    def test_has_a_title_in_both_languages(self, name: str) -> None:
        title = step(name, "pass").title
        assert title.code == f"verify.title.{name}"
        assert title.text("sv")[0].isupper()
        assert title.text("en")[0].isupper()

    def test_says_what_was_found(self) -> None:
        assert step("open", "pass").text("en") == say("verify.open.safe", "en")
        assert step("open", "pass").troubles == ()

    def test_says_what_stopped_it_below(self) -> None:
        stopped = replace(step("open", "fail"), troubles=(TROUBLE, TROUBLE))
        trouble = ["Line 3 is wrong.", "  Where: a.csv", "  Mend:  Mend it."]
        first, *rest = stopped.text("en").splitlines()
        assert first == say("verify.open.safe", "en")
        assert [line.split() for line in rest] == [line.split() for line in [*trouble, *trouble]]


class TestVerification:
    DIFFERENCE = Difference(where="C1.n", claimed=7, recomputed=None)

    def found(self) -> Verification:
        taken = [replace(step("open", "fail"), troubles=(TROUBLE,)), step("lock", "not_checked")]
        return Verification.of(taken, differences=[self.DIFFERENCE], verdicts={"C1": "supported"})

    def test_keeps_steps_differences_and_verdicts(self) -> None:
        found = self.found()
        assert [one.name for one in found.steps] == ["open", "lock"]
        assert (found.differences, found.verdicts) == ((self.DIFFERENCE,), {"C1": "supported"})
        assert of(*steps()).differences == ()

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_is_recorded_in_the_chosen_language(self, language: Any) -> None:
        use_language(language)
        found = self.found()
        opened, locked = (one.text(language) for one in found.steps)
        assert found.to_record() == {
            "spec": "ikverification1",
            "exit_code": 1,
            "completeness": "not_checked",
            "reliability": "fail",
            "verdicts": {"C1": "supported"},
            "steps": [
                {"name": "open", "state": "fail", "sentence": opened},
                {"name": "lock", "state": "not_checked", "sentence": locked},
            ],
            "differences": [{"where": "C1.n", "claimed": 7, "recomputed": None}],
        }

    @pytest.mark.parametrize(
        ("language", "told"),
        [
            ("en", ["Open the bundle (DOES NOT HOLD)", "Locked plan (not checked)", "Form (holds)"]),
            ("sv", ["Öppna paketet (STÄMMER INTE)", "Låst plan (ej prövat)", "Form (stämmer)"]),
        ],
    )
    def test_shows_every_step_with_its_state_on_a_card(self, language: Any, told: list[str]) -> None:
        use_language(language)
        found = replace(self.found(), steps=(*self.found().steps, step("structure", "pass")))
        card = found._repr_html_()
        for label, one in zip(told, found.steps, strict=True):
            assert f">{label}</th>" in card
            assert one.sentence.text(language) in card
        caption = say("verify.card", language, conclusion=found.conclusion)
        assert caption in card
        assert caption.endswith(str(found.conclusion))
