"""A random audit of rows: which to look at, and what may be said when they have been."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import comb

from impactkit.errors import UsageError
from impactkit.verification.commitment import Commitment
from impactkit.wording import Message

Share = str | float | Decimal | Fraction


def sample_rows(commitment: Commitment, k: int, *, reviewer_seed: str) -> tuple[int, ...]:
    """Return the rows that a reviewer picks, by a draw that anyone can repeat and nobody could steer.

    Parameters
    ----------
    commitment : Commitment
        What was handed over. It must have been handed over before the seed was chosen.
    k : int
        How many rows.
    reviewer_seed : str
        What the reviewer chose and nobody could know beforehand: the throws of dice, the day's draw of a
        lottery.

    Returns
    -------
    tuple of int
        Places counted from 0, in ascending order, none twice.

    Raises
    ------
    UsageError
        If there are fewer rows, or the seed is empty.

    Notes
    -----
    S is the SHA-256 of the root and the seed in UTF-8. Block j is the SHA-256 of S and j in eight bytes, j
    from 0; its first eight bytes are a number u. A number below m is u mod m, where u from the largest
    multiple of m that 2**64 holds is passed over, so that none is likelier than another. Rows are drawn as
    by the first k steps of Fisher and Yates's shuffle: step i swaps place i with i + a number below n - i.

    Examples
    --------
    >>> import pandas as pd
    >>> from impactkit.verification.commitment import commit
    >>> commitment = commit(pd.DataFrame({"y": range(100)}), {"y": "number"}, key=bytes(range(32)))
    >>> len(sample_rows(commitment, 10, reviewer_seed="4 2 6 6 1 3 5"))
    10
    """
    n = commitment.rows
    if not 1 <= k <= n:
        raise UsageError(
            "{k} rows cannot be picked of {n}.",
            where="k",
            mend="Pick at least 1 row and at most all of them.",
            values={"k": k, "n": n},
        )
    if not reviewer_seed.strip():
        raise UsageError(
            "The seed is empty, so that anyone could know beforehand which rows are picked.",
            where="reviewer_seed",
            mend="Throw dice after the commitment has been handed over, and write down what they show.",
        )
    numbers = _numbers(
        hashlib.sha256(bytes.fromhex(commitment.root) + reviewer_seed.encode("utf-8")).digest()
    )
    moved: dict[int, int] = {}
    picked = []
    for step in range(k):
        other = step + _below(n - step, numbers)
        picked.append(moved.get(other, other))
        moved[other] = moved.get(step, step)
    return tuple(sorted(picked))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditConfidence:
    """What may be said of all rows when some have been looked at.

    Parameters
    ----------
    n_rows : int
        How many there are.
    n_checked : int
        How many were picked at random and looked at.
    n_wrong : int
        How many of these were wrong.
    confidence : Fraction
        How sure one is to be, such as 0.95.
    most_wrong : int
        The upper limit: so many wrong rows at most, among all.
    """

    n_rows: int
    n_checked: int
    n_wrong: int
    confidence: Fraction
    most_wrong: int

    @property
    def most_share(self) -> float:
        """The upper limit as a share of all rows."""
        return self.most_wrong / self.n_rows

    def that_fewer_than(self, share: Share) -> float:
        """Return how sure one may be that fewer than a share of all rows are wrong.

        Parameters
        ----------
        share : str, float or Decimal
            Above 0 and at most 1.

        Returns
        -------
        float
            One minus the chance of finding so few wrong rows if that share were wrong.
        """
        least = _least(self.n_rows, _between(share, "share"))
        return float(1 - _chance(self.n_rows, self.n_checked, n_wrong=self.n_wrong, truly=least))

    @property
    def sentence(self) -> Message:
        """What may be said, in words."""
        return Message(
            "audit.limit",
            {
                "n": self.n_rows,
                "k": self.n_checked,
                "wrong": self.n_wrong,
                "confidence": float(self.confidence) * 100,
                "most": self.most_wrong,
                "share": self.most_share * 100,
            },
        )


def audit_confidence(n_rows: int, k: int, *, wrong: int = 0, confidence: Share = "0.95") -> AuditConfidence:
    """Return what may be said of all rows when k picked at random have been looked at.

    Parameters
    ----------
    n_rows : int
        How many rows there are.
    k : int
        How many were looked at.
    wrong : int
        How many of these were wrong.
    confidence : str, float or Decimal
        How sure one is to be.

    Returns
    -------
    AuditConfidence
        The exact one-sided limit of the hypergeometric law: the largest number of wrong rows with which
        finding at most so many is likelier than one minus the confidence.

    Raises
    ------
    UsageError
        If the numbers cannot be.

    References
    ----------
    .. [1] Buonaccorsi, J. P. (1987). A note on confidence intervals for proportions in finite populations.
       *The American Statistician*, 41(3).

    Examples
    --------
    >>> found = audit_confidence(100_000, 59)
    >>> found.most_wrong, round(found.that_fewer_than("0.05"), 4)
    (4949, 0.9515)
    """
    sure = _between(confidence, "confidence")
    if not (1 <= k <= n_rows and 0 <= wrong <= k) or sure == 1:
        raise UsageError(
            "{wrong} wrong of {k} rows looked at, of {n} in all, with confidence {confidence}, cannot be.",
            where="audit_confidence",
            mend="Look at no more rows than there are, and choose a confidence below 1.",
            values={"wrong": wrong, "k": k, "n": n_rows, "confidence": str(confidence)},
        )
    low, high = wrong, n_rows - (k - wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if _chance(n_rows, k, n_wrong=wrong, truly=middle) > 1 - sure:
            low = middle
        else:
            high = middle - 1
    return AuditConfidence(n_rows=n_rows, n_checked=k, n_wrong=wrong, confidence=sure, most_wrong=low)


def rows_needed(confidence: Share, share: Share, *, n_rows: int | None = None) -> int:
    """Return how many rows to look at, all found right, to be sure that fewer than a share are wrong.

    Parameters
    ----------
    confidence : str, float or Decimal
        How sure one is to be, below 1.
    share : str, float or Decimal
        The share, above 0 and at most 1.
    n_rows : int, optional
        How many rows there are; without end when left out, which asks for a few more.

    Returns
    -------
    int
        The smallest number that will do.

    Raises
    ------
    UsageError
        If the shares are not between 0 and 1, or there are no rows.

    Examples
    --------
    >>> rows_needed("0.95", "0.05"), rows_needed("0.95", "0.05", n_rows=200)
    (59, 51)
    """
    sure, wrong = _between(confidence, "confidence"), _between(share, "share")
    if sure == 1 or (n_rows is not None and n_rows < 1):
        raise UsageError(
            "No number of rows gives confidence {confidence} about {n} rows.",
            where="rows_needed",
            mend="Choose a confidence below 1, and count the rows.",
            values={"confidence": str(confidence), "n": "–" if n_rows is None else n_rows},
        )

    def is_enough(k: int) -> bool:
        if n_rows is None:
            return (1 - wrong) ** k <= 1 - sure
        return _chance(n_rows, k, n_wrong=0, truly=_least(n_rows, wrong)) <= 1 - sure

    low, high = 0, 1
    while not is_enough(high):
        low, high = high, 2 * high if n_rows is None else min(2 * high, n_rows)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _chance(n_rows: int, k: int, *, n_wrong: int, truly: int) -> Fraction:
    """Return the chance of finding at most n_wrong of k rows wrong if so many truly are."""
    ways = sum(comb(truly, i) * comb(n_rows - truly, k - i) for i in range(n_wrong + 1))
    return Fraction(ways, comb(n_rows, k))


def _least(n_rows: int, share: Fraction) -> int:
    """Return the smallest number of rows that is at least a share of all."""
    return -int(-share * n_rows // 1)


def _between(value: Share, name: str) -> Fraction:
    try:
        found = Fraction(str(value))
    except ValueError:
        found = Fraction(0)
    if not 0 < found <= 1:
        raise UsageError(
            "{name} = {value} is not above 0 and at most 1.",
            where="{name}",
            mend='Write 95 per cent as "0.95".',
            values={"name": name, "value": str(value)},
        )
    return found


def _numbers(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        yield int.from_bytes(hashlib.sha256(seed + block.to_bytes(8, "big")).digest()[:8], "big")
        block += 1


def _below(bound: int, numbers: Iterator[int]) -> int:
    even = 2**64 - 2**64 % bound
    return next(number for number in numbers if number < even) % bound
