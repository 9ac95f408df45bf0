# The one list of commands, for people and for .ci/run. `make` alone shows it.

VENV := .venv
BIN := $(VENV)/bin
# Twice quiet: only errors are shown, not remarks about this machine's pip configuration.
PIP := sh systemd/stoppable.sh $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
export PREFIX ?= /opt/nudger
export DESTDIR ?=

.DEFAULT_GOAL := help
.PHONY: help run test check format lock bench test-system wheel install uninstall clean
MAKEFLAGS += --no-print-directory

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while read -r target words; do \
		printf 'make %-12s %s\n' "$$target" "$$words"; done

# A trap, so that Ctrl-C ends nudger and is not reported as an error of make.
run: $(VENV)/stamp-run ## install what is needed into .venv, then run the example until Ctrl-C
	@trap : INT; $(BIN)/nudger run --example || [ $$? -eq 130 ]

# One worker more than there are processors: some tests wait for a clock.
test: $(VENV)/stamp-dev ## the tests that need Python alone, but for the slow ones
	@$(BIN)/pytest -n $$($(BIN)/python -c "import os; print(os.cpu_count() + 1)") --dist worksteal -m "not system and not slow"

check: $(VENV)/stamp-dev ## everything a change must pass: format, lint, types, floors, shipped files, tests
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/nudger check
	@$(MAKE) test

format: $(VENV)/stamp-dev ## format the code, and mend what the linter can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

test-system: $(VENV)/stamp-dev ## the slow ones, and those that need root, systemd, mail and database servers, a browser
	@$(BIN)/pytest -m "system or slow" -rs

bench: $(VENV)/stamp-dev ## measure speed
	@$(BIN)/python bench

wheel: $(VENV)/stamp-build ## build dist/nudger-VERSION-py3-none-any.whl
	@$(call stoppable,$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist . && ls dist/*.whl)

# uv lives in a folder that is thrown away: nothing else needs it.
lock: | $(BIN)/pip ## pin the newest dependencies in the requirements*.lock: to run, to build, to develop
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(BIN)/python -m venv "$$tools" && "$$tools/bin/pip" -qq install uv && \
	lock() { "$$tools/bin/uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header "$$@"; } && \
	lock pyproject.toml --extra postgresql -o requirements.lock && \
	lock --group build -o requirements-build.lock && \
	lock pyproject.toml --all-extras --group build --group dev -o requirements-dev.lock

install: ## (root) install or upgrade the service in /opt/nudger; starts nothing
	@trap : INT; sh systemd/install.sh || [ $$? -eq 130 ]

uninstall: ## (root) take the service away; configuration and data stay
	@sh systemd/uninstall.sh

clean: ## remove .venv, built files and caches; var/ stays
	@rm -rf $(VENV) dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the targets above stand on. A stamp is newer than the lock that was installed, so a second run is instant.

$(VENV)/stamp-run: requirements.lock pyproject.toml $(VENV)/stamp-build
	@echo "Installing what nudger needs ..."
	@$(install)

$(VENV)/stamp-build: requirements-build.lock | $(BIN)/pip
	@$(call stoppable,sh systemd/install-locked.sh $(VENV) $< && touch $@)

$(VENV)/stamp-dev: requirements-dev.lock pyproject.toml | $(BIN)/pip
	@echo "Installing what the tests need ..."
	@$(install)

$(BIN)/pip:
	@python=$$(sh systemd/find-python.sh python3 python3.13 python3.12 python3.11) && \
	echo "Making .venv with $$("$$python" --version) ..." && \
	$(call stoppable,sh systemd/stoppable.sh "$$python" -m venv $(VENV))

install = $(call stoppable,sh systemd/install-locked.sh $(VENV) $< && \
	$(PIP) install --no-deps --no-build-isolation -e . && touch $@)

# So that Ctrl-C is not reported as an error, neither by pip nor by make, and it is said how to go on.
stoppable = { trap : INT; { $(1); } || \
	{ [ $$? -eq 130 ] && echo && echo 'Stopped; `make $(MAKECMDGOALS)` goes on where it was.'; }; }
