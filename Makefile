# Two commands do everything: `make demo` and `make test`. Each makes the environment it needs first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO_FOLDER := data/demo

.PHONY: demo demo-reset test check compile bench pictures migration clean

demo: $(VENV)/.run
	$(BIN)/roundsman demo --folder $(DEMO_FOLDER)

demo-reset: $(VENV)/.run
	rm -rf $(DEMO_FOLDER)

test: $(VENV)/.test
	$(MAKE) --jobs 2 check compile
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

compile: $(VENV)/.run
	$(BIN)/python -c "from bot.domain.planning import warming; warming.warm_up(); warming.warm_up_period()"

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.planning --instances benchmarks/instances --budgets 2 --seeds 1 --rivals
	$(BIN)/python -m benchmarks.bot
	$(BIN)/python -m benchmarks.night
	$(BIN)/python -m benchmarks.scoring
	$(BIN)/python -m benchmarks.courtesy
	$(BIN)/python -m benchmarks.courtesy --live --reps 2 --customers 200 --days 4

pictures: $(VENV)/.test
	$(BIN)/python docs/take_pictures.py

migration: $(VENV)/.run
	ROUNDSMAN_DATABASE_URL=sqlite:///data/migration.db $(BIN)/roundsman migrate
	ROUNDSMAN_DATABASE_URL=sqlite:///data/migration.db $(BIN)/alembic revision --autogenerate -m "$(MESSAGE)"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.test
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,bench]'
	touch $@

clean:
	rm -rf $(VENV) data build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
