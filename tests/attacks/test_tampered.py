"""Every tampered bundle is caught, by the step and with the sentence that say why."""

import pytest

from attacks.corpus import ALL
from impactkit.verification.verify import verify
from verification.conftest import resealed

_CODES = ("broken", "other_rows", "other_columns", "other_keys")
_EITHER = {"broken_or_other": {f"verify.recompute.{code}" for code in _CODES}}


def test_the_honest_bundle_holds(honest):
    bundle, digest = honest
    found = verify(bundle, known_plan_digest=digest)
    assert found.exit_code == 3
    assert [step.name for step in found.steps if step.state == "fail"] == []


def test_there_are_enough_attacks_of_every_kind():
    assert len(ALL) >= 60
    assert len({(attack.threat, attack.name) for attack in ALL}) == len(ALL)


@pytest.mark.parametrize("attack", ALL, ids=str)
def test_every_attack_is_caught(attack, members, honest, tmp_path):
    manifest = attack.change(members)
    forged = tmp_path / "forged.zip"
    forged.write_bytes(resealed(members, manifest))
    found = verify(forged, known_plan_digest=honest[1])
    failed = {step.name: step.sentence.code for step in found.steps if step.state == "fail"}
    assert found.exit_code == attack.exit_code
    expected = _EITHER.get(attack.code, {f"verify.{attack.step}.{attack.code}"})
    assert failed.get(attack.step) in expected, failed
    for language in ("sv", "en"):
        assert next(step for step in found.steps if step.name == attack.step).text(language)
