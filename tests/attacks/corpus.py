"""Ways to fool a reviewer, by threat: each alters an honest bundle as a careful forger would.

The forger makes every digest, manifest and description fit. What gives the bundle away is named: the step
that fails, and the sentence it says.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from impactkit.provenance import canonical_json

PLAN, LOCK, RESULTS, REPORT = "plan/plan.toml", "plan/plan.lock.json", "results.json", "report.html"
DATA = "data/data.csv"
HEAD = ("results", 0, "estimate", "terms", 0, "interval")


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One way to fool a reviewer.

    Parameters
    ----------
    threat : str
        T1 to T13.
    name : str
        What is done.
    change : callable
        Alters the members; what it returns is written over the manifest.
    step : str
        The step that gives it away.
    code : str
        The sentence it says.
    exit_code : int
        What verify returns.
    """

    threat: str
    name: str
    change: Callable[[dict[str, bytes]], dict[str, object] | None]
    step: str
    code: str
    exit_code: int = 1

    def __str__(self):
        return f"{self.threat}-{self.name}".replace(" ", "_")


def both(*changes):
    def change(members):
        for each in changes:
            each(members)

    return change


def edit(name, old, new, count=1):
    """Replace a text in a member; the test fails if it is not there."""

    def change(members):
        assert old.encode() in members[name], old
        members[name] = members[name].replace(old.encode(), new.encode(), count)

    return change


def rewrite(name, pattern, new):
    """Replace what matches a pattern in a member; the test fails if nothing does."""

    def change(members):
        text, n = re.subn(pattern, new, members[name].decode(), flags=re.MULTILINE)
        assert n, pattern
        members[name] = text.encode()

    return change


def put(place, value):
    """Write a value into results.json."""

    def change(members):
        results = json.loads(members[RESULTS])
        target = results
        for part in place[:-1]:
            target = target[part]
        assert target[place[-1]] != value
        target[place[-1]] = value
        members[RESULTS] = canonical_json(results)

    return change


def drop(place):
    """Take an entry out of results.json."""

    def change(members):
        results = json.loads(members[RESULTS])
        target = results
        for part in place[:-1]:
            target = target[part]
        del target[place[-1]]
        members[RESULTS] = canonical_json(results)

    return change


def everywhere(old, new):
    """Replace a text in plan, lock, results and report alike, as if it had always been so."""

    def change(members):
        for name in (PLAN, LOCK, RESULTS, REPORT):
            members[name] = members[name].replace(old.encode(), new.encode())

    return change


def claim_gone(members):
    """Take the second claim out of the plan."""
    text = members[PLAN].decode()
    members[PLAN] = re.sub(
        r'\[\[claims\]\]\nid = "C2".*?(?=\[circumstances\])', "", text, flags=re.DOTALL
    ).encode()
    assert members[PLAN].decode() != text


def relocked(members):
    """Write a lock that fits the plan as it stands, with an earlier clock."""
    import tomllib

    from impactkit.plans import Plan

    plan = Plan.of(tomllib.loads(members[PLAN].decode()))
    lock = {**json.loads(members[LOCK]), "plan": plan.content(), "plan_digest": plan.digest}
    members[LOCK] = canonical_json(lock)
    return {"plan_digest": plan.digest}


def then_relocked(*changes):
    """Alter plan and results, and lock the altered plan anew: only a receipt from before can tell."""

    def change(members):
        for each in changes:
            each(members)
        return relocked(members)

    return change


def swapped_claims(members):
    results = json.loads(members[RESULTS])
    results["results"].reverse()
    members[RESULTS] = canonical_json(results)


def rows(choose):
    """Keep the rows of the data for which a function of their cells gives a row."""

    def change(members):
        header, *lines = members[DATA].decode().splitlines()
        kept = [choose(line.split(";")) for line in lines]
        found = [";".join(row) for row in kept if row is not None]
        assert found != lines
        members[DATA] = "\n".join([header, *found, ""]).encode()

    return change


def shifted(year, by):
    """Move every outcome of the treated in a year."""

    def one(cells):
        if cells[2] == year and cells[3] == "1":
            cells[5] = str(round(float(cells[5].replace(",", ".")) + by, 1)).replace(".", ",")
        return cells

    return rows(one)


def twice(members):
    lines = members[DATA].decode().splitlines()
    members[DATA] = "\n".join([*lines, lines[-1], ""]).encode()


T1 = [
    ("a claim left out of the results", drop(("results", 1)), "completeness", "claims"),
    (
        "a claim left out of the plan and the results",
        both(claim_gone, drop(("results", 1))),
        "lock",
        "other_plan",
    ),
    ("the claims in another order", swapped_claims, "completeness", "claims"),
    ("a claim told under another name", put(("results", 1, "claim"), "C3"), "completeness", "claims"),
    ("a claim told twice", put(("results", 1, "claim"), "C1"), "completeness", "claims"),
    (
        "another indicator",
        edit(PLAN, "satisfied-with-outdoor", "satisfied-with-indoor"),
        "lock",
        "other_plan",
    ),
    ("no claims at all", put(("results",), []), "completeness", "claims"),
    (
        "a failure called secondary",
        edit(PLAN, 'role = "guardrail"', 'role = "secondary"'),
        "lock",
        "other_plan",
    ),
    (
        "a claim left out and the plan locked anew",
        then_relocked(claim_gone, drop(("results", 1))),
        "handed_over",
        "other",
    ),
]
T2 = [
    ("a smaller promise", edit(PLAN, 'minimum_effect = "5"', 'minimum_effect = "1"'), "lock", "other_plan"),
    ("a smaller promise in lock and plan", everywhere('"5"', '"1"'), "lock", "other_plan"),
    (
        "the promise turned round",
        edit(PLAN, 'change = "increase"', 'change = "decrease"'),
        "lock",
        "other_plan",
    ),
    ("harm called good", edit(PLAN, 'harm = "increase"', 'harm = "decrease"'), "lock", "other_plan"),
    ("an earlier year", edit(PLAN, "by = 2025", "by = 2024"), "lock", "other_plan"),
    ("a kinder level", edit(PLAN, 'alpha = "0.05"', 'alpha = "0.30"'), "lock", "other_plan"),
    ("a kinder level in the lock", edit(LOCK, '"alpha":"0.05"', '"alpha":"0.30"'), "lock", "unsound"),
    ("the threshold in the verdict", put(("results", 0, "verdict", "threshold"), 1.0), "verdict", "differ"),
    (
        "a smaller promise and the plan locked anew",
        then_relocked(edit(PLAN, 'minimum_effect = "5"', 'minimum_effect = "1"')),
        "handed_over",
        "other",
    ),
    (
        "an accepted break added afterwards",
        edit(
            PLAN,
            "by = 2025\ndata_source",
            'by = 2025\naccept = { definition_break = "All is well" }\ndata_source',
        ),
        "lock",
        "other_plan",
    ),
]
T3 = [
    ("a worse baseline for the treated", shifted("2022", -3), "recompute", "other_columns"),
    (
        "a worse baseline in the results",
        put(("results", 0, "estimate", "means", 0, "mean"), 40.0),
        "numbers",
        "differ",
    ),
    (
        "another baseline year",
        rows(lambda cells: None if cells[2] == "2022" else cells),
        "lock",
        "other_roster",
    ),
    ("a later start", edit(PLAN, "start = 2023", "start = 2024"), "lock", "other_plan"),
    ("another day of the baseline", edit(PLAN, "2022-10-01", "2021-10-01"), "lock", "other_plan"),
    (
        "another column for the outcome",
        edit(PLAN, 'outcome = "nöjda_utemiljö"', 'outcome = "svarande"'),
        "lock",
        "other_plan",
    ),
]
T4 = [
    ("a treated area left out", rows(lambda c: None if c[0] == "01" else c), "lock", "other_roster"),
    ("a comparison area left out", rows(lambda c: None if c[0] == "05" else c), "lock", "other_roster"),
    ("a period left out", rows(lambda c: None if c[2] == "2020" else c), "lock", "other_roster"),
    (
        "one bad row left out",
        rows(lambda c: None if c[:3:2] == ["02", "2024"] else c),
        "recompute",
        "broken_or_other",
    ),
    ("a row told twice", twice, "recompute", "broken"),
    (
        "a treated area called a comparison",
        rows(lambda c: [*c[:3], "0", *c[4:]] if c[0] == "02" else c),
        "lock",
        "other_roster",
    ),
    ("an area renamed", rows(lambda c: ["09", *c[1:]] if c[0] == "03" else c), "lock", "other_roster"),
    ("fewer rows told", put(("results", 0, "estimate", "sample", "n_rows"), 48), "numbers", "differ"),
    ("fewer areas told", put(("results", 0, "estimate", "sample", "n_units"), 6), "numbers", "differ"),
]
T5 = [
    (
        "another estimator",
        edit(PLAN, 'method = "difference_in_differences"', 'method = "before_after"'),
        "lock",
        "other_plan",
    ),
    (
        "another error",
        edit(
            PLAN,
            'method = "difference_in_differences"\n',
            'method = "difference_in_differences"\n\n[estimator.inference]\n'
            'method = "cluster_robust"\nkind = "CR1"\n',
        ),
        "lock",
        "other_plan",
    ),
    (
        "a covariate added",
        edit(PLAN, "public = true", 'covariates = ["svarande"]\npublic = true'),
        "lock",
        "other_plan",
    ),
    ("clusters left out", edit(PLAN, 'cluster = "område"', ""), "lock", "other_plan"),
    (
        "weights added",
        edit(PLAN, "public = true", 'weight = "svarande"\npublic = true'),
        "lock",
        "other_plan",
    ),
    (
        "kinder permutations",
        put(("results", 0, "estimate", "permutation", "extreme"), 0),
        "numbers",
        "differ",
    ),
    ("a smaller p", put((*HEAD, "p_value"), 0.01), "numbers", "differ"),
    ("more degrees of freedom", put((*HEAD, "df"), 30.0), "numbers", "differ"),
    ("no correction for many", edit(PLAN, '"holm"', '"romano_wolf"'), "lock", "other_plan"),
]
T6 = [
    ("one value edited", edit(DATA, "47,2", "47,3"), "recompute", "other_columns"),
    ("better follow-up", shifted("2025", 4), "recompute", "other_columns"),
    (
        "better follow-up and its fingerprint left out",
        lambda members: shifted("2025", 4)(members) or {"fingerprint": "0" * 64},
        "numbers",
        "differ",
    ),
    ("a better effect", put((*HEAD, "point"), 9.0), "numbers", "differ"),
    ("a smaller standard error", put((*HEAD, "std_error"), 0.5), "numbers", "differ"),
    ("a higher lower limit", put((*HEAD, "low"), 5.5), "numbers", "differ"),
    ("a limit taken away", put((*HEAD, "low"), None), "numbers", "differ"),
    (
        "an effect off by a hair",
        lambda m: put(
            (*HEAD, "point"),
            json.loads(m[RESULTS])["results"][0]["estimate"]["terms"][0]["interval"]["point"] + 1e-6,
        )(m),
        "numbers",
        "differ",
    ),
    ("the digest of another file", put(("data_digests", "data.csv"), "0" * 64), "numbers", "differ"),
    ("a number as text", put((*HEAD, "point"), "9"), "numbers", "differ"),
]
T7 = [
    (
        "a number in the report",
        lambda m: m.update({REPORT: m[REPORT].replace(b"inconclusive", b"supported", 1)}),
        "report",
        "differs",
    ),
    ("a script in the report", edit(REPORT, "</html>", "<script>1</script></html>"), "report", "differs"),
    (
        "another report",
        lambda m: m.update({REPORT: b"<html lang=sv>All is well</html>"}),
        "report",
        "differs",
    ),
    ("an empty report", lambda m: m.update({REPORT: b""}), "report", "differs"),
    ("a report in another language", lambda m: {"language": "en"}, "report", "differs"),
    ("a space", edit(REPORT, "<html", "<html "), "report", "differs"),
]
T8 = [
    ("a better grade", put(("results", 0, "grade", "value"), 3), "verdict", "differ"),
    ("a higher ceiling", put(("results", 0, "grade", "ceiling"), 5), "verdict", "differ"),
    ("grade reasons taken away", put(("results", 0, "grade", "reasons"), []), "verdict", "differ"),
    ("a failed check left out", drop(("results", 0, "checks", 0)), "numbers", "differ"),
    ("a check called passed", lambda m: put(_failed_check(m), True)(m), "numbers", "differ"),
    ("a better verdict", put(("results", 0, "verdict", "status"), "supported"), "verdict", "differ"),
    ("a verdict without reasons", put(("results", 0, "verdict", "reasons"), []), "verdict", "differ"),
    ("a better conclusion", put(("conclusion", "status"), "supported"), "numbers", "differ"),
    ("a plan called proved prior", put(("prior",), "proved_prior"), "numbers", "differ"),
    (
        "a design called a lottery",
        edit(PLAN, 'assignment = "need"', 'assignment = "lottery"'),
        "lock",
        "other_plan",
    ),
]
T12 = [
    ("a personal number in a name", edit(DATA, "Norrgården", "121212-1212"), "disclosure", "found"),
    (
        "a personal number in the plan",
        edit(PLAN, "impactkit = 1", "impactkit = 1 # 121212-1212"),
        "disclosure",
        "found",
    ),
    ("a personal number in a heading", edit(DATA, "namn", "namn 121212-1212"), "disclosure", "found"),
    (
        "rows that should have stayed",
        edit(PLAN, "public = true", "public = false"),
        "completeness",
        "withheld",
    ),
]
T13 = [
    ("codes read as numbers", rows(lambda c: [c[0].lstrip("0"), *c[1:]]), "lock", "other_roster"),
    ("a decimal comma lost", edit(DATA, "47,2", "472"), "recompute", "broken_or_other"),
    ("a decimal point", edit(DATA, "47,2", "47.2"), "recompute", "broken"),
    (
        "shares told as fractions",
        rows(lambda c: [*c[:5], "0," + c[5].replace(",", ""), *c[6:]]),
        "recompute",
        "broken_or_other",
    ),
    ("a year of two digits", edit(DATA, ";2022;", ";22;"), "recompute", "broken_or_other"),
    ("a year told as another", edit(DATA, ";2025;", ";2024;"), "recompute", "broken"),
    ("a column renamed", edit(DATA, "insats", "insatz"), "recompute", "broken"),
    ("text among numbers", edit(DATA, "47,2", "omkring 47"), "recompute", "broken"),
]


def _failed_check(members):
    checks = json.loads(members[RESULTS])["results"][0]["checks"]
    place = next(n for n, check in enumerate(checks) if check["passed"] is not True)
    return ("results", 0, "checks", place, "passed")


ALL = tuple(
    Attack(threat=threat, name=name, change=change, step=step, code=code)
    for threat, listed in (
        ("T1", T1),
        ("T2", T2),
        ("T3", T3),
        ("T4", T4),
        ("T5", T5),
        ("T6", T6),
        ("T7", T7),
        ("T8", T8),
        ("T12", T12),
        ("T13", T13),
    )
    for name, change, step, code in listed
)
