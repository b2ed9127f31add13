"""What each step about custody says, in the words of its sentence and what fills it."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from impactkit.errors import Trouble
from impactkit.plans import Plan
from impactkit.plans.averages import Averages
from impactkit.plans.claim_rows import ClaimRows
from impactkit.verification import custody
from impactkit.verification.bundle import Bundle
from impactkit.verification.recompute import Recomputation
from impactkit.verification.safe_zip import write_archive
from verification import in_memory as held
from verification.in_memory import LOCKED_DAY, OTHER, told

TROUBLES = (Trouble("This is wrong.", "here", "Mend it."), Trouble("So is this.", "there", "Mend it too."))


def test_a_step_is_told_by_its_name_and_code() -> None:
    made = custody.step("lock", "not_checked", "grown", name="a.csv", on="2022-09-01")
    assert told(made) == ("lock", "not_checked", "verify.lock.grown", {"name": "a.csv", "on": "2022-09-01"})
    assert made.troubles == ()


def test_a_failed_step_keeps_its_troubles() -> None:
    made = custody.failed("lock", "unsound", list(TROUBLES))
    assert told(made) == ("lock", "fail", "verify.lock.unsound", {})
    assert made.troubles == TROUBLES


class TestStructure:
    def test_counts_the_files_of_a_sound_bundle(self) -> None:
        step = custody.structure(held.bundle())
        assert told(step) == ("structure", "pass", "verify.structure.sound", {"n": 9})

    def test_a_byte_outside_every_file_fails(self) -> None:
        step = custody.structure(replace(held.bundle(), archive=held.bundle().archive + b" "))
        assert told(step) == ("structure", "fail", "verify.structure.repacked", {})

    @pytest.mark.parametrize(
        ("spaced", "name"),
        [
            (["MANIFEST.json"], "MANIFEST.json"),
            (["results.json"], "results.json"),
            (["results.json", "MANIFEST.json"], "MANIFEST.json"),
        ],
        ids=["manifest", "results", "both"],
    )
    def test_json_in_another_form_fails_by_its_name(self, spaced: list[str], name: str) -> None:
        kept = held.bundle().members
        members = {**kept, **{each: kept[each] + b"\n" for each in spaced}}
        step = custody.structure(replace(held.bundle(), members=members, archive=write_archive(members)))
        assert told(step) == ("structure", "fail", "verify.structure.rewritten", {"name": name})


class TestDescriptions:
    BOTH = "datapackage.json, ro-crate-metadata.json"

    def test_both_are_those_of_the_plan_and_the_files(self) -> None:
        step = custody.descriptions(held.bundle(), held.plan())
        assert told(step) == ("descriptions", "pass", "verify.descriptions.same", {"names": self.BOTH})

    def test_without_a_plan_nothing_is_compared(self) -> None:
        step = custody.descriptions(held.bundle(), None)
        assert told(step) == ("descriptions", "not_checked", "verify.descriptions.no_plan", {})

    @pytest.mark.parametrize(
        ("spoilt", "project", "names"),
        [
            (["datapackage.json"], None, "datapackage.json"),
            (["ro-crate-metadata.json"], None, "ro-crate-metadata.json"),
            ([], "Another", "MANIFEST.json"),
            (["ro-crate-metadata.json", "datapackage.json"], "Another", f"{BOTH}, MANIFEST.json"),
        ],
        ids=["data package", "crate", "project", "all"],
    )
    def test_those_that_say_something_else_are_named(
        self, spoilt: list[str], project: str | None, names: str
    ) -> None:
        bundle = held.with_manifest(**({"project": project} if project else {}))
        bundle = replace(bundle, members={**bundle.members, **dict.fromkeys(spoilt, b"{}")})
        step = custody.descriptions(bundle, held.plan())
        assert told(step) == ("descriptions", "fail", "verify.descriptions.differ", {"names": names})

    def test_a_file_that_was_changed_is_described_otherwise(self) -> None:
        bundle = held.with_members(environment_json=b"{}")
        assert custody.descriptions(bundle, held.plan()).state == "fail"


class TestDigests:
    def said(self, bundle: Bundle) -> tuple[str, Any]:
        state, code, values = held.said("digests", custody.digests(bundle))
        assert code == ("match" if state == "pass" else "changed")
        return state, values

    def test_all_files_but_the_manifest_are_counted(self) -> None:
        assert self.said(held.bundle()) == ("pass", {"n": 8})

    def test_a_changed_byte_is_told_though_the_size_is_the_same(self) -> None:
        page = held.bundle().members["report.html"]
        assert page.startswith(b"<")
        changed = held.with_members(report_html=b">" + page[1:])
        assert self.said(changed) == ("fail", {"names": "report.html"})

    def test_a_size_that_does_not_fit_is_told_though_the_digest_does(self) -> None:
        first, *rest = held.bundle().manifest.members
        wrong = first.model_copy(update={"size": first.size + 1})
        assert self.said(held.with_manifest(members=(wrong, *rest))) == ("fail", {"names": first.path})

    def test_several_files_are_named_in_the_order_of_the_manifest(self) -> None:
        changed = held.with_members(report_html=b"", environment_json=b"")
        assert self.said(changed) == ("fail", {"names": "environment.json, report.html"})

    @pytest.mark.parametrize("key", ["results_digest", "lock_digest"])
    def test_another_digest_in_the_manifest_is_named(self, key: str) -> None:
        assert self.said(held.with_manifest(**{key: OTHER})) == ("fail", {"names": key})

    def test_a_lock_that_is_not_in_the_bundle_is_not_held_against_its_digest(self) -> None:
        bundle = held.with_manifest(lock_digest=OTHER)
        members = {name: it for name, it in bundle.members.items() if name != "plan/plan.lock.json"}
        manifest = bundle.manifest
        listed = tuple(one for one in manifest.members if one.path != "plan/plan.lock.json")
        bundle = replace(bundle, members=members, manifest=manifest.model_copy(update={"members": listed}))
        assert self.said(bundle) == ("pass", {"n": 7})


def locked_as(found: Recomputation | None = None, bundle: Bundle | None = None) -> tuple[str, str, Any]:
    """Return what the step about the lock says."""
    return held.said("lock", custody.locked(bundle or held.bundle(), found or held.found()))


def with_lock(**values: Any) -> Recomputation:
    """Return what was found with other values in the lock."""
    return replace(held.found(), lock=held.locked().model_copy(update=values))


def with_plan(now: Plan, /, *, is_locked: bool = True, **lock: Any) -> tuple[Recomputation, Bundle]:
    """Return what was found, and the bundle, with another plan in both, and in the lock if it is locked."""
    if is_locked:
        lock = {"plan": now.content(), "plan_digest": now.digest, **lock}
    return replace(with_lock(**lock), plan=now), held.with_manifest(plan_digest=now.digest)


class TestLock:
    def test_an_honest_one_tells_the_day(self) -> None:
        assert locked_as() == ("pass", "same", {"on": LOCKED_DAY})

    def test_a_plan_that_cannot_be_read_or_is_not_the_manifests_fails(self) -> None:
        assert locked_as(replace(held.found(), plan=None)) == ("fail", "other_plan", {})
        assert locked_as(bundle=held.with_manifest(plan_digest=OTHER)) == ("fail", "other_plan", {})

    def test_a_broken_chain_fails_with_its_troubles(self) -> None:
        broken = replace(held.found(), amendments=None, troubles=TROUBLES)
        assert locked_as(broken) == ("fail", "broken_chain", {})
        assert custody.locked(held.bundle(), broken).troubles == TROUBLES

    def test_a_lock_that_cannot_be_read_fails_with_its_troubles(self) -> None:
        unsound = replace(held.found(), lock=None, troubles=TROUBLES)
        assert locked_as(unsound) == ("fail", "unsound", {})
        assert custody.locked(held.bundle(), unsound).troubles == TROUBLES

    def test_the_last_amendment_must_hold_the_plan(self) -> None:
        first, last = held.amendment(1, plan_digest=OTHER), held.amendment(2)
        assert locked_as(replace(held.found(), amendments=(first, last)))[0] == "pass"
        changed = replace(held.found(), amendments=(last, first))
        assert locked_as(changed) == ("fail", "changed_since_amended", {})

    def test_without_amendments_the_lock_must_hold_the_plan(self) -> None:
        assert locked_as(with_lock(plan_digest=OTHER)) == ("fail", "changed_plan", {})
        amended = replace(with_lock(plan_digest=OTHER), amendments=(held.amendment(),))
        assert locked_as(amended)[0] == "pass"

    def test_a_lock_that_is_not_there_is_asked_for_by_its_digest(self) -> None:
        gone = held.with_members(**{"plan__plan_lock_json": None})
        assert "plan/plan.lock.json" not in gone.members
        unlocked = replace(held.found(), lock=None)
        known = held.bundle().manifest.lock_digest
        assert locked_as(unlocked, gone) == ("not_checked", "withheld", {"digest": known})
        never = replace(gone, manifest=gone.manifest.model_copy(update={"lock_digest": None}))
        assert locked_as(unlocked, never) == ("not_checked", "none", {})

    def test_amendments_are_counted(self) -> None:
        both = held.with_members(amendments__0001_json=b"{}", amendments__0002_json=b"{}")
        found = replace(held.found(), amendments=(held.amendment(1), held.amendment(2)))
        assert locked_as(found, both) == ("pass", "amended", {"on": LOCKED_DAY, "n": 2})

    def test_other_rules_than_those_it_was_locked_with_are_told(self) -> None:
        assert locked_as(with_lock(rules_digest=OTHER)) == ("not_checked", "other_rules", {"on": LOCKED_DAY})


class TestLockedData:
    def files(self, *names: str) -> tuple[Any, ...]:
        """Return locked files of other contents."""
        (first,) = held.locked().files
        return tuple(first.model_copy(update={"name": name, "sha256": OTHER}) for name in names)

    def test_a_single_file_may_have_grown(self) -> None:
        grown = with_lock(files=self.files("data.csv"))
        assert locked_as(grown) == ("not_checked", "grown", {"name": "data.csv", "on": LOCKED_DAY})

    def test_the_first_of_several_is_named(self) -> None:
        grown = with_lock(files=self.files("z.csv", "data.csv"))
        both = held.with_members(data__z_csv=b"")
        assert locked_as(grown, both) == ("not_checked", "grown", {"name": "z.csv", "on": LOCKED_DAY})

    def test_a_file_that_is_not_in_the_bundle_is_not_compared(self) -> None:
        (kept,) = held.locked().files
        assert locked_as(with_lock(files=(kept, *self.files("z.csv"))))[:2] == ("pass", "same")

    def test_a_baseline_of_its_own_may_not_change(self) -> None:
        apart = held.other_plan({"file": None, "baseline": "before.csv", "follow_up": "data.csv"})
        found, bundle = with_plan(apart, files=self.files("data.csv", "before.csv"))
        bundle = held.with_members(bundle, data__before_csv=b"")
        assert locked_as(found, bundle) == ("fail", "changed_baseline", {"name": "before.csv"})

    @pytest.mark.parametrize("gone", [{"roster": None}, {"files": ()}, {}], ids=["roster", "files", "none"])
    def test_withheld_data_leave_who_takes_part_unchecked(self, gone: dict[str, Any]) -> None:
        kept = locked_as(with_lock(**gone), held.with_manifest(data="withheld"))
        assert kept == ("not_checked", "kept", {"on": LOCKED_DAY})

    def test_a_lock_that_names_nobody_and_no_file_has_nothing_to_check(self) -> None:
        bare = with_lock(roster=None, files=())
        assert locked_as(bare, held.with_manifest(data="withheld")) == ("pass", "same", {"on": LOCKED_DAY})

    @pytest.mark.parametrize(
        "change",
        [{"treated": OTHER}, {"comparison": OTHER}, {"periods": ("2018", "2019")}, {"periods": ("1066",)}],
        ids=["treated", "comparison", "a period more", "another period"],
    )
    def test_others_than_those_on_the_roster_fail(self, change: dict[str, Any]) -> None:
        roster = held.locked().roster
        assert roster is not None
        assert locked_as(with_lock(roster=roster.model_copy(update=change))) == ("fail", "other_roster", {})

    @pytest.mark.parametrize("periods", [(), ("2019",), ("2025", "2019")], ids=len)
    def test_periods_may_have_come_since(self, periods: tuple[str, ...]) -> None:
        roster = held.locked().roster
        assert roster is not None
        early = roster.model_copy(update={"periods": periods})
        assert locked_as(with_lock(roster=early))[:2] == ("pass", "same")

    @pytest.mark.parametrize(
        "data", [{"file": "nowhere.csv"}, {"unit": None}], ids=["no rows", "rows that name nobody"]
    )
    def test_rows_that_hold_nobody_fail(self, data: dict[str, Any]) -> None:
        assert locked_as(*with_plan(held.other_plan(data))) == ("fail", "other_roster", {})

    def test_a_lock_without_a_roster_asks_for_nobody(self) -> None:
        found, bundle = with_plan(held.other_plan({"file": "nowhere.csv"}), roster=None)
        assert locked_as(found, bundle)[:2] == ("pass", "same")

    def test_the_roles_of_the_locked_plan_say_who_takes_part(self) -> None:
        """After an amendment of the unit's column the roster is still read by the one it was locked with."""
        renamed = held.other_plan({"unit": "år"})
        found, bundle = with_plan(renamed, is_locked=False)
        found = replace(found, amendments=(held.amendment(plan_digest=renamed.digest),))
        assert locked_as(found, bundle)[:2] == ("pass", "same")

    def test_a_lock_of_no_plan_has_no_roles_to_read_by(self) -> None:
        renamed = held.other_plan({"unit": "år"})
        found, bundle = with_plan(renamed, is_locked=False, plan={"impactkit": 1})
        found = replace(found, amendments=(held.amendment(plan_digest=renamed.digest),))
        assert locked_as(found, bundle) == ("fail", "other_roster", {})


class TestAverages:
    def averaged(self, frame: pd.DataFrame) -> Recomputation:
        first, *rest = held.evaluation().results
        rows = ClaimRows(rows=frame, averages=Averages(frame=frame))
        results = (replace(first, rows=rows), *(replace(one, rows=None) for one in rest))
        return replace(held.found(), evaluation=replace(held.evaluation(), results=results))

    def test_the_areas_in_the_averages_are_held_against_the_roster(self) -> None:
        rows = held.plan().rows()
        bundle = held.with_manifest(data="aggregates")
        assert locked_as(self.averaged(rows), bundle) == ("pass", "same_areas", {"on": LOCKED_DAY})
        without = rows[rows["område"] != rows["område"].iloc[0]]
        assert locked_as(self.averaged(without), bundle) == ("fail", "other_roster", {})

    def test_only_a_bundle_of_averages_is_held_to_them(self) -> None:
        rows = held.plan().rows()
        without = rows[rows["område"] != rows["område"].iloc[0]]
        assert locked_as(self.averaged(without)) == ("pass", "same", {"on": LOCKED_DAY})
