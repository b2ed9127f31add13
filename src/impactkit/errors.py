"""Every error impactkit raises on purpose: what is wrong, where, and how to mend it.

::

    ImpactkitError
    ├── DataError            a file or a table cannot be read as it stands
    ├── StudyError           the data do not make the study the roles describe
    ├── EstimationError      the estimator cannot answer with this study
    ├── PlanError            a plan is incomplete or contradicts itself or the data
    ├── IndicatorError       an indicator is unknown or wrongly described
    ├── UsageError           a call or a command line that cannot be carried out
    └── VerificationError    a bundle cannot be read far enough to be verified
        ├── UnsafeBundleError        malformed or dangerous; nothing in it was used
        └── UnsupportedVersionError  written for a specification this version does not know
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: what, where and how to mend it.

    The three texts are templates; ``values`` fills their ``{names}``, so that the same trouble can be told
    in another language.

    Parameters
    ----------
    what, where, mend : str
        Templates in English.
    values : mapping of str to str, int or float
        What the templates name.

    Examples
    --------
    >>> Trouble("Column {name} is missing.", "data.csv", "Add it.", {"name": "year"}).lines()
    ['Column year is missing.', '  Where: data.csv', '  Mend:  Add it.']
    """

    what: str
    where: str
    mend: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the trouble as lines of English text."""
        what, where, mend = (_fill(text, self.values) for text in (self.what, self.where, self.mend))
        return [what, f"  Where: {where}", f"  Mend:  {mend}"]


def _fill(template: str, values: Mapping[str, Value]) -> str:
    return template.format(**values) if values else template


class ImpactkitError(Exception):
    """The root of every error raised on purpose.

    Parameters
    ----------
    what : str
        What is wrong, naming the value.
    where : str
        The file, row, column or key.
    mend : str
        The way out.
    values : mapping, optional
        What the three templates name.

    Examples
    --------
    >>> print(ImpactkitError("Column 'y' is missing.", where="data.csv", mend="Add the column."))
    Column 'y' is missing.
      Where: data.csv
      Mend:  Add the column.
    """

    def __init__(
        self, what: str, *, where: str, mend: str, values: Mapping[str, Value] | None = None
    ) -> None:
        self.troubles: tuple[Trouble, ...] = (Trouble(what, where, mend, values or {}),)
        super().__init__(what)

    @classmethod
    def of(cls, troubles: Sequence[Trouble]) -> ImpactkitError:
        """Make one error that reports several troubles at once."""
        first = troubles[0]
        error = cls(first.what, where=first.where, mend=first.mend, values=first.values)
        error.troubles = tuple(troubles)
        return error

    def __str__(self) -> str:
        return "\n".join(line for trouble in self.troubles for line in trouble.lines())


class DataError(ImpactkitError):
    """A file or a table cannot be read as it stands."""


class StudyError(ImpactkitError):
    """The data do not make the study the roles describe."""


class EstimationError(ImpactkitError):
    """The estimator cannot answer with this study."""


class PlanError(ImpactkitError):
    """A plan is incomplete or contradicts itself or the data."""


class IndicatorError(ImpactkitError):
    """An indicator is unknown or wrongly described."""


class UsageError(ImpactkitError):
    """A call or a command line that cannot be carried out."""


class VerificationError(ImpactkitError):
    """A bundle cannot be read far enough to be verified."""


class UnsafeBundleError(VerificationError):
    """The bundle is malformed or dangerous; nothing in it was used."""


class UnsupportedVersionError(VerificationError):
    """The bundle is written for a specification this version does not know."""
