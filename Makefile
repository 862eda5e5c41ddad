# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo

.PHONY: demo test test-real check format bench clean

$(BIN)/.base: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(BIN)/.test: $(BIN)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

$(BIN)/.check: $(BIN)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,check]'
	@touch $@

demo: $(BIN)/.base  ## run the main job on the embedded default, in the folder demo/
	$(BIN)/orchestrator demo --fresh $(DEMO)

test: $(BIN)/.test  ## run all the tests
	$(BIN)/python -m pytest -n 2

test-real: $(BIN)/.test  ## run the slow tests, which need strace
	$(BIN)/python -m pytest -m real

check: $(BIN)/.check  ## format, lint, floors, types, tests: what CI runs
	$(BIN)/ruff format --check orchestrator tests
	$(BIN)/ruff check orchestrator tests
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

format: $(BIN)/.check
	$(BIN)/ruff format orchestrator tests
	$(BIN)/ruff check --fix orchestrator tests

bench: $(BIN)/.test  ## measure, as ratios in one run
	$(BIN)/python tests/bench.py

clean:
	rm -rf $(VENV) $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
