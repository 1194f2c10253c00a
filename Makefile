# `make help` lists the targets. Every target does the set-up that it needs.

PYTHON ?= python3
BIN    := .venv/bin
UV     := $(BIN)/uv
ARGS   ?=

PYTHON_STAMP := .venv/.installed
NODE_STAMP   := node_modules/.installed
OPENAPI      := node_modules/@octokit/openapi/package.json
XGBOOST      := .images/xgboost/.installed
LAMBDA       := .images/lambda-python/.installed
CHECKOV      := .images/checkov/.installed
RELEASE      := .images/release/.installed
CONTAINERS   := rehearsal/containers
# Folders that are roots in Lambda and in customers' repositories.
ROOTS        := functions:seed_code/build_app:seed_code/deploy_app/vendor
TESTED       := setup $(OPENAPI) $(CHECKOV) $(RELEASE)

export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export JSII_NODE := $(CURDIR)/$(BIN)/node
# Certificates of this machine, as pip and npm use them: company networks have their own.
export UV_SYSTEM_CERTS ?= true
SYSTEM_CERTS := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(SYSTEM_CERTS),)
export NODE_EXTRA_CA_CERTS ?= $(SYSTEM_CERTS)
endif
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.PHONY: help setup rehearse check test proof lint tier-check tier-test bench permissions redrive synth sbom licences audit lock clean
.DEFAULT_GOAL := help

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-11s %s\n' "$$name" "$$text"; done
	@echo '  Arguments of the rehearsal: make rehearse ARGS="--data FILE --keep"; make rehearse ARGS=--help lists them'

setup: $(PYTHON_STAMP) $(NODE_STAMP) $(XGBOOST) $(LAMBDA) ## Install everything into this folder

rehearse: setup ## Play the whole lifecycle on this machine and print predictions
	@$(BIN)/python -m rehearsal $(ARGS)

check: $(TESTED) ## Lint, type-check and run the fast tests: about a minute
	@$(MAKE) --no-print-directory -j2 lint tier-check

test: check ## After `make check`, run the seed's and the rehearsal's tests: a quarter of an hour
	@$(MAKE) --no-print-directory tier-test

proof: $(TESTED) $(if $(filter status verify --help,$(ARGS)),,lint) ## Run everything that is not proven for these files, for an hour
	@$(BIN)/python -m proof $(ARGS)

lint: $(TESTED)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && PYTHONPATH=$(ROOTS) $(BIN)/lint-imports && $(BIN)/mypy
	@$(BIN)/zizmor --offline --quiet --persona auditor .github/workflows seed_code

tier-check tier-test: tier-%: $(TESTED)
	@$(BIN)/python -m pytest --tier $* $(ARGS)

bench: setup ## Measure the lifecycle and its faults and write rehearsal/laboratory/benchmarks/results.json
	@$(BIN)/python -m rehearsal.laboratory.benchmarks $(ARGS)

permissions: setup ## Play every detour and write which act needs which permission
	@$(BIN)/python -m rehearsal.laboratory.permissions $(ARGS)

redrive: $(PYTHON_STAMP) ## Send events that wait in the failure queues to their function again
	@$(BIN)/python -m operations redrive $(ARGS)

synth: $(PYTHON_STAMP) $(NODE_STAMP) ## Synthesize the templates into cdk.out
	@node_modules/.bin/cdk synth --quiet $(ARGS)

sbom: $(RELEASE) ## Write what users install and run, as CycloneDX, into sbom
	@.images/release/bin/python -m supply_chain sbom $(ARGS)

licences: $(RELEASE) ## Install every package and write its licence into docs/licences.md
	@.images/release/bin/python -m supply_chain licences

audit: $(RELEASE) ## Ask the advisory services about every pinned package
	@.images/release/bin/python -m supply_chain audit

lock: $(PYTHON_STAMP) ## Pin the requirements again, with hashes
	@scripts/lock-requirements.sh

clean: ## Stop the rehearsal and remove everything that these targets made
	@if [ -x $(BIN)/python ] && [ -d .rehearsal ]; then $(BIN)/python -m rehearsal down || true; fi
	@rm -rf .rehearsal .rehearsal-permissions .venv .images node_modules cdk.out sbom

$(PYTHON_STAMP): requirements-setup.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@echo "Installing Python packages into .venv"
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.txt
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@

$(NODE_STAMP): $(PYTHON_STAMP) package-lock.json
	@echo "Installing the CDK command line into node_modules"
	@$(BIN)/npm ci --prefer-offline --omit=dev --no-audit --no-fund --loglevel=error
	@touch $@

$(OPENAPI): $(NODE_STAMP)
	@echo "Installing GitHub's OpenAPI description into node_modules"
	@$(BIN)/npm ci --prefer-offline --no-audit --no-fund --loglevel=error && touch $(NODE_STAMP) $@

$(XGBOOST): $(PYTHON_STAMP) $(CONTAINERS)/xgboost/requirements.txt
	@echo "Installing the XGBoost image into .images/xgboost"
	@$(UV) venv --quiet --clear --python $(BIN)/python .images/xgboost
	@$(UV) pip sync --quiet --compile-bytecode --python .images/xgboost/bin/python --require-hashes $(CONTAINERS)/xgboost/requirements.txt
	@touch $@

$(LAMBDA): $(PYTHON_STAMP) $(CONTAINERS)/lambda_python/requirements.txt
	@echo "Installing the Lambda runtime into .images/lambda-python"
	@$(UV) venv --quiet --clear --python $(BIN)/python .images/lambda-python
	@$(UV) pip sync --quiet --compile-bytecode --python .images/lambda-python/bin/python --require-hashes $(CONTAINERS)/lambda_python/requirements.txt
	@touch $@

# checkov pins versions that the other packages cannot share.
$(CHECKOV): $(PYTHON_STAMP) requirements-checkov.txt
	@echo "Installing checkov into .images/checkov"
	@$(UV) venv --quiet --clear --python $(BIN)/python .images/checkov
	@$(UV) pip sync --quiet --python .images/checkov/bin/python --require-hashes requirements-checkov.txt
	@touch $@

# Kept apart, so that what plays and tests the template stays small.
$(RELEASE): $(PYTHON_STAMP) requirements-release.txt
	@echo "Installing the release tools into .images/release"
	@$(UV) venv --quiet --clear --python $(BIN)/python .images/release
	@$(UV) pip sync --quiet --python .images/release/bin/python --require-hashes requirements-release.txt
	@touch $@
