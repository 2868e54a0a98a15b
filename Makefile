# The same few commands for people and for pipelines; `make help` lists them.
# Paths are relative, so that the folder may have any name.

READY := .venv/.ready
PYTHON_BIN := .venv/bin/python
LAUNCHBOT := .venv/bin/launchbot
PYTEST := $(PYTHON_BIN) -m pytest
COVERAGE := $(PYTHON_BIN) -m coverage
# Snapshots are compared, and not rewritten, when tests run in parallel.
PARALLEL := --numprocesses=auto --dist=worksteal --inline-snapshot=disable
UV := .venv/bin/uv

# Handed on: make demo ARGS=--script
ARGS ?=

# docs/<page>.md is what `launchbot reference <topic>` prints; the topic is the last word of the
# page, without `-reference`.
REFERENCE := reference/process reference/configuration commands settings-reference

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup bench demo test soak lint format check docs lock wheel audit clean moved

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# --- Set up -------------------------------------------------------------------------------------

setup: $(READY) ## Make .venv with all that is needed (the other targets do it themselves)

$(READY): pyproject.toml uv.lock .ci/setup .ci/lock.py
	@.ci/setup

# The folder was renamed or copied: what is installed points to the old place.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
$(READY): moved
endif
moved:

# --- Run ----------------------------------------------------------------------------------------

demo: $(READY) ## Play a launch on a simulated GitLab (ARGS=--script: without questions)
	@$(LAUNCHBOT) demo $(ARGS)

check: $(READY) ## Check process definitions and configuration
	@$(LAUNCHBOT) check $(ARGS)

# --- Prove --------------------------------------------------------------------------------------

lint: $(READY) ## Style, types and layers
	$(PYTHON_BIN) -m ruff check
	$(PYTHON_BIN) -m ruff format --check
	$(PYTHON_BIN) -m mypy
	.venv/bin/lint-imports --no-logo --no-cache

# The domain's tests run apart, because they alone have to cover all of it. Tests that try many
# faults or many hostile texts are not measured: what they run through is covered by tests nearby,
# and to measure them takes two to three times as long.
UNMEASURED := tests/scenarios tests/test_hostile_files.py tests/test_injection.py \
	tests/test_secrets.py tests/web/test_hostile_bodies.py
test: $(READY) ## All tests, with coverage
	@mkdir -p build
	COVERAGE_FILE=build/domain.coverage $(PYTEST) tests/domain $(PARALLEL) --durations=10 \
		--cov --cov-report= --junitxml=build/junit-domain.xml
	COVERAGE_FILE=build/rest.coverage $(PYTEST) tests --ignore=tests/domain \
		$(UNMEASURED:%=--ignore=%) $(PARALLEL) --durations=10 --cov --cov-report= \
		--junitxml=build/junit-rest.xml
	$(PYTEST) $(UNMEASURED) $(PARALLEL) --durations=10 --junitxml=build/junit-scenarios.xml
	$(COVERAGE) report --data-file=build/domain.coverage --include='bot/domain/*' --fail-under=100
	$(COVERAGE) combine --quiet --keep --data-file=build/all.coverage \
		build/domain.coverage build/rest.coverage
	$(COVERAGE) xml --quiet --data-file=build/all.coverage -o build/cobertura.xml
	$(COVERAGE) report --data-file=build/all.coverage --fail-under=95

soak: $(READY) ## The property tests, for long
	$(PYTEST) -m hypothesis --hypothesis-profile=soak $(PARALLEL) --durations=10 $(ARGS)

# gidgetlab runs beside us; it is installed for this alone, and into a folder of its own.
bench: build/bench/.ready ## Measure, and keep the figures in build/bench.json (ARGS=--quick)
	$(PYTHON_BIN) -m benchmarks $(ARGS)

build/bench/.ready: $(READY)
	@rm -rf build/bench && mkdir -p build/bench
	@$(UV) export --quiet --frozen --only-group bench --no-python-downloads --python $(PYTHON_BIN) \
		--output-file build/bench/requirements.txt >/dev/null
	@$(PYTHON_BIN) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes \
		--target build/bench/site --requirement build/bench/requirements.txt
	@touch $@

audit: $(READY) ## Known vulnerabilities in what is locked (asks an advisory service)
	$(PYTHON_BIN) -m pip_audit --requirement .venv/requirements.txt --require-hashes --disable-pip

# --- Make ---------------------------------------------------------------------------------------

format: $(READY) ## Put the code into shape
	$(PYTHON_BIN) -m ruff check --fix-only
	$(PYTHON_BIN) -m ruff format

docs: $(READY) ## Write the generated pages of docs/ anew
	@mkdir -p build docs/reference
	@set -e; for page in $(REFERENCE); do \
		$(LAUNCHBOT) reference $$(basename $$page -reference) > build/page.md; \
		mv build/page.md docs/$$page.md; \
		echo "docs/$$page.md"; \
	done

lock: $(READY) ## Lock the dependencies anew (ARGS=--upgrade: the newest ones)
	$(UV) lock --python $(PYTHON_BIN) --no-python-downloads $(ARGS)
	$(PYTHON_BIN) .ci/lock.py strip

wheel: $(READY) ## Build the wheel into dist/
	$(PYTHON_BIN) -m hatchling build --target wheel --directory dist

clean: ## Remove what was built; .venv stays
	rm -rf build dist
