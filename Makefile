# Two commands matter: `make demo` and `make test`. Both do all their own set-up and skip what is already done.
# More for the demo itself goes into ARGS: make demo ARGS="--port 9000"

RUN := @bash scripts/run.sh
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test models web build lint pictures bench bench-load bench-peers bench-operators bench-registry bench-console bench-search doctor clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set everything up and serve the demo with a player, an operator and a population register
	$(RUN) demo $(ARGS)

test: ## set everything up and run every check and test, end to end in a real browser too
	$(RUN) test

models: ## fetch, verify and prepare the models into models/store
	$(RUN) models

web: ## build the web pages into web/dist
	$(RUN) web

build: ## build the server with its pages
	$(RUN) build

lint: ## formatting, clippy, lint and types of the web pages, licences of dependencies
	$(RUN) lint

pictures: ## take the pictures of README anew, from the sandbox
	$(RUN) pictures

bench: ## measure detection, liveness and comparison
	$(RUN) bench

bench-load: ## measure the service under load: throughput, latency, overload, memory
	$(RUN) bench-load

bench-peers: ## measure two JPEG files to a similarity beside the open peers
	$(RUN) bench-peers

bench-operators: ## measure introspection and token issue beside npm oidc-provider; more in ARGS: --json, --rounds N
	$(RUN) bench-operators $(ARGS)

bench-registry: ## measure the restrictions registry with 5 million rows on both engines; more in ARGS: rows
	$(RUN) bench-registry $(ARGS)

bench-console: ## measure the staff's queue with 100,000 cases and 5 million audit events on both engines; more in ARGS: cases, events
	$(RUN) bench-console $(ARGS)

bench-search: ## measure the search of a face among 2.5 million; more in ARGS: faces in memory, faces in the database
	$(RUN) bench-search $(ARGS)

doctor: ## let the server check its own configuration, models and database
	$(RUN) doctor $(ARGS)

clean: ## remove what was built; the fetched models stay
	$(RUN) clean
