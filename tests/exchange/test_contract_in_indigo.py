"""A contract goes into INDIGO's fields for a project; a plan without one is written as before."""

import json

from impactkit.exchange.formats import csv_table, indigo, json_record
from impactkit.plans import Plan
from plans import money, trial


def test_the_days_and_the_cap_stand_where_the_standard_has_them() -> None:
    plan = Plan.of(money.with_money(outcome_contract=money.contract()))
    told = json.loads(indigo.write(plan))
    assert told["dates"]["start_date_of_service_provision"] == {"value": "2023-04-01"}
    assert told["dates"]["anticipated_end_date_of_service_provision"] == {"value": "2023-09-30"}
    assert told["dates"]["anticipated_completion_date"] == {"value": "2023-12-31"}
    most = told["overall_project_finance"]["maximum_potential_outcome_payment_v2"]
    assert most == {"currency": {"value": "SEK"}, "amount": {"value": 250_000}}
    assert indigo.read(indigo.write(plan)) == indigo.metrics(plan)


def test_without_a_contract_there_are_metrics_alone() -> None:
    assert set(json.loads(indigo.write(Plan.of(trial.content())))) == {"outcome_metrics"}


def test_both_tables_survive_json_and_a_table() -> None:
    plan = Plan.of(money.with_money(outcome_contract=money.contract(), value=money.VALUE))
    for form in (json_record, csv_table):
        assert form.read(form.write(plan)).digest == plan.digest
