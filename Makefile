# Two commands: `make run` starts the whole platform, `make test` tests it. Both install what is missing.
.DEFAULT_GOAL := help
.PHONY: help run test bench pictures lighthouse lint lock install clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LAYERS := bootstrap base worker embedded test dev
LOCKS := $(LAYERS:%=requirements/%.txt)
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
CONFIGURED := $(BIN)/python -m embedded configured
export PYTHONPATH := .:platform

help:
	@echo "make run    start Gatehouse on this machine; Ctrl-C stops it (PORT=8000 chooses the port)"
	@echo "make test   run every test on real servers (ARGS='-k audit' narrows)"
	@echo "make bench  speeds, as ratios against something measured in the same run"
	@echo "make pictures  take the documentation's and the guide's pictures anew"
	@echo "make lighthouse  what Lighthouse says of the key pages (needs Node)"
	@echo "make lint   style, types, floors, templates, migrations, deployment settings"
	@echo "make lock   write requirements/*.txt anew from requirements/*.in"
	@echo "make words  extract and compile the words of pages (needs gettext)"
	@echo "make clean  remove everything that was installed, and all local data"

run: $(VENV)/installed
	@exec $(BIN)/python -m embedded run

test: $(VENV)/installed
	@exec $(BIN)/python -m embedded test $(ARGS)

bench: $(VENV)/installed
	@mkdir -p .data && exec $(BIN)/python -m tests.bench $(ARGS)

pictures: $(VENV)/installed
	@mkdir -p .data && exec $(BIN)/python -m tests.pictures

lighthouse: $(VENV)/installed
	@mkdir -p .data && exec $(BIN)/python -m tests.lighthouse

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint platform marketplace broker gateway
	$(CONFIGURED) $(BIN)/mypy .
	$(CONFIGURED) $(BIN)/python manage.py makemigrations --check --dry-run
	$(CONFIGURED) $(BIN)/python manage.py openapi --check
	$(CONFIGURED) $(BIN)/python manage.py check --deploy --fail-level WARNING

install: $(VENV)/installed

# uv checks the hashes as pip does and takes seconds; where it can't reach what pip can, pip does the work.
$(VENV)/installed: $(LOCKS)
	@echo "Installing what Gatehouse needs into $(VENV) …"
	@test -x $(BIN)/pip || PYTHON=$(PYTHON) VENV=$(VENV) bash .ci/make-venv
	@$(PIP) -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes $(LOCKS) || $(PIP) $(LOCKS:%=-r %)
	@touch $@

lock: $(VENV)/installed
	@cd requirements && for layer in $(LAYERS); do \
	  UV_CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 \
	    $$layer.in -o $$layer.txt || exit 1; done

clean:
	rm -rf .data $(VENV)

# For whoever changes words: extracts them, and compiles what was translated. Needs the gettext programs; nobody else does.
.PHONY: words
words: $(VENV)/installed
	$(CONFIGURED) $(BIN)/python manage.py makemessages --locale de --no-location --no-wrap --no-obsolete \
	  --ignore ".venv/*" --ignore ".data/*" --ignore "tests/*" --ignore "*/templates/admin/*" --ignore "*/email/*"
	@for place in locale locale/vocabulary locale/libraries; do \
	  msgfmt --check-format -o $$place/de/LC_MESSAGES/django.mo $$place/de/LC_MESSAGES/django.po || exit 1; done
