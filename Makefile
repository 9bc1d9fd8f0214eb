# GNU make 3.81 and later, which macOS has. `make` alone explains itself.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LINT    := go tool -modfile=tools/go.mod golangci-lint
ON_CI   := $(filter true 1,$(CI))

# What to test: packages, and flags of the runner such as -run=TestName (bin/suites -help lists them).
PKG       ?= ./...
TESTFLAGS ?=
# Where what is built goes.
OUT       ?= bin
# How long each fuzz function runs.
FUZZTIME  ?= 15s

.DEFAULT_GOAL := help
.PHONY: help build dashboard apps demo test journeys screenshots crash bench bench-go bench-edge bench-system bench-dashboard fuzz lint lint-go lint-web fmt verify clean FORCE

help: ## Show this
	@awk 'BEGIN { FS = ":[^#]*## " } /^[a-z%-]+:[^#]*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

build: dashboard ## Build bin/lockstep, with the dashboard where npm is
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o $(OUT)/lockstep ./cmd/lockstep

# What the dashboard's build ends with.
SITE := web/dist/site/index.html

ifneq ($(shell command -v npm),)
dashboard: $(SITE)
else
dashboard:
	@echo "build: the dashboard is left out: npm is not installed; the binary says so where it would be"
endif

$(SITE): $(shell find web/src web/public web/build web/index.html web/*.json web/*.ts -type f ! -name '*.test.ts*') | web/node_modules/.package-lock.json
	npm run build --prefix web --silent

web/node_modules/.package-lock.json: web/package-lock.json
	npm ci --prefix web --no-audit --no-fund --loglevel=error

demo: build apps ## Watch a working day with Lockstep, in two minutes
	$(OUT)/lockstep demo

# The demo's artifacts: one good build of the backend, three bad ones, the frontend.
apps:
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $(OUT)/sunday/good/backend ./examples/sunday/backend
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-X main.builtFault=never-healthy' -o $(OUT)/sunday/never-healthy/backend ./examples/sunday/backend
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-X main.builtFault=broken-api' -o $(OUT)/sunday/broken-api/backend ./examples/sunday/backend
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-X main.builtFault=slow-api' -o $(OUT)/sunday/slow-api/backend ./examples/sunday/backend
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $(OUT)/sunday/frontend/frontend ./examples/sunday/frontend

test: bin/suites ## Run the fast tests, with the race detector; CI=true runs all suites
	@bin/suites -within=$(if $(ON_CI),60m,20m) -timeout=$(if $(ON_CI),30m,5m) $(TESTFLAGS) $(PKG)

test-%: bin/suites ## Run the fast tests of one room: make test-engine
	@bin/suites $(TESTFLAGS) ./$(firstword $(wildcard internal/$* $* cmd/$*) internal/$*)/...

suite-%: bin/suites ## Run one long suite: crash, demo, load
	@bin/suites -suite=$* -within=35m -timeout=30m $(PKG)

journeys: ## Send a browser through the dashboard, as people go
	go test ./web -run=TestJourneys -count=1 -v

screenshots: ## Make docs/screenshots anew
	rm -rf docs/screenshots
	go test ./web -run=TestScreenshots -count=1 -v -screenshots=../docs/screenshots

crash: suite-crash ## Run the long crash test: kill -9 at every step

bench: $(addprefix bench-,$(or $(BENCH),go edge system dashboard)) ## Measure speed; BENCH=go, edge, system or dashboard for one part

bench-go:
	go test -run='^$$' -bench=. -benchmem -timeout=30m $(PKG)

bench-edge:
	go run ./bench/edge

bench-system: build apps
	go run ./bench/system

bench-dashboard: build apps
	go run ./bench/dashboard

fuzz: ## Run each fuzz function for FUZZTIME (15s)
	@tools/fuzz $(FUZZTIME)

lint: lint-go lint-web ## Read the code: golangci-lint (built on first use, about a minute), and eslint where npm is

lint-go:
	$(LINT) run

# A build server has npm; elsewhere who does not touch the dashboard needs none.
lint-web:
	@if command -v npm >/dev/null || [ -n "$(ON_CI)" ]; then $(MAKE) -s web/node_modules/.package-lock.json && npm run --silent lint --prefix web; else echo "lint: the dashboard is left out: npm is not installed"; fi

fmt: ## Format the code: gofumpt, and imports in groups
	$(LINT) fmt

verify: ## Check that generated files are current, go.mod is tidy, and macOS compiles
	@tools/verify

clean: ## Remove what was built
	rm -rf bin dist web/dist/site

# The go command knows best whether it has to be built again.
bin/suites: FORCE
	@go build -buildvcs=false -o bin/suites ./internal/suite/run

FORCE:
