# Two commands on a fresh machine with Python 3.11 or newer: make film, make test.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# the pinned versions; where an index or a newer Python has none of them, what pyproject.toml allows
install = $(PIP) -c constraints.txt -e "$(1)" || $(PIP) -e "$(1)"

.PHONY: film test test-again soak test-real test-docs docs docs-text lint types bench clean format goldens architecture constraints bom floors coverage mutation

film: .venv/installed
	$(BIN)/animator render neuron

# TRACED=1 also counts what the tests reach, for `make coverage`
test: .venv/installed-dev
	$(if $(TRACED),rm -rf build/coverage)
	$(BIN)/python $(if $(TRACED),-m coverage run) -m pytest -n 2 --dist loadfile

# what failed in the last run, once more and one by one, when the machine has nothing else to do
test-again: .venv/installed-dev
	$(BIN)/python -m pytest --last-failed --last-failed-no-failures none

# which share of lines and branches the last `make test TRACED=1` has reached, commands and workers included;
# pyproject.toml says how much that must be
coverage: .venv/installed-dev
	test -d build/coverage || $(MAKE) test TRACED=1
	$(BIN)/python -m coverage combine --quiet --keep
	$(BIN)/python -m coverage report

# faults of one place each, put into the core one after the other: its own tests must notice 85 % of them
mutation: .venv/installed-dev
	$(PIP) -c constraints.txt "cosmic-ray>=8.7"
	$(BIN)/python -m tests.mutation $(PACKAGES)

# the long versions of what tests/reliability tries: hostile files, kills, faults of the world
soak: .venv/installed-dev
	ANIMATOR_SOAK=20000 $(BIN)/python -m pytest -n 2 tests/reliability

test-real: .venv/installed-dev
	$(BIN)/python -m pytest -m "" tests/real

# every block of code and every command of the docs, run as a reader would; `make test` runs the quick pages
test-docs: .venv/installed-docs
	$(BIN)/python -m pytest -n 2 -m "" --timeout 1200 -o faulthandler_timeout=0 tests/docs

# the site, with every film rendered by the command printed below it, into docs/_build/html
docs: .venv/installed-docs
	$(BIN)/python -m sphinx -W -n --keep-going -q -j 2 docs docs/_build/html

# the same without films, in half a minute: words, links, names
docs-text: .venv/installed-docs
	$(BIN)/python -m sphinx -W -n --keep-going -q -D films=0 docs docs/_build/text

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory types

types: .venv/installed-dev
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

goldens: .venv/installed-dev
	$(BIN)/python -m tests.goldens

architecture: .venv/installed-dev
	$(BIN)/python -m tests.architecture

# the versions that the environment has now, as those that `make` and the continuous build install
constraints: .venv/installed-docs
	$(BIN)/python -m tests.supply constraints > constraints.new
	mv constraints.new constraints.txt

# the bill of materials of an installed animator, as CycloneDX reads it
bom: .venv/installed-dev
	mkdir -p build
	$(BIN)/python -m tests.supply bom > build/bom.json

# the lowest versions that pyproject.toml allows, in an environment of their own, with the tests of the core
FLOORS := build/floors/bin/python
floors: .venv/installed-dev
	$(PYTHON) -m venv --clear build/floors
	$(BIN)/python -m tests.supply floors > build/floors.txt
	$(FLOORS) -m pip install --quiet --disable-pip-version-check -c build/floors.txt -e ".[scenes,slides]" pytest pytest-timeout packaging
	$(FLOORS) -m pytest --ignore tests/design/test_scene_files.py $(addprefix tests/,core design functions encoding recordings landscape drawing)
	$(FLOORS) -m animator verify

clean:
	rm -rf .venv build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find output -mindepth 1 ! -name .gitkeep -delete

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(call install,.[scenes])
	touch $@

.venv/installed-dev: .venv/installed
	$(call install,.[dev])
	touch $@

.venv/installed-docs: .venv/installed-dev
	$(call install,.[docs])
	touch $@
