"""Which rows are picked, and what may be said of the rest."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from impactkit.errors import UsageError
from impactkit.verification.commitment import Commitment
from impactkit.verification.row_audit import AuditConfidence, audit_confidence, rows_needed, sample_rows


def committed(rows, root="ab" * 32):
    return Commitment(columns=({"name": "a", "kind": "text"},), rows=rows, fingerprint="0" * 64, root=root)


def by_hand(root, seed, *, n, k):
    """Return the draw as the docstring describes it, on a list of all rows."""
    start = hashlib.sha256(bytes.fromhex(root) + seed.encode()).digest()
    block, rows = 0, list(range(n))
    for step in range(k):
        m = n - step
        while True:
            u = int.from_bytes(hashlib.sha256(start + block.to_bytes(8, "big")).digest()[:8], "big")
            block += 1
            if u < (2**64 // m) * m:
                break
        other = step + u % m
        rows[step], rows[other] = rows[other], rows[step]
    return tuple(sorted(rows[:k]))


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 1), (2, 2), (10, 3), (10, 10), (1000, 59), (97, 96)])
@pytest.mark.parametrize("seed", ["1 2 3", "tärning"])
def test_the_draw_is_the_one_described(n, k, seed):
    picked = sample_rows(committed(n), k, reviewer_seed=seed)
    assert picked == by_hand("ab" * 32, seed, n=n, k=k)
    assert len(set(picked)) == k and min(picked) >= 0 and max(picked) < n


def test_the_draw_is_pinned():
    assert sample_rows(committed(1000), 5, reviewer_seed="4 2 6") == (97, 541, 609, 740, 830)


def test_another_seed_or_root_is_another_draw():
    draws = {
        sample_rows(committed(10**6), 5, reviewer_seed="a"),
        sample_rows(committed(10**6), 5, reviewer_seed="b"),
        sample_rows(committed(10**6, "cd" * 32), 5, reviewer_seed="a"),
    }
    assert len(draws) == 3


def test_every_row_is_as_likely():
    counts = np.zeros(7)
    for seed in range(4000):
        counts[list(sample_rows(committed(7), 3, reviewer_seed=str(seed)))] += 1
    assert stats.chisquare(counts).pvalue > 1e-4
    assert counts.sum() == 12000


def test_numbers_that_would_make_some_rows_likelier_are_passed_over():
    from impactkit.verification.row_audit import _below

    even = 2**64 - 2**64 % 3
    assert _below(3, iter([even, 2**64 - 1, even - 1])) == (even - 1) % 3
    assert _below(1, iter([2**64 - 1])) == 0
    assert _below(2**63, iter([2**63 + 5])) == 5


@pytest.mark.parametrize("k", [0, -1, 11])
def test_more_rows_than_there_are_cannot_be_picked(k):
    with pytest.raises(UsageError, match=f"{k} rows cannot be picked of 10"):
        sample_rows(committed(10), k, reviewer_seed="x")


@pytest.mark.parametrize("seed", ["", "  \n"])
def test_an_empty_seed_is_refused(seed):
    with pytest.raises(UsageError, match="seed is empty"):
        sample_rows(committed(10), 1, reviewer_seed=seed)


def test_59_clean_rows_tell_that_fewer_than_5_per_cent_are_wrong():
    found = audit_confidence(10**6, 59)
    assert found.that_fewer_than("0.05") == pytest.approx(1 - 0.95**59, abs=1e-4)
    assert found.that_fewer_than("0.05") > 0.95 > audit_confidence(10**6, 58).that_fewer_than("0.05")
    assert found.most_share < 0.05 <= audit_confidence(10**6, 58).most_share


CASES = [
    (100, 59, 0),
    (100, 100, 0),
    (100, 100, 3),
    (1000, 59, 1),
    (5000, 200, 7),
    (50, 1, 0),
    (50, 1, 1),
    (10, 9, 4),
]


@pytest.mark.parametrize(("n", "k", "wrong"), CASES)
@pytest.mark.parametrize("confidence", ["0.95", 0.9, "0.99"])
def test_the_limit_is_that_of_the_hypergeometric_law(n, k, wrong, confidence):
    found = audit_confidence(n, k, wrong=wrong, confidence=confidence)
    alpha = 1 - float(confidence)
    possible = np.arange(wrong, n - (k - wrong) + 1)
    chances = stats.hypergeom.cdf(wrong, n, possible, k)
    assert found.most_wrong == possible[chances > alpha + 1e-12].max()
    assert found == AuditConfidence(
        n_rows=n,
        n_checked=k,
        n_wrong=wrong,
        confidence=Fraction(str(confidence)),
        most_wrong=found.most_wrong,
    )


@pytest.mark.parametrize(("n", "k", "wrong"), CASES)
@pytest.mark.parametrize("share", ["0.05", 0.1, "1"])
def test_confidence_about_a_share_is_that_of_the_hypergeometric_law(n, k, wrong, share):
    least = int(np.ceil(float(share) * n - 1e-9))
    expected = 1 - stats.hypergeom.cdf(wrong, n, least, k)
    assert audit_confidence(n, k, wrong=wrong).that_fewer_than(share) == pytest.approx(expected, abs=1e-9)


def test_all_rows_looked_at_leave_no_doubt():
    assert audit_confidence(80, 80, wrong=2).most_wrong == 2
    assert audit_confidence(80, 80, wrong=2).that_fewer_than("0.05") == 1.0
    assert audit_confidence(80, 80, wrong=4).that_fewer_than("0.05") == 0.0


@pytest.mark.parametrize(
    ("confidence", "share", "n_rows", "needed"),
    [
        ("0.95", "0.05", None, 59),
        (0.95, 0.05, None, 59),
        ("0.99", "0.05", None, 90),
        ("0.95", "0.01", None, 299),
        ("0.5", "0.5", None, 1),
        ("0.5", "1", None, 1),
        ("0.95", "1", 40, 1),
        ("0.95", "0.05", 10**9, 59),
        ("0.95", "0.05", 20, 19),
        ("0.95", "0.001", 20, 19),
        ("0.999999", "0.01", 20, 20),
        ("0.95", "0.5", 1, 1),
        ("0.9", "0.3", 3, 3),
    ],
)
def test_how_many_rows_are_needed(confidence, share, n_rows, needed):
    assert rows_needed(confidence, share, n_rows=n_rows) == needed


@pytest.mark.parametrize("n", [10, 57, 400])
@pytest.mark.parametrize("share", ["0.02", "0.1", "0.37"])
def test_so_many_rows_are_needed_and_no_fewer(n, share):
    needed = rows_needed("0.95", share, n_rows=n)
    assert audit_confidence(n, needed).that_fewer_than(share) >= 0.95
    assert needed == 1 or audit_confidence(n, needed - 1).that_fewer_than(share) < 0.95
    assert needed <= rows_needed("0.95", share)


@pytest.mark.parametrize(
    ("n", "k", "wrong", "confidence"),
    [(10, 0, 0, "0.95"), (10, 11, 0, "0.95"), (10, 5, 6, "0.95"), (10, 5, -1, "0.95"), (10, 5, 0, 1)],
)
def test_numbers_that_cannot_be_are_refused(n, k, wrong, confidence):
    with pytest.raises(UsageError, match=f"{wrong} wrong of {k} rows looked at, of {n} in all"):
        audit_confidence(n, k, wrong=wrong, confidence=confidence)


@pytest.mark.parametrize("value", ["0", "-0.1", "1.01", "95 %", "nan"])
@pytest.mark.parametrize("which", ["confidence", "share"])
def test_a_share_that_is_none_is_refused(which, value):
    given = {"confidence": "0.95", "share": "0.05"} | {which: value}
    with pytest.raises(UsageError, match=f"{which} = {value} is not above 0"):
        rows_needed(**given)


@pytest.mark.parametrize("value", ["0", "2"])
def test_the_share_that_is_none_is_named(value):
    with pytest.raises(UsageError) as caught:
        audit_confidence(10, 5).that_fewer_than(value)
    assert caught.value.troubles[0].values == {"name": "share", "value": value}
    with pytest.raises(UsageError) as caught:
        audit_confidence(10, 5, confidence=value)
    assert caught.value.troubles[0].values == {"name": "confidence", "value": value}


@pytest.mark.parametrize(("n_rows", "told"), [(None, "–"), (0, 0)])
def test_the_number_of_rows_is_told(n_rows, told):
    with pytest.raises(UsageError) as caught:
        rows_needed("1", "0.05", n_rows=n_rows)
    assert caught.value.troubles[0].values == {"confidence": "1", "n": told}


@pytest.mark.parametrize(("confidence", "n_rows"), [("1", None), ("1", 10), ("0.95", 0), ("0.95", -3)])
def test_no_number_of_rows_gives_certainty_or_tells_of_nothing(confidence, n_rows):
    with pytest.raises(UsageError, match="No number of rows gives confidence"):
        rows_needed(confidence, "0.05", n_rows=n_rows)


def test_the_statement_is_said_in_both_languages():
    found = audit_confidence(2000, 59)
    assert found.most_wrong == 97
    assert found.sentence.text("en") == (
        "Of 59 rows picked at random, 0 were wrong. "
        "With 95% confidence, at most 97 of all 2,000 rows (4.9%) are wrong."
    )
    assert found.sentence.text("sv") == (
        "Av 59 slumpvis valda rader var 0 fel. "
        "Med 95 procents säkerhet är högst 97 av alla 2\u00a0000 rader (4,9 %) fel."
    )
    told = dict(found.sentence.values)
    assert told.pop("share") == pytest.approx(4.85)
    assert told == {"n": 2000, "k": 59, "wrong": 0, "confidence": 95.0, "most": 97}
