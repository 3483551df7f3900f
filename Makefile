# Everything runs in .venv, made from the two lock files; nothing else on the machine is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
DEPTRY := $(BIN)/python -W ignore -m deptry
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --generate-hashes
FORMAT ?= table
LAST ?= 20
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help sync up reconcile test soak fuzz mutants check rules bench million fill peers protocol note contract init-config setup settings keys probe doctor forget tidy smoke-celery test-distributed lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/run: requirements.txt
	@test -x $(BIN)/pip || $(PYTHON) -c "import sys; v = '%d.%d' % sys.version_info[:2]; \
		v in ('3.11', '3.12', '3.13') or sys.exit('Python ' + v + ' is not supported, 3.11 to 3.13 are: make PYTHON=python3.12 ...')"
	@echo "Installing into $(VENV), once ..."
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

sync: $(VENV)/run  ## run all DAGs once against the sample iX-Haus and the sandbox portal, print the protocol
	@$(BIN)/python -m demo.embedded sync

up: $(VENV)/run  ## Airflow with its pages and the sandbox portal, until Ctrl-C
	@$(BIN)/python -m demo.embedded up

reconcile: $(VENV)/run  ## compare all that the sandbox portal holds with the sample and its ledger, print what was found
	@$(BIN)/python -m demo.embedded reconcile

protocol: $(VENV)/run  ## print the last runs (FORMAT=json for programs, LAST=50 for more)
	@$(BIN)/python -m demo.embedded protocol --format $(FORMAT) --last $(LAST)

note: $(VENV)/run  ## staff write a note: REPORT=M-R35 TEXT="Wir kommen." (INTERNAL=1: not for the portal); without REPORT: which there are
	@$(BIN)/python -m demo.embedded note "$$REPORT" "$$TEXT" $(if $(INTERNAL),--internal)

contract: $(VENV)/run  ## print the Oracle DDL of the tables and view skeletons (FROM=2: only what version 2 lacks)
	@$(BIN)/python -m include.ixhaus ddl $(if $(FROM),--since "$(FROM)")

setup: $(VENV)/run  ## ask for a system's first settings, check each answer, write them, ask the doctor: SYSTEM=production (LANGUAGE=de)
	@$(BIN)/python -m demo.embedded setup $(or $(SYSTEM),production) $(if $(LANGUAGE),--language "$$LANGUAGE")

keys: $(VENV)/run  ## store the portal's key and secret, each entered twice (SYSTEM=production, LANGUAGE=de)
	@$(BIN)/python -m demo.embedded keys $(or $(SYSTEM),production) $(if $(LANGUAGE),--language "$$LANGUAGE")

probe: $(VENV)/run  ## measure what is not known of the portal, on a property meant for tests: SYSTEM=test PROPERTY=100
	@$(BIN)/python -m demo.embedded probe $(or $(SYSTEM),test) "$$PROPERTY" $(if $(YES_PRODUCTION),--yes-production)

doctor: $(VENV)/run  ## say what is wrong around a system and who sees to it: SYSTEM=production (OPENAPI=file: compare the portal's own document; LANGUAGE=de)
	@$(BIN)/python -m demo.embedded doctor $(or $(SYSTEM),production) $(if $(OPENAPI),--openapi "$$OPENAPI") $(if $(LANGUAGE),--language "$$LANGUAGE")

forget: $(VENV)/run  ## remove a person from the portal and from all that is kept of it: PERSON=100.1.1 (SYSTEM=test, ALTHOUGH_SENT=1)
	@$(BIN)/python -m demo.embedded forget $(or $(SYSTEM),production) "$$PERSON" $(if $(YES),--yes) $(if $(ALTHOUGH_SENT),--although-sent)

tidy: $(VENV)/run  ## delete what is kept longer than the settings say, in Airflow's database too
	@$(BIN)/python -m demo.embedded tidy

init-config:  ## put config/production.yaml and config/test.yaml there, off, to fill in; what is there stays as it is
	@for system in production test; do \
		if test -e config/$$system.yaml; then echo "config/$$system.yaml is there and stays as it is"; \
		else cp config/$$system.example.yaml config/$$system.yaml && chmod 644 config/$$system.yaml \
			&& echo "config/$$system.yaml is written: off; fill it in, docs/settings.md explains it"; fi || exit 1; done

settings: $(VENV)/run  ## write docs/settings.md from the settings models
	@$(BIN)/python -m include.settings.describe > docs/settings.md

test: $(VENV)/dev  ## run the tests
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder

soak: $(VENV)/dev  ## put old iX-Haus, ledger and portal together at random, until something is wrong (MINUTES=60)
	@end=$$(( $$(date +%s) + 60 * $(or $(MINUTES),60) )); while [ $$(date +%s) -lt $$end ]; do \
		TRAVEL_FROM=$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ') $(BIN)/python -m pytest -q -n auto --show-capture=no \
			tests/faults/test_time_travel.py || exit 1; done

fuzz: $(VENV)/dev  ## look for rows of iX-Haus and records of the portal that are not one record's problem, at random (MINUTES=30); prints them as tests
	@end=$$(( $$(date +%s) + 60 * $(or $(MINUTES),30) )); while [ $$(date +%s) -lt $$end ]; do \
		FUZZ_EXAMPLES=20 HYPOTHESIS_PROFILE=random $(BIN)/python -m pytest -q -n auto --show-capture=no tests/fuzz || exit 1; done

mutants: $(VENV)/dev  ## change the rules in one place at a time, ask whether a test notices, list what none did (a sample: ONLY='*_*37')
	@env -u PYTHONPATH $(BIN)/mutmut run $(if $(ONLY),'$(ONLY)') && env -u PYTHONPATH $(BIN)/mutmut results

check: $(VENV)/dev  ## ruff, mypy --strict, and whether what is imported is declared
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(DEPTRY) include dags plugins demo
	@$(DEPTRY) . --requirements-files requirements.in,requirements-dev.in --exclude '\.venv|bench/\.peers'

rules: $(VENV)/dev  ## list each business rule with its tests; fails where one has none
	@$(BIN)/python -m tests.rules_report

bench: $(VENV)/dev  ## measure; one line per figure, fails if one is short of its target (QUICK=1: small sizes)
	@$(BIN)/python -m bench $(filter million fill peers,$(MAKECMDGOALS)) $(if $(QUICK),--quick)

million: bench  ## make bench million: measure runs over a million persons instead, their peak memory and time
	@:

fill: bench  ## make bench fill: measure a first fill of 20,000 persons by one Celery worker and by two instead
	@:

peers: bench  ## make bench peers: measure ours beside drt, dlt, Singer and Airbyte instead, in environments below bench/.peers
	@:

smoke-celery: $(VENV)/run  ## the commands of docker-compose.yaml as processes, through a Celery worker
	@$(BIN)/python -m tests.smoke.celery

test-distributed: $(VENV)/dev  ## two workers without a shared folder, killed in mid-load (PERSONS=20000)
	@PERSONS=$(PERSONS) $(BIN)/python -m tests.smoke.distributed

lock: $(VENV)/run  ## compile requirements*.in, with hashes; what is pinned already stays (UPGRADE=1: the newest of all)
	@$(COMPILE) $(if $(UPGRADE),--upgrade) requirements.in -o requirements.txt
	@$(COMPILE) $(if $(UPGRADE),--upgrade) ops/s3/requirements.in -o ops/s3/requirements.txt
	@$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-dev.in -o requirements-dev.txt
	@for peer in drt dlt singer airbyte; do \
		$(COMPILE) $(if $(UPGRADE),--upgrade) bench/peers/requirements-$$peer.in -o bench/peers/requirements-$$peer.txt || exit 1; done

clean:  ## remove the environment, the sample, the sandbox's state and all caches
	rm -rf .venv bench/.peers .airflow .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
