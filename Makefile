# Builds, tests and runs the vRouter node agent. On a fresh Debian 12 with git, make and a Swift toolchain, as root:
#   make run    builds the release binaries and prepares a node for real, in a guest kernel
#   make test   runs every test: unit, network namespaces, guests, manifests
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
SWIFT ?= swift
SOURCES := Package.swift Sources Tests Fuzz/Package.swift Fuzz/Sources
# The libraries of Swift and C++ go into the binaries, unused sections and symbols stay out. The linker takes the
# first libstdc++ that it finds: a folder that has only the static one goes before the system's.
STATIC_CXX := .build/static-c++
RELEASE := -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker -s \
  -Xswiftc -L$(CURDIR)/$(STATIC_CXX) -Xswiftc -Xclang-linker -Xswiftc -static-libgcc

.DEFAULT_GOAL := help
.PHONY: help setup release run test test-swift test-deploy matrix fuzz fuzz-smoke coverage docs format lint clean

include Tests/Lab/lab.mk

help: ## Tells the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## Installs the packages that building and testing need
	@Tests/Lab/bin/lab-packages pkg-config libmnl-dev libkmod-dev libboost-program-options-dev

release: setup ## Builds .build/release/vrouter-node-agent and vrouter-probe
	@echo "== building the release binaries"
	@mkdir -p $(STATIC_CXX) && ln -sf "$$(gcc -print-file-name=libstdc++.a)" $(STATIC_CXX)/
	$(SWIFT) build $(RELEASE) --product vrouter-probe
	$(SWIFT) build $(RELEASE) --product vrouter-node-agent

run: release lab-setup ## Prepares a node for real, in a guest kernel with two NICs
	@Tests/Lab/bin/lab-run --nic peer --nic peer --kernel-log .build/run-kernel.log \
	  --program .build/release/vrouter-node-agent --program .build/release/vrouter-probe Tests/Lab/scenarios/first-run.sh

test: test-swift test-deploy docs fuzz-smoke ## Runs every test

test-swift: release lab-setup ## Runs the unit, network-namespace and guest tests
	@mkdir -p .build
	$(SWIFT) test 2>&1 | tee .build/test.log || { Tests/failures .build/test.log; exit 1; }

test-deploy: release lab-setup ## Checks the manifests, the image's recipe, and the pod in a guest
	Tests/deploy/run

matrix: release lab-setup ## Compares what memory says of a load with what the kernel does, in some hundred guests (docs/memory.md)
	Tests/Lab/bin/lab-matrix --markdown .build/matrix.md

fuzz: setup ## Fuzzes what reads the kernel's words and people's files: FUZZ_RUNS executions of each target (Fuzz/README.md)
	FUZZ_RUNS=$(or $(FUZZ_RUNS),1000000) SWIFT=$(SWIFT) Fuzz/run

fuzz-smoke: setup ## Fuzzes for a few seconds
	SWIFT=$(SWIFT) Fuzz/run smoke

coverage: setup ## Prints the line coverage of Netlink and of what chooses the interface; fails below 90 %
	SWIFT=$(SWIFT) Tests/coverage

docs: setup ## Builds Netlink's documentation into .build/docs; fails at a link that leads nowhere
	$(SWIFT) build --target Netlink
	SWIFT=$(SWIFT) Tests/docs .build .build/docs

format: ## Formats the sources
	$(SWIFT) format -i -r $(SOURCES)

lint: ## Checks the format
	$(SWIFT) format lint --strict -r $(SOURCES)

clean: ## Removes what was built (the lab's cache stays)
	rm -rf .build
