# `make` alone lists the targets. Everything real happens in scripts/ and cli.py.

PYTHON ?= python3
PREPARE = $(PYTHON) -m scripts.prepare

.DEFAULT_GOAL := help
.PHONY: help run demo test types lint format lock bench images clean
MAKEFLAGS += --no-print-directory

help: ## list the targets
	@sed -n 's/^\([a-z]*\): ## /\1	/p' Makefile | while IFS='	' read -r name about; do printf '  make %-8s %s\n' "$$name" "$$about"; done

# `exec`, so that the guard's parent is make: when make dies, everything ends.
run: ## set up what is missing, then run everything at http://localhost:8000
	@exec $(PREPARE) app cli.py up

demo: ## the same, with an example organisation whose submissions were really run
	@exec $(PREPARE) app cli.py up --demo

test: ## install what the tests need, run every suite, end in one summary
	@exec $(PYTHON) -m scripts.test

types: ## check the types (mypy, tsc)
	@exec $(PREPARE) check -m scripts.check types

lint: ## check style and import contracts (ruff, import-linter)
	@exec $(PREPARE) check -m scripts.check lint

format: ## put the Python code into shape
	@exec $(PREPARE) check -m scripts.check format

lock: ## compile the lock files again (UPGRADE=1: to the newest versions)
	@exec $(PYTHON) -m scripts.lock

bench: ## measure; results are written to bench/results
	@exec $(PREPARE) dev -m bench

images: ## build the sandbox images now
	@exec $(PREPARE) app -m scripts.images

clean: ## remove what can be made again; the data in var/ stays
	@rm -rf .cache server/static/built .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@for made in .tools .venv node_modules; do [ -L $$made ] || rm -rf $$made; done
