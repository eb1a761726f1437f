# Every target installs its tools into .venv/ and node_modules/ first. The machine needs python3
# (3.11 or newer), make and git.

PYTHON ?= python3
VENV := .venv
# Tests wait for deployments more than they compute, so there are more processes than cores.
PYTEST := python -m pytest --numprocesses 3 --dist worksteal
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--custom-compile-command "make lock"
READY := $(VENV)/.ready
MIN := build/min
MUTATED := build/mutants
MIN_READY := $(MIN)/.ready

# node, npm and the CDK CLI come from the virtual environment and node_modules.
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONHOME PYTHONPATH
# Dozens of processes import the same code; keep its bytecode.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install hooks demo test test-all test-min check lint format types layers templates secrets \
	audit mutants bench scale local bootstrap deploy destroy verify-aws build lock clean

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
	npm ci --loglevel=error --no-audit --no-fund --ignore-scripts
	touch $(READY)

hooks: $(READY) ## Run the parts of `make check` before each git commit
	pre-commit install

demo: $(READY) ## Import 1,000 users into the local AWS, change, re-deploy, destroy
	python examples/demo.py

test: $(READY) ## Run the tests
	$(PYTEST) -m "not slow"

test-all: $(READY) ## Run all tests; measure the coverage of the quick ones without the local AWS
	rm -rf build/coverage
	$(PYTEST) -m "not slow and not local" --cov --cov-report=term:skip-covered
	$(PYTEST) -m "slow or local"
	LOCAL_AWS_PROFILE=documented $(PYTEST) -m "local and not slow" \
		--ignore tests/local/service tests/local
	LOCAL_AWS_PROFILE=observed $(PYTEST) -m "local and not slow" tests/local/test_lifecycle.py

test-min: $(MIN_READY) ## Test the templates with the lowest allowed version of the CDK
	PATH="$(CURDIR)/$(MIN)/bin:$$PATH" $(PYTEST) -m "not slow" tests/synth

$(MIN_READY): requirements/min.txt pyproject.toml | $(READY)
	rm -rf $(MIN)
	$(VENV)/bin/python -m venv $(MIN)
	uv pip sync --quiet --compile-bytecode --python $(MIN)/bin/python --require-hashes requirements/min.txt
	uv pip install --quiet --python $(MIN)/bin/python --no-deps --no-build-isolation --editable .
	touch $(MIN_READY)

# The hooks in .pre-commit-config.yaml are the same targets.
check: lint format types layers templates secrets ## Lint, formatting, types, layers, templates, secrets

lint: $(READY)
	ruff check .

format: $(READY)
	ruff format --check .

types: $(READY)
	mypy

layers: $(READY)
	PYTHONPATH=.:lambda:constructs:local lint-imports --no-cache

templates: $(READY)
	python .ci/lint_templates.py

secrets: $(READY)
	.ci/secrets

audit: $(READY) ## Look up known vulnerabilities of every pinned package (needs the internet)
	set -e; for lock in requirements/*.txt; do \
		pip-audit --strict --disable-pip --require-hashes --requirement $$lock; \
	done
	npm audit

# mutmut names a module by its path from the root, so the copy has the functions' package there.
mutants: $(READY) ## Change the code in small ways: a test must fail for each (three hours; MUTANTS=names)
	rm -rf $(MUTATED)
	mkdir -p $(MUTATED)
	git ls-files -z --cached --others --exclude-standard | xargs -0 cp -P --parents -t $(MUTATED)
	cp -r lambda/user_import $(MUTATED)
	cd $(MUTATED) && mutmut run $(MUTANTS)
	cd $(MUTATED) && ! mutmut results | grep --invert-match -e ': timeout$$' -e ': not checked$$'

bench: $(READY) ## Measure the CSV check, whole imports, and growth (an hour; BENCH=--quick for minutes)
	PYTHONPATH=lambda python -m benchmarks.csv_bench $(BENCH)
	PYTHONPATH=lambda:tests python -m benchmarks.end_to_end $(BENCH)
	PYTHONPATH=lambda:tests python -m benchmarks.growth $(BENCH)

scale: $(READY) ## Import 1,200,000 users into the local AWS, with killed workers (SCALE="--users N")
	PYTHONPATH=lambda:tests python -m benchmarks.scale_run $(SCALE)

local: $(READY) ## Start the local AWS in the foreground (Ctrl-C stops it)
	python -m cognito_import_local

bootstrap: $(READY) ## Prepare the AWS account and Region of your environment for the CDK, once
	cdk bootstrap

deploy: $(READY) ## Deploy app.py to the AWS account of your environment (USERS=path.csv)
	cdk deploy --require-approval broadening $(if $(USERS),--context "users=$(USERS)")

destroy: $(READY) ## Remove the stack of `make deploy`
	cdk destroy

verify-aws: $(READY) ## Check what docs/unproven.md assumes, on the account of your environment (CLEAN_UP=1, ARGS=--help)
	python -m verify_aws $(if $(CLEAN_UP),--clean-up) $(ARGS)

build: $(READY) ## Build the wheel and the sdist into dist/ (PROJECT_URL=https://… for links)
	PROJECT_URL="$(PROJECT_URL)" python -m build --no-isolation --outdir dist .

# min.txt has the lowest aws-cdk-lib that the package allows, the lowest constructs that the CDK and
# cdk-nag accept with it, and the newest version of everything else.
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
