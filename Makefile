# Everything a newcomer or a machine needs; `make help` lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help setup replay demo test check hunt golden bench docs clean

help:  ## List what can be made.
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST) | column -t -s: 2>/dev/null || sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST)

setup: $(VENV)/.installed  ## Create .venv and install the project with its development tools.

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

replay: $(VENV)-replay/.installed  ## Install pywb beside it, for the tests that replay an exported archive.

$(VENV)-replay/.installed:
	$(PYTHON) -m venv $(VENV)-replay
	$(VENV)-replay/bin/python -m pip install --quiet --disable-pip-version-check 'pywb>=2.10,<3'
	@touch $@

demo: setup  ## Crawl the bundled replica of the resource centre into demo/archive.sqlite.
	@$(BIN)/pnr demo

test: setup  ## Run the whole test suite.
	$(BIN)/pytest -n auto

check: setup  ## The definition of done: style, types, import contracts, docs, tests.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

hunt: setup  ## Try what the tests say of any input on thousands of new ones; keep what breaks as an @example.
	$(BIN)/pytest -n auto --hypothesis-profile=hunt $$(grep -rl '^from hypothesis import' tests)

golden: setup  ## Rewrite the golden files from what the code says now; read the diff before committing it.
	$(BIN)/pytest -n auto --update-golden || true
	@git status --short tests/fixtures

bench: setup  ## Measure what crawling, reading, searching, comparing and serving cost; BENCH_QUICK=1 for a first look.
	@for subject in crawling rereading importing extraction searching history serving; do \
		test ! -f bench/$$subject.py || $(BIN)/python -m bench.$$subject || exit 1; \
	done

docs: setup  ## Rewrite the reference pages of docs/ from the program.
	$(BIN)/python -m crawler.cli.reference

clean:  ## Remove the virtual environment and what the demo made.
	rm -rf $(VENV) $(VENV)-replay demo build dist
