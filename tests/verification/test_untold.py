"""A written report that says what the bundle says passes; every other number or verdict is listed."""

import json

import pytest

import impactkit as ik
from impactkit import examples
from impactkit.errors import UsageError
from impactkit.provenance import canonical_json
from impactkit.verification.bundle import Bundle, open_bundle
from impactkit.verification.seal import seal
from impactkit.verification.told_numbers import ToldNumbers, told_numbers
from impactkit.verification.untold import Untold, checked, untold_numbers
from impactkit.verification.written_numbers import written_numbers
from impactkit.verification.written_text import written_text


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """The examples, sealed with their reports."""
    folder = tmp_path_factory.mktemp("bundles")
    made = {}
    for example in examples.ALL:
        for language in ("sv", "en"):
            name = f"{example.name}-{language}"
            plan = examples.copy_example(example.name, folder / name, language=language)
            made[name] = open_bundle(seal(ik.evaluate(plan), folder / f"{name}.zip", language=language))
    return made


@pytest.fixture(scope="module")
def norrgarden(bundles):
    return bundles["norrgarden-sv"]


@pytest.fixture(scope="module")
def star(bundles):
    return bundles["star-en"]


def untold(text, bundle):
    return [(one.kind, one.text) for one in checked(written_text(text.encode(), "r.txt"), bundle).untold]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", [example.name for example in examples.ALL])
def test_a_bundles_own_report_passes(bundles, name, language):
    bundle = bundles[f"{name}-{language}"]
    found = checked(written_text(bundle.members["report.html"], "report.html"), bundle)
    assert (found.untold, found.exit_code) == ((), 0)
    assert found.n_numbers > 100


SWEDISH = """# Uppföljning av gårdarna

1. Nöjda med utemiljön (C1) steg med 6,1 procentenheter (95 % konfidens: −8,0 till 20,3).
2. Planen är från den 1 september 2022 och målet var minst 5 procentenheter till 2025.

Nöjdheten var 47,8 procent år 2019 och 55,3 procent 2025, i 2 av 7 områden (tabell 3). Lånet är på
98 miljoner kronor, varav 61 miljoner är utbetalda, och finansierar 80 procent.
Målgruppen är cirka 900 personer.
C1 kan inte avgöras: intervallet är för brett. Frågor: 070-123 45 67. Se avsnitt 4.2 i rapport 2023/114.
"""
ENGLISH = """The change in C1 was +6.1 percentage points (95% confidence: −8.0 to 20.3), grade 1 of 5.
The plan was decided on September 1, 2022. The loan is 98 million. Satisfaction was 47.8 in 2019.
C1 is inconclusive.
"""


@pytest.mark.parametrize("text", [SWEDISH, ENGLISH], ids=["sv", "en"])
def test_a_true_text_passes(norrgarden, text):
    assert untold(text, norrgarden) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "listed"),
    [
        (SWEDISH, "6,1 procent", "7,4 procent", [("number", "7,4")]),
        (SWEDISH, "till 20,3", "till −20,3", [("number", "−20,3")]),
        (SWEDISH, "20,3", "23,0", [("number", "23,0")]),
        (SWEDISH, "98 miljoner", "89 miljoner", [("number", "89")]),
        (SWEDISH, "900", "9 000", [("number", "9 000")]),
        (SWEDISH, "1 september 2022", "1 juli 2022", [("date", "2022-07-01")]),
        (SWEDISH, "år 2019", "år 2016", [("year", "2016")]),
        (SWEDISH, "C1 kan inte avgöras", "C1 är visat", [("verdict", "är visat")]),
        (SWEDISH, "C1 kan inte avgöras", "C1 motsägs", [("verdict", "motsägs")]),
        (ENGLISH, "+6.1", "−6.1", [("number", "−6.1")]),
        (ENGLISH, "47.8", "43.8", [("number", "43.8")]),
        (ENGLISH, "September 1,", "September 2,", [("date", "2022-09-02")]),
        (ENGLISH, "C1 is inconclusive", "C1 is partly supported", [("verdict", "partly supported")]),
        (ENGLISH, "C1 is inconclusive", "There is no doubt that C1 is supported", [("verdict", "supported")]),
        (ENGLISH, "C1 is inconclusive", "It has been shown that it works", [("verdict", "has been shown")]),
    ],
)
def test_what_was_tampered_with_is_listed(norrgarden, text, old, new, listed):
    assert old in text
    assert untold(text.replace(old, new), norrgarden) == listed


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("C1 is supported.", []),
        ("C1 is proven.", []),
        ("C1 is not supported.", ["supported"]),
        ("C1 isn't supported.", ["supported"]),
        ("C1 cannot be called supported.", ["supported"]),
        ("C1 stöds inte.", ["stöds"]),
        ("C1 is contradicted.", ["contradicted"]),
        ("C1 stöds delvis.", ["stöds delvis"]),
        ("C1 kan inte bedömas.", ["kan inte bedömas"]),
        ("“Supported” is a word, and so is “contradicted”.", []),
        ("It is supported.", []),
        ("It is not supported.", []),
        ("It is inconclusive.", ["inconclusive"]),
        ("C11 is contradicted, XC1 too.", ["contradicted"]),
    ],
)
def test_verdicts_are_held_against_those_of_the_claims(star, text, listed):
    assert [text for kind, text in untold(text, star) if kind == "verdict"] == listed


def test_a_claim_is_known_by_its_indicators_name(norrgarden):
    (found,) = checked(written_text("Nöjda med utemiljön: belagt.".encode(), "r.txt"), norrgarden).untold
    assert (found.claim, found.verdict) == ("C1", "inconclusive")
    said = "Rad 1: ”belagt” är inte vad paketet säger om C1; utslaget är: Kan inte avgöras."
    assert found.sentence("sv").startswith(said)


def test_one_of_several_claims_may_have_the_verdict(norrgarden):
    results = json.loads(json.dumps(norrgarden.results))
    results["results"][1]["verdict"]["status"] = "supported"
    bundle = with_results(norrgarden, results)
    assert untold("Both C1 and C2 are supported.", bundle) == []
    assert untold("One claim is supported.", bundle) == []
    assert untold("C1 is supported.", bundle) == [("verdict", "supported")]


def with_results(bundle, results):
    members = {**bundle.members, "results.json": canonical_json(results)}
    return Bundle(archive=b"", members=members, manifest=bundle.manifest, results=results)


def test_without_a_named_claim_no_verdict_is_told(norrgarden, star):
    (found,) = checked(written_text(b"It is proven.", "r.txt"), norrgarden).untold
    assert (found.claim, found.verdict) == ("", "")
    assert "the verdict is: another" in found.sentence("en")
    only = with_results(star, {**star.results, "results": star.results["results"][:1], "conclusion": None})
    (found,) = checked(written_text(b"It is refuted.", "r.txt"), only).untold
    assert (found.claim, found.verdict) == ("", "supported")


def test_a_conclusion_may_be_missing(norrgarden):
    bundle = with_results(norrgarden, {**norrgarden.results, "conclusion": None})
    assert untold("It is inconclusive.", bundle) == []


def test_every_finding_has_its_place_and_words_around(norrgarden):
    text = "Rad ett.\n\n" + "ord " * 30 + "och effekten blev 77,77 procentenheter enligt den" + " ord" * 30
    (found,) = checked(written_text(text.encode(), "r.txt"), norrgarden).untold
    assert (found.where, found.place) == ("line", 3)
    assert found.around.startswith("…")
    assert "effekten blev 77,77 procentenheter enligt" in found.around
    assert found.around.endswith("ord…")
    assert found.sentence("sv").startswith("Rad 3: 77,77 följer inte av paketet. ”…")
    short = Untold(text="1", kind="year", where="paragraph", place=2, around="a")
    assert short.sentence("en") == "Paragraph 2: the year 1 does not occur in the bundle. “a”"


class TestTold:
    TOLD = ToldNumbers(
        sizes=(0.0, 0.05, 2.35, 6.14, 2300.0, 61e6),
        signs=(0, 1, -1, 1, 1, 1),
        days=frozenset({"2022-09-01", "--09-01"}),
        years=frozenset({2022}),
    )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("6,14", True),
            ("6,1", True),
            ("6", True),
            ("+6", True),
            ("−6", False),
            ("7", False),
            ("6,2", False),
            ("6,15", False),
            ("6,140", True),
            ("6,13", False),
            ("2,4", True),
            ("2,3", True),
            ("−2,35", True),
            ("+2,35", False),
            ("0", True),
            ("−0,0", True),
            ("5 %", True),
            ("5", False),
            ("5,1 %", False),
            ("2,300", True),
            ("2.300", True),
            ("2 300", True),
            ("61 miljoner", True),
            ("61,0 mnkr", True),
            ("61 tusen", False),
            ("62 miljoner", False),
            ("6 0", True),
            ("6 300", False),
            ("2022", True),
            ("2023", False),
            ("1 september 2022", True),
            ("1 september", True),
            ("2 september 2022", False),
        ],
    )
    def test_a_number_follows_when_one_rounds_to_it(self, text, expected):
        assert all(self.TOLD.tells(one) for one in written_numbers(text)) is expected

    def test_an_ordinary_space_may_part_two_numbers(self):
        told = ToldNumbers(sizes=(6.0, 300.0), signs=(1, 1), days=frozenset(), years=frozenset())
        assert told.tells(written_numbers("6 300")[0])
        assert not told.tells(written_numbers("6\u00a0300")[0])

    def test_what_nobody_tells_is_not_told(self, norrgarden):
        results = {
            **norrgarden.results,
            "seed": 123456789.0,
            "extra": [True, "987", {"influence": [777.777]}],
        }
        told = told_numbers(with_results(norrgarden, results))
        assert not [number for number in (123456789.0, 777.777) if number in told.sizes]
        assert list(told.sizes) == sorted(told.sizes)
        assert len(told.sizes) == len(told.signs)


def test_the_record_tells_all(norrgarden):
    record = checked(written_text(b"77.77", "r.txt"), norrgarden).to_record()
    assert (record["exit_code"], record["n_numbers"], record["unread"]) == (1, 1, [])
    (one,) = record["untold"]
    assert (one["text"], one["kind"], one["line"], one["around"]) == ("77.77", "number", 1, "77.77")


def test_a_report_of_another_kind_is_refused(norrgarden, tmp_path):
    (tmp_path / "r.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(UsageError):
        untold_numbers(tmp_path / "r.pdf", norrgarden)
