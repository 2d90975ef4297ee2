PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test bench lint screenshots messages lock vendor

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: install
	$(BIN)/linli demo

test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -p tests.on_postgres -m both_databases

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# DATA is the folder with the real data; see bench/README.md.
DATA ?= ../shared/data
bench: install
	$(BIN)/python bench/run.py --data $(DATA)

screenshots: install
	$(BIN)/python tools/screenshots.py

messages: install
	$(BIN)/python tools/messages.py

# Pins all dependencies anew; needs the `uv` command.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml -o requirements.lock

# Puts the front-end libraries named in tools/vendor/package.json into the package; needs Node.js.
vendor:
	cd tools/vendor && npm ci && node build.mjs
