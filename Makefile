# `make help` lists the targets. Every target does the set-up that it needs.

PYTHON ?= python3
BIN    := .venv/bin
UV     := $(BIN)/uv
ARGS   ?=
IMAGE  ?=
PROFILE ?=
RECORDING ?=

PYTHON_STAMP := .venv/.installed
NODE_STAMP   := node_modules/.installed
XGBOOST      := .images/xgboost/.installed
LAMBDA       := .images/lambda-python/.installed
SCIKIT_LEARN := .images/scikit-learn/.installed
TOOLS_STAMP  := .venv/.tools-installed
OPENAPI      := node_modules/@octokit/openapi/package.json
CHECKOV      := .images/checkov/.installed
RELEASE      := .images/release/.installed
CHROMIUM     := .images/chromium/.installed
CONTAINERS   := rehearsal/containers
# Folders that are roots in Lambda and in customers' repositories.
ROOTS        := functions:seed_code/build_app:seed_code/deploy_app/vendor
SET_UP       := $(PYTHON_STAMP) $(NODE_STAMP) $(XGBOOST) $(LAMBDA)
TOOLS        := $(TOOLS_STAMP) $(OPENAPI) $(CHECKOV) $(RELEASE) $(SCIKIT_LEARN) $(CHROMIUM)

# Installs what is missing of these files side by side, if the machine can take it.
install = +@$(MAKE) --question $(1) || { $(MAKE) machine MISSING="$(1)" && $(MAKE) --silent -j4 $(1); }

MAKEFLAGS += --no-print-directory
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export JSII_NODE := $(CURDIR)/$(BIN)/node
# Certificates of this machine, as pip and npm use them: company networks have their own.
export UV_SYSTEM_CERTS ?= true
SYSTEM_CERTS := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(SYSTEM_CERTS),)
export NODE_EXTRA_CA_CERTS ?= $(SYSTEM_CERTS)
endif
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.PHONY: help setup tools scikit-learn machine rehearse contract check test proof mutants lint tier-check tier-test bench permissions doctor register unregister fleet console credential redrive pictures synth sbom licences audit lock clean
.DEFAULT_GOAL := help

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-13s %s\n' "$$name" "$$text"; done
	@echo '  Arguments of the rehearsal: make rehearse ARGS="--data FILE --keep"; make rehearse ARGS=--help lists them'

setup: ## Install what `make rehearse` needs into this folder
	$(call install,$(SET_UP))

tools: ## Install what only those need who change this project, too
	$(call install,$(SET_UP) $(TOOLS))

scikit-learn: ## Install what trains and serves with scikit-learn in a rehearsal
	$(call install,$(SCIKIT_LEARN))

machine:
	@scripts/check-machine.sh $(PYTHON) $(MISSING)

rehearse: setup $(findstring scikit-learn,$(ARGS)) ## Play the whole lifecycle on this machine and print predictions
	@$(BIN)/python -m rehearsal $(ARGS)

contract: tools ## Hold an image of your own to what is asked of one: make contract IMAGE=ADDRESS; needs Docker
	@CONTRACT_IMAGE="$(IMAGE)" $(BIN)/python -m pytest -n 0 rehearsal/tests/containers/test_contract.py $(ARGS)

check: tools ## Lint, type-check and run the fast tests: about two minutes
	@$(MAKE) -j2 lint tier-check

test: check ## After `make check`, run the seed's and the rehearsal's tests: a good quarter of an hour
	@$(MAKE) tier-test

proof: tools $(if $(filter status verify --help,$(ARGS)),,lint) ## Run everything that is not proven for these files, for an hour; needs a C compiler
	@$(BIN)/python -m proof $(ARGS)

mutants: tools ## Put small faults into functions and policies, and list those that no test notices; for an hour
	@$(BIN)/python -m mutation $(ARGS)

lint: tools
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && PYTHONPATH=$(ROOTS) $(BIN)/lint-imports && $(BIN)/mypy
	@$(BIN)/zizmor --offline --quiet --persona auditor .github/workflows seed_code

tier-check tier-test: tier-%: tools
	@$(BIN)/python -m pytest --tier $* $(ARGS)

bench: tools ## Measure the lifecycle and its faults and write rehearsal/laboratory/benchmarks/results.json
	@$(BIN)/python -m rehearsal.laboratory.benchmarks $(ARGS)

permissions: setup ## Play every detour and write which act needs which permission
	@$(BIN)/python -m rehearsal.laboratory.permissions $(ARGS)

pictures: tools ## Make the README's pictures from a recording of a play: make pictures RECORDING=FILE
	@$(BIN)/python -m tests.browser.recorded_pictures $(RECORDING)

register: setup ## Register the template in the account of the AWS command line
	@$(BIN)/python -m operations register $(ARGS)

unregister: ## Take the template out of the account of the AWS command line; asks before data goes
	$(call install,$(PYTHON_STAMP))
	@$(BIN)/python -m operations unregister $(ARGS)

doctor: ## Look for what would fail in the account of the AWS command line and on GitHub; changes nothing
	$(call install,$(PYTHON_STAMP))
	@$(BIN)/python -m operations doctor $(ARGS)

fleet: ## Show all projects of the account in one table; ARGS="update --dry-run" plans to bring them to the newest version
	$(call install,$(PYTHON_STAMP))
	@$(BIN)/python -m operations fleet $(ARGS)

console: ## Show the account's projects in a browser: make console PROFILE=mlops-dev
	$(call install,$(PYTHON_STAMP))
	@$(if $(PROFILE),AWS_PROFILE=$(PROFILE)) $(BIN)/python -m console $(ARGS)

credential: ## Store a GitHub token once for an owner: ARGS="add OWNER", "list" or "remove OWNER"
	$(call install,$(PYTHON_STAMP))
	@$(BIN)/python -m operations credential $(ARGS)

redrive: ## Send events that wait in the failure queues to their function again
	$(call install,$(PYTHON_STAMP))
	@$(BIN)/python -m operations redrive $(ARGS)

synth: ## Synthesize the templates into cdk.out
	$(call install,$(PYTHON_STAMP) $(NODE_STAMP))
	@node_modules/.bin/cdk synth --quiet $(ARGS)

sbom: ## Write what users install and run, as CycloneDX, into sbom
	$(call install,$(PYTHON_STAMP) $(RELEASE))
	@.images/release/bin/python -m supply_chain sbom $(ARGS)

licences: ## Install every package and write its licence into docs/licences.md
	$(call install,$(PYTHON_STAMP) $(RELEASE))
	@.images/release/bin/python -m supply_chain licences

audit: ## Ask the advisory services about every pinned package
	$(call install,$(PYTHON_STAMP) $(RELEASE))
	@.images/release/bin/python -m supply_chain audit

lock: ## Pin the requirements again, with hashes
	$(call install,$(UV))
	@scripts/lock-requirements.sh

clean: ## Stop the rehearsal and remove everything that these targets made
	@if [ -x $(BIN)/python ] && [ -d .rehearsal ]; then $(BIN)/python -m rehearsal down || true; fi
	@rm -rf .rehearsal .rehearsal-permissions .mutation .venv .images node_modules cdk.out sbom

$(UV): requirements-setup.txt
	@echo "Installing uv into .venv"
	@scripts/install-uv.sh $(PYTHON)
	@touch $@

$(PYTHON_STAMP): $(UV) rehearsal/requirements.txt
	@echo "Installing Python packages into .venv"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes rehearsal/requirements.txt
	@touch $@

$(TOOLS_STAMP): $(PYTHON_STAMP) requirements-dev.txt
	@echo "Installing linters and test tools into .venv"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@

# npm comes with the Python packages; newer ones of them are no reason to install this again.
$(NODE_STAMP): package-lock.json | $(PYTHON_STAMP)
	@echo "Installing the CDK command line into node_modules"
	@$(BIN)/npm ci --prefer-offline --omit=dev --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(OPENAPI): $(NODE_STAMP)
	@echo "Installing GitHub's OpenAPI description and a browser into node_modules"
	@$(BIN)/npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >/dev/null
	@touch $(NODE_STAMP) $@

$(CHROMIUM): scripts/unpack-chromium.mjs $(OPENAPI)
	@echo "Unpacking the browser of the tests into $(@D)"
	@$(BIN)/node $< $(@D)
	@touch $@

$(XGBOOST): $(UV) $(CONTAINERS)/xgboost/requirements.txt
$(SCIKIT_LEARN): $(UV) $(CONTAINERS)/scikit_learn/requirements.txt
$(LAMBDA): $(UV) $(CONTAINERS)/lambda_python/requirements.txt
$(CHECKOV): $(UV) requirements-checkov.txt
$(RELEASE): $(UV) requirements-release.txt
# A function's first start has a time limit; other byte code is made where it is first needed.
$(LAMBDA): COMPILE := --compile-bytecode

# Apart from .venv: these pin versions that cannot be shared, or are not what plays the template.
$(XGBOOST) $(SCIKIT_LEARN) $(LAMBDA) $(CHECKOV) $(RELEASE):
	@echo "Installing Python packages into $(@D)"
	@$(UV) venv --quiet --clear --python $(BIN)/python $(@D)
	@$(UV) pip sync --quiet $(COMPILE) --python $(@D)/bin/python --require-hashes $(lastword $^)
	@touch $@
