# make demo   build the Istanbul 2019 record, tell its story and open its site in the browser; without
#             a terminal, or with CI set, ask the site for its front page once and end
# make test   install what the tests need and run all of them
# make lint   style, types, and the generated docs against the code
# make bench  measure, as ratios against named baselines
# make words  collect and compile the translations
# make docs   write the generated docs anew

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= demo
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# The box-level files of real elections, where they are at hand; without them the demo is built
# from the district totals that the project carries, and the tests that need them say so.
ifneq ($(wildcard ../shared/cases),)
export RECANVASS_CASES ?= $(abspath ../shared/cases)
endif

.PHONY: demo test lint bench words docs clean

demo: $(VENV)/.installed
	$(BIN)/recanvass demo $(DEMO)

test: $(VENV)/.installed-test
	@tools/test_needs.sh
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.scoring --write

words: $(VENV)/.installed-test
	$(BIN)/python tools/words.py

docs: $(VENV)/.installed-test
	$(BIN)/python tools/docs.py
	$(BIN)/python tools/tour.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "recanvass needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "no venv module; on Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-%: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[$*]'
	@touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis
