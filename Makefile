# EventMesh. `make help` lists what there is to make.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export BROKER ROUNDS TO BACKUP KEEP

.PHONY: help
help: ## this list
	@echo 'make TARGET [BROKER=rabbitmq]'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22
	@echo 'Settings: docs/configuration.md. How to work on it: CONTRIBUTING.md.'

# Ctrl-C works also where make was started in the background of a script, which ignores it for all it starts.
.PHONY: run
run: ## EventMesh on http://127.0.0.1:8080 until Ctrl-C; EVENTMESH_PORT, EVENTMESH_HOME, BROKER=rabbitmq
	@exec env --default-signal=INT ops/scripts/run --for $$PPID

.PHONY: test
test: ## all tests; BROKER=rabbitmq runs the acceptance tests over RabbitMQ
	@exec ops/scripts/test Unit Integration Acceptance

.PHONY: test-unit
test-unit: ## tests of decisions and filters alone; no server needed
	@exec ops/scripts/test Unit

.PHONY: test-integration
test-integration: ## tests on a real PostgreSQL and RabbitMQ, started for them
	@exec ops/scripts/test Integration

.PHONY: test-acceptance
test-acceptance: ## tests over HTTP against the built executable
	@exec ops/scripts/test Acceptance

.PHONY: chaos
chaos: ## kill tests, ROUNDS=n times each (3); BROKER=rabbitmq kills RabbitMQ, too
	@ROUNDS=$${ROUNDS:-3} exec ops/scripts/test Acceptance -- --filter-trait Category=Chaos

.PHONY: bench
bench: ## measures what docs/performance.md holds; ARGS=… for one benchmark
	@ops/scripts/install-servers postgresql rabbitmq
	@ops/scripts/build EventMesh.sln
	@exec dotnet tests/Benchmarks/bin/Release/net10.0/EventMesh.Tests.Benchmarks.dll $(ARGS)

.PHONY: backup
backup: ## a backup of the private PostgreSQL while it runs; BACKUP=folder, KEEP=n keeps the newest n (docs/backup.md)
	@exec ops/scripts/backup $${KEEP:+--keep "$$KEEP"} $${BACKUP:+"$$BACKUP"}

.PHONY: restore
restore: ## goes back to the end of the backup, or TO='2026-11-21 10:00:00Z'; BACKUP=folder
	@exec ops/scripts/restore $${TO:+--to "$$TO"} $${BACKUP:+"$$BACKUP"}

.PHONY: fmt
fmt: ## formats the code
	@dotnet format EventMesh.sln

.PHONY: clean
clean: ## removes what was built; data under .eventmesh stay
	@rm -rf artifacts TestResults src/*/bin src/*/obj tests/*/bin tests/*/obj tests/*/TestResults
