# What people at work need. CI runs the same targets: see .ci/run.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO ?= go
# Every module of this repository whose code is ours; tools/ only holds versions.
MODULES := $(sort $(patsubst %/,%,$(dir $(shell find . -name go.mod -not -path './tools/*' -not -path '*/testdata/*'))))
# How long each fuzz target runs under `make fuzz`.
FUZZTIME ?= 10s
# How long `make chaos` kills processes, in seconds.
CHAOS_SECONDS ?= 60
# How long `make simulate` runs seeds, in seconds.
SIM_SECONDS ?= 60
# What builds images.
CONTAINER ?= docker
# Built tools are kept outside the tree.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/djmessenger
LINT := $(CACHE)/golangci-lint

##@ Write

fmt: $(LINT) ## format all code and imports
	@$(LINT) fmt

tidy: ## go mod tidy in every module
	@for m in $(MODULES) tools; do (cd $$m && $(GO) mod tidy); done

api: ## write the list of exported names, internal/house/testdata/api.txt, anew
	@$(GO) test -count=1 ./internal/house -run TestPublicAPI -update

container: ## an image of messenger simulate, djmessenger/simulator, by CONTAINER (docker, podman or buildah)
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; mkdir "$$dir/ca"; \
		CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o "$$dir/messenger" ./cmd/messenger; \
		$(CONTAINER) build -t djmessenger/simulator -f container/Containerfile "$$dir"

##@ Check

fmt-check: $(LINT) ## fail if something is not formatted
	@$(LINT) fmt --diff

lint: $(LINT) ## golangci-lint, the arrows of the house among it
	@for m in $(MODULES); do echo "lint $$m"; (cd $$m && $(LINT) run); done

vet: ## go vet
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./...); done

tidy-check: ## fail if a go.mod or go.sum is not tidy
	@for m in $(MODULES) tools; do echo "tidy $$m"; (cd $$m && $(GO) mod tidy -diff); done

examples: ## build everything, examples with a go.mod of their own too; the library without cgo
	@for m in $(MODULES); do (cd $$m && $(GO) build -o /dev/null ./...); done
	@CGO_ENABLED=0 $(GO) build . && CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/messenger

##@ Test

test: ## the README's test command
	$(GO) test ./...

# Tests of these packages run other programs, which are built without the race detector: it would find nothing there.
NO_RACE := /internal/house$$|/internal/webbrowser$$

# The packages that take minutes begin first, so that the others run beside them. `make vet` has what go test would vet.
race: ## all tests under the race detector, in random order; with CI=true a skipped test fails
	@packages=$$($(GO) list ./... | grep -Ev '$(NO_RACE)'); \
		GORACE="atexit_sleep_ms=0 $${GORACE:-}" $(GO) test -race -vet=off -shuffle=on -timeout=30m -v ./store/postgres ./internal/engine $$packages 2>&1 | \
		awk -v ci="$(CI)" -v allowed=.ci/skips -f .ci/report.awk

browser: ## the chat page and the quickstart in a headless Chromium
	cd internal/browsertest && $(GO) test -count=1 -v ./...

fuzz: ## each fuzz target for FUZZTIME (10s)
	@$(GO) list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | while read -r pkg; do \
		for target in $$($(GO) test -list='^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "fuzz $$pkg $$target"; \
			$(GO) test -run='^$$' -fuzz="^$$target$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=100x $$pkg; \
		done; \
	done

chaos: ## kill and stop bots for CHAOS_SECONDS (60), or until CHAOS_KILLS; on PostgreSQL too with MESSENGER_TEST_POSTGRES
	@CHAOS_SECONDS=$(CHAOS_SECONDS) $(GO) test -count=1 -timeout=30m -parallel=3 -v ./internal/chaos

compat: ## foreign clients and bots, from the npm registry, against messenger simulate; docs/compatibility.md has what comes of it
	@$(GO) run ./compat

compat-update: ## write the tables of docs/compatibility.md anew
	@$(GO) run ./compat -update

simulate: ## bots in fake time, under random faults, for SIM_SECONDS (60), or SIM_SEEDS seeds; SIM_SEED repeats one
	@SIM_SECONDS=$(if $(SIM_SEEDS),,$(SIM_SECONDS)) $(GO) test -count=1 -timeout=60m -run TestSeeds -v ./internal/simulation

bench: ## each benchmark once, so that they keep working
	@$(GO) test -run='^$$' -bench=. -benchtime=1x ./...
	@cd i18n/compare && $(GO) test -count=1 -bench=. -benchtime=1x ./...

bench-compare: ## BENCH of the commit BASE and of the working tree in turns: medians, ratios; ROUNDS (5), BENCHTIME (1s)
	@GO=$(GO) .ci/bench-compare "$(BASE)" "$(BENCH)"

cost: ## CPU per event of a bot on each store; with BASE=COMMIT of that commit too; COST_FLAGS for internal/cost
	@GO=$(GO) .ci/cost "$(BASE)" $(COST_FLAGS)

##@ All of it

verify: fmt-check lint vet tidy-check examples compat race chaos simulate bench test ## what CI does, on this machine

help: ## this text
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(LINT): tools/go.mod tools/go.sum
	@echo "building golangci-lint (once; minutes)"
	@mkdir -p $(CACHE)
	@cd tools && $(GO) build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

.PHONY: fmt tidy api container fmt-check lint vet tidy-check examples test race browser fuzz chaos compat compat-update simulate bench bench-compare cost verify help
