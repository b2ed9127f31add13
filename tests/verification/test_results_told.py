"""What of an evaluation stands in a bundle: single rows, plain digests and few people do not."""

import importlib
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from impactkit.errors import UnsafeBundleError
from impactkit.verification import results as results_module
from impactkit.verification.results import lock_told, read_json, record_of, rendered, rows_told


@dataclass(frozen=True)
class Evaluated:
    """As much of an evaluation as its record is made of."""

    public: bool = False
    shows_units: bool = False
    earlier: tuple[Any, ...] = ()
    results: tuple[str, ...] = ("raw",)
    made_with: dict[str, str] = field(default_factory=dict)
    data_digests: dict[str, str] = field(default_factory=lambda: {"data.csv": "0" * 64})

    @property
    def plan(self) -> SimpleNamespace:
        return SimpleNamespace(data=SimpleNamespace(public=self.public, shows_units=self.shows_units))

    def to_record(self) -> dict[str, Any]:
        earlier = {"earlier": [{"verdicts": "raw"} for _ in self.earlier]} if self.earlier else {}
        return {"data_digests": dict(self.data_digests), "results": ["raw"], "n": 2, **earlier}

    def report(self, *, language: str) -> SimpleNamespace:
        told = (language, list(self.made_with.items()), self.data_digests)
        return SimpleNamespace(document=lambda: told)


@dataclass(frozen=True)
class Told:
    """A claim as it is told, with what is hidden in it."""

    name: str = "C1"
    hidden: frozenset[str] = frozenset()
    n_rows: int = 42

    @property
    def claim(self) -> SimpleNamespace:
        return SimpleNamespace(id=self.name)

    @property
    def grade(self) -> SimpleNamespace:
        return SimpleNamespace(value=3)

    @property
    def verdict(self) -> dict[str, Any]:
        return {"status": "supported", "low": float("nan")}

    @property
    def study(self) -> SimpleNamespace:
        return SimpleNamespace(n_rows=self.n_rows)

    def to_record(self) -> dict[str, str]:
        return {"told": self.name}


@pytest.fixture
def protecting(monkeypatch):
    """Protect any results into one claim that is named after them."""
    monkeypatch.setattr(
        results_module, "protected_claims", lambda plan, results: tuple(Told(one) for one in results)
    )


class TestTheRecord:
    def test_rows_that_are_public_are_told_as_they_are(self) -> None:
        found = record_of(Evaluated(public=True, shows_units=True), shown=[Told()])
        assert found == {"data_digests": {"data.csv": "0" * 64}, "results": ["raw"], "n": 2}

    def test_rows_that_are_not_public_have_no_plain_digest(self) -> None:
        found = record_of(Evaluated(shows_units=True), shown=[Told()])
        assert found == {"data_digests": {}, "results": ["raw"], "n": 2}

    def test_claims_on_people_are_told_as_they_are_shown(self) -> None:
        found = record_of(Evaluated(public=True), shown=[Told("C1"), Told("C2")])
        assert found["results"] == [{"told": "C1"}, {"told": "C2"}]
        assert found["data_digests"] == {"data.csv": "0" * 64}

    def test_what_is_not_shown_yet_is_protected_first(self, protecting) -> None:
        assert record_of(Evaluated(results=("C7",)))["results"] == [{"told": "C7"}]

    def test_what_earlier_plans_said_is_protected_too(self, protecting) -> None:
        carried = SimpleNamespace(results=("C1", "C2"))
        earlier = (SimpleNamespace(carried=carried), SimpleNamespace(carried=None))
        found = record_of(Evaluated(earlier=earlier), shown=[Told()])
        verdict = {"status": "supported", "low": None}
        assert found["earlier"] == [
            {
                "verdicts": [
                    {"claim": "C1", "grade": 3, "verdict": verdict},
                    {"claim": "C2", "grade": 3, "verdict": verdict},
                ]
            },
            {"verdicts": []},
        ]

    def test_every_earlier_plan_has_its_record(self, protecting) -> None:
        class Short(Evaluated):
            def to_record(self) -> dict[str, Any]:
                return {**super().to_record(), "earlier": []}

        with pytest.raises(ValueError, match="zip"):
            record_of(Short(earlier=(SimpleNamespace(carried=None),)), shown=[Told()])


def a_lock(
    *, n_treated: int | None = 4, has_roster: bool = True, tells_nothing: bool = True
) -> SimpleNamespace:
    roster = SimpleNamespace(n_treated=n_treated) if has_roster else None
    return SimpleNamespace(roster=roster, tells_nothing=tells_nothing)


class TestTheLock:
    def test_without_one_nothing_is_told(self) -> None:
        assert lock_told(None, [Told()]) is None

    def test_one_with_digests_of_what_stays_at_home_is_not_passed_on(self) -> None:
        assert lock_told(a_lock(tells_nothing=False), [Told()]) is None

    @pytest.mark.parametrize("hidden", ["arms", "units"])
    def test_one_that_counts_what_a_claim_hides_is_not_passed_on(self, hidden: str) -> None:
        shown = [Told(), Told("C2", frozenset({hidden, "rows"}))]
        assert lock_told(a_lock(), shown) is None
        for silent in (a_lock(has_roster=False), a_lock(n_treated=None)):
            assert lock_told(silent, shown) is silent

    def test_one_that_counts_what_every_claim_shows_is_passed_on(self) -> None:
        lock = a_lock(n_treated=0)
        assert lock_told(lock, [Told("C1", frozenset({"rows"}))]) is lock


class TestTheRows:
    def test_the_first_claims_rows_are_counted(self) -> None:
        assert rows_told([Told(n_rows=42), Told("C2", frozenset({"rows"}), n_rows=7)]) == 42

    @pytest.mark.parametrize("hidden", ["rows", "left.aside"])
    def test_unless_that_would_tell_of_few(self, hidden: str) -> None:
        assert rows_told([Told(hidden=frozenset({hidden})), Told("C2")]) is None
        assert rows_told([Told(hidden=frozenset({"arms"}))]) == 42


class TestJson:
    def test_an_object_is_read(self) -> None:
        assert read_json(b'{"a":[1,2.5,null,"x"]}', "a.json") == {"a": [1, 2.5, None, "x"]}

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"[]", "no object"),
            (b'{"a":1,"a":2}', 'the key "a" stands twice'),
            (b'{"a":NaN}', "NaN is no number"),
            (b'{"a":1e999}', "Out of range"),
            (b'{"a":"\\ud800"}', "surrogates"),
            (b"{" * 3, "Expecting"),
            (b'{"a":' + b"[" * 200_000, "recursion"),
        ],
        ids=["list", "twice", "nan", "beyond all bounds", "half a letter", "no JSON", "deep"],
    )
    def test_anything_else_is_told_with_its_reason(self, content: bytes, reason: str) -> None:
        with pytest.raises(UnsafeBundleError) as raised:
            read_json(content, "a.json")
        what, where, mend = str(raised.value).splitlines()
        assert what.startswith("a.json is not the JSON it should be: ")
        assert reason in what
        assert where == "  Where: a.json"
        assert mend.startswith("  Mend:  Ask for the bundle again")


class TestThePage:
    @pytest.fixture(autouse=True)
    def _plain(self, monkeypatch):
        module = importlib.import_module("impactkit.reporting.renderers.html")
        monkeypatch.setattr(module, "html", lambda document: json.dumps(document).encode())

    def test_versions_stand_in_the_order_of_their_names(self) -> None:
        found = rendered(Evaluated(public=True, made_with={"numpy": "2", "impactkit": "1"}), "sv")
        assert json.loads(found) == [
            "sv",
            [["impactkit", "1"], ["numpy", "2"]],
            {"data.csv": "0" * 64},
        ]

    def test_rows_that_are_not_public_have_no_digest_on_it(self) -> None:
        language, versions, digests = json.loads(rendered(Evaluated(made_with={"b": "1", "a": "2"}), "en"))
        assert (language, digests) == ("en", {})
        assert versions == [["a", "2"], ["b", "1"]]
