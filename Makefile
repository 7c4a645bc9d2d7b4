.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/.installed

SERVER_TESTS := tests/integration/cdc tests/integration/pull tests/integration/sync/test_checks.py \
	tests/integration/sync/test_rights.py tests/acceptance tests/faults/test_magento_server.py tests/servers
SERVERS ?= mariadb mariadb-11.8 mysql mysql+file

# every worker and every command that the tests start would else compile all that it imports
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup servers databases demo test compiled faults test-servers lint types contract bench clean

help: ## show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup $(VENV)
	@touch $@

setup: $(STAMP) ## make the virtual environment

servers: ## install Debian's mariadb-server when neither it nor a Docker engine is there
	@scripts/servers

databases: ## the same with Debian's postgresql, in which the tests keep states
	@scripts/servers postgresql

demo: $(STAMP) servers ## a whole throwaway world: shop, binlog, service, books (KEEP=1 stays up)
	@$(RUN)/magento-economic demo $(if $(KEEP),--keep) $(DEMO)

test: $(STAMP) databases ## lint, types and every test
	@$(MAKE) --no-print-directory -j3 lint types compiled
	@$(RUN)/python -m pytest -n $${WORKERS:-4} --dist loadfile --no-loadscope-reorder $(TESTS)

compiled: $(STAMP)
	@$(RUN)/python -m pytest --collect-only -q -p no:cacheprovider $(TESTS) >/dev/null 2>&1 || true

faults: $(STAMP) databases ## all kills, outages and cuts, 20,000 runs of each stock model; SOAK=<minutes> a storm
	@FAULTS=full STOCK_RUNS=$${STOCK_RUNS:-100} $(RUN)/python -m pytest -n $${WORKERS:-4} --dist loadfile --no-loadscope-reorder \
		tests/faults tests/replay tests/integration/pull/test_machine.py
	@for layout in plain msi_default msi_source magento1; do \
		$(RUN)/python -m tests.model --runs $${RUNS:-20000} --layout $$layout || exit 1; done

test-servers: $(STAMP) servers ## the tests that need a database, on MariaDB 11.8 and MySQL too (SERVERS="mysql docker:mysql:8.0")
	@scripts/test-servers >/dev/null
	@failed=; for server in $(SERVERS); do echo "== $$server"; \
		TEST_SERVER=$$server $(RUN)/python -m pytest -n $${WORKERS:-4} --dist loadfile $${TESTS:-$(SERVER_TESTS)} \
			|| failed="$$failed $$server"; done; [ -z "$$failed" ] || { echo "failed on:$$failed" >&2; exit 1; }

lint: $(STAMP) ## ruff and the layers between the rooms
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check --quiet .
	@$(RUN)/lint-imports --no-cache

types: $(STAMP) ## mypy, strict
	@$(RUN)/mypy

contract: $(STAMP) ## what e-conomic answers, as a table: against the sandbox, or ECONOMIC_API_URL=... (WRITE=1|final)
	@CONTRACT=$(if $(ECONOMIC_API_URL),1) WRITE=$(WRITE) ECONOMIC_API_URL=$(ECONOMIC_API_URL) \
		$(RUN)/python -m pytest -q -rs tests/contract

bench: $(STAMP) servers ## times, throughput and memory of the whole service, and the binlog reader beside others
	@$(RUN)/python -m tests.bench.run

clean: ## remove the virtual environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache *.egg-info build dist
