# Every target sets up its environment first: on a fresh machine `make demo` is the only step.
#
#   make test TORCH_INDEX=https://download.pytorch.org/whl/cpu   torch without its CUDA packages (Linux)
#   make test ARGS="tests/test_floors.py -x"                     arguments for pytest
#   make test JOBS=0                                             one test at a time, in one process
#   make check VENV=/where/mine/lies                             work in an environment of your own
#   make demo PYTHON=python3.12                                  the Python that makes .venv

PYTHON ?= python3
VENV ?= .venv
TORCH_INDEX ?=
ARGS ?=
JOBS ?= auto

BIN := $(VENV)/bin
# as many tests at a time as there are cores, those of a file one after the other
PYTEST = $(BIN)/pytest --numprocesses $(JOBS) --dist loadfile
INTERPRETER := $(or $(wildcard $(BIN)/python),$(PYTHON))

# Holds the checkout that was installed. It is out of date when pyproject.toml is newer, and when
# another checkout has been installed into the same environment since.
INSTALLED := $(VENV)/.prosodyn-installed
ifneq ($(shell cat $(INSTALLED) 2>/dev/null),$(CURDIR))
.PHONY: $(INSTALLED)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser check reproduce clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## train both networks briefly, print the table, recognise three recordings; writes demo/
	$(BIN)/prosodyn demo --out demo

test: $(INSTALLED) ## run the tests and the examples in the docstrings
	$(PYTEST) $(ARGS)

test-browser: $(INSTALLED) ## run the tests of the page in a real browser, a Chromium of the system or playwright's
	$(BIN)/python -m pip install --quiet --editable '.[browser]'
	$(BIN)/python tests/browser/chromium.py
	$(PYTEST) tests/browser $(ARGS)

check: $(INSTALLED) ## run the tests and every check of style, types and floors
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) $(ARGS)

reproduce: $(INSTALLED) ## print the paper's Table 1 beside ours, for each protocol and corpus at hand
	$(BIN)/prosodyn reproduce

clean: ## remove caches, builds and demo/; .venv and runs/ stay
	rm -rf build dist demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests benchmarks docs -name __pycache__ -type d -exec rm -rf {} +

$(INSTALLED): pyproject.toml
	@$(INTERPRETER) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "prosodyn needs Python 3.11 or newer; $(INTERPRETER): $$($(INTERPRETER) --version 2>&1)." >&2; \
		echo "Name another one (and remove $(VENV) if it is that old), such as: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(addprefix --extra-index-url ,$(TORCH_INDEX)) --editable '.[dev]'
	@echo '$(CURDIR)' > $@
