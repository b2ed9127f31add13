"""The command line tells what a contract can be expected to pay, and what it pays."""

CONTRACT = """
[outcome_contract]
payer = "Exempelkommunen"
investor = "Exempelfonden"
validator = "Oberoende Revision AB"
service_start = 2023-04-01
service_end = 2025-09-30
validation_date = 2025-12-01
payment_date = 2026-01-31

[[outcome_contract.payments]]
claim = "C1"
sek_per_unit = "20000"
cap_sek = 400_000
"""


def test_evaluate_says_that_nothing_is_paid_and_why(run, project):
    file = project(plan=lambda text: text + CONTRACT)
    told = run("evaluate", file)
    said = " ".join(told.out.split())
    assert told.code == 0
    assert "Betalning C1 0 kronor. Inget betalas: evidensgraden är 1" in said


def test_power_says_how_often_it_would_pay_for_nothing(run, project):
    file = project(plan=lambda text: text + CONTRACT)
    told = run("power", file, "--lang", "en")
    said = " ".join(told.out.split())
    assert told.code == 0
    assert "Should there be no effect, the contract" in said
    assert "Were the estimate paid for, shown or not" in said


def test_check_tells_a_faulty_contract_by_its_keys(run, project):
    wrong = CONTRACT.replace("Oberoende Revision AB", "Exempelfonden").replace('"20000"', '"-1"')
    told = run("check", project(plan=lambda text: text + wrong))
    assert told.code != 0
    assert "outcome_contract.payments[1].sek_per_unit" in told.out + told.err


def test_without_a_contract_nothing_is_said_of_payments(run, project):
    assert "Betalning" not in run("evaluate", project()).out
