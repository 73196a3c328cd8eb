# What people and CI run. Every target sets up what it needs first; with nothing to do that takes a tenth of a second.
#
#   make acceptance ARGS="-m smoke"    further options for pytest
#   make acceptance KEEP=              remove the containers at the end instead of keeping them warm for the next run

ARGS ?=
# A person runs again soon, on containers that are still warm. A CI server does not come back to them.
KEEP ?= $(if $(CI),,--keep)
BIN := .venv/bin
REPORT := .seatrials/report.xml

.DEFAULT_GOAL := help
.PHONY: help acceptance test lint setup pins clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

acceptance: setup ## start the systems, run the features, say where the report is
	@$(BIN)/pytest features $(KEEP) --junitxml=$(REPORT) $(ARGS)

test: setup lint ## everything: lint, types, import rules, tests and features
	@setup/packages docker-registry
	@$(BIN)/pytest tests features --junitxml=$(REPORT) $(ARGS)

lint: setup ## ruff, mypy and the import rules alone
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

setup: ## the virtual environment, a Docker engine and what builds images
	@setup/venv
	@setup/engine
	@setup/packages mmdebstrap

pins: ## write constraints.txt anew with the newest versions
	@setup/pins

clean: ## remove what was made here and the containers that were kept; images stay
	@if [ -x $(BIN)/pytest ]; then $(BIN)/pytest --drop-kept || true; fi
	rm -rf .venv .seatrials .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
