# What a fresh machine needs first: Python 3.11 or later, make, git; Node.js for maps without a network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install demo test lint audit format bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.ready assets ## the environment and the front-end packages

demo: install ## sample workspace, analyses and maps into out/, then http://127.0.0.1:8000 (SERVE=0 ends before)
	$(BIN)/phumi demo $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.ready-dev assets ## everything that the tests need, then all tests on both engines
	sh tests/system_packages.sh
	$(BIN)/pytest -n $(JOBS) --dist loadfile $(PYTEST)

lint: $(VENV)/.ready-dev ## style, types, and the order of the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(VENV)/.ready-dev ## known weaknesses of the pinned packages, where PHUMI_ADVISORIES names a copy of the advisories
	@$(BIN)/python -m tests.audit_dependencies

format: $(VENV)/.ready-dev ## bring the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.ready-dev ## measured ratios, written to tests/bench/RESULTS.md
	sh tests/system_packages.sh
	$(BIN)/python -m tests.bench

clean: ## everything that make made, but not the workspace
	rm -rf $(VENV) node_modules out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "phumi needs Python 3.11 or later; $(PYTHON) is older. Give one: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

.PHONY: assets
assets:
	@if command -v npm >/dev/null 2>&1; then \
	  [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-fund --no-audit; \
	else \
	  echo "Node.js is not here: maps will need a network (install Node.js, then: make install)"; \
	fi
