"""What is read and carried out again from a bundle, and what is told of it when that cannot be done."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

from impactkit.errors import PlanError
from impactkit.plans.amendment import Amendment
from impactkit.plans.averages import Averages
from impactkit.plans.changes import changes
from impactkit.plans.claim_rows import ClaimRows
from impactkit.provenance import canonical_json
from impactkit.verification import recompute
from impactkit.verification.bundle import Bundle, open_bundle
from impactkit.verification.recompute import Recomputation, plan_in, recomputed
from impactkit.verification.seal import seal
from verification import in_memory as held
from verification.test_aggregates import surveyed  # noqa: F401

LOCK = "plan__plan_lock_json"
AMENDMENT = "amendments__0001_json"


def carried_out(bundle: Bundle) -> Recomputation:
    with recomputed(bundle) as found:
        return found


def digests(*plans_and_chains: Any) -> list[str | None]:
    """Return the digests of plans, locks and amendments: what each says, wherever it was read from."""
    return [None if one is None else one.digest for one in plans_and_chains]


def known() -> list[str | None]:
    """Return the digests of the plan and the lock that were sealed."""
    return digests(held.plan(), held.locked())


def with_plan(*replacements: tuple[str, str], bundle: Bundle | None = None) -> Bundle:
    """Return a bundle whose plan's text has been edited."""
    text = held.bundle().members["plan/plan.toml"].decode()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return held.with_members(bundle, plan__plan_toml=text.encode())


def amended() -> tuple[Bundle, Amendment]:
    """Return a bundle whose plan was amended once, to the same plan with a smaller effect."""
    bundle = with_plan(('minimum_effect = "5"', 'minimum_effect = "4"'))
    now = bundle.read_plan()
    made = held.amendment(
        previous=held.locked().digest,
        date=date(2026, 1, 1),
        data_seen=True,
        plan=now.content(),
        plan_digest=now.digest,
        changed=tuple(change.path for change in changes(held.locked().plan, now.content())),
    )
    assert made.changed == ("claims.C1.minimum_effect",)
    return held.with_members(bundle, **{AMENDMENT: made.to_bytes()}), made


class TestRecomputed:
    def test_gives_what_was_sealed(self) -> None:
        found = carried_out(held.bundle())
        assert digests(found.plan, found.lock) == known()
        assert found.evaluation is not None
        assert canonical_json(found.evaluation.to_record()) == held.bundle().members["results.json"]
        assert digests(found.evaluation.lock) == digests(held.locked())
        manifest = held.bundle().manifest
        assert found.digests is not None
        assert (found.digests.fingerprint, found.digests.columns) == (manifest.fingerprint, manifest.columns)
        assert (found.amendments, found.troubles, found.averaged) == ((), (), None)

    def test_the_rows_lie_apart_from_the_plan_until_the_block_ends(self) -> None:
        with recomputed(held.bundle()) as found:
            place = held.plan(found).folder
            assert (place.name, held.plan(found).file_name) == ("data", "plan.toml")
            assert place.parent.name.startswith("impactkit-verify-")
            assert {file.name for file in place.iterdir()} == {"data.csv"}
            assert {file.name for file in place.parent.iterdir()} == {"plan.toml", "plan.lock.json", "data"}
            assert len(held.plan(found).rows()) == 49
        assert not place.parent.exists()

    def test_nothing_is_written_but_what_plan_and_bundle_both_name(self) -> None:
        bundle = with_plan(
            ("[data]\n", '[data]\nevidence = ["plan.toml", "deep/down/e.json", "gone.json"]\n'),
            bundle=held.with_members(held.with_manifest(data="withheld"), data__stranger_csv=b"x"),
        )
        more = {"data/plan.toml": b"no plan", "data/deep/down/e.json": b"{}"}
        bundle = replace(bundle, members={**bundle.members, **more})
        with recomputed(bundle) as found:
            place = held.plan(found).folder
            there = {file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file()}
            assert there == {"data.csv", "plan.toml", "deep/down/e.json"}
            assert (place / "plan.toml").read_bytes() == b"no plan"
            assert (place.parent / "plan.toml").read_bytes() == bundle.members["plan/plan.toml"]
        assert digests(found.plan) == digests(bundle.read_plan())
        assert found.troubles == ()

    def test_withheld_data_are_not_evaluated(self) -> None:
        found = carried_out(held.with_manifest(data="withheld"))
        assert (found.evaluation, found.digests, found.troubles) == (None, None, ())
        assert digests(found.plan, found.lock) == known()

    def test_without_a_lock_there_is_none(self) -> None:
        unlocked = held.with_members(held.with_manifest(lock_digest=None), **{LOCK: None})
        found = carried_out(unlocked)
        assert (found.lock, found.troubles) == (None, ())
        assert found.evaluation is not None
        assert found.evaluation.lock is None

    def test_a_plan_that_cannot_be_read_leaves_nothing_but_troubles(self) -> None:
        found = carried_out(with_plan(("[project]", "[projekt]")))
        assert found == Recomputation(troubles=found.troubles)
        assert found.troubles
        assert all("plan.toml" in trouble.lines()[1] for trouble in found.troubles)

    def test_a_lock_that_cannot_be_read_is_told(self) -> None:
        found = carried_out(held.with_members(**{LOCK: b"{"}))
        assert (found.lock, found.evaluation, found.digests) == (None, None, None)
        assert [trouble.values["file"] for trouble in found.troubles] == ["plan.lock.json"]
        assert digests(found.plan) == digests(held.plan())

    def test_amendments_that_are_no_chain_are_told(self) -> None:
        found = carried_out(held.with_members(**{AMENDMENT: held.amendment().to_bytes()}))
        assert (found.amendments, found.evaluation) == (None, None)
        assert [trouble.values["file"] for trouble in found.troubles] == ["amendments/0001.json"]
        assert digests(found.lock) == digests(held.locked())

    def test_a_broken_lock_is_told_before_a_broken_chain(self) -> None:
        both = {LOCK: b"{", AMENDMENT: held.amendment().to_bytes()}
        found = carried_out(held.with_members(**both))
        assert [trouble.values["file"] for trouble in found.troubles] == ["plan.lock.json"]

    def test_amendments_are_carried_out(self) -> None:
        bundle, made = amended()
        found = carried_out(bundle)
        assert found.evaluation is not None
        assert found.amendments == found.evaluation.amendments
        assert digests(*found.evaluation.amendments) == digests(made)
        assert [one.number for one in found.evaluation.earlier] == [0]

    def test_what_an_amendment_changed_is_held_against_the_lock_where_it_is_there(self) -> None:
        bundle, made = amended()
        other = made.model_copy(update={"changed": ("decision.alpha",)})
        forged = held.with_members(bundle, **{AMENDMENT: other.to_bytes()})
        assert carried_out(forged).amendments is None
        unlocked = held.with_members(replace(forged, manifest=withheld(forged)), **{LOCK: None})
        assert digests(*(carried_out(unlocked).amendments or ())) == digests(other)
        never = unlocked.manifest.model_copy(update={"lock_digest": None})
        assert carried_out(replace(unlocked, manifest=never)).amendments is None


def withheld(bundle: Bundle) -> Any:
    return bundle.manifest.model_copy(update={"data": "withheld"})


class TestBrokenOff:
    def test_data_that_cannot_be_evaluated_are_told(self) -> None:
        found = carried_out(held.with_members(data__data_csv=b"x\n1\n"))
        assert (found.evaluation, found.digests) == (None, None)
        assert found.troubles
        assert digests(found.plan, found.lock) == known()

    def test_what_breaks_off_is_the_bundles_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: Any, **__: Any) -> None:
            raise MemoryError

        monkeypatch.setattr(recompute, "evaluate", broken)
        found = carried_out(held.bundle())
        assert [(trouble.where, trouble.values) for trouble in found.troubles] == [
            ("bundle.zip", {"kind": "MemoryError"})
        ]
        assert digests(found.plan, found.lock, found.evaluation) == [*known(), None]

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
    def test_who_stops_it_stops_it(self, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]) -> None:
        def stopped(*_: Any, **__: Any) -> None:
            raise kind

        monkeypatch.setattr(recompute, "evaluate", stopped)
        with pytest.raises(kind):
            carried_out(held.bundle())


class TestAverages:
    @pytest.fixture
    def bundle(self, surveyed: Any, tmp_path: Path) -> Bundle:  # noqa: F811
        return open_bundle(seal(surveyed(), tmp_path / "bundle.zip"))

    def test_the_numbers_are_computed_from_them(self, bundle: Bundle) -> None:
        found = carried_out(bundle)
        assert found.troubles == ()
        assert found.evaluation is not None
        assert found.evaluation.results[0].study.n_rows == 14 * 4
        assert found.digests is None
        assert found.averaged is not None
        assert len(found.averaged) == 14 * 4

    def test_those_that_no_number_comes_from_are_refused(self, bundle: Bundle) -> None:
        more = {**bundle.members, "averages/plan-1/C1.csv": bundle.members["averages/C1.csv"]}
        found = carried_out(replace(bundle, members=more))
        assert found.evaluation is None
        assert [trouble.values["names"] for trouble in found.troubles] == ["plan-1/C1.csv"]

    def test_plans_before_are_carried_out_on_theirs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Any] = []

        def evaluated(plan: Any, *, source: Any, **given: Any) -> Any:
            asked.append((plan, source.args, given))
            return held.evaluation()

        monkeypatch.setattr(recompute, "evaluation_of", evaluated)
        monkeypatch.setattr(recompute, "refuse_superfluous", lambda *given: asked.append(given))
        bundle, made = amended()
        bundle = replace(bundle, manifest=bundle.manifest.model_copy(update={"data": "aggregates"}))
        found = carried_out(held.with_members(bundle, averages__C1_csv=b"a\n"))
        (plan, source, given), superfluous = asked
        assert source == ({"C1.csv": b"a\n"},)
        sealed = digests(bundle.read_plan(), held.locked(), made)
        assert digests(plan, given["lock"], *given["amendments"]) == sealed
        assert superfluous == (held.evaluation(), {"C1.csv": b"a\n"})
        assert (found.evaluation, found.digests) == (held.evaluation(), None)

    def test_all_of_them_lie_one_below_the_other(self) -> None:
        one, two, three = (Averages(frame=pd.DataFrame({"area": [name], "n": [10]})) for name in "abc")
        first, last = held.evaluation().results
        rows = pd.DataFrame()
        subgroup = ClaimRows(rows=rows, averages=one, other_averages=two)
        results = (replace(first, rows=subgroup), replace(last, rows=ClaimRows(rows=rows, averages=three)))
        assert self.averaged(*results) == [(0, "a"), (1, "b"), (2, "c")]
        bare = replace(first, rows=None)
        assert self.averaged(bare, results[1]) == [(0, "c")]
        assert self.averaged(bare, replace(last, rows=ClaimRows(rows=rows))) is None
        assert Recomputation().averaged is None

    def averaged(self, *results: Any) -> list[tuple[int, str]] | None:
        evaluation = replace(held.evaluation(), results=results)
        frame = Recomputation(evaluation=evaluation).averaged
        return None if frame is None else list(frame["area"].items())


class TestPlanIn:
    @pytest.fixture
    def places(self, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        """Return the temporary folders that are made."""
        made: list[Path] = []

        class Noted(TemporaryDirectory[str]):
            def __enter__(self) -> str:
                made.append(Path(super().__enter__()))
                return str(made[-1])

        monkeypatch.setattr(recompute, "TemporaryDirectory", Noted)
        return made

    def test_is_carried_out_on_the_rows_of_a_folder(self, places: list[Path]) -> None:
        plan, lock, chain = plan_in(held.bundle(), held.folder())
        assert digests(plan, lock, *chain) == known()
        assert (plan.folder, plan.file_name) == (held.folder(), "plan.toml")
        assert len(plan.rows()) == 49
        (place,) = places
        assert place.name.startswith("impactkit-attest-")
        assert not place.exists()

    def test_comes_with_its_amendments(self) -> None:
        bundle, made = amended()
        plan, _, chain = plan_in(bundle, held.folder())
        assert digests(plan, *chain) == digests(bundle.read_plan(), made)

    @pytest.mark.parametrize(
        ("spoilt", "file"),
        [
            ({LOCK: b"{"}, "plan.lock.json"),
            ({AMENDMENT: b"{"}, "0001.json"),
            ({LOCK: b"{", AMENDMENT: b"{"}, "plan.lock.json"),
        ],
        ids=["lock", "amendment", "both"],
    )
    def test_is_refused_with_the_troubles_of_lock_or_chain(
        self, spoilt: dict[str, bytes | None], file: str
    ) -> None:
        with pytest.raises(PlanError) as refused:
            plan_in(held.with_members(**spoilt), held.folder())
        assert [Path(str(one.values["file"])).name for one in refused.value.troubles] == [file]

    def test_that_cannot_be_read_is_refused_by_its_name(self) -> None:
        with pytest.raises(PlanError, match=r"\bplan\.toml"):
            plan_in(with_plan(("[project]", "[projekt]")), held.folder())
