# Everything a person or a machine does with this project. Needs python3 (3.11 or later) with venv, and make.
# `make` alone lists the targets.

PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
PY := $(BIN)/python
INSTALLED := .venv/.installed
PYTEST_FLAGS ?=

# The database is prepared again when a migration, a data file or the choice of database changes.
SOURCES := $(shell find cmo agreements releases audits -name '*.py' -path '*/migrations/*' 2>/dev/null) \
           $(shell find cmo agreements releases audits \( -name '*.yaml' -o -name '*.csv' -o -name '*.json' \) 2>/dev/null)
READY := var/db.sqlite3.ready
ifdef DATABASE_URL
READY_STALE := FORCE
else ifeq ($(wildcard var/db.sqlite3),)
READY_STALE := FORCE
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-sqlite test-postgres browser lint format bench lock vendor messages clean FORCE \
        lint-code lint-templates lint-vendor lint-messages lint-migrations lint-types

help:  ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed.'; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; echo 'python3 lacks venv; on Debian: apt-get install python3-venv'; exit 1; }
	@echo 'Installing the locked requirements into .venv'
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/dev.txt
	@touch $@

$(READY): $(INSTALLED) $(SOURCES) $(wildcard .env) $(READY_STALE)
	@mkdir -p var/static
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py load_reference
	@touch $@

setup: $(READY)  ## Make .venv and a migrated database with the reference data.
	@echo 'Ready: $(PY) manage.py …'

demo: $(READY)  ## Build the demo world and serve it with its worker (PORT=8000).
	@$(PY) manage.py demo
	@$(PY) scripts/serve_demo.py

test: test-sqlite test-postgres  ## Run the tests on SQLite, and on PostgreSQL when a server answers.

test-sqlite: $(INSTALLED)  ## Run the tests on SQLite.
	@echo '== Tests on SQLite'
	@DATABASE_URL=sqlite:///var/test.sqlite3 $(PY) -m pytest $(PYTEST_FLAGS)

test-postgres: $(INSTALLED)  ## Run the tests on PostgreSQL (DATABASE_URL, or a server on 127.0.0.1:5432).
	@url=$$($(PY) scripts/postgres_url.py) || { echo '== No PostgreSQL answers: tests on PostgreSQL left out'; exit 0; }; \
	echo '== Tests on PostgreSQL'; DATABASE_URL="$$url" $(PY) -m pytest $(PYTEST_FLAGS)

browser: $(INSTALLED)  ## Run the browser journeys (needs Chromium).
	@$(PY) -m pytest -m browser $(PYTEST_FLAGS)

lint: $(INSTALLED)  ## Check style, types, templates, messages, migrations and vendored files.
	@$(MAKE) --keep-going --no-print-directory lint-code lint-templates lint-vendor lint-messages lint-migrations lint-types
	@echo 'Lint: clean'

lint-code:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }

lint-templates:
	@find templates -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --check --target-version 5.2

lint-vendor:
	@$(PY) scripts/vendor.py --check

lint-messages:
	@$(PY) scripts/messages.py check

lint-migrations:
	@DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations --check --dry-run

lint-types:
	@$(BIN)/mypy --no-error-summary $(wildcard cmo agreements releases audits scripts tests)

format: $(INSTALLED)  ## Bring Python files and templates into shape.
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .
	@find templates -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --target-version 5.2

bench: $(INSTALLED)  ## Measure; each script prints JSON ratios.
	@for script in bench/bench_*.py; do echo "== $$script"; $(PY) $$script || exit 1; done

lock: ## Resolve requirements/*.in again into versions and hashes.
	@bash scripts/lock.sh

vendor: $(INSTALLED)  ## Fetch the vendored front end and fonts again (needs npm).
	@$(PY) scripts/vendor.py

messages: $(INSTALLED)  ## Collect messages into the catalogues and compile them.
	@$(PY) scripts/messages.py extract
	@$(PY) scripts/messages.py compile

clean:  ## Remove .venv, databases, uploads and caches of this checkout.
	@rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

FORCE:
