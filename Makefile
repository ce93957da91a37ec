# What to run from a fresh clone. Each target first installs or builds what it needs and says nothing if that is there.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

# npm runs on the machine's own Node, because it replaces the pinned one while it runs; everything else on the pinned one.
machine_path := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
bin := node_modules/.bin

install := npm ci --no-audit --no-fund --loglevel=error

# npm writes this file last, so it says that an installation is complete and from which state of the lock file.
installed := node_modules/.package-lock.json
built := dist/.built
# Folders are listed too: removing a file changes only its folder's time.
sources := $(shell find src 2>/dev/null) tsconfig.json package.json

.PHONY: demo demo-warden test test-cluster dev build lint bench faults long-life clean servers
.PHONY: lint-format lint-code lint-pure lint-boundaries lint-dead-code

demo: $(built)
	@exec node temporal/demo.ts

# The second shipped agent, on this repository.
demo-warden: $(built)
	@exec node temporal/demo-warden.ts

dev: $(built)
	@exec node temporal/dev.ts

bench: $(built)
	@exec node bench/run.ts

# Thousands of turns and messages over many runs; `make test` has a short version of it.
long-life: $(built)
	@LONG_LIFE=full exec $(bin)/mocha --no-config --extension ts test/e2e/long-life.test.ts

# The whole kill matrix, then rounds. FAULT_SEED= repeats rounds alone, FAULT_ROUNDS= and FAULT_JOBS= say how many, and how many at once.
faults: $(built)
	@[ -n "$$FAULT_SEED" ] || MATRIX=full $(bin)/mocha --no-config --extension ts test/faults/matrix.test.ts
	@exec node test/faults/run.ts

# Runs the checks and the build itself, to count each of them and to go on when one fails.
test: $(installed)
	@exec node test/run.ts

# The end-to-end tests on a real Temporal server on PostgreSQL, which it builds and starts; see temporal/README.md.
test-cluster: $(built)
	@exec node test/cluster/run.ts

build: $(built)

lint: lint-format lint-code lint-pure lint-boundaries lint-dead-code

lint-format: $(installed)
	@$(bin)/oxfmt --list-different

# Rules and types, those of the pages as well, each file by the tsconfig.json that is nearest.
lint-code: $(installed)
	@PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/oxlint --type-aware --type-check --report-unused-disable-directives --deny-warnings

# contracts, core and workflows without Node's types: they run where there is no Node.
lint-pure: $(installed)
	@$(bin)/tsc -p tsconfig.pure.json

lint-boundaries: $(installed)
	@$(bin)/depcruise src --output-type err

lint-dead-code: $(installed)
	@$(bin)/knip --no-progress

# Temporal's dev server and time-skipping test server, into .tools unless they are there.
servers: $(installed)
	@exec node temporal/servers.ts

# The agents' own data (.perdure) and the downloads (.tools, node_modules) are not build products and stay.
clean:
	@rm -rf dist

$(built): $(installed) $(sources)
	@PATH="$(CURDIR)/$(bin):$(machine_path)" npm run --silent build
	@touch $@

$(installed): package-lock.json
	@PATH="$(machine_path)"; \
	command -v node >/dev/null || { echo 'Node.js is not installed: get it from https://nodejs.org (18 or newer starts, the pinned one takes over).' >&2; exit 1; }; \
	command -v npm >/dev/null || { echo 'npm is not installed: it comes with Node.js from https://nodejs.org.' >&2; exit 1; }; \
	[ "$$(npm --version | cut -d. -f1)" -ge 8 ] || { echo "npm $$(npm --version) is too old for this lock file: run \"npm install --global npm@10\"." >&2; exit 1; }; \
	echo 'Installing packages ...' >&2; \
	$(install) >&2
	@PATH="$(CURDIR)/$(bin):$(machine_path)" node -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' || { rm -f $@; echo 'The pinned Node.js 24 was not installed: allow install scripts ("npm config delete ignore-scripts") and run make again, or use Node.js 24.' >&2; exit 1; }
	@touch $@
