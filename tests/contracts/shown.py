"""One of each public noun, plain and with hostile texts, and a reader of what they show of themselves."""

from __future__ import annotations

import inspect
import re
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

import impactkit as ik
from impactkit.data.evidence import Page
from impactkit.effects import estimators
from impactkit.errors import Trouble
from impactkit.indicators.regions import Region
from impactkit.indicators.words import Words
from impactkit.verification.verification import Step
from impactkit.wording import Message

HOSTILE = "<script>alert('1')</script>\"&{x}<img src=x onerror=y>"
PLAIN = "lugna kvällar"
SHELVED = {
    **{name: getattr(ik.sources, name) for name in ik.sources.__all__},
    **{name: getattr(ik.plans, name) for name in ("EffectChain", "Project", "Receipt")},
}
PUBLIC = SHELVED | {
    name: found
    for name in ik.__all__
    if inspect.isclass(found := getattr(ik, name)) and not issubclass(found, Exception)
}
METHODS = {part.__name__ for part in estimators.ALL}


@cache
def everything(text: str) -> dict[str, Any]:
    """Return one of each public class by its name, with a text of somebody's wherever one is taken."""
    return {
        **{name: PUBLIC[name]() for name in METHODS & PUBLIC.keys()},
        **_indicators(text),
        **_recorded(text),
        **_found(text),
        **_planned(text),
    }


def _indicators(text: str) -> dict[str, Any]:
    words = Words(sv=text, en=text)
    item = ik.Catalogue.default()["safety/feels-safe-after-dark"].model_copy(
        update={"name": words, "definition": words, "unit": words}
    )
    chain = ik.plans.EffectChain.of("housing")
    trap = chain.traps[0].model_copy(update={"text": words})
    chain = chain.model_copy(update={"target_groups": (words,), "traps": (trap,)})
    regions = ik.sources.Regions([Region(code="0180", kind="municipality", name=text)])
    return {"Indicator": item, "Catalogue": ik.Catalogue([item]), "EffectChain": chain, "Regions": regions}


def _recorded(text: str) -> dict[str, Any]:
    wave = pd.DataFrame({"who": ["a", "b"], "y": [1.0, 2.0]})
    page = Page(url=f"https://api.kolada.se/v3/{text}", fetched="2026-01-02T03:04:05Z", body="{}")
    fault = ik.Fault(
        file=text,
        cell="B3",
        column=text,
        value=text,
        problem="{value} is a group of municipalities: its values are unweighted means of its members.",
        mend="Compare with the members one by one, or say in the report that the mean is unweighted.",
        count=3,
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "safe.csv"
        file.write_text("kommun;år;trygga\n0114;2023;41,5\n0180;2023;62,0\n", "utf-8")
        read = ik.read(file, layout=ik.Layout(values={"trygga": "safety/feels-safe-after-dark"}))
    return {
        "Observations": replace(read, file=text, warnings=(replace(fault, severity="warning"),) * 7),
        "Pairing": ik.pair(wave, wave, key="who"),
        "Fault": fault,
        "Evidence": ik.sources.Evidence(service="kolada", pages=(page,) * 5),
        "Layout": ik.Layout(unit=text, values={text: text}, by=(text, "kön")),
        "Query": ik.sources.Query(f"select '{text}'", sqlite3.connect(":memory:")),
        "Kolada": ik.sources.Kolada(cache=text, offline=True),
        "PxWeb": ik.sources.PxWeb(address=text),
    }


def _found(text: str) -> dict[str, Any]:
    rows = [(unit, year) for unit in range(24) for year in (2021, 2022, 2023)]
    frame = pd.DataFrame(rows, columns=[f"unit {text}", f"year {text}"])
    frame[f"start {text}"] = [2023 if unit < 10 else 0 for unit, _ in rows]
    frame[text] = [float(unit * 7 % 5 + 2 * (year == 2023 and unit < 10)) for unit, year in rows]
    study = ik.Study(
        frame, outcome=text, unit=f"unit {text}", time=f"year {text}", first_treated=f"start {text}"
    )
    found = ik.DifferenceInDifferences().estimate(study)
    estimate = replace(found, warnings=(Message("estimate.dropped", {"name": text}),))
    checks = ik.check(study, estimate)
    reason = Message("estimate.dropped", {"name": text})
    graded = replace(ik.grade(estimate, checks), open_questions=(reason,))
    verdict = replace(ik.judge(_claim(text), estimate, graded), claim=text, minimum_detectable=1.0)
    failed = Step(
        name="digests",
        state="fail",
        sentence=Message("estimate.dropped", {"name": text}),
        troubles=(Trouble("Line {line} is wrong.", "{file}", "Mend it.", {"line": 3, "file": text}),),
    )
    return {
        "Study": study,
        "Estimate": estimate,
        "Interval": ik.Interval.undefined(1.0, level=0.95, reason=reason),
        "CheckResult": replace(checks[0], sentence=reason),
        "EvidenceGrade": graded,
        "Claim": _claim(text),
        "Verdict": replace(verdict, reasons=(reason,)),
        "Verification": ik.Verification.of([failed], verdicts={text: "inconclusive"}),
    }


def _claim(text: str) -> ik.Claim:
    return ik.Claim(
        id="C1",
        indicator=text,
        unit=text,
        role="primary",
        change="increase",
        minimum_effect="2.5",
        target="60",
        by=2023,
        subgroup={"column": text, "value": text},
        data_source=text,
        validation_method=text,
        accept={"definition_break": f"Because it was agreed beforehand: {text}"},
    )


def _planned(text: str) -> dict[str, Any]:
    read = ik.Plan.read(str(files("impactkit.examples") / "norrgarden"))
    project = read.project.model_copy(update={"name": text, "need": text, "responsible": text})
    plan = read.model_copy(update={"project": project, "claims": (_claim(text), *read.claims[1:])})
    kept = read.model_copy(update={"project": project})
    lock = ik.lock(kept, now=datetime(2026, 1, 2, tzinfo=UTC))
    evaluation = replace(ik.evaluate(read, exploratory=True), plan=kept)
    receipt = ik.plans.Receipt(
        project=text,
        borrower=text,
        loan_sek=98_000_000,
        lock_digest=lock.digest,
        plan_digest=lock.plan_digest,
        amendment_head=None,
        ledger_head=None,
        locked_on=lock.locked_on,
        received_on=date(2025, 1, 2),
        received_by=text,
    )
    return {
        "Plan": plan,
        "Project": project,
        "Lock": lock,
        "Receipt": receipt,
        "Evaluation": evaluation,
        "Report": evaluation.report(),
    }


@dataclass
class Seen:
    """What a card is made of.

    Parameters
    ----------
    tags : list of (tag, attributes)
        As they are opened.
    texts : list of (tag, text)
        What stands in captions, headings, cells, paragraphs.
    unclosed : list of str
        Tags that were opened and not closed, or closed out of turn.
    """

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def told(self, *tags: str) -> list[str]:
        return [text for tag, text in self.texts if tag in tags]

    @property
    def declarations(self) -> list[tuple[str, str, str]]:
        """Every declaration of style: the tag it stands on, what is set, and to what."""
        return [
            (tag, *(part.strip() for part in said.split(":", 1)))
            for tag, attributes in self.tags
            for said in attributes.get("style", "").split(";")
            if said.strip()
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.open = Seen(), []
        self.held: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag != "br":
            self.open.append(tag)
            self.held.append([])
        else:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.seen.unclosed.append(tag)
            return
        self.seen.texts.append((self.open.pop(), text := "".join(self.held.pop())))
        if self.held:
            self.held[-1].append(f" {text} ")

    def handle_data(self, data: str) -> None:
        if self.held:
            self.held[-1].append(data)


def seen_in(html: str) -> Seen:
    """Read a card the way a browser does."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.seen.unclosed += reader.open
    return reader.seen


def plainly(text: str) -> str:
    """Return a text with every run of space as one."""
    return re.sub(r"\s+", " ", text).strip()
