# Four verbs a day: setup, check, docs, bench. Each works in .venv when there is one, else in the active environment.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python)
WORKERS ?= auto

.PHONY: setup check lint types imports tests format notebooks docs bench battery coverage schemas

setup:
	python3 -m venv .venv
	.venv/bin/python -m pip install -e ".[dev]"

check: lint types imports tests

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	MYPY_NUM_WORKERS=2 $(PYTHON) -m mypy

imports:
	$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-logo --no-cache

tests:
	$(PYTHON) -m pytest -n $(WORKERS) --doctest-modules src tests

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

notebooks:
	$(PYTHON) -m pytest -m "slow or not slow" tests/notebooks

docs:
	$(PYTHON) -m sphinx -W --keep-going -j auto -b html docs docs/_build/html

# The published JSON Schemas of a plan and an indicator, from the models; a test holds them to each other.
schemas:
	$(PYTHON) -c "from impactkit.exchange.schema import write_schemas; write_schemas()"

# Compared side by side with peers, so never part of check. They have an environment of their own, with impactkit:
# python -m venv ~/bench && ~/bench/bin/pip install -e . -r benchmarks/requirements.txt, then make bench PYTHON=~/bench/bin/python
bench:
	$(PYTHON) benchmarks/run.py --write docs/results/speed.md

# How often the whole pipeline calls a false claim supported; fails if a cell breaks its bar.
battery:
	$(PYTHON) -m impactkit.simulation.battery

# The long simulations: do 95 % intervals cover 93 to 97 %, and does a true null stay a null?
coverage:
	$(PYTHON) -m pytest -n $(WORKERS) -m slow tests/coverage
