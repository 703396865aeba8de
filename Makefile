# tag4pic: `make run` starts the site, `make test` runs the tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
# Numeric libraries that spin on each other's cores are many times slower.
export OMP_WAIT_POLICY := PASSIVE
export OPENBLAS_NUM_THREADS := 1
.DEFAULT_GOAL := run
.PHONY: install run test check bench bench-learning bench-open-vocabulary drill-training messages screenshots

install: $(VENV)/.installed

$(VENV)/.installed: requirements.txt requirements-data.txt
	@test -x $(PY) || "$(PYTHON)" -m venv $(VENV)
	@echo "Installing the pinned requirements (a few minutes the first time) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-data.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: install
	@exec $(PY) manage.py serve

# Browser tests need Chromium; where it is missing and this user may install Debian packages, it is installed.
test: $(VENV)/.installed-dev
	@sh .ci/install-chromium
	@$(PY) -m pytest

check: $(VENV)/.installed-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@$(VENV)/bin/lint-imports
	@$(PY) manage.py makemigrations --check --dry-run

bench: $(VENV)/.installed-dev
	@$(PY) -m tests.benchmarks.speed $(if $(DATA),--data "$(DATA)")
	@$(PY) -m tests.benchmarks.page
	@$(PY) -m tests.benchmarks.telegram
	@$(PY) -m tests.benchmarks.explaining
	@$(PY) -m tests.benchmarks.corpus
	@$(PY) -m tests.benchmarks.learning $(if $(HARRISON),--data "$(HARRISON)")
	@$(PY) -m tests.benchmarks.loop $(if $(HARRISON),--data "$(HARRISON)")

bench-learning: install
	@$(PY) -m tests.benchmarks.stream "$(DATA)"

bench-open-vocabulary: install
	@$(PY) -m tests.benchmarks.open_vocabulary $(DATA)

drill-training: $(VENV)/.installed-dev
	@$(PY) -m tests.drills.training

# The pictures of the READMEs.
screenshots: $(VENV)/.installed-dev
	@$(PY) -m tests.screenshots

# New sentences of pages and code go into the Russian catalogue (needs gettext), which is compiled.
messages: install
	@$(PY) manage.py makemessages --locale ru --ignore var --ignore tests --ignore .venv --no-obsolete --no-wrap --add-location file
	@$(PY) manage.py compilemessages --locale ru --ignore .venv
