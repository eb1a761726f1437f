# Every target installs what it needs into .venv/ and node_modules/ first; nothing else on the
# machine is used but python3 (3.11 or newer) and make.

PYTHON ?= python3
VENV := .venv
# Tests wait for deployments more than they compute; a test that a worker is free for is taken over.
PYTEST := python -m pytest --numprocesses 3 --dist worksteal
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--custom-compile-command "make lock"
READY := $(VENV)/.ready
MIN := build/min
MIN_READY := $(MIN)/.ready

# node, npm and the CDK CLI come from the virtual environment and node_modules.
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONHOME PYTHONPATH
# Dozens of processes import the same code: they compile it once.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all test-min check audit mutants bench local deploy destroy build lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## Set up .venv and node_modules

$(READY): requirements/dev.txt requirements/uv.txt pyproject.toml package-lock.json
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; set PYTHON=python3.x")'
	rm -f $(READY)
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(VENV)/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements/dev.txt requirements/uv.txt
	$(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $(READY)

demo: $(READY) ## Import 1,000 users into the local AWS, change, re-deploy, destroy
	python examples/demo.py

test: $(READY) ## Run the tests
	$(PYTEST) -m "not slow"

test-all: $(READY) ## Run all tests; measure what the quick ones cover without the local AWS
	rm -rf build/coverage
	$(PYTEST) -m "not slow and not local" --cov --cov-report=term:skip-covered
	$(PYTEST) -m "slow or local"
	LOCAL_AWS_PROFILE=documented $(PYTEST) -m "local and not slow" \
		--ignore tests/local/service tests/local

test-min: $(MIN_READY) ## Test the templates with the lowest allowed version of the CDK
	PATH="$(CURDIR)/$(MIN)/bin:$$PATH" $(PYTEST) -m "not slow" tests/synth

$(MIN_READY): requirements/min.txt pyproject.toml | $(READY)
	rm -rf $(MIN)
	$(VENV)/bin/python -m venv $(MIN)
	uv pip sync --quiet --compile-bytecode --python $(MIN)/bin/python --require-hashes requirements/min.txt
	uv pip install --quiet --python $(MIN)/bin/python --no-deps --no-build-isolation --editable .
	touch $(MIN_READY)

check: $(READY) ## Lint, formatting, types, layers, templates, secrets
	ruff check .
	ruff format --check .
	mypy
	PYTHONPATH=lambda lint-imports --no-cache
	python .ci/lint_templates.py
	.ci/secrets

audit: $(READY) ## Look up every pinned package's known vulnerabilities (needs the internet)
	python .ci/audit.py

mutants: $(READY) ## See that tests notice changed code (an hour; MUTANTS=names for some)
	.ci/mutants $(MUTANTS)

bench: $(READY) ## Measure how fast a CSV is checked (half an hour; BENCH=--quick for minutes)
	PYTHONPATH=lambda python -m benchmarks.csv_bench $(BENCH)

local: $(READY) ## Start the local AWS in the foreground (Ctrl-C stops it)
	python -m cognito_import_local

deploy: $(READY) ## Deploy app.py to the AWS account of your environment
	cdk deploy --require-approval broadening

destroy: $(READY) ## Remove what `make deploy` made
	cdk destroy

build: $(READY) ## Build the wheel and the sdist into dist/
	python -m build --no-isolation --outdir dist .

# min.txt has the lowest aws-cdk-lib that the package allows, the lowest constructs that the CDK and
# cdk-nag accept with it, and the newest of all else.
lock: $(READY) ## Pin the newest allowed versions in requirements/, and the lowest in min.txt
	$(COMPILE) --extra local --group dev --output-file requirements/dev.txt pyproject.toml
	echo uv | $(COMPILE) --output-file requirements/uv.txt -
	$(COMPILE) --group bench --output-file requirements/bench.txt
	mkdir -p build
	$(COMPILE) --resolution lowest-direct --extra local --group synth pyproject.toml \
		| sed -nE 's/^((aws-cdk-lib|constructs)==[^ ]+).*/\1/p' > build/lowest.txt
	test -s build/lowest.txt
	$(COMPILE) --constraint build/lowest.txt --extra local --group synth \
		--output-file requirements/min.txt pyproject.toml

clean: ## Remove everything the targets made
	rm -rf $(VENV) node_modules build dist cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis
