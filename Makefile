PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OIOUBL_CONFORMANCE ?= ../shared/conformance

.DEFAULT_GOAL := help
.PHONY: help setup run demo test unit check fix bench fuzz conformance golden migration lock image

help: ## Print what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready ## Make the environment in .venv (hashed requirements first)

run: setup ## Start the service on SQLite with a worked institution and ready tokens; stays up
	$(BIN)/prokura demo --stay

demo: setup ## Play the whole story over HTTP against a real server
	$(BIN)/prokura demo

test: setup ## Run every test, databases on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered --cov-fail-under=95

unit: setup ## Run the tests that need no database and no network
	$(BIN)/python -m pytest tests/unit -q

check: setup ## Lint, format, types, layers, migrations, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/prokura migrate --check

fix: setup ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Measure; NAME=match-http runs one
	$(BIN)/python -m bench $(NAME)

fuzz: setup ## Fuzz reader and validator with atheris for SECONDS (60); tells how when atheris is not there
	$(BIN)/python -m tests.fuzz.fuzz_documents

conformance: setup ## Compare our verdicts with the recorded official ones
	@test -f $(OIOUBL_CONFORMANCE)/run.py || { echo "no recorded verdicts at $(OIOUBL_CONFORMANCE)"; exit 2; }
	$(BIN)/python $(OIOUBL_CONFORMANCE)/run.py --check app.oioubl.validation:fatal_rules

golden: setup ## Write the golden files anew; look at the difference before you commit
	$(BIN)/python -m pytest tests/golden -q --golden-update

migration: setup ## Write a migration from the models; NAME="what it does"
	$(BIN)/prokura migrate --new "$(NAME)"

lock: setup ## Pin requirements*.txt anew, with hashes and no registry address
	$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header -q -o requirements-dev.txt

image: ## Build the container image (needs Docker)
	docker build -t prokura .
